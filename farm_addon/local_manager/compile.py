# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn the settings of a ``simple-blender-render`` job into tasks, as Flamenco's script does.

Source: flamenco.md §6 (frame grammar, chunk names and commands measured on 3.9). Stricter in two
places, where a real Manager takes the job and Blender then renders something else: a missing or
empty ``blendfile``, and a ``format`` that Blender does not know.
"""

from __future__ import annotations

import posixpath
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..core.errors import FarmError
from ..core.formats import format_for_command_line
from ..core.frames import MAX_FRAMES, Frames
from .model import Job, JobStatus, Task, timestamp

JOB_TYPE = "simple-blender-render"
MAX_TASKS = 100_000
DEFAULT_PRIORITY = 50
TASK_PRIORITY = 50
TASK_TYPE = "blender"

RENDER_OPTIONS = (
    "import bpy; render = bpy.context.scene.render; render.use_file_extension = True; "
    "render.use_overwrite = False; render.use_placeholder = False"
)
"""What ``--python-expr`` gets, so that frames are named as expected and none is overwritten."""

_VIDEO_FORMATS = frozenset(("FFMPEG", "AVI_RAW", "AVI_JPEG"))
_RANGE = re.compile(r"\s*\+?(\d{1,9})\s*(?:(?:-|\.\.)\s*\+?(\d{1,9})\s*)?", re.ASCII)


class CompileError(FarmError):
    """The job is refused; the message is what the submitter is told."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A job as it was posted, its shape checked but not its settings."""

    name: str
    type: str
    priority: int
    settings: Mapping[str, Any]
    metadata: Mapping[str, str]
    initial_status: JobStatus = JobStatus.QUEUED
    worker_tag: str = ""


def compile_job(submission: Submission, now: datetime) -> Job:
    """Make the job with its tasks, one per chunk of frames.

    :raises CompileError: with the sentence for the submitter.
    """
    if submission.type != JOB_TYPE:
        raise CompileError("job type unknown")
    settings = dict(submission.settings)
    settings["render_output_path"] = _output_path(settings, now)
    _check_format(settings)
    if not isinstance(settings.get("blendfile"), str) or not settings["blendfile"]:
        raise CompileError("the setting blendfile does not name a file to render")
    chunks = parse_frames(settings.get("frames")).chunks(_chunk_size(settings.get("chunk_size")))
    if len(chunks) > MAX_TASKS:
        raise CompileError(f"{len(chunks)} tasks are more than {MAX_TASKS}; use larger chunks")
    when = timestamp(now)
    tasks = tuple(
        Task(str(uuid.uuid4()), f"render-{chunk.text()}", chunk, created=when, updated=when)
        for chunk in chunks
    )
    return Job(
        id=str(uuid.uuid4()),
        name=submission.name,
        type=submission.type,
        priority=submission.priority,
        settings=settings,
        metadata=dict(submission.metadata),
        created=when,
        updated=when,
        tasks=tasks,
        status=submission.initial_status,
    )


def parse_frames(value: object) -> Frames:
    """Read frames in Flamenco's grammar: ``1-10``, ``1..10``, ``1,3,5``; a number alone too.

    A part that runs backwards contributes nothing, as there.

    :raises CompileError: for anything else, for no frames at all, or for too many.
    """
    is_number = isinstance(value, int) and not isinstance(value, bool)
    text = str(value) if is_number else value
    if not isinstance(text, str):
        raise CompileError("the setting frames is missing")
    numbers: set[int] = set()
    for part in text.split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise CompileError(f"invalid range {part.strip()[:40]!r} in the setting frames")
        first, last = int(match[1]), int(match[2] or match[1])
        if last - first >= MAX_FRAMES:
            raise CompileError(f"the range {part.strip()} has more than {MAX_FRAMES} frames")
        numbers.update(range(first, last + 1))
        if len(numbers) > MAX_FRAMES:
            raise CompileError(f"the setting frames has more than {MAX_FRAMES} frames")
    if not numbers:
        raise CompileError("empty range in the setting frames")
    return Frames(numbers)


def render_output(settings: Mapping[str, Any]) -> str:
    """Return what ``--render-output`` gets: folder and last component of the output path.

    Separators become ``/``, dots are resolved, a doubled slash is merged; a path that ends in a
    slash gets the folder's own name again (flamenco.md §6.3).
    """
    path = str(settings["render_output_path"]).replace("\\", "/")
    folder = posixpath.normpath(path.rpartition("/")[0] or ("/" if path[0] == "/" else "."))
    name = path.rstrip("/").rpartition("/")[2]
    folder = "/" + folder.lstrip("/") if folder.startswith("/") else folder
    return f"{folder.rstrip('/')}/{name}"


def command(job: Job, task: Task) -> dict[str, Any]:
    """Return a task's one command in the API's form, variables not expanded."""
    settings = job.settings
    scene = settings.get("scene")
    args = ["--scene", scene] if isinstance(scene, str) and scene else []
    args += ["--python-expr", RENDER_OPTIONS, "--render-output", render_output(settings)]
    if isinstance(settings.get("format"), str):
        args += ["--render-format", settings["format"]]
    args += ["--render-frame", task.frames.text().replace("-", "..")]
    parameters = {
        "exe": "{blender}",
        "exeArgs": "{blenderArgs}",
        "argsBefore": [],
        "blendfile": settings["blendfile"],
        "args": args,
    }
    return {
        "name": "blender-render",
        "parameters": parameters,
        "total_step_count": task.steps_total,
    }


def _output_path(settings: Mapping[str, Any], now: datetime) -> str:
    """Return the path with ``{timestamp}`` replaced by the local time (flamenco.md §6.4)."""
    path = settings.get("render_output_path")
    if not isinstance(path, str) or not path:
        raise CompileError("no render_output_path setting!")
    if "\0" in path:
        raise CompileError("the setting render_output_path holds a null character")
    return path.replace("{timestamp}", now.astimezone().strftime("%Y-%m-%d_%H%M%S"))


def _check_format(settings: Mapping[str, Any]) -> None:
    name = settings.get("format")
    if name is None:
        return
    if name in _VIDEO_FORMATS:
        raise CompileError(f'This job type only renders images, and not "{name}"')
    if not isinstance(name, str) or format_for_command_line(name) is None:
        raise CompileError(f"Blender does not know the format {str(name)[:40]!r}")


def _chunk_size(value: object) -> int:
    """Return frames per task; ``"4"`` and 2.5 are taken as 4 and 2, as the real script does."""
    try:
        size = 0 if value is None or isinstance(value, bool) else int(float(str(value)))
    except (ValueError, OverflowError):
        size = 0
    if size < 1:
        raise CompileError("the setting chunk_size must be at least 1")
    return min(size, MAX_FRAMES)
