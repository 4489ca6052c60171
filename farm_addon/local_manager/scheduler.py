# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide what happens next: a pure function of state, event and time.

What a status does to jobs and tasks is in :mod:`.transitions`. This module hands tasks to slots,
without the oddities of a Manager: a crashed render is tried again, late news of a cancelled
run change nothing, and no task is ever on two slots.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from . import events, transitions
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
        self._now = now
        self._jobs = dict(state.jobs)
        self._slots = list(state.slots)
        self._runs = state.runs
        self._is_stopping = state.is_stopping
        self._has_room = False
        self._saves: dict[str, None] = {}
        self._forgets: list[Command] = []
        self._logs: list[Command] = []
        self._actions: list[Command] = []

    def result(self) -> tuple[State, list[Command]]:
        state = State(tuple(self._slots), self._jobs, self._runs, self._is_stopping)
        saves = [events.SaveJob(job_id) for job_id in self._saves if job_id in self._jobs]
        return state, [*saves, *self._logs, *self._forgets, *self._actions]

    # --- events ----------------------------------------------------------------------------------

    def apply(self, event: Event) -> None:
        match event:
            case events.JobSubmitted(job):
                self._put(job)
            case events.StatusRequested(job_id, status, reason) if job_id in self._jobs:
                job = self._jobs[job_id]
                self._put(transitions.request_status(job, status, reason, self._now))
            case events.TaskStatusRequested(job_id, task_id, status, reason):
                self._request_task_status(job_id, task_id, status, reason)
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

    def _request_task_status(
        self, job_id: str, task_id: str, status: TaskStatus, reason: str
    ) -> None:
        job = self._jobs.get(job_id)
        task = _task(job, task_id) if job else None
        if job is None or task is None:
            return
        if TaskStatus.ACTIVE not in (task.status, status):
            self._log_change(job.id, task, status)
        self._put(transitions.set_task_status(job, task, status, reason, self._now))

    def _delete(self, job: Job) -> None:
        """Forget the job as soon as none of its renders runs any more."""
        reason = "the job is deleted"
        if not job.delete_requested_at:
            job = replace(job, delete_requested_at=self._now, updated=self._now)
        if job.status in UNFINISHED:
            job = transitions.request_status(job, JobStatus.CANCEL_REQUESTED, reason, self._now)
        self._put(
            transitions.change_tasks(
                job, transitions.UNENDED, TaskStatus.CANCELED, reason, self._now
            )
        )
        self._forget_if_deleted(self._jobs[job.id])

    def _report_steps(self, slot: int, number: int, steps_completed: int) -> None:
        found = self._running(slot, number)
        if found is None:
            return
        job, task = found
        steps = min(max(steps_completed, 0), task.steps_total)
        changed = replace(task, steps_completed=steps, updated=self._now, last_touched=self._now)
        tasks = tuple(changed if one is task else one for one in job.tasks)
        self._put(replace(job, tasks=tasks, is_counting=True, updated=self._now))

    def _end_run(self, slot: int, number: int, outcome: Outcome, message: str) -> None:
        found = self._running(slot, number)
        run = self._slots[slot].run
        if run is None or run.number != number:
            return
        self._slots[slot] = replace(self._slots[slot], run=None)
        self._has_room = True
        if found is not None:
            self._finish(*found, outcome, message)
        if run.job_id in self._jobs:
            self._forget_if_deleted(self._jobs[run.job_id])

    def _finish(self, job: Job, task: Task, outcome: Outcome, message: str) -> None:
        match outcome:
            case Outcome.COMPLETED:
                status, activity = TaskStatus.COMPLETED, message or "completed"
            case Outcome.CRASHED if task.tries < MAX_RETRIES:
                task = replace(task, tries=task.tries + 1)
                tries = f"try {task.tries} of {MAX_RETRIES + 1}"
                status, activity = TaskStatus.SOFT_FAILED, f"{tries}: {message}"
            case Outcome.CRASHED | Outcome.FAILED:
                status, activity = TaskStatus.FAILED, message
            case Outcome.STOPPED:
                status, activity = TaskStatus.QUEUED, message
        if status in RUNNABLE and job.status is JobStatus.PAUSE_REQUESTED:
            status = TaskStatus.PAUSED
        self._put(transitions.set_task_status(job, task, status, activity, self._now))

    def _repair(self) -> None:
        """Put a state in order that was read back: nothing runs yet."""
        self._has_room = True
        reason = "the local manager was restarted"
        for job in list(self._jobs.values()):
            if job.delete_requested_at:
                self._forget_if_deleted(job)
                continue
            active = {TaskStatus.ACTIVE}
            queued = transitions.change_tasks(job, active, TaskStatus.QUEUED, reason, self._now)
            self._put(transitions.finish_passing(queued, reason, self._now))

    def _shut_down(self) -> None:
        self._is_stopping = True
        reason = "the local manager was stopped"
        for job_id in {slot.run.job_id: None for slot in self._slots if slot.run is not None}:
            job = self._jobs.get(job_id)
            if job is not None:
                active = {TaskStatus.ACTIVE}
                self._put(
                    transitions.change_tasks(job, active, TaskStatus.QUEUED, reason, self._now)
                )

    # --- starting --------------------------------------------------------------------------------

    def assign(self) -> None:
        """Give each free slot the next task: highest job priority first, then the oldest job.

        Before every event no slot was free while a task could be started. So there is something
        to look for only where a slot became free, or a job changed that has tasks to start.
        """
        changed = (self._jobs[job_id] for job_id in self._saves if job_id in self._jobs)
        if self._is_stopping or not (self._has_room or any(map(_may_start, changed))):
            return
        for index, slot in enumerate(self._slots):
            if slot.run is not None:
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
                # One that is active and on no slot was told so by hand.
                if task.status in transitions.UNENDED and task.id not in running:
                    best = (job, task)
                    break
        return best

    def _start(self, index: int, slot: Slot, job: Job, task: Task) -> None:
        self._runs += 1
        run = Run(self._runs, job.id, task.id)
        self._slots[index] = replace(slot, run=run)
        self._log(job.id, task.id, f"Task assigned to worker {slot.name} ({slot.id})")
        task = replace(
            task,
            worker_id=slot.id,
            worker_name=slot.name,
            last_touched=self._now,
            steps_completed=0,
        )
        job = transitions.set_task_status(job, task, TaskStatus.ACTIVE, "started", self._now)
        self._put(job)
        started = _task(job, task.id) or task
        self._actions.append(events.StartRun(index, run.number, job, started))

    # --- small steps -----------------------------------------------------------------------------

    def _put(self, job: Job) -> None:
        """Keep a job as it is now, log what became of its runs, and stop those that are over."""
        before = self._jobs.get(job.id)
        if before is job:
            return
        self._jobs[job.id] = job
        self._saves[job.id] = None
        for was, task in zip(before.tasks if before else (), job.tasks, strict=False):
            if was is not task and TaskStatus.ACTIVE in (was.status, task.status):
                self._log_change(job.id, was, task.status)
        self._stop_runs(job)

    def _log_change(self, job_id: str, task: Task, status: TaskStatus) -> None:
        if task.status is not status:
            self._log(job_id, task.id, f"task changed status {task.status} -> {status}")

    def _log(self, job_id: str, task_id: str, text: str) -> None:
        self._logs.append(events.AppendLog(job_id, task_id, f"{self._now[:19]}Z {text}"))

    def _running(self, slot: int, number: int) -> tuple[Job, Task] | None:
        """Return the job and the active task of a run, unless it is an earlier run's number or
        the run is being stopped."""
        run = self._slots[slot].run if 0 <= slot < len(self._slots) else None
        if run is None or run.number != number or run.is_stopping:
            return None
        job = self._jobs.get(run.job_id)
        task = _task(job, run.task_id) if job else None
        if job is None or task is None or task.status is not TaskStatus.ACTIVE:
            return None
        return job, task

    def _stop_runs(self, job: Job) -> None:
        """Stop the renders of the job's tasks that are no longer active."""
        for index, slot in enumerate(self._slots):
            run = slot.run
            if run is None or run.job_id != job.id or run.is_stopping:
                continue
            task = _task(job, run.task_id)
            if task is None or task.status is not TaskStatus.ACTIVE:
                self._slots[index] = replace(slot, run=replace(run, is_stopping=True))
                self._actions.append(events.StopRun(index, run.number))

    def _forget_if_deleted(self, job: Job) -> None:
        is_running = any(slot.run and slot.run.job_id == job.id for slot in self._slots)
        if job.delete_requested_at and not is_running:
            del self._jobs[job.id]
            self._forgets.append(events.ForgetJob(job.id))


def _task(job: Job, task_id: str) -> Task | None:
    return next((one for one in job.tasks if one.id == task_id), None)


def _may_start(job: Job) -> bool:
    return job.status in SCHEDULED and transitions.has(job, transitions.UNENDED)
