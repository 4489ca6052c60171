# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A job as it is planned, and the files that it is expected to write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ..errors import RecordError
from ..frames import Frames
from ..names import check_name
from ..naming.delivery_names import DeliveryNames, default_template
from ..planning.scene_facts import View
from ..recorded_paths import RecordedPath

FRAME_DIGITS = 6
"""Digits of a frame number in the names that Workers write: ``######``."""


@dataclass(frozen=True, slots=True)
class PlannedJob:
    """What the plan says about one job.

    :param name: unique in its release without regard to case.
    :param source: the .blend that artists edit.
    :param snapshot: absolute path of a saved copy of an open session to freeze instead of the
        source; empty where the source itself is frozen.
    :param has_unsaved_edits: the snapshot holds edits that the source does not.
    :param frames: not empty, none negative.
    :param width_px: of a rendered frame; so is ``height_px``.
    :param file_format: Blender's API identifier.
    :param extension: of the frames, with its dot.
    :param views: at least one.
    :param chunk_size: frames per task.
    :param priority: 0 to 100.
    :param camera: the camera object to render through; empty for the scene's own.
    :param view_layer: the only view layer to render; empty for those that the scene renders.
    :param facts: fields of the job that the user brought, sorted by name.
    :param dist_name: template of the delivered files' names; empty for the default.
    :param frame_names: per named frame its fields, as ``(3, (("frame_name", "0_30_15"),))``.
    :param are_frames_chosen: the frames were chosen when planning; else they are those of the
        scene, or where it has frame names, of the scene's timeline markers.
    :param color_mode: Blender's API identifier: ``RGBA``; empty where the record is older.
    :param is_burning_stamp: metadata is burnt into the pixels, so the frames carry no note of ours.
    """

    name: str
    source: RecordedPath
    scene: str
    frames: Frames
    width_px: int
    height_px: int
    engine: str
    file_format: str
    extension: str
    views: tuple[View, ...] = (View(),)
    chunk_size: int = 1
    priority: int = 50
    worker_tag: str = ""
    snapshot: str = ""
    has_unsaved_edits: bool = False
    camera: str = ""
    view_layer: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    dist_name: str = ""
    frame_names: tuple[tuple[int, tuple[tuple[str, str], ...]], ...] = ()
    are_frames_chosen: bool = False
    color_mode: str = ""
    is_burning_stamp: bool = False

    def render_key(self) -> str:
        """Return a hash of what the plan decides about the frames: scene, numbers, size, format.

        A job whose key changed must be rendered again even where no input file changed.
        """
        parts = [self.scene, self.frames.text(), self.width_px, self.height_px, self.file_format]
        views = [[view.name, view.file_suffix] for view in self.views]
        expanded = [self.camera, self.view_layer] if self.camera or self.view_layer else []
        text = json.dumps([*parts, views, *expanded], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object."""
        data: dict[str, Any] = {
            "name": self.name,
            "source": self.source.to_json(),
            "scene": self.scene,
            "frames": self.frames.text(),
            "width_px": self.width_px,
            "height_px": self.height_px,
            "engine": self.engine,
            "file_format": self.file_format,
            "extension": self.extension,
            "views": [{"name": v.name, "file_suffix": v.file_suffix} for v in self.views],
            "chunk_size": self.chunk_size,
            "priority": self.priority,
        }
        if self.worker_tag:
            data["worker_tag"] = self.worker_tag
        if self.snapshot:
            data["snapshot"] = self.snapshot
            data["has_unsaved_edits"] = self.has_unsaved_edits
        chosen = {
            "camera": self.camera,
            "view_layer": self.view_layer,
            "facts": dict(self.facts),
            "dist_name": self.dist_name,
            "frame_names": {str(frame): dict(fields) for frame, fields in self.frame_names},
            "are_frames_chosen": self.are_frames_chosen,
            "color_mode": self.color_mode,
            "is_burning_stamp": self.is_burning_stamp,
        }
        return data | {key: value for key, value in chosen.items() if value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> PlannedJob:
        """Read what :meth:`to_json` wrote.

        :raises KeyError, TypeError, ValueError, FarmError: if ``data`` has another shape.
        """
        for view in data["views"]:
            _refuse_path(str(view["name"]), str(view["file_suffix"]))
        _refuse_path(str(data["extension"]))
        return cls(
            name=check_name(str(data["name"]), kind="job"),
            source=RecordedPath.from_json(data["source"]),
            scene=str(data["scene"]),
            frames=Frames.parse(str(data["frames"])),
            width_px=int(data["width_px"]),
            height_px=int(data["height_px"]),
            engine=str(data["engine"]),
            file_format=str(data["file_format"]),
            extension=str(data["extension"]),
            views=tuple(View(str(v["name"]), str(v["file_suffix"])) for v in data["views"]),
            chunk_size=int(data["chunk_size"]),
            priority=int(data["priority"]),
            worker_tag=str(data.get("worker_tag", "")),
            snapshot=str(data.get("snapshot", "")),
            has_unsaved_edits=bool(data.get("has_unsaved_edits", False)),
            camera=str(data.get("camera", "")),
            view_layer=str(data.get("view_layer", "")),
            facts=_read_fields(data.get("facts", {})),
            dist_name=str(data.get("dist_name", "")),
            frame_names=tuple(
                (int(frame), _read_fields(fields))
                for frame, fields in data.get("frame_names", {}).items()
            ),
            are_frames_chosen=bool(data.get("are_frames_chosen", False)),
            color_mode=str(data.get("color_mode", "")),
            is_burning_stamp=bool(data.get("is_burning_stamp", False)),
        )


@dataclass(frozen=True, slots=True)
class ExpectedFrame:
    """One file that a job writes.

    :param source: what a Worker writes, relative to the volume.
    :param delivery: its name in ``dist/<release>/``.
    """

    job: str
    frame: int
    view: View
    source: PurePosixPath
    delivery: str


def _read_fields(data: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(name), str(value)) for name, value in data.items()))


def _refuse_path(*texts: str) -> None:
    """Refuse parts of a file name that would lead elsewhere; records are hostile input."""
    for text in texts:
        if any(one in text for one in "/\\:\0"):
            raise RecordError(f"{text!r} cannot be a part of a file name")


def output_folder(release_folder: PurePosixPath, job: str, attempt: int) -> PurePosixPath:
    """Return the folder that an attempt's frames go to, relative to the volume.

    Every attempt has one of its own: a late frame of an old render would otherwise be taken for
    a new one, since Workers do not overwrite.
    """
    folder = release_folder / "out" / job
    return folder if attempt == 1 else folder / f"attempt-{attempt}"


def expected_frames(
    job: PlannedJob,
    release_folder: PurePosixPath,
    attempt: int,
    frames: Iterable[int] | None = None,
    dist_name: str = "",
) -> Iterator[ExpectedFrame]:
    """Yield every file that an attempt writes, frame by frame, views in their order.

    :param release_folder: relative to the volume; its last part is the release's name.
    :param frames: only these; None for all.
    :param dist_name: template of the delivered files' names; empty for that of the plan.
    :raises TemplateError, NameRefusedError: as :class:`..naming.delivery_names.DeliveryNames`.
    """
    folder = output_folder(release_folder, job.name, attempt)
    names = delivery_names(job, release_folder.name, dist_name)
    for frame in job.frames if frames is None else frames:
        for view in job.views:
            name = f"{frame:0{FRAME_DIGITS}d}{view.file_suffix}{job.extension}"
            yield ExpectedFrame(job.name, frame, view, folder / name, names.name(frame, view.name))


def delivery_names(job: PlannedJob, release: str, dist_name: str = "") -> DeliveryNames:
    """Return what names a job's frames in the delivery.

    :param release: the release's name.
    :param dist_name: template to use instead of the plan's.
    :raises TemplateError: if the template cannot be read.
    """
    fields = {frame: dict(named) for frame, named in job.frame_names}
    named = sum("frame_name" in fields.get(frame, ()) for frame in job.frames) if fields else 0
    default = default_template(len(job.frames), is_every_frame_named=0 < named == len(job.frames))
    return DeliveryNames(
        dist_name or job.dist_name or default,
        {
            **dict(job.facts),
            "release": release,
            "job": job.name,
            "scene": job.scene,
            "camera": job.camera,
            "view_layer": job.view_layer,
            "file": job.source.stem,
            "ext": job.extension.removeprefix("."),
        },
        fields,
        extension=job.extension,
        has_views=len(job.views) > 1,
    )
