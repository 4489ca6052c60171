# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow a release: tell each change of its jobs, until they have ended or for ever."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ..ports import ManagerAddress
from ..submission.staleness import Verdict, judge_jobs
from ..workspace import Workspace
from .live import JobRow, job_row, wanted_jobs
from .pace import Pace
from .record import JobState, Release
from .release_store import ReleaseStore, read_release
from .shown import LiveJob, Shown
from .telling import RowTeller
from .watch import Answers, Watch

STALE_INTERVAL_S = 30.0
"""Files are looked at again after so many seconds, where a query asks for ``is:stale``."""
READING_SHARE = 0.2
"""At most this share of the time is spent with reading a record that keeps growing."""


@dataclass(frozen=True, slots=True)
class Overall:
    """How a release stands as a whole.

    :param states: state → how many jobs.
    :param frames_done: of ``frames_total``.
    :param is_over: no job is waiting or running, and of none it is unknown whether it is.
    """

    states: dict[str, int]
    frames_done: int
    frames_total: int
    eta_s: float | None
    is_over: bool


class Follower:
    """Follows one release; tells rows of its jobs, and with ``shown`` their order.

    :param only: names of the jobs to follow; empty for all.
    :param shown: None where nobody asked for an order.
    """

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        watch: Watch,
        *,
        only: Collection[str] = (),
        shown: Shown | None = None,
        teller: RowTeller | None = None,
    ) -> None:
        self.answers = Answers()
        self._workspace, self._name, self._watch = workspace, name, watch
        self._only, self._shown, self._clock = frozenset(only), shown, workspace.clock
        self._teller = teller or RowTeller(workspace.reporter)
        self._store: ReleaseStore | None = None
        self._stamp: tuple[int, ...] = ()
        self._read_again_s = 0.0
        self._wanted: Mapping[ManagerAddress, Sequence[str]] = {}
        self._counted: Overall | None = None
        self._states: dict[str, JobState] = {}
        self._names_by_id: dict[str, str] = {}
        self._live: dict[str, LiveJob] = {}
        self._order: list[str] = []
        self._pace, self._rendered = Pace(), 0
        self._eta_s: float | None = None
        self._stale: tuple[float, Release | None, dict[str, bool]] = (0.0, None, {})

    @property
    def release(self) -> Release | None:
        """The record as it was last read; None before."""
        return self._store.release if self._store else None

    @property
    def shown_rows(self) -> list[JobRow]:
        """The rows that are shown, in the order that was told last; all where none was."""
        if self._shown is None:
            return self.rows
        return [self._live[name].row for name in self._order if name in self._live]

    @property
    def rows(self) -> list[JobRow]:
        """The rows as they were last told, in the order of the plan."""
        return [job.row for job in self._live.values()]

    def step(self) -> bool:
        """Look once, and tell what changed; return whether anything did.

        :raises FarmError: if the record cannot be read; the next step tries again.
        """
        is_new = self._read()
        release = self.release
        assert release is not None
        self.answers = answers = self._watch.look(self._wanted)
        names = self._states if is_new else self._changed_names(answers)
        changed = [name for name in names if self._renew(name, answers)]
        if is_new:
            self._teller.keep("jobs", self._states)
            self._live = {name: self._live[name] for name in self._states}
        if changed or is_new:
            self._counted = None
        self._learn_pace()
        if self._shown is not None and (changed or is_new or self._depends_on_time()):
            self._order = self._shown.names(release, self._live, time.time(), self._ask_stale)
            self._teller.order("jobs", self._order)
        return bool(changed) or is_new

    def overall(self) -> Overall:
        """Return how the release stands as a whole."""
        counted = self._counted or self._count()
        states = counted.states
        if "active" not in states and "queued" not in states:
            return counted
        remaining = counted.frames_total - counted.frames_done
        if not self.answers.silent and not self.answers.awaited:
            self._eta_s = self._pace.eta_s(self._clock(), remaining)
        return replace(counted, eta_s=self._eta_s)

    # --- the parts ------------------------------------------------------------------------------

    def _count(self) -> Overall:
        rows = self.rows
        states: dict[str, int] = {}
        for row in rows:
            states[row.state] = states.get(row.state, 0) + 1
        is_waiting = any(row.is_waiting for row in rows)
        return Overall(
            states,
            sum(row.frames_done for row in rows),
            sum(row.frames_total for row in rows),
            None,
            is_over=not is_waiting and "unknown" not in states,
        )

    def _read(self) -> bool:
        """Read the record where it changed; return whether it did."""
        stamp = self._journal_stamp()
        if self._store is not None and stamp and stamp == self._stamp:
            return False
        began = self._clock()
        if self._store is not None and began < self._read_again_s:
            return False
        self._store = store = read_release(self._workspace, self._name)
        self._stamp = stamp
        now = self._clock()
        self._read_again_s = now + (now - began) / READING_SHARE
        states = (state for state in store.release.planned())
        self._states = {
            state.plan.name: state
            for state in states
            if not self._only or state.plan.name in self._only
        }
        self._names_by_id = {
            state.attempt.submitted.job_id: name
            for name, state in self._states.items()
            if state.attempt and state.attempt.submitted
        }
        self._wanted = {
            address: [job_id for job_id in ids if job_id in self._names_by_id]
            for address, ids in wanted_jobs(store.release).items()
        }
        return True

    def _journal_stamp(self) -> tuple[int, ...]:
        """Return what changes whenever the journal does; empty where it cannot be looked at."""
        folder = self._workspace.volume.release_folder(self._name)
        try:
            about = os.stat(folder / "journal.jsonl")
        except OSError:
            return ()
        return about.st_size, about.st_mtime_ns, about.st_ino

    def _changed_names(self, answers: Answers) -> list[str]:
        found = (self._names_by_id.get(job_id) for job_id in answers.changed)
        return [name for name in found if name is not None]

    def _renew(self, name: str, answers: Answers) -> bool:
        """Make a job's row anew; tell it, and return whether it changed."""
        row = job_row(self._states[name], answers)
        before = self._live.get(name)
        self._live[name] = LiveJob(row, self._states[name], answers.jobs.get(row.id))
        if before is not None and before.row == row:
            return False
        if before is not None and before.row.id == row.id and before.row.is_waiting:
            self._rendered += max(0, row.frames_done - before.row.frames_done)
        self._teller.tell("jobs", name, row.to_json())
        return True

    def _learn_pace(self) -> None:
        if self._counted is None:
            self._counted = self._count()
        self._pace.see(self._clock(), self._rendered, is_running=not self._counted.is_over)

    # --- what is shown --------------------------------------------------------------------------

    def _depends_on_time(self) -> bool:
        """Tell whether a query may match others although nothing changed."""
        query = self._shown.query if self._shown else ""
        return any(word in query for word in ("age", "idle", "stale"))

    def _ask_stale(self, names: Sequence[str]) -> list[bool]:
        when, release, known = self._stale
        now = self._clock()
        if release is not self.release or now - when >= STALE_INTERVAL_S:
            known = {}
            self._stale = (now, self.release, known)
        unknown = [name for name in names if name not in known]
        if unknown and self._store is not None:
            verdicts = judge_jobs(self._workspace, self._store, unknown, self._workspace.hasher())
            known.update(dict.fromkeys(unknown, False))
            known.update({one.job: one.verdict is Verdict.STALE for one in verdicts})
        return [known[name] for name in names]


def wait_for_release(
    workspace: Workspace,
    name: str,
    watch: Watch,
    *,
    only: Collection[str] = (),
    shown: Shown | None = None,
) -> list[JobRow]:
    """Follow a release until no job of it is waiting or running, and tell each change.

    A Manager that does not answer for a while ends nothing: it is asked again, less and less often.

    :param only: names of the jobs to follow; empty for all.
    :param shown: which rows are told to be shown, and returned, in which order; None for all, in
        the order of the plan, without telling that.
    :return: the last rows.
    """
    teller = RowTeller(workspace.reporter)
    follower = Follower(workspace, name, watch, only=only, shown=shown, teller=teller)
    while True:
        follower.step()
        overall = follower.overall()
        is_over = not any(row.is_waiting for row in follower.rows)
        total = overall.frames_total
        teller.progress("render", total if is_over else overall.frames_done, total)
        if is_over:
            return follower.shown_rows
        for why in follower.answers.silent.values():
            workspace.reporter.status(f"{why}; asking again")
        workspace.wait(watch.wait_s())
