# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a background Blender tells about a .blend file: plain values, JSON on the wire.

``farm_addon.blender.inside`` makes them, :mod:`.scene_rules` judges them. Nothing here says whether
something is good or bad.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class BlenderBuild:
    """Which Blender spoke.

    :param version: ``bpy.app.version``.
    :param version_file: ``bpy.app.version_file``, what its saved files say; compare files with it.
    :param build_hash: ``bpy.app.build_hash`` as text.
    :param program: the executable, or the Python that imports the bpy wheel.
    :param is_wheel: whether it is the bpy wheel.
    """

    version: tuple[int, int, int]
    version_file: tuple[int, int, int]
    build_hash: str
    program: str
    is_wheel: bool

    @property
    def series(self) -> tuple[int, int]:
        """Major and minor version: (4, 5)."""
        return self.version[:2]

    def version_text(self) -> str:
        """Return the version as people write it: ``4.5.15``."""
        return ".".join(map(str, self.version))

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> BlenderBuild:
        """Read what :meth:`to_json` wrote."""
        return cls(
            _triple(data["version"]),
            _triple(data["version_file"]),
            str(data["build_hash"]),
            str(data["program"]),
            bool(data["is_wheel"]),
        )


@dataclass(frozen=True, slots=True)
class DataUser:
    """A datablock that uses a file, by its exact names.

    :param id_type: ``bpy.types.ID.id_type``: ``IMAGE``.
    :param library: path of the library that it is linked from, as Blender holds it; or empty.
    """

    id_type: str
    name: str
    library: str = ""

    def to_json(self) -> dict[str, str]:
        """Return a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> DataUser:
        """Read what :meth:`to_json` wrote."""
        return cls(str(data["id_type"]), str(data["name"]), str(data["library"]))


@dataclass(frozen=True, slots=True)
class Dependency:
    """One outside file that pixels depend on.

    :param path: absolute, in this platform's notation.
    :param kind: ``library``, ``image``, ``font``, ``sound``; or one that cannot be packed:
        ``image-sequence``, ``movie``, ``movie-clip``, ``cache-file``, ``volume``, ``simulation``,
        ``mesh-cache``, ``script``, ``ies``, ``other``.
    :param owner: who uses it, in the artist's words: ``Image ‘wood’``.
    :param is_packable: whether freezing can take it into the .blend.
    :param exists: whether it could be found when the file was read.
    :param scenes: names of the scenes that reach it; a file that may matter to a scene counts.
    :param user: the datablock of ``owner``; None where nobody knows it.
    """

    path: str
    kind: str
    owner: str
    is_packable: bool
    exists: bool
    scenes: tuple[str, ...]
    user: DataUser | None = None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Dependency:
        """Read one element of ``FileFacts.to_json()["dependencies"]``."""
        return cls(
            str(data["path"]),
            str(data["kind"]),
            str(data["owner"]),
            bool(data["is_packable"]),
            bool(data["exists"]),
            tuple(map(str, data["scenes"])),
            DataUser.from_json(data["user"]) if data.get("user") else None,
        )


@dataclass(frozen=True, slots=True)
class View:
    """One file per frame: the only one, or one eye of a multi-view render.

    :param name: the view's name in Blender, empty where there is only one.
    :param file_suffix: what Blender puts between frame number and extension: ``_L``; or empty.
    """

    name: str = ""
    file_suffix: str = ""


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker of a scene's timeline.

    :param is_camera_switch: a camera is bound to it.
    """

    frame: int
    name: str
    is_camera_switch: bool = False


@dataclass(frozen=True, slots=True)
class FileOutput:
    """A File Output node that writes when a scene renders.

    :param owner_scene: whose compositor has it: that scene's, or that of one that it shows.
    :param group: the node group that it is in; empty where it is the compositor itself.
    """

    owner_scene: str
    node: str
    group: str = ""

    def text(self) -> str:
        """Return it for people."""
        where = f"group ‘{self.group}’" if self.group else f"scene ‘{self.owner_scene}’"
        return f"Node ‘{self.node}’ of {where}"


