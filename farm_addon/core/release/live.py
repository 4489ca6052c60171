# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Join a release's record with what its Managers say: one row per job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import ManagerUnreachableError
from ..ports import Manager, ManagerAddress, RemoteJob
from .record import JobState, Release

FINISHED = frozenset(("completed", "failed", "canceled"))
FEW_JOBS = 20
"""Up to so many jobs are asked for one by one; more by one list (flamenco.md §11)."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as people see it.

    :param state: Flamenco's status; or ``planned``, ``frozen``, ``sent`` (its answer was lost),
        ``missing`` (the Manager has it no more), ``unknown`` (its Manager cannot be asked),
        ``delivered``.
    :param attempt: 0 before the first.
    :param frames_done: frames that the Manager counts as done; of ``frames_total``.
    :param message: why the state is what it is, where it is not as it should be.
    :param is_silent: the state is ``unknown`` since the Manager does not answer now; it may again.
    """

    job: str
    state: str
    attempt: int
    frames_done: int
    frames_total: int
    message: str = ""
    is_silent: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether it is with a Manager and, as far as can be told, not at its end."""
        quiet = ("planned", "frozen", "sent", "missing", "unknown", "delivered")
        return self.is_silent or (self.state not in FINISHED and self.state not in quiet)

    def to_json(self) -> dict[str, Any]:
        """Return the row's values."""
        return {
            "job": self.job,
            "state": self.state,
            "attempt": self.attempt,
            "done": self.frames_done,
            "total": self.frames_total,
            "message": self.message,
        }


def job_rows(release: Release, managers: Mapping[ManagerAddress, Manager]) -> list[JobRow]:
    """Return the rows of all planned jobs, in the plan's order.

    :param managers: those that can be asked; a Manager that is missing here or does not answer
        makes its unfinished jobs ``unknown``.
    """
    states = release.planned()
    wanted: dict[ManagerAddress, list[str]] = {}
    for state in states:
        if state.attempt and state.attempt.submitted and not state.is_delivered:
            submission = state.attempt.submitted
            wanted.setdefault(submission.manager, []).append(submission.job_id)
    remote: dict[str, RemoteJob] = {}
    silent: dict[ManagerAddress, str] = {}
    deaf: dict[ManagerAddress, str] = {}
    for address, ids in wanted.items():
        if address not in managers:
            deaf[address] = f"{address.text()} cannot be asked from here"
            continue
        try:
            remote.update(fetch_jobs(managers[address], ids))
        except ManagerUnreachableError as ex:
            silent[address] = ex.message
    return [_row(state, remote, silent, deaf) for state in states]


def fetch_jobs(manager: Manager, ids: Sequence[str]) -> dict[str, RemoteJob]:
    """Return the jobs that the Manager still has, by id, in as few requests as is sensible."""
    if len(ids) <= FEW_JOBS:
        found = (manager.job(job_id) for job_id in ids)
        return {job.id: job for job in found if job is not None}
    wanted = set(ids)
    return {job.id: job for job in manager.jobs() if job.id in wanted}


def _row(
    state: JobState,
    remote: Mapping[str, RemoteJob],
    silent: Mapping[ManagerAddress, str],
    deaf: Mapping[ManagerAddress, str],
) -> JobRow:
    name, total = state.plan.name, len(state.plan.frames)
    attempt = state.attempt
    if attempt is None:
        return JobRow(name, "planned", 0, 0, total)
    if state.is_delivered:
        return JobRow(name, "delivered", attempt.number, total, total)
    submission = attempt.submitted
    if submission is None:
        sent = bool(attempt.unanswered)
        message = "the Manager's answer was lost; submit again to look it up" if sent else ""
        return JobRow(name, "sent" if sent else "frozen", attempt.number, 0, total, message)
    why = silent.get(submission.manager) or deaf.get(submission.manager)
    if why is not None:
        is_silent = submission.manager in silent
        return JobRow(name, "unknown", attempt.number, 0, total, why, is_silent)
    job = remote.get(submission.job_id)
    if job is None:
        message = f"{submission.manager.text()} has this job no more"
        return JobRow(name, "missing", attempt.number, 0, total, message)
    message = "" if job.status in ("queued", "active", "completed") else job.activity
    return JobRow(name, job.status, attempt.number, _frames_done(job, total), total, message)


def _frames_done(job: RemoteJob, total: int) -> int:
    """Return how many frames are done; Managers before 3.8 count no steps: only the end tells."""
    if job.steps_total > 0:
        return min(total, job.steps_completed * total // job.steps_total)
    return total if job.status == "completed" else 0
