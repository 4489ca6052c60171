# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conversation with a background Blender: both sides' one description of it (no bpy here).

A message is a line: the token of this conversation, a space, a JSON object with ``kind`` and,
after the greeting, the ``id`` of the request that it answers. The parent takes what it reads for
hostile: add-ons and libraries print into the same pipe.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ..core.findings import Finding
from ..core.planning.scene_facts import BlenderBuild
from ..core.ports import FreezeJob, FrozenJob
from ..core.provenance import Provenance
from ..decoding.previews import Preview

MAX_MESSAGE_BYTES = 64 << 20

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message of a Blender.

    :param has_openimageio: whether it seems to have Python's OpenImageIO; only trying tells.
    """

    build: BlenderBuild
    has_openimageio: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a request is; ``total`` is 0 where that is not known."""

    id: int
    text: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Item:
    """One of several parts of an answer."""

    id: int
    data: Json


@dataclass(frozen=True, slots=True)
class Result:
    """A request was carried out."""

    id: int
    data: Json


@dataclass(frozen=True, slots=True)
class Failure:
    """A request could not be carried out.

    :param message: one sentence for a person.
    :param hint: what to do, or empty.
    :param detail: a traceback for the log, or empty.
    """

    id: int
    message: str
    hint: str
    detail: str


Message: TypeAlias = Hello | Progress | Item | Result | Failure


def write_line(token: str, kind: str, **members: Any) -> bytes:
    """Return a message as the line that is sent; plain ASCII, whatever its texts hold."""
    return f"{token} {json.dumps({'kind': kind, **members})}\n".encode("ascii")


def read_message(text: bytes) -> Message:
    """Read what follows the token.

    :raises ValueError: if it is no message of a known kind and shape.
    """
    try:
        data = json.loads(text)
        return _READERS[data["kind"]](data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as ex:
        raise ValueError(f"no message can be read from {text[:200]!r}") from ex


def _read_hello(data: Json) -> Hello:
    return Hello(BlenderBuild.from_json(data["build"]), bool(data["has_openimageio"]))


def _read_progress(data: Json) -> Progress:
    return Progress(int(data["id"]), str(data["text"]), int(data["done"]), int(data["total"]))


def _read_item(data: Json) -> Item:
    return Item(int(data["id"]), _object(data["item"]))


def _read_result(data: Json) -> Result:
    return Result(int(data["id"]), _object(data["result"]))


def _read_failure(data: Json) -> Failure:
    texts = (str(data[name]) for name in ("message", "hint", "detail"))
    return Failure(int(data["id"]), *texts)


_READERS: dict[str, Callable[[Json], Message]] = {
    "hello": _read_hello,
    "progress": _read_progress,
    "item": _read_item,
    "result": _read_result,
    "error": _read_failure,
}


def _object(value: Any) -> Json:
    if not isinstance(value, dict):
        raise TypeError("expected a JSON object")
    return value


# --- what the requests and answers carry ----------------------------------------------------------


def freeze_job_to_json(job: FreezeJob) -> Json:
    """Return a job of the op ``freeze`` as a JSON object."""
    return {**asdict(job), "target": str(job.target)}


def freeze_job_from_json(data: Json) -> FreezeJob:
    """Read what :func:`freeze_job_to_json` wrote."""
    return FreezeJob(
        job=str(data["job"]),
        scene=str(data["scene"]),
        target=Path(data["target"]),
        file_format=str(data["file_format"]),
        provenance=Provenance(**data["provenance"]),
        camera=str(data["camera"]),
        view_layer=str(data["view_layer"]),
    )


def frozen_job_to_json(frozen: FrozenJob) -> Json:
    """Return an item of the op ``freeze`` as a JSON object."""
    return {
        "job": frozen.job,
        "target": str(frozen.target),
        "findings": [finding.to_json() for finding in frozen.findings],
    }


def frozen_job_from_json(data: Json) -> FrozenJob:
    """Read what :func:`frozen_job_to_json` wrote.

    :raises KeyError, TypeError, ValueError: if ``data`` has another shape.
    """
    findings = tuple(Finding.from_json(_object(finding)) for finding in data["findings"])
    return FrozenJob(str(data["job"]), Path(data["target"]), findings)


def preview_to_json(preview: Preview) -> Json:
    """Return a picture of the op ``preview`` as a JSON object."""
    return {**asdict(preview), "target": str(preview.target)}


def preview_from_json(data: Json) -> Preview:
    """Read what :func:`preview_to_json` wrote."""
    return Preview(Path(data["target"]), int(data["width_px"]), int(data["height_px"]))


@dataclass(frozen=True, slots=True)
class RenderedFrame:
    """What became of one frame of the op ``render``.

    :param files: absolute paths that were written for it, one per view; empty where it was skipped.
    :param skipped: all its files were there already and were left as they are.
    :param seconds: how long it took.
    """

    frame: int
    files: tuple[Path, ...]
    skipped: bool
    seconds: float

    def to_json(self) -> Json:
        """Return an item of the op ``render``."""
        return {**asdict(self), "files": [str(path) for path in self.files]}

    @classmethod
    def from_json(cls, data: Json) -> RenderedFrame:
        """Read what :meth:`to_json` wrote.

        :raises KeyError, TypeError, ValueError: if ``data`` has another shape.
        """
        return cls(
            int(data["frame"]),
            tuple(map(Path, data["files"])),
            bool(data["skipped"]),
            float(data["seconds"]),
        )