@dataclass(frozen=True, slots=True)
class SceneFacts:
    """What one scene would render.

    :param camera: name of its camera object, or None; a camera bound to a marker counts.
    :param frame_start: first frame, inclusive; ``frame_end``: last, inclusive; step at least 1.
    :param width_px: of a rendered frame, after percentage and cropped border; so is ``height_px``.
    :param engine: identifier as the file has it: ``CYCLES``, ``BLENDER_EEVEE_NEXT``.
    :param file_format: ``image_settings.file_format``, or ``""`` where Blender knows none.
    :param extension: of its frames, with dot, as Blender would write it.
    :param views: at least one.
    :param file_outputs: active compositor File Output nodes, which write outside.
    :param scripts: what this scene needs scripts for, in the artist's words: ``Driver of ‘Cube’
        location``, ``Text ‘rig.py’ (registered)``; empty where it needs none.
    :param is_burning_stamp: whether metadata is burnt into its pixels, so that no note of ours can
        be added.
    :param needs_camera: whether Blender refuses to render it without a camera; a sequencer, or a
        compositor that shows no scene, needs none.
    :param missing_data: labels of linked datablocks that it uses and that their library does not
        have (any more); Blender renders without them.
    :param color_mode: ``image_settings.color_mode``: ``RGBA``; empty where it is not known.
    :param cameras: names of its camera objects that are not hidden from renders, sorted.
    :param view_layers: names of its view layers that are rendered, in its order.
    :param shown_layers: those of its view layers, rendered or not, that its compositor shows; None
        where its frames pass through no compositor.
    :param markers: of its timeline, by frame and name.
    """

    name: str
    camera: str | None
    frame_start: int
    frame_end: int
    frame_step: int
    width_px: int
    height_px: int
    engine: str
    file_format: str
    extension: str
    views: tuple[View, ...] = (View(),)
    file_outputs: tuple[FileOutput, ...] = ()
    scripts: tuple[str, ...] = ()
    is_burning_stamp: bool = False
    needs_camera: bool = True
    missing_data: tuple[str, ...] = ()
    color_mode: str = ""
    cameras: tuple[str, ...] = ()
    view_layers: tuple[str, ...] = ()
    shown_layers: tuple[str, ...] | None = None
    markers: tuple[Marker, ...] = ()

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> SceneFacts:
        """Read one element of ``FileFacts.to_json()["scenes"]``."""
        return cls(
            name=str(data["name"]),
            camera=None if data["camera"] is None else str(data["camera"]),
            frame_start=int(data["frame_start"]),
            frame_end=int(data["frame_end"]),
            frame_step=int(data["frame_step"]),
            width_px=int(data["width_px"]),
            height_px=int(data["height_px"]),
            engine=str(data["engine"]),
            file_format=str(data["file_format"]),
            extension=str(data["extension"]),
            views=tuple(View(str(v["name"]), str(v["file_suffix"])) for v in data["views"]),
            file_outputs=tuple(
                FileOutput(str(one["owner_scene"]), str(one["node"]), str(one["group"]))
                for one in data["file_outputs"]
            ),
            scripts=tuple(map(str, data["scripts"])),
            is_burning_stamp=bool(data["is_burning_stamp"]),
            needs_camera=bool(data.get("needs_camera", True)),
            missing_data=tuple(map(str, data.get("missing_data", ()))),
            color_mode=str(data.get("color_mode", "")),
            cameras=tuple(map(str, data.get("cameras", ()))),
            view_layers=tuple(map(str, data.get("view_layers", ()))),
            shown_layers=_texts_or_none(data.get("shown_layers")),
            markers=tuple(
                Marker(int(m["frame"]), str(m["name"]), bool(m["is_camera_switch"]))
                for m in data.get("markers", ())
            ),
        )


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a .blend file holds.

    :param path: absolute path of the file that was read.
    :param saved_with: the version that saved it (``bpy.data.version``).
    :param build: the Blender that read it.
    :param active_scene: the scene that a plain render would take.
    :param scenes: in the file's order.
    :param dependencies: each outside file once, sorted by path; packed ones are not outside.
    :param dirty_images: images with painted pixels that are neither saved nor packed. Only the
        artist's own session can tell; a file on disk has none.
    :param color_config: path of a colour-management configuration that is not Blender's own, or
        empty.
    """

    path: str
    saved_with: tuple[int, int, int]
    build: BlenderBuild
    active_scene: str
    scenes: tuple[SceneFacts, ...]
    dependencies: tuple[Dependency, ...] = ()
    dirty_images: tuple[str, ...] = ()
    color_config: str = ""

    def dependencies_by_scene(self) -> dict[str, list[Dependency]]:
        """Return what each scene depends on, by its name; scenes without any are left out."""
        found: dict[str, list[Dependency]] = {}
        for dependency in self.dependencies:
            for scene in dependency.scenes:
                found.setdefault(scene, []).append(dependency)
        return found

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object; tuples become arrays."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> FileFacts:
        """Read what :meth:`to_json` wrote.

        :raises KeyError, TypeError, ValueError: if ``data`` has another shape.
        """
        return cls(
            path=str(data["path"]),
            saved_with=_triple(data["saved_with"]),
            build=BlenderBuild.from_json(data["build"]),
            active_scene=str(data["active_scene"]),
            scenes=tuple(map(SceneFacts.from_json, data["scenes"])),
            dependencies=tuple(map(Dependency.from_json, data["dependencies"])),
            dirty_images=tuple(map(str, data["dirty_images"])),
            color_config=str(data["color_config"]),
        )


def _texts_or_none(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(map(str, value))


def _triple(value: Any) -> tuple[int, int, int]:
    """Read a version of exactly three numbers."""
    major, minor, patch = (int(number) for number in value)
    return major, minor, patch
