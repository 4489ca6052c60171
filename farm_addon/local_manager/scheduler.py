# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide what happens next: a pure function of state, event and time.

The effect of each requested job status is that of flamenco.md §4.1. What a task's change does to
its job follows §4.2, cleaned of the Manager's oddities: a crashed render is tried again, a job
whose last runnable task is done while others failed is *failed* instead of *active* for ever,
late news of a cancelled run change nothing, and no task is ever on two slots.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from . import events
from .events import Command, Event, Outcome
from .model import (
    RUNNABLE,
    SCHEDULED,
    UNFINISHED,
    Job,
    JobStatus,
    Run,
    Slot,
    State,
    Task,
    TaskStatus,
    timestamp,
)

MAX_RETRIES = 2
"""A task whose render crashed is tried so many times more."""

FAIL_PERCENT = 10
"""A job with this share of failed tasks fails at once (flamenco.md §4.2)."""

_TO_CANCEL = frozenset((TaskStatus.ACTIVE, TaskStatus.QUEUED, TaskStatus.SOFT_FAILED))
_TO_REQUEUE = frozenset(
    (TaskStatus.CANCELED, TaskStatus.FAILED, TaskStatus.PAUSED, TaskStatus.SOFT_FAILED)
)


def step(state: State, event: Event, now: datetime) -> tuple[State, list[Command]]:
    """Return the state after an event, and what is to be done.

    Commands are to be carried out in their order, all that save before any that starts or stops.
    An event about a job or a run that is not there (any more) changes nothing.

    :param now: timezone-aware.
    """
    turn = _Turn(state, timestamp(now))
    turn.apply(event)
    turn.assign()
    return turn.result()


def has_work(state: State) -> bool:
    """Tell whether anything will still happen by itself: no slot is free while a task waits."""
    return any(slot.run is not None for slot in state.slots)


