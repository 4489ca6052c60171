# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs, tasks and slots as the local manager keeps them: plain frozen values.

The words are Flamenco's (flamenco.md §3).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..core.frames import Frames


class JobStatus(enum.StrEnum):
    """Where a job is."""

    QUEUED = "queued"
    ACTIVE = "active"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    CANCEL_REQUESTED = "cancel-requested"
    REQUEUEING = "requeueing"
    PAUSED = "paused"
    PAUSE_REQUESTED = "pause-requested"
    UNDER_CONSTRUCTION = "under-construction"


class TaskStatus(enum.StrEnum):
    """Where a task is; a soft-failed one crashed and will be tried again."""

    QUEUED = "queued"
    ACTIVE = "active"
    COMPLETED = "completed"
    FAILED = "failed"
    SOFT_FAILED = "soft-failed"
    CANCELED = "canceled"
    PAUSED = "paused"


RUNNABLE = frozenset((TaskStatus.QUEUED, TaskStatus.SOFT_FAILED))
SCHEDULED = frozenset((JobStatus.QUEUED, JobStatus.ACTIVE))
"""Only tasks of jobs in one of these are started."""

UNFINISHED = SCHEDULED | {JobStatus.PAUSE_REQUESTED}
"""Jobs on which something will still happen by itself."""


@dataclass(frozen=True, slots=True)
class Task:
    """A chunk of a job's frames, rendered by one slot.

    :param frames: not empty, none negative.
    :param tries: how often its render crashed since it was last requeued.
    :param worker_id: of the slot that runs it or ran it last; empty before the first run.
    :param created: RFC 3339, like all times here; ``last_touched`` is empty before the first run.
    """

    id: str
    name: str
    frames: Frames
    created: str
    updated: str
    status: TaskStatus = TaskStatus.QUEUED
    activity: str = ""
    steps_completed: int = 0
    tries: int = 0
    worker_id: str = ""
    worker_name: str = ""
    last_touched: str = ""

    @property
    def steps_total(self) -> int:
        """One step per frame."""
        return len(self.frames)


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it was submitted, and what became of it.

    :param settings: as submitted, unknown ones included.
    :param is_counting: whether a step of it was ever reported; before, its steps read 0 of 0.
    :param delete_requested_at: when deletion was asked for while a render still ran, else empty.
    :param tasks: in the order of their index, which counts from 1.
    """

    id: str
    name: str
    type: str
    priority: int
    settings: Mapping[str, Any]
    metadata: Mapping[str, str]
    created: str
    updated: str
    tasks: tuple[Task, ...]
    status: JobStatus = JobStatus.QUEUED
    activity: str = ""
    is_counting: bool = False
    delete_requested_at: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A task on a slot, until the slot's thread has really let go of it.

    :param number: counts up for as long as the program runs, so that late news of an earlier run
        is never taken for this one's.
    """

    number: int
    job_id: str
    task_id: str
    is_stopping: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """One render at a time; shown to clients as one Worker."""

    id: str
    name: str
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Everything that the scheduler knows.

    :param jobs: by id, in order of creation.
    :param runs: how many runs were ever started.
    :param is_stopping: the program is about to leave; nothing is started any more.
    """

    slots: tuple[Slot, ...]
    jobs: Mapping[str, Job] = field(default_factory=dict)
    runs: int = 0
    is_stopping: bool = False


def timestamp(now: datetime) -> str:
    """Return a time as the API writes it: RFC 3339, UTC, microseconds."""
    return now.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
