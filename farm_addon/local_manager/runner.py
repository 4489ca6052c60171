# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a slot needs of whoever renders: the port between scheduling and rendering."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..core.formats import format_for_command_line
from .compile import render_output
from .events import Outcome
from .model import Job, Task


@dataclass(frozen=True, slots=True)
class Work:
    """One task as it is rendered.

    :param scene: its name; empty for the scene that is active in the file.
    :param output: path with ``######`` and without extension, separators as ``/``.
    :param file_format: Blender's API identifier; empty for the file's own.
    :param extension: of the frames, with its dot; empty where it is not known.
    :param frames: ascending.
    :param blender: which Blender renders it, as the launcher writes it; empty for the default.
    """

    blend: Path
    scene: str
    output: str
    file_format: str
    extension: str
    frames: tuple[int, ...]
    blender: str = ""


def work_of(job: Job, task: Task) -> Work:
    """Return what there is to render for a compiled task."""
    settings = job.settings
    known = format_for_command_line(str(settings.get("format", "")))
    return Work(
        blend=Path(str(settings["blendfile"])),
        scene=str(settings.get("scene") or ""),
        output=render_output(settings),
        file_format=known.api_name if known else "",
        extension=known.extension if known else str(settings.get("image_file_extension") or ""),
        frames=tuple(task.frames),
        blender=str(settings.get("farm_blender") or ""),
    )


class Cancellation:
    """A wish to stop that may come at any time, from any thread, also before the work begins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stop: Callable[[], None] | None = None
        self._is_cancelled = False

    @property
    def is_cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._is_cancelled

    def cancel(self) -> None:
        """Ask for the end; calls what :meth:`on_cancel` was given."""
        with self._lock:
            self._is_cancelled = True
            stop = self._stop
        if stop is not None:
            stop()

    def on_cancel(self, stop: Callable[[], None] | None) -> None:
        """Say what ends the work at once; it is called now where the wish came before.

        :param stop: returns quickly, may be called more than once; None when the work is over.
        """
        with self._lock:
            self._stop = stop
            is_due = self._is_cancelled
        if is_due and stop is not None:
            stop()


@dataclass(frozen=True, slots=True)
class Report:
    """Where a runner's news go, from the thread that runs it.

    :param steps: takes the number of frames that are done so far.
    :param log: takes one line for the task's log, without its end.
    """

    steps: Callable[[int], None]
    log: Callable[[str], None]


class TaskRunner(Protocol):
    """Renders one task after the other; a slot has one of its own and uses it from one thread."""

    def run(self, work: Work, report: Report, cancellation: Cancellation) -> tuple[Outcome, str]:
        """Render a task, wholly or until it is cancelled.

        ``COMPLETED`` means that every frame is there and decodes. When it returns, nothing that
        it started writes frames any more.

        :return: the outcome, and a sentence for people.
        :raises FarmError: counts as failed.
        """

    def close(self) -> None:
        """Let go of what was kept for the next task; the slot has none now."""