class _Turn:
    """One step under way: a copy of the state that may be changed."""

    def __init__(self, state: State, now: str) -> None:
        self._state = state
        self._now = now
        self._jobs = dict(state.jobs)
        self._slots = list(state.slots)
        self._runs = state.runs
        self._is_stopping = state.is_stopping
        self._saves: dict[str, None] = {}
        self._forgets: list[Command] = []
        self._logs: list[Command] = []
        self._actions: list[Command] = []

    def result(self) -> tuple[State, list[Command]]:
        state = State(tuple(self._slots), self._jobs, self._runs, self._is_stopping)
        saves = [events.SaveJob(job_id) for job_id in self._saves if job_id in self._jobs]
        return state, [*saves, *self._forgets, *self._logs, *self._actions]

    # --- events ----------------------------------------------------------------------------------

    def apply(self, event: Event) -> None:
        match event:
            case events.JobSubmitted(job):
                self._put(job)
            case events.StatusRequested(job_id, status, reason) if job_id in self._jobs:
                self._request_status(self._jobs[job_id], status, reason)
            case events.PriorityRequested(job_id, priority) if job_id in self._jobs:
                self._put(replace(self._jobs[job_id], priority=priority, updated=self._now))
            case events.DeletionRequested(job_id) if job_id in self._jobs:
                self._delete(self._jobs[job_id])
            case events.StepsReported(slot, number, steps):
                self._report_steps(slot, number, steps)
            case events.RunEnded(slot, number, outcome, message):
                self._end_run(slot, number, outcome, message)
            case events.Restarted():
                self._repair()
            case events.ShutdownRequested():
                self._shut_down()

    def _request_status(self, job: Job, status: JobStatus, reason: str) -> None:
        if status is job.status:
            return
        match status:
            case JobStatus.CANCEL_REQUESTED:
                job = self._change_tasks(job, _TO_CANCEL, TaskStatus.CANCELED, reason)
                job = self._set_status(job, JobStatus.CANCELED, reason)
            case JobStatus.FAILED:
                job = self._change_tasks(job, _TO_CANCEL, TaskStatus.CANCELED, reason)
                job = self._set_status(job, JobStatus.FAILED, reason)
            case JobStatus.PAUSE_REQUESTED:
                job = self._change_tasks(job, RUNNABLE, TaskStatus.PAUSED, reason)
                is_running = _has(job, {TaskStatus.ACTIVE})
                target = JobStatus.PAUSE_REQUESTED if is_running else JobStatus.PAUSED
                job = self._set_status(job, target, reason)
            case JobStatus.REQUEUEING:
                is_whole = job.status is JobStatus.COMPLETED
                affected = frozenset(TaskStatus) if is_whole else _TO_REQUEUE
                job = self._change_tasks(job, affected, TaskStatus.QUEUED, reason)
                job = replace(job, is_counting=True)
                job = self._set_status(job, _queued_or_completed(job), reason)
            case JobStatus.QUEUED:
                job = self._set_status(job, _queued_or_completed(job), reason)
            case _:
                job = self._set_status(job, status, reason)
        self._put(job)
        self._stop_runs(job)

    def _delete(self, job: Job) -> None:
        """Forget the job as soon as none of its renders runs any more."""
        if not job.delete_requested_at:
            job = replace(job, delete_requested_at=self._now, updated=self._now)
        reason = "the job is deleted"
        job = self._change_tasks(job, _TO_CANCEL, TaskStatus.CANCELED, reason)
        if job.status in UNFINISHED:
            job = self._set_status(job, JobStatus.CANCELED, reason)
        self._put(job)
        self._stop_runs(job)
        self._forget_if_deleted(job)

    def _report_steps(self, slot: int, number: int, steps_completed: int) -> None:
        found = self._running(slot, number)
        if found is None:
            return
        job, task = found
        steps = min(max(steps_completed, 0), task.steps_total)
        changed = replace(task, steps_completed=steps, updated=self._now, last_touched=self._now)
        self._put(replace(_with_task(job, changed), is_counting=True, updated=self._now))

    def _end_run(self, slot: int, number: int, outcome: Outcome, message: str) -> None:
        found = self._running(slot, number)
        run = self._slots[slot].run
        if run is None or run.number != number:
            return
        self._slots[slot] = replace(self._slots[slot], run=None)
        job = self._jobs.get(run.job_id)
        if found is not None and job is not None:
            self._finish(job, found[1], outcome, message)
        if job is not None:
            self._forget_if_deleted(self._jobs[job.id])

    def _repair(self) -> None:
        """Put a state in order that was read back: nothing runs yet."""
        for job in list(self._jobs.values()):
            if job.delete_requested_at:
                self._forget_if_deleted(job)
                continue
            reason = "the local manager was restarted"
            repaired = self._change_tasks(job, {TaskStatus.ACTIVE}, TaskStatus.QUEUED, reason)
            if repaired.status is JobStatus.PAUSE_REQUESTED:
                repaired = self._change_tasks(repaired, RUNNABLE, TaskStatus.PAUSED, reason)
                repaired = self._set_status(repaired, JobStatus.PAUSED, reason)
            if repaired is not job:
                self._put(repaired)

    def _shut_down(self) -> None:
        self._is_stopping = True
        reason = "the local manager was stopped"
        for run in [slot.run for slot in self._slots if slot.run is not None]:
            job = self._jobs.get(run.job_id)
            if job is not None:
                job = self._change_tasks(job, {TaskStatus.ACTIVE}, TaskStatus.QUEUED, reason)
                self._put(job)
                self._stop_runs(job)

    # --- the end of a run ------------------------------------------------------------------------

    def _finish(self, job: Job, task: Task, outcome: Outcome, message: str) -> None:
        match outcome:
            case Outcome.COMPLETED:
                task = replace(task, steps_completed=task.steps_total)
                status, activity = TaskStatus.COMPLETED, message or "completed"
            case Outcome.CRASHED if task.tries < MAX_RETRIES:
                task = replace(task, tries=task.tries + 1)
                tries = f"try {task.tries} of {MAX_RETRIES + 1}"
                status, activity = TaskStatus.SOFT_FAILED, f"{tries}: {message}"
            case Outcome.CRASHED | Outcome.FAILED:
                status, activity = TaskStatus.FAILED, message
            case Outcome.STOPPED:
                status, activity = TaskStatus.QUEUED, message
                task = replace(task, steps_completed=0)
        is_counting = job.is_counting or status is TaskStatus.COMPLETED
        task = self._changed(job, task, status, activity)
        job = replace(_with_task(job, task), is_counting=is_counting)
        self._put(self._after_task(job, message))

    def _after_task(self, job: Job, message: str) -> Job:
        """Return the job as it is once one of its tasks has ended."""
        total = len(job.tasks)
        failed = sum(task.status is TaskStatus.FAILED for task in job.tasks)
        if all(task.status is TaskStatus.COMPLETED for task in job.tasks):
            return self._set_status(job, JobStatus.COMPLETED, "all tasks completed")
        is_live = job.status in UNFINISHED
        if is_live and failed * 100 // total >= FAIL_PERCENT:
            reason = f"{failed} of {total} tasks failed: {message}"
            job = self._change_tasks(job, _TO_CANCEL, TaskStatus.CANCELED, "the job failed")
            job = self._set_status(job, JobStatus.FAILED, reason)
            self._stop_runs(job)
            return job
        if _has(job, {TaskStatus.ACTIVE}):
            return job
        if job.status is JobStatus.PAUSE_REQUESTED:
            job = self._change_tasks(job, RUNNABLE, TaskStatus.PAUSED, "the job is paused")
            return self._set_status(job, JobStatus.PAUSED, "no task is active any more")
        if is_live and failed and not _has(job, RUNNABLE | {TaskStatus.PAUSED}):
            return self._set_status(job, JobStatus.FAILED, f"{failed} of {total} tasks failed")
        return job

    # --- starting --------------------------------------------------------------------------------

    def assign(self) -> None:
        """Give each free slot the next task: highest job priority first, then the oldest job."""
        for index, slot in enumerate(self._slots):
            if slot.run is not None or self._is_stopping:
                continue
            found = self._next_task()
            if found is None:
                return
            self._start(index, slot, *found)

    def _next_task(self) -> tuple[Job, Task] | None:
        running = {slot.run.task_id for slot in self._slots if slot.run is not None}
        best: tuple[Job, Task] | None = None
        for job in self._jobs.values():
            if job.status not in SCHEDULED or job.delete_requested_at:
                continue
            if best is not None and job.priority <= best[0].priority:
                continue
            for task in job.tasks:
                if task.status in RUNNABLE and task.id not in running:
                    best = (job, task)
                    break
        return best

    def _start(self, index: int, slot: Slot, job: Job, task: Task) -> None:
        self._runs += 1
        run = Run(self._runs, job.id, task.id)
        self._slots[index] = replace(slot, run=run)
        self._log(job, task, f"Task assigned to worker {slot.name} ({slot.id})")
        named = replace(task, worker_id=slot.id, worker_name=slot.name, last_touched=self._now)
        task = self._changed(job, replace(named, steps_completed=0), TaskStatus.ACTIVE, "started")
        job = _with_task(job, task)
        if job.status is not JobStatus.ACTIVE:
            job = self._set_status(job, JobStatus.ACTIVE, "a task became active")
        self._put(job)
        self._actions.append(events.StartRun(index, run.number, job, task))

    # --- small steps -----------------------------------------------------------------------------

    def _put(self, job: Job) -> None:
        self._jobs[job.id] = job
        self._saves[job.id] = None

    def _set_status(self, job: Job, status: JobStatus, reason: str) -> Job:
        activity = f'Changed to status "{status.value}": {reason}'
        return replace(job, status=status, activity=activity, updated=self._now)

    def _change_tasks(
        self, job: Job, which: Collection[TaskStatus], status: TaskStatus, reason: str
    ) -> Job:
        """Return the job with all its tasks in one of some statuses changed to another."""
        if not _has(job, which):
            return job
        tasks = tuple(
            self._changed(job, task, status, reason) if task.status in which else task
            for task in job.tasks
        )
        return replace(job, tasks=tasks, updated=self._now)

    def _changed(self, job: Job, task: Task, status: TaskStatus, activity: str) -> Task:
        """Return the task in another status; queueing it takes its steps and tries back to 0."""
        if TaskStatus.ACTIVE in (task.status, status):
            self._log(job, task, f"task changed status {task.status.value} -> {status.value}")
        if status is TaskStatus.QUEUED:
            task = replace(task, steps_completed=0, tries=0)
        return replace(task, status=status, activity=activity, updated=self._now)

    def _log(self, job: Job, task: Task, text: str) -> None:
        self._logs.append(events.AppendLog(job.id, task.id, f"{self._now[:19]}Z {text}"))

    def _running(self, slot: int, number: int) -> tuple[Job, Task] | None:
        """Return the job and the active task of a run, unless it is an earlier run's number or
        the run is being stopped."""
        run = self._slots[slot].run if 0 <= slot < len(self._slots) else None
        if run is None or run.number != number or run.is_stopping:
            return None
        job = self._jobs.get(run.job_id)
        task = next((one for one in job.tasks if one.id == run.task_id), None) if job else None
        if job is None or task is None or task.status is not TaskStatus.ACTIVE:
            return None
        return job, task

    def _stop_runs(self, job: Job) -> None:
        """Stop the renders of the job's tasks that are no longer active."""
        active = {task.id for task in job.tasks if task.status is TaskStatus.ACTIVE}
        for index, slot in enumerate(self._slots):
            run = slot.run
            if run is None or run.job_id != job.id or run.is_stopping or run.task_id in active:
                continue
            self._slots[index] = replace(slot, run=replace(run, is_stopping=True))
            self._actions.append(events.StopRun(index, run.number))

    def _forget_if_deleted(self, job: Job) -> None:
        is_running = any(slot.run and slot.run.job_id == job.id for slot in self._slots)
        if job.delete_requested_at and not is_running:
            del self._jobs[job.id]
            self._forgets.append(events.ForgetJob(job.id))


def _has(job: Job, statuses: Collection[TaskStatus]) -> bool:
    return any(task.status in statuses for task in job.tasks)


def _queued_or_completed(job: Job) -> JobStatus:
    is_done = all(task.status is TaskStatus.COMPLETED for task in job.tasks)
    return JobStatus.COMPLETED if is_done else JobStatus.QUEUED


def _with_task(job: Job, task: Task) -> Job:
    """Return the job with one of its tasks replaced."""
    return replace(job, tasks=tuple(task if one.id == task.id else one for one in job.tasks))
