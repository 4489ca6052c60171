# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a requested status does to a job and its tasks, and what a task's change does to its job.

Pure functions from a job to a job: the tables of flamenco.md §4.1 and §4.2, unguarded as there.
Two places where Flamenco leaves a job hanging for ever are cleaned up: a job that is requeued
while ``under-construction`` is queued, and an unfinished job of which nothing is left that could
run ends as ``failed`` where tasks of it failed, else as ``canceled``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from .model import RUNNABLE, SCHEDULED, Job, JobStatus, Task, TaskStatus

FAIL_PERCENT = 10
"""A job with this share of failed tasks fails at once (flamenco.md §4.2)."""

UNENDED = RUNNABLE | {TaskStatus.ACTIVE}
"""Tasks that run or wait to be run."""

_OTHER_THAN_COMPLETED = frozenset(TaskStatus) - {TaskStatus.COMPLETED}
_TO_REQUEUE = frozenset(
    (TaskStatus.CANCELED, TaskStatus.FAILED, TaskStatus.PAUSED, TaskStatus.SOFT_FAILED)
)
_PASSING = frozenset((JobStatus.CANCEL_REQUESTED, JobStatus.REQUEUEING, JobStatus.PAUSE_REQUESTED))


def request_status(job: Job, status: JobStatus, reason: str, now: str) -> Job:
    """Return the job after somebody asked for a status; the very same where it has it already."""
    return job if status is job.status else _move(job, status, reason, now)


def finish_passing(job: Job, reason: str, now: str) -> Job:
    """Return a job at the end of a transition in which the program was interrupted, or in which
    the job was submitted."""
    return _move(job, job.status, reason, now) if job.status in _PASSING else job


def set_task_status(job: Job, task: Task, status: TaskStatus, activity: str, now: str) -> Job:
    """Return the job with one of its tasks in another status, and with what follows from that.

    :param task: takes the place of the job's task of this id.
    """
    changed = _changed(task, status, activity, now)
    tasks = tuple(changed if one.id == task.id else one for one in job.tasks)
    does_count = status in (TaskStatus.COMPLETED, TaskStatus.QUEUED)
    job = replace(job, tasks=tasks, is_counting=job.is_counting or does_count)
    return _after_task(job, status, activity, now)


def change_tasks(
    job: Job, which: Collection[TaskStatus], status: TaskStatus, activity: str, now: str
) -> Job:
    """Return the job with all tasks that are in some statuses changed to another, and nothing
    else; the very same where there are none."""
    if not has(job, which):
        return job
    tasks = tuple(
        _changed(task, status, activity, now) if task.status in which else task
        for task in job.tasks
    )
    return replace(job, tasks=tasks, updated=now)


def has(job: Job, statuses: Collection[TaskStatus]) -> bool:
    """Tell whether a task of the job is in one of some statuses."""
    return any(task.status in statuses for task in job.tasks)


def _move(job: Job, status: JobStatus, reason: str, now: str) -> Job:
    """Return the job after a request for a status: the rows of flamenco.md §4.1."""
    why = f'because the job went from "{job.status}" to "{status}"'
    match status:
        case JobStatus.CANCEL_REQUESTED | JobStatus.FAILED:
            job = change_tasks(job, UNENDED, TaskStatus.CANCELED, f"canceled {why}", now)
            if status is JobStatus.CANCEL_REQUESTED:
                status = JobStatus.CANCELED
        case JobStatus.PAUSE_REQUESTED:
            job = change_tasks(job, RUNNABLE, TaskStatus.PAUSED, f"paused {why}", now)
            is_running = has(job, {TaskStatus.ACTIVE})
            status = JobStatus.PAUSE_REQUESTED if is_running else JobStatus.PAUSED
        case JobStatus.REQUEUEING:
            is_whole = job.status is JobStatus.COMPLETED
            which = frozenset(TaskStatus) if is_whole else _TO_REQUEUE
            job = change_tasks(job, which, TaskStatus.QUEUED, f"queued {why}", now)
            job = replace(job, is_counting=True)
            status = _queued_or_completed(job)
        case JobStatus.QUEUED:
            status = _queued_or_completed(job)
    activity = f'Changed to status "{status}": {reason}'
    return replace(job, status=status, activity=activity, updated=now)


def _after_task(job: Job, status: TaskStatus, activity: str, now: str) -> Job:
    """Return the job after one of its tasks got a status: the rows of flamenco.md §4.2."""
    match status:
        case TaskStatus.ACTIVE | TaskStatus.SOFT_FAILED:
            return request_status(job, JobStatus.ACTIVE, f"task became {status}", now)
        case TaskStatus.QUEUED if job.status is JobStatus.COMPLETED:
            return request_status(job, JobStatus.REQUEUEING, "task was queued", now)
        case TaskStatus.COMPLETED if not has(job, _OTHER_THAN_COMPLETED):
            return request_status(job, JobStatus.COMPLETED, "all tasks completed", now)
        case TaskStatus.FAILED if _failed_percent(job) >= FAIL_PERCENT:
            reason = f"{_failed_of_all(job)}: {activity}"
            return request_status(job, JobStatus.FAILED, reason, now)
        case TaskStatus.CANCELED if not has(job, UNENDED):
            return request_status(job, JobStatus.CANCELED, "its last task was canceled", now)
        case TaskStatus.COMPLETED | TaskStatus.FAILED | TaskStatus.PAUSED:
            job = _pause_or_go_on(job, status, now)
    return _end_if_nothing_is_left(job, now)


def _pause_or_go_on(job: Job, status: TaskStatus, now: str) -> Job:
    if job.status is JobStatus.PAUSE_REQUESTED and not has(job, {TaskStatus.ACTIVE}):
        return request_status(job, JobStatus.PAUSED, "no task is active any more", now)
    if job.status is JobStatus.QUEUED and status is not TaskStatus.PAUSED:
        return request_status(job, JobStatus.ACTIVE, f"a task became {status}", now)
    return job


def _end_if_nothing_is_left(job: Job, now: str) -> Job:
    if job.status not in SCHEDULED or has(job, UNENDED | {TaskStatus.PAUSED}):
        return job
    if has(job, {TaskStatus.FAILED}):
        return request_status(job, JobStatus.FAILED, _failed_of_all(job), now)
    return request_status(job, JobStatus.CANCELED, "nothing of it is left to run", now)


def _failed_percent(job: Job) -> int:
    return _failed(job) * 100 // len(job.tasks)


def _failed_of_all(job: Job) -> str:
    return f"{_failed(job)} of {len(job.tasks)} tasks failed"


def _failed(job: Job) -> int:
    return sum(task.status is TaskStatus.FAILED for task in job.tasks)


def _queued_or_completed(job: Job) -> JobStatus:
    return JobStatus.QUEUED if has(job, _OTHER_THAN_COMPLETED) else JobStatus.COMPLETED


def _changed(task: Task, status: TaskStatus, activity: str, now: str) -> Task:
    """Return the task in another status; queueing takes its steps and tries back to 0."""
    if status is TaskStatus.QUEUED:
        task = replace(task, steps_completed=0, tries=0)
    elif status is TaskStatus.COMPLETED:
        task = replace(task, steps_completed=task.steps_total)
    return replace(task, status=status, activity=activity, updated=now)
