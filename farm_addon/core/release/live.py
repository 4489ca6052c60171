# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Join a release's record with what its Managers say: one row per job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import ManagerUnreachableError
from ..ports import Manager, ManagerAddress, RemoteJob
from .record import Attempt, JobState, Release, Submission
from .stalled import find_stalled
from .watch import Answers

FINISHED = frozenset(("completed", "failed", "canceled"))
FEW_JOBS = 20
"""Up to so many jobs are asked for one by one; more by one list (flamenco.md §11)."""
STALLED = "stalled"


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as people see it.

    :param state: Flamenco's status of the latest submission; or ``planned``, ``frozen``, ``sent``
        (its answer was lost), ``missing`` (the Manager has it no more), ``unknown`` (its Manager
        cannot be asked), ``stalled`` (it gets nowhere any more), ``delivered``.
    :param attempt: 0 before the first.
    :param frames_done: frames that were delivered, or that the Manager counts as done; of
        ``frames_total``.
    :param message: why the state is what it is, where it is not as it should be.
    :param is_silent: the state is ``unknown`` since the Manager does not answer now; it may again.
    :param user: who sent the latest submission; empty before the first.
    :param priority: what the Manager says; None where it says nothing.
    :param id: the Manager's id of the latest submission; empty before it took one.
    :param eta_s: seconds until it is rendered, or None where that cannot be told.
    :param url: its page in the Manager's web app; empty where there is none.
    """

    job: str
    state: str
    attempt: int
    frames_done: int
    frames_total: int
    message: str = ""
    is_silent: bool = False
    user: str = ""
    priority: int | None = None
    id: str = ""
    eta_s: float | None = None
    url: str = ""

    @property
    def is_waiting(self) -> bool:
        """Whether it is with a Manager and, as far as can be told, not at its end."""
        quiet = ("planned", "frozen", "sent", "missing", "unknown", STALLED, "delivered")
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
            "user": self.user,
            "priority": self.priority,
            "id": self.id,
            "eta_s": self.eta_s,
            "url": self.url,
        }


def job_rows(release: Release, managers: Mapping[ManagerAddress, Manager]) -> list[JobRow]:
    """Return the rows of all planned jobs, in the plan's order.

    :param managers: those that can be asked; a Manager that is missing here or does not answer
        makes its unfinished jobs ``unknown``.
    """
    answers = Answers()
    for address, ids in wanted_jobs(release).items():
        if address not in managers:
            answers.deaf[address] = cannot_be_asked(address)
            continue
        try:
            _ask(managers[address], ids, answers)
        except ManagerUnreachableError as ex:
            answers.silent[address] = ex.message
    return [job_row(state, answers) for state in release.planned()]


def wanted_jobs(release: Release) -> dict[ManagerAddress, list[str]]:
    """Return which jobs of which Managers matter for a release's rows, by their ids.

    Those that are delivered do not: nothing that their Manager could say changes that.
    """
    wanted: dict[ManagerAddress, list[str]] = {}
    for state in release.planned():
        if state.attempt and state.attempt.submitted and not state.is_delivered:
            submission = state.attempt.submitted
            wanted.setdefault(submission.manager, []).append(submission.job_id)
    return wanted


def cannot_be_asked(address: ManagerAddress) -> str:
    """Say that a Manager cannot be asked from here."""
    return f"{address.text()} cannot be asked from here"


def _ask(manager: Manager, ids: Sequence[str], answers: Answers) -> None:
    jobs = fetch_jobs(manager, ids)
    answers.jobs.update(jobs)
    running = [job for job in jobs.values() if job.status not in FINISHED]
    # The local manager fails a job of which a task failed for good: none of its own stalls.
    if len(running) <= FEW_JOBS and not manager.address.is_local:
        answers.stalled.update(find_stalled(manager, running))


def fetch_jobs(manager: Manager, ids: Sequence[str]) -> dict[str, RemoteJob]:
    """Return the jobs that the Manager still has, by id, in as few requests as is sensible."""
    if len(ids) <= FEW_JOBS:
        found = (manager.job(job_id) for job_id in ids)
        return {job.id: job for job in found if job is not None}
    wanted = set(ids)
    return {job.id: job for job in manager.jobs() if job.id in wanted}


def job_row(state: JobState, answers: Answers) -> JobRow:
    """Return the row of one job."""
    name, total, attempt = state.plan.name, len(state.plan.frames), state.attempt
    if attempt is None:
        return JobRow(name, "planned", 0, 0, total)
    submission = attempt.submitted
    if submission is None:
        sent = bool(attempt.unanswered)
        message = "the Manager's answer was lost; submit again to look it up" if sent else ""
        return JobRow(name, "sent" if sent else "frozen", attempt.number, 0, total, message)
    job = answers.jobs.get(submission.job_id)
    row = JobRow(
        name,
        "delivered",
        attempt.number,
        total,
        total,
        user=submission.user,
        priority=job.priority if job else None,
        id=submission.job_id,
        url=submission.manager.job_page(submission.job_id),
    )
    if state.is_delivered:
        return row
    delivered = len(state.delivered_frames(attempt.number))
    status, done, message = _status(attempt, submission, answers)
    if delivered and not message:
        message = f"{delivered} of {total} frames delivered"
    return replace(
        row,
        state=status,
        frames_done=min(total, max(delivered, done)),
        message=message,
        is_silent=status == "unknown" and answers.may_answer(submission.manager),
        eta_s=answers.eta_s.get(submission.job_id),
    )


def _status(attempt: Attempt, submission: Submission, answers: Answers) -> tuple[str, int, str]:
    """Return a submitted attempt's state, how many of its frames are done, and a message."""
    address, job_id = submission.manager, submission.job_id
    job = answers.jobs.get(job_id)
    if job is None:
        why = answers.silent.get(address) or answers.awaited.get(address)
        why = why or answers.deaf.get(address)
        if why is not None and job_id not in answers.asked:
            return "unknown", 0, why
        return "missing", 0, f"{address.text()} has this job no more"
    whole = len(attempt.plan.frames)
    sent = whole if submission.frames is None else len(submission.frames)
    done = whole - sent + frames_done(job, sent)
    if job_id in answers.stalled:
        return STALLED, done, answers.stalled[job_id]
    message = "" if job.status in ("queued", "active", "completed") else job.activity
    return job.status, done, message


def frames_done(job: RemoteJob, total: int) -> int:
    """Return how many frames are done; Managers before 3.8 count no steps: only the end tells."""
    if job.steps_total > 0:
        return min(total, job.steps_completed * total // job.steps_total)
    return total if job.status == "completed" else 0
