# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that is known of one job: where its frames are, the newest one, and why tasks failed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import FarmError
from ..ports import Manager, RemoteTask
from ..workspace import Workspace
from .jobs import expected_frames, output_folder
from .live import JobRow
from .record import JobState
from .release_store import ReleaseStore

FAILED_TASKS_MAX = 5
_FAILED = ("failed", "soft-failed")


@dataclass(frozen=True, slots=True)
class FailedTask:
    """A task that failed.

    :param log: the end of its log, at most 2 kB; perhaps empty.
    """

    task: RemoteTask
    log: str

    def to_json(self) -> dict[str, str]:
        """Return it as the document has it."""
        return {
            "task": self.task.name,
            "status": self.task.status,
            "worker": self.task.worker,
            "activity": self.task.activity,
            "log": self.log,
        }


@dataclass(slots=True)
class JobReport:
    """What is known.

    :param frames: those of the job, as text.
    :param output: absolute folder that the current attempt renders into; None before the first.
    :param failed: at most :data:`FAILED_TASKS_MAX` of its failed tasks.
    :param frame_file: the newest frame that is there, or None.
    :param picture: the file that a picture of it was written to, or None.
    """

    row: JobRow
    frames: str
    output: Path | None = None
    failed: tuple[FailedTask, ...] = ()
    frame_file: Path | None = None
    picture: Path | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the document; what is not there is an empty text."""
        row = self.row.to_json()
        return {
            **{key: row[key] for key in ("job", "state", "attempt", "done", "total", "message")},
            "frames": self.frames,
            "output": str(self.output or ""),
            "url": row["url"],
            "failed": [task.to_json() for task in self.failed],
            "picture": str(self.picture or ""),
            "frame_file": str(self.frame_file or ""),
        }


def report_job(
    workspace: Workspace,
    store: ReleaseStore,
    state: JobState,
    row: JobRow,
    manager: Manager | None,
) -> JobReport:
    """Gather what is known.

    :param manager: None where it cannot be asked.
    :raises ManagerError: as the Manager's methods do.
    """
    attempt = state.attempt
    plan = attempt.plan if attempt else state.plan
    report = JobReport(row, plan.frames.text())
    if attempt is None:
        return report
    folder = output_folder(store.relative, plan.name, attempt.number)
    report.output = workspace.volume.root / folder
    report.frame_file = _newest_frame(workspace, store, state)
    if manager is not None and row.id:
        report.failed = tuple(_failed_tasks(manager, row.id))
    return report


def _failed_tasks(manager: Manager, job_id: str) -> Iterator[FailedTask]:
    """Yield those that failed for good first."""
    tasks = [task for task in manager.tasks(job_id) if task.status in _FAILED]
    tasks.sort(key=lambda task: _FAILED.index(task.status))
    for task in tasks[:FAILED_TASKS_MAX]:
        yield FailedTask(manager.task(task.id) or task, manager.task_log_tail(task.id))


def _newest_frame(workspace: Workspace, store: ReleaseStore, state: JobState) -> Path | None:
    """Return the frame of the current attempt that was written last, rendered or delivered.

    An empty file is one whose writing has just begun.
    """
    root, attempt = workspace.volume.root, state.attempt
    assert attempt is not None
    dist = workspace.volume.dist_folder(store.relative.name)
    try:
        rendered = [
            root / one.source
            for one in expected_frames(attempt.plan, store.relative, attempt.number)
        ]
        delivered = [
            dist / one.delivery
            for part in state.delivered
            if part.attempt == attempt.number
            for one in expected_frames(
                attempt.plan, store.relative, part.attempt, part.frames, part.dist_name
            )
        ]
    except FarmError:
        return None  # a template that cannot be filled in any more: harvest says so
    newest: tuple[float, Path] | None = None
    for folder, wanted in ((root / _parent(rendered), rendered), (dist, delivered)):
        names = {path.name for path in wanted}
        for modified_s, path in _files(folder) if names else ():
            if path.name in names and (newest is None or modified_s > newest[0]):
                newest = modified_s, path
    return newest[1] if newest else None


def _parent(paths: list[Path]) -> Path:
    return paths[0].parent if paths else Path()


def _files(folder: Path) -> Iterator[tuple[float, Path]]:
    """Yield when each file in a folder that is not empty was changed."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                about = entry.stat()
                if entry.is_file() and about.st_size:
                    yield about.st_mtime, Path(entry.path)
    except OSError:
        return  # not there, or not to be seen from here: then there is no frame to show
