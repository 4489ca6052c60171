# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watch Managers: ask each when it is due, and say what changed; no bpy.

Implements :class:`..core.release.watch.Watch`; one :class:`.watched_manager.WatchedManager` per
Manager does the work. How often each is asked is in ``docs/design.md``, "Following".

*Changed* is a job whose ``updated`` moved: from the list of all jobs nothing else is even read.
*Stalled* follows from the job's tasks (:mod:`..core.release.stalled`), which are asked for only of
jobs that may have stalled. The *ETA* is what remains of the steps over the pace at which steps got
done since the job was first seen (:mod:`..core.release.pace`).

A Manager that is silent takes nothing back: its jobs stay as they were last told, and when it
answers again, perhaps at another address, it is asked about all of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping

from ..core.ports import ManagerAddress
from ..core.release.watch import Answers, FarmLook
from .watched_manager import IDLE_INTERVAL_S, Connect, LocalMark, WatchedManager


class Watcher:
    """Watches any number of Managers; for one thread at a time.

    :param connect: returns a Manager that answers; called again after it failed.
        Raises a :class:`~..core.errors.ManagerError` where it cannot be reached.
    :param clock: monotonic seconds.
    :param interval_s: between two looks while a job is unfinished; None for the usual.
    :param local_mark: see :class:`.watched_manager.WatchedManager`.
    """

    def __init__(
        self,
        connect: Connect,
        *,
        clock: Callable[[], float] = time.monotonic,
        interval_s: float | None = None,
        local_mark: LocalMark = lambda: None,
    ) -> None:
        self._connect, self._clock = connect, clock
        self._interval_s, self._local_mark = interval_s, local_mark
        self._watched: dict[ManagerAddress, WatchedManager] = {}
        self._answers = Answers()

    def look(self, wanted: Mapping[ManagerAddress, Collection[str]]) -> Answers:
        """Ask for jobs where that is due; return what is known now."""
        now = self._clock()
        changed: set[str] = set()
        for address in {*wanted, *self._watched}:
            watched, ids = self._of(address), wanted.get(address, ())
            if not watched.is_due(now, ids):
                continue
            changed |= watched.look(now, ids)
            now = self._clock()
        answers = self._collected() if changed else self._answers
        answers.changed = changed
        self._tell_etas(now, answers)
        self._tell_silence(answers)
        self._answers = answers
        return answers

    def look_at_farm(self, address: ManagerAddress) -> FarmLook:
        """Ask how a Manager stands where that is due; return what is known now."""
        return self._of(address).look_at_farm(self._clock())

    def wait_s(self) -> float:
        """Return for how many seconds nothing is due; at most half a minute."""
        now = self._clock()
        return min((one.wait_s(now) for one in self._watched.values()), default=IDLE_INTERVAL_S)

    def _of(self, address: ManagerAddress) -> WatchedManager:
        if address not in self._watched:
            self._watched[address] = WatchedManager(
                address, self._connect, self._interval_s, self._local_mark
            )
        return self._watched[address]

    def _collected(self) -> Answers:
        found = Answers()
        for one in self._watched.values():
            found.jobs.update(one.jobs)
            found.stalled.update(one.stalled)
            found.asked |= one.asked
        return found

    def _tell_etas(self, now: float, answers: Answers) -> None:
        told, answers.eta_s = self._answers.eta_s, {}
        for one in self._watched.values():
            for job_id in one.paces:
                # What happens behind a silent Manager nobody knows: its figures stay as they are.
                eta_s = one.eta_s(now, job_id) if one.error is None else told.get(job_id)
                if eta_s is not None:
                    answers.eta_s[job_id] = eta_s
        for job_id in {*told, *answers.eta_s}:
            if told.get(job_id) != answers.eta_s.get(job_id):
                answers.changed.add(job_id)

    def _tell_silence(self, answers: Answers) -> None:
        answers.silent, answers.deaf = {}, {}
        for address, one in self._watched.items():
            if one.error is not None:
                failed = answers.silent if one.was_connected else answers.deaf
                failed[address] = one.error.message
