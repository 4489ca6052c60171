# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Manager that is watched: when to ask it, what it said, and what follows from that.

Nothing here waits: the moment of a look is passed in (monotonic seconds). A pause begins when the
Manager has answered, or failed: one that takes its time gets no less rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..core.errors import FarmError, ManagerRefusedError
from ..core.ports import Manager, ManagerAddress, RemoteJob
from ..core.release.live import FEW_JOBS, FINISHED
from ..core.release.pace import Pace
from ..core.release.stalled import find_stalled, may_have_failures
from ..core.release.watch import FarmLook
from . import version as versions
from .task_counts import TaskCounts

INTERVAL_S = 5.0
LOCAL_INTERVAL_S = 1.0
IDLE_INTERVAL_S = 30.0
SILENT_INTERVAL_S = 30.0
"""Seconds between two looks, and the longest between two tries at a Manager that does not answer
(flamenco.md §11)."""

LATE_REPORT_S = 20.0
"""For so long after its end a late report may bring a job back (flamenco.md §13, "Cancel race")."""
CLOSER_LOOK_S = 60.0
"""A job that gets on, or does not, may still have stalled: its tasks are looked at this often."""
WORKERS_INTERVAL_S = 10.0

Connect = Callable[[ManagerAddress], Manager]
LocalMark = Callable[[], object | None]


