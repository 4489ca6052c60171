# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The running local manager: feeds the scheduler, keeps its state, carries out what it orders."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..core.errors import FarmError
from . import events
from .compile import Submission, compile_job
from .events import Command, Event
from .model import Job, Slot, State, Task, timestamp
from .pictures import JobPictures
from .runner import TaskRunner
from .scheduler import has_work, step
from .slots import SlotThread
from .state import Database
from .task_logs import TaskLogs

log = logging.getLogger(__name__)

STOP_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class About:
    """What the program tells about itself.

    :param version: of farm_addon.
    :param volume: the volume's root; ``volume_id`` its UUID.
    :param options: what it was started with, to be compared with what is wanted.
    """

    version: str
    volume: Path
    volume_id: str
    pid: int
    options: str = ""


def make_slots(volume_id: str, count: int) -> tuple[Slot, ...]:
    """Return slots whose ids stay the same from one start to the next."""
    names = [f"local-{number}" for number in range(1, count + 1)]
    space = uuid.uuid5(uuid.NAMESPACE_OID, volume_id)
    return tuple(Slot(str(uuid.uuid5(space, name)), name) for name in names)


class Service:
    """Jobs, tasks and their renders; safe to be called from several threads.

    :param runners: one per slot.
    :param on_lost: called when the state can no longer be kept; the program should leave then.
    """

    def __init__(
        self,
        about: About,
        database: Database,
        logs: TaskLogs,
        pictures: JobPictures,
        runners: Sequence[TaskRunner],
        *,
        on_lost: Callable[[], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.about = about
        self.logs = logs
        self.pictures = pictures
        self._database = database
        self._clock = clock
        self._lock = threading.RLock()
        self._last_request_s = time.monotonic()
        self._state = State(make_slots(about.volume_id, len(runners)), database.load())
        self._job_of_task = _index(self._state.jobs.values())
        self._threads = [
            SlotThread(slot.name, runner, self.dispatch, logs.append, on_lost)
            for slot, runner in zip(self._state.slots, runners, strict=True)
        ]

    @property
    def state(self) -> State:
        """The state as it is now; a frozen value."""
        return self._state

    def start(self) -> None:
        """Go on with what was left; returns at once."""
        self.logs.keep_only(self._state.jobs)
        for thread in self._threads:
            thread.start()
        self.dispatch(events.Restarted())

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> bool:
        """Return running tasks to the queue and wait until their renders are over.

        :return: whether they are; otherwise what hangs ends with the process.
        """
        try:
            self.dispatch(events.ShutdownRequested())
        except FarmError as ex:
            log.error("%s", ex.message)
            with self._lock:
                for slot, thread in zip(self._state.slots, self._threads, strict=True):
                    if slot.run is not None:
                        thread.stop_run(slot.run.number)
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.leave()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def submit(self, submission: Submission) -> Job:
        """Take a job.

        :raises CompileError: if its settings make no sense.
        """
        job = compile_job(submission, self._clock())
        self.dispatch(events.JobSubmitted(job))
        return self._state.jobs.get(job.id, job)

    def check(self, submission: Submission) -> None:
        """Say whether a job would be taken.

        :raises CompileError: if not.
        """
        compile_job(submission, self._clock())

    def find_task(self, task_id: str) -> tuple[Job, Task] | None:
        """Return a task with its job, or None."""
        job = self._state.jobs.get(self._job_of_task.get(task_id, ""))
        task = next((one for one in job.tasks if one.id == task_id), None) if job else None
        return (job, task) if job and task else None

    def dispatch(self, event: Event) -> None:
        """Let the scheduler decide, keep what it decided, then do it.

        :raises VolumeError: if it could not be kept; nothing has changed then.
        """
        with self._lock:
            before = self._state
            state, commands = step(before, event, self._clock())
            saves = [one.job_id for one in commands if isinstance(one, events.SaveJob)]
            forgets = [one.job_id for one in commands if isinstance(one, events.ForgetJob)]
            changed = [(before.jobs.get(job_id), state.jobs[job_id]) for job_id in saves]
            if changed or forgets:
                self._database.write(changed, forgets)
            self._job_of_task.update(_index(now for was, now in changed if was is None))
            for job_id in forgets:
                for task in before.jobs[job_id].tasks:
                    del self._job_of_task[task.id]
            self._state = state
            for command in commands:
                self._carry_out(command)

    def now(self) -> str:
        """Return the time as the API writes it."""
        return timestamp(self._clock())

    def is_busy(self) -> bool:
        """Tell whether anything will still happen by itself."""
        return has_work(self._state)

    def request_came(self) -> None:
        """Note that a client is there, so that the program does not count as idle."""
        self._last_request_s = time.monotonic()

    def idle_s(self) -> float:
        """Return for how long nobody asked and nothing was to be done; 0 while there is work."""
        with self._lock:
            if has_work(self._state):
                self._last_request_s = time.monotonic()
            return time.monotonic() - self._last_request_s

    def _carry_out(self, command: Command) -> None:
        match command:
            case events.StartRun(slot):
                self._threads[slot].start_run(command)
            case events.StopRun(slot, number):
                self._threads[slot].stop_run(number)
            case events.AppendLog(job_id, task_id, text):
                self.logs.append(job_id, task_id, text)
            case events.ForgetJob(job_id):
                self.logs.remove(job_id)
                self.pictures.forget(job_id)


def _index(jobs: Iterable[Job]) -> dict[str, str]:
    """Return the job's id by each task's."""
    return {task.id: job.id for job in jobs for task in job.tasks}
