# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to the scheduler (events) and what it orders (commands)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .model import Job, JobStatus, Task, TaskStatus


class Outcome(enum.Enum):
    """How a run of a task ended."""

    COMPLETED = "completed"  #: all its frames are there and decode
    FAILED = "failed"  #: it would fail again
    CRASHED = "crashed"  #: it may succeed when it is tried again
    STOPPED = "stopped"  #: because it was told to


@dataclass(frozen=True, slots=True)
class JobSubmitted:
    """A new job, compiled."""

    job: Job


@dataclass(frozen=True, slots=True)
class StatusRequested:
    """Somebody posted a status for a job."""

    job_id: str
    status: JobStatus
    reason: str


@dataclass(frozen=True, slots=True)
class TaskStatusRequested:
    """Somebody posted a status for one task."""

    job_id: str
    task_id: str
    status: TaskStatus
    reason: str


@dataclass(frozen=True, slots=True)
class PriorityRequested:
    """Somebody posted a priority for a job."""

    job_id: str
    priority: int


@dataclass(frozen=True, slots=True)
class DeletionRequested:
    """Somebody asked for a job's deletion."""

    job_id: str


@dataclass(frozen=True, slots=True)
class StepsReported:
    """A run has finished so many frames, those of earlier runs that it skipped included."""

    slot: int
    run: int
    steps_completed: int


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A slot's thread has let go of its task.

    :param message: a sentence for people; why, where it failed.
    """

    slot: int
    run: int
    outcome: Outcome
    message: str = ""


@dataclass(frozen=True, slots=True)
class Restarted:
    """The program has read its state again after it was stopped or killed."""


@dataclass(frozen=True, slots=True)
class ShutdownRequested:
    """The program is to leave; what is running goes back to the queue."""


Event = (
    JobSubmitted
    | StatusRequested
    | TaskStatusRequested
    | PriorityRequested
    | DeletionRequested
    | StepsReported
    | RunEnded
    | Restarted
    | ShutdownRequested
)


@dataclass(frozen=True, slots=True)
class SaveJob:
    """Keep the job and its tasks as they are now."""

    job_id: str


@dataclass(frozen=True, slots=True)
class ForgetJob:
    """Remove the job, its tasks and their logs."""

    job_id: str


@dataclass(frozen=True, slots=True)
class AppendLog:
    """Add a line to a task's log."""

    job_id: str
    task_id: str
    text: str


@dataclass(frozen=True, slots=True)
class StartRun:
    """Let a slot run a task."""

    slot: int
    run: int
    job: Job
    task: Task


@dataclass(frozen=True, slots=True)
class StopRun:
    """Make a slot let go of its task; it reports :class:`RunEnded` when it has."""

    slot: int
    run: int


Command = SaveJob | ForgetJob | AppendLog | StartRun | StopRun