class WatchedManager:
    """What is known of one Manager, and when to ask it again.

    :param connect: returns the Manager, anew each time it is called, or raises a
        :class:`~..core.errors.ManagerError`.
    :param local_mark: for the local manager: changes whenever its state does, and is None while it
        does not run. Costs it nothing.
    :param clock: monotonic seconds.
    """

    def __init__(
        self,
        address: ManagerAddress,
        connect: Connect,
        interval_s: float | None,
        local_mark: LocalMark,
        clock: Callable[[], float],
    ) -> None:
        self.address = address
        self.jobs: dict[str, RemoteJob] = {}
        self.stalled: dict[str, str] = {}
        self.paces: dict[str, Pace] = {}
        self.error: FarmError | None = None
        self.was_connected = False
        self.asked: set[str] = set()
        self.farm = FarmLook(address, is_needed=not address.is_local)
        self._connect, self._local_mark, self._clock = connect, local_mark, clock
        self._manager: Manager | None = None
        self._calm_s = interval_s or (LOCAL_INTERVAL_S if address.is_local else INTERVAL_S)
        self._failures = 0
        self._due_s = -math.inf
        self._whole_due_s = -math.inf
        self._farm_due_s = -math.inf
        self._has_jobs = self._is_farm_watched = False
        self._mark: object | None = None
        self._farm_mark: object | None = None
        self._absent: set[str] = set()
        self._ended_s: dict[str, float] = {}
        self._looked: dict[str, tuple[float, str]] = {}
        self._counts = TaskCounts()

    # --- when -----------------------------------------------------------------------------------

    def wait_s(self, now: float) -> float:
        """Return for how long it need not be asked; never more than half a minute."""
        due_s = self._due_s if self._has_jobs else math.inf
        if self._is_farm_watched:
            due_s = min(due_s, self._due_s if self._failures else self._farm_due_s)
        return min(max(0.0, due_s - now), IDLE_INTERVAL_S)

    def is_due(self, now: float, wanted: Collection[str]) -> bool:
        """Tell whether it is time to ask about these jobs."""
        if not wanted and not self.asked:
            return False
        if now >= self._due_s:
            return True
        if self._failures:
            return False
        if any(job_id not in self.asked for job_id in wanted):
            return True
        return self._has_local_news()

    def _has_local_news(self) -> bool:
        if not self.address.is_local or self._due_s != math.inf:
            return False
        mark = self._local_mark()
        return mark is not None and mark != self._mark

    # --- jobs -----------------------------------------------------------------------------------

    def look(self, now: float, wanted: Collection[str]) -> set[str]:
        """Ask about jobs; return the ids of those of which something is not as it was.

        A Manager that fails in the middle leaves everything as it was.
        """
        mark = self._local_mark() if self.address.is_local else None
        self._has_jobs = bool(wanted)
        changed = self._forget(wanted)
        try:
            manager = self._connected()
            asked = self._to_ask(now, wanted)
            changed |= self._take(now, asked, self._fetch(manager, asked))
            changed |= self._count_tasks(now, manager)
            changed |= self._look_closer(now, manager)
        except FarmError as ex:  # of the Manager, or of what is needed to ask it
            self._fail(self._clock(), ex)
            return changed | {job_id for job_id in wanted if job_id not in self.asked}
        self._mark = mark
        self._failures, self.error = 0, None
        self._due_s = self._clock() + self._pause_s(now)
        return changed

    def eta_s(self, now: float, job_id: str) -> float | None:
        """Return how long a job will take, or None where that cannot be told."""
        pace, job = self.paces.get(job_id), self.jobs.get(job_id)
        if pace is None or job is None or job_id in self.stalled:
            return None
        return pace.eta_s(now, job.steps_total - job.steps_completed)

    def _connected(self) -> Manager:
        if self._manager is None:
            self._manager = self._connect(self.address)
            self.was_connected = True
        return self._manager

    def _fail(self, now: float, error: FarmError) -> None:
        """Try again later, and with a new connection: a Manager may come back elsewhere."""
        self._manager = None
        self.error = error
        self._due_s = now + min(self._calm_s * 2**self._failures, SILENT_INTERVAL_S)
        self._failures = min(self._failures + 1, 10)
        self._farm_due_s = self._due_s
        self.farm = FarmLook(
            self.address,
            version=self.farm.version,
            storage=self.farm.storage,
            message=error.message,
            hint=error.hint,
        )

    def _to_ask(self, now: float, wanted: Collection[str]) -> list[str]:
        """Return the ids to ask for: all from time to time, else those that may have changed."""
        if now >= self._whole_due_s or any(job_id not in self.asked for job_id in wanted):
            self._whole_due_s = now + IDLE_INTERVAL_S
            return list(wanted)
        return [job_id for job_id in wanted if self._is_hot(job_id, now)] or list(wanted)

    def _is_hot(self, job_id: str, now: float) -> bool:
        job = self.jobs.get(job_id)
        if job_id in self._absent or (job is not None and job.status not in FINISHED):
            return True
        return now - self._ended_s.get(job_id, -math.inf) < LATE_REPORT_S

    def _fetch(self, manager: Manager, ids: Collection[str]) -> dict[str, RemoteJob]:
        if len(ids) > FEW_JOBS:
            return manager.refreshed_jobs({job_id: self.jobs.get(job_id) for job_id in ids})
        found = (manager.job(job_id) for job_id in ids)
        return {job.id: job for job in found if job is not None}

    def _take(self, now: float, asked: Iterable[str], found: dict[str, RemoteJob]) -> set[str]:
        """Keep what was found; return the ids of what is not as it was."""
        changed: set[str] = set()
        for job_id in asked:
            job, before = found.get(job_id), self.jobs.get(job_id)
            is_new = job_id not in self.asked
            self.asked.add(job_id)
            if job is None:
                if before is not None and job_id not in self._absent:
                    self._absent.add(job_id)  # perhaps half an answer: it is asked once more
                elif before is not None or is_new:
                    self._drop(job_id)
                    changed.add(job_id)
                continue
            self._absent.discard(job_id)
            if job is before and job.status != "active":
                continue
            job = job if job is before else self._counts.applied(_slim(job))
            if job != before:
                changed.add(job_id)
                self.jobs[job_id] = job
                if job.status in FINISHED and before is not None:
                    self._ended_s[job_id] = now
            self._learn_pace(now, job, before)
        return changed

    def _learn_pace(self, now: float, job: RemoteJob, before: RemoteJob | None) -> None:
        if job.status != "active" or job.id in self.stalled:
            self.paces.pop(job.id, None)
            return
        pace = self.paces.get(job.id)
        if pace is None:
            pace = self.paces[job.id] = Pace()
            if before is not None and before.status != "active":
                pace.see(now, job.steps_completed, is_running=False)
        pace.see(now, job.steps_completed)

    def _count_tasks(self, now: float, manager: Manager) -> set[str]:
        """Bring in how many tasks are done where the Manager counts no steps."""
        changed: set[str] = set()
        if self.address.is_local:
            return changed
        for job_id in self._counts.look(now, manager, self.jobs):
            before = self.jobs[job_id]
            job = self._counts.applied(before)
            if job != before:
                changed.add(job_id)
                self.jobs[job_id] = job
                self._learn_pace(now, job, before)
        return changed

    def _drop(self, job_id: str) -> None:
        for known in (self.jobs, self.stalled, self.paces, self._ended_s, self._looked):
            known.pop(job_id, None)
        self._absent.discard(job_id)
        self._counts.forget(job_id)

    def _forget(self, wanted: Collection[str]) -> set[str]:
        """Forget jobs that nobody wants to know of any more."""
        gone = self.asked.difference(wanted)
        for job_id in gone:
            self._drop(job_id)
        self.asked -= gone
        return gone

    # --- jobs that get nowhere --------------------------------------------------------------------

    def _look_closer(self, now: float, manager: Manager) -> set[str]:
        """Look at the tasks of jobs that may have stalled; those that waited longest first.

        A job is looked at when it was never, when it moved and now stands still or was stalled,
        and else every minute; never more than a few at once. The local manager fails a job of
        which a task failed for good: none of its own stalls.
        """
        changed = {job_id for job_id in self.stalled if not may_have_failures(self.jobs[job_id])}
        for job_id in changed:
            del self.stalled[job_id]
        if self.address.is_local:
            return changed
        due = sorted(
            (self._looked.get(job_id, (-math.inf, ""))[0], job_id)
            for job_id, job in self.jobs.items()
            if may_have_failures(job) and self._needs_closer_look(job_id, now)
        )
        suspects = [self.jobs[job_id] for _when, job_id in due[:FEW_JOBS]]
        found = find_stalled(manager, suspects) if suspects else {}
        for job in suspects:
            self._looked[job.id] = (now, job.updated)
            if self.stalled.get(job.id, "") != found.get(job.id, ""):
                changed.add(job.id)
                self.stalled.pop(job.id, None)
                if job.id in found:
                    self.stalled[job.id] = found[job.id]
        return changed

    def _needs_closer_look(self, job_id: str, now: float) -> bool:
        when, updated = self._looked.get(job_id, (-math.inf, ""))
        if now - when >= CLOSER_LOOK_S:
            return True
        return job_id in self.stalled and self.jobs[job_id].updated != updated

    # --- pauses, and the farm ---------------------------------------------------------------------

    def _pause_s(self, now: float) -> float:
        if any(self._is_hot(job_id, now) for job_id in self.asked):
            return self._calm_s
        return math.inf if self.address.is_local else max(IDLE_INTERVAL_S, self._calm_s)

    def look_at_farm(self, now: float) -> FarmLook:
        """Ask for Workers, and once for what does not change; return what is known now."""
        self._is_farm_watched = True
        if not self._is_needed(now):
            self._farm_due_s = math.inf
            runs = self._local_mark() is not None
            answers = self.farm.answers and runs
            self.farm = replace(self.farm, answers=answers, is_needed=False, message="", hint="")
        elif self._is_farm_due(now):
            try:
                self.farm = self._ask_farm(self._connected())
            except FarmError as ex:
                self._fail(self._clock(), ex)
                return self.farm
            self._failures, self.error = 0, None
            self._farm_mark = self._mark
            is_busy = any(self._is_hot(job_id, now) for job_id in self.asked)
            self._farm_due_s = self._clock() + (WORKERS_INTERVAL_S if is_busy else IDLE_INTERVAL_S)
        return self.farm

    def _is_farm_due(self, now: float) -> bool:
        if self._failures:
            return now >= self._due_s
        return now >= self._farm_due_s or self._farm_due_s == math.inf  # it was left alone so far

    def _is_needed(self, now: float) -> bool:
        """Tell whether it may be asked: a local manager that has nothing to do is left alone."""
        if not self.address.is_local or any(self._is_hot(job_id, now) for job_id in self.asked):
            return True
        is_new = self._farm_mark != self._mark and self._manager is not None
        return is_new and self._local_mark() is not None

    def _ask_farm(self, manager: Manager) -> FarmLook:
        version, storage = self.farm.version, self.farm.storage
        if not self.farm.answers:
            known = manager.version()
            version = "" if known == versions.UNREADABLE else f"{known[0]}.{known[1]}"
            try:
                storage = manager.storage_location()
            except ManagerRefusedError:
                storage = ""
        return FarmLook(self.address, True, True, version, storage, tuple(manager.workers()))


_NOTHING: Mapping[str, Any] = {}


def _slim(job: RemoteJob) -> RemoteJob:
    """Return a job without what nobody who watches it looks at: most of its memory."""
    return replace(job, settings=_NOTHING, metadata=_NOTHING)
