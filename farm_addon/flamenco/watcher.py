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
answers again, perhaps at another address, it is asked about all of them. Each is asked in a thread
of its own (:mod:`.errands`): one that takes its time is waited for with patience, and then its
answer counts at the look after it came.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from ..core.ports import ManagerAddress, RemoteJob
from ..core.release.watch import Answers, FarmLook
from .errands import Errand
from .watched_manager import IDLE_INTERVAL_S, Connect, LocalMark, WatchedManager

BUSY_INTERVAL_S = 0.5
"""While somebody is waited for, it is looked this often whether the answer came."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a Manager had said when it had last answered whole; copies, for another thread."""

    jobs: Mapping[str, RemoteJob] = field(default_factory=dict)
    stalled: Mapping[str, str] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()


class Watcher:
    """Watches any number of Managers; for one thread at a time.

    :param connect: returns a Manager that answers; called again after it failed.
        Raises a :class:`~..core.errors.ManagerError` where it cannot be reached.
    :param clock: monotonic seconds.
    :param interval_s: between two looks while a job is unfinished; None for the usual.
    :param local_mark: see :class:`.watched_manager.WatchedManager`.
    :param patience_s: how long one look waits for a Manager; for ever where nobody looks again.
    """

    def __init__(
        self,
        connect: Connect,
        *,
        clock: Callable[[], float] = time.monotonic,
        interval_s: float | None = None,
        local_mark: LocalMark = lambda: None,
        patience_s: float = math.inf,
    ) -> None:
        self._connect, self._clock = connect, clock
        self._interval_s, self._local_mark = interval_s, local_mark
        self._patience_s = patience_s
        self._watched: dict[ManagerAddress, WatchedManager] = {}
        self._known: dict[ManagerAddress, _Known] = {}
        self._errands: dict[ManagerAddress, Errand[set[str]]] = {}
        self._answers = Answers()

    def look(self, wanted: Mapping[ManagerAddress, Collection[str]]) -> Answers:
        """Ask for jobs where that is due; return what is known now."""
        now = self._clock()
        for address in {*wanted, *self._watched}:
            watched, ids = self._of(address), tuple(wanted.get(address, ()))
            if address not in self._errands and watched.is_due(now, ids):
                self._errands[address] = Errand(partial(watched.look, now, ids))
        changed = self._came_back()
        answers = self._collected() if changed else self._answers
        answers.changed = changed
        self._tell_etas(self._clock(), answers)
        self._tell_silence(answers)
        self._answers = answers
        return answers

    def look_at_farm(self, address: ManagerAddress) -> FarmLook:
        """Ask how a Manager stands where that is due; return what is known now."""
        watched = self._of(address)
        if address not in self._errands:
            self._errands[address] = Errand(partial(_look_at_farm, watched, self._clock()))
            if self._errands[address].is_done(self._patience_s):
                self._errands.pop(address).result()
        look = watched.farm
        is_known = look.answers or look.message or not look.is_needed
        return look if is_known else replace(look, message=_not_yet(address))

    def wait_s(self) -> float:
        """Return for how many seconds nothing is due; at most half a minute."""
        now = self._clock()
        return min(
            (
                BUSY_INTERVAL_S if address in self._errands else one.wait_s(now)
                for address, one in self._watched.items()
            ),
            default=IDLE_INTERVAL_S,
        )

    def _came_back(self) -> set[str]:
        """Take in who has answered; return the ids of which something is not as it was."""
        changed: set[str] = set()
        for address, errand in list(self._errands.items()):
            if errand.is_done(self._patience_s):
                del self._errands[address]
                news = errand.result()
                if news:
                    one = self._watched[address]
                    known = _Known(dict(one.jobs), dict(one.stalled), frozenset(one.asked))
                    self._known[address] = known
                    changed |= news
        return changed

    def _of(self, address: ManagerAddress) -> WatchedManager:
        if address not in self._watched:
            self._watched[address] = WatchedManager(
                address, self._connect, self._interval_s, self._local_mark, self._clock
            )
        return self._watched[address]

    def _collected(self) -> Answers:
        found = Answers()
        for one in self._known.values():
            found.jobs.update(one.jobs)
            found.stalled.update(one.stalled)
            found.asked |= one.asked
        return found

    def _tell_etas(self, now: float, answers: Answers) -> None:
        told, answers.eta_s = self._answers.eta_s, {}
        for address, one in self._watched.items():
            if address in self._errands or one.error is not None:
                # What happens behind a silent Manager nobody knows: its figures stay as they are.
                kept = self._known.get(address, _Known()).jobs.keys() & told.keys()
                answers.eta_s.update((job_id, told[job_id]) for job_id in kept)
                continue
            for job_id in one.paces:
                eta_s = one.eta_s(now, job_id)
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
        answers.awaited = {address: _not_yet(address) for address in self._errands}


def _look_at_farm(watched: WatchedManager, now: float) -> set[str]:
    """Look; no job changes by that."""
    watched.look_at_farm(now)
    return set()


def _not_yet(address: ManagerAddress) -> str:
    return f"{address.text()} has not answered yet"
