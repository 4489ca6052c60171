# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of a release's jobs are shown, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..errors import UsageError
from ..farm_jobs.farm_job import FarmJob, moment
from ..farm_jobs.query import Query, check_query
from ..farm_jobs.query_parser import parse_query
from ..names import fold
from ..ports import RemoteJob
from .live import STALLED, JobRow
from .record import JobState, Release

AskStale = Callable[[Sequence[str]], Sequence[bool]]
"""Tells which of some jobs of the release, by name, are stale."""

_STATES = (
    *(STALLED, "failed", "missing", "unknown", "active", "requeueing", "cancel-requested"),
    *("pause-requested", "queued", "under-construction", "paused", "sent", "frozen", "planned"),
    *("canceled", "completed", "delivered"),
)
"""What wants looking at comes first, what is done last."""
_RANK = {state: rank for rank, state in enumerate(_STATES)}
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class LiveJob:
    """A job's row, and what it was made of."""

    row: JobRow
    state: JobState
    remote: RemoteJob | None


SORT_KEYS: dict[str, Callable[[LiveJob], object]] = {
    "plan": lambda job: 0,
    "name": lambda job: fold(job.row.job),
    "state": lambda job: (_RANK.get(job.row.state, len(_RANK)), job.row.state),
    "progress": lambda job: job.row.frames_done / max(1, job.row.frames_total),
    "eta": lambda job: _NEVER if job.row.eta_s is None else job.row.eta_s,
    "attempt": lambda job: job.row.attempt,
    "priority": lambda job: -1 if job.row.priority is None else job.row.priority,
    "updated": lambda job: _updated_s(job.remote),
}
"""Equal ones keep the order of the plan. ``updated``: what never changed comes first."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A choice and an order.

    :param query: checked against the release when it is first used; empty for all jobs.
    :param sort: one of :data:`SORT_KEYS`, with a ``-`` before it for the other way round.
    """

    query: str = ""
    sort: str = "plan"

    def __post_init__(self) -> None:
        if self.sort.removeprefix("-") not in SORT_KEYS:
            raise UsageError(
                f"jobs cannot be sorted by '{self.sort.removeprefix('-')}'",
                hint=f"choose one of: {', '.join(SORT_KEYS)}; with --sort=-FIELD the other way",
            )
        if self.query:
            parse_query(self.query)

    def names(
        self, release: Release, jobs: Mapping[str, LiveJob], now: float, ask_stale: AskStale
    ) -> list[str]:
        """Return the names of the jobs that are shown, in order.

        :param jobs: by name, in the order of the plan.
        :param now: seconds since 1970, for ages.
        :raises QueryError: for a query that this release cannot answer.
        """
        shown = list(jobs.values())
        if self.query:
            shown = self._matching(release, shown, now, ask_stale)
        field = self.sort.removeprefix("-")
        is_reversed = self.sort.startswith("-")
        if field == "plan":
            shown = shown[::-1] if is_reversed else shown
        else:
            key: Callable[[LiveJob], object] = SORT_KEYS[field]
            shown = sorted(shown, key=key, reverse=is_reversed)  # type: ignore[arg-type]
        return [job.row.job for job in shown]

    def _matching(
        self, release: Release, jobs: Sequence[LiveJob], now: float, ask_stale: AskStale
    ) -> list[LiveJob]:
        query = self._checked(release)
        known = [farm_job(release.name, job) for job in jobs]
        places = {id(one): place for place, one in enumerate(known)}

        def ask(flag: str, undecided: Sequence[FarmJob]) -> Sequence[bool]:
            if flag == STALLED:
                return [one.status == STALLED for one in undecided]
            return ask_stale([one.job for one in undecided])

        return [jobs[places[id(one)]] for one in query.match(known, now, ask)]

    def _checked(self, release: Release) -> Query:
        facts = {name for job in release.jobs.values() for name, _value in job.plan.facts}
        return check_query(self.query, parse_query(self.query), facts)


def farm_job(release: str, job: LiveJob) -> FarmJob:
    """Return a job as queries see it."""
    row, attempt = job.row, job.state.attempt
    submission = attempt.submitted if attempt else None
    return FarmJob(
        release=release,
        job=row.job,
        status=row.state,
        attempt=row.attempt,
        manager=submission.manager if submission else None,
        remote=job.remote,
        plan=attempt.plan if attempt else job.state.plan,
        user=row.user,
        host=submission.host if submission else "",
        frames_done=row.frames_done,
        frames_total=row.frames_total,
        message=row.message,
    )


def _updated_s(remote: RemoteJob | None) -> float:
    when = moment(remote.updated) if remote else None
    return when.timestamp() if when else -_NEVER
