# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cancel the jobs of a selection, and delete them where that is wanted.

Nothing is journalled: the Manager is the truth about what it renders, and ``submit`` queues again
what was cancelled. Stopped anywhere and run again, it comes to the same end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..errors import ManagerError, ManagerUnreachableError
from ..ports import Manager, ManagerAddress
from ..workspace import Workspace
from .cancelling import CancelOutcome, Fate, cancel_jobs, foregone, see_off
from .farm_job import FarmJob

JUST_NOW_S = 20.0
"""A job that was cancelled so short a time ago may still come back; perhaps by a run of ours that
was stopped before it looked again."""


@dataclass(frozen=True, slots=True)
class Victim:
    """A job of the selection, and what is to become of it or became of it.

    :param outcome: None while it is not known.
    :param is_deleted: the Manager was asked to forget it.
    """

    job: FarmJob
    outcome: CancelOutcome | None = None
    is_deleted: bool = False


def plan_kill(jobs: Sequence[FarmJob]) -> list[Victim]:
    """Tell what is to become of each job that was ever sent, in their order.

    :return: without an outcome those that would be cancelled.
    """
    return [Victim(job, _foregone(job)) for job in jobs if job.was_sent]


def to_cancel(victims: Sequence[Victim]) -> list[FarmJob]:
    """Return the jobs that would be cancelled."""
    return [victim.job for victim in victims if victim.outcome is None]


def to_delete(victims: Sequence[Victim]) -> list[FarmJob]:
    """Return the jobs that would be deleted: those to cancel, and those at their end."""
    return [victim.job for victim in victims if victim.job.remote and _is_deletable(victim)]


def still_meant(victims: Sequence[Victim], jobs: Sequence[FarmJob]) -> list[Victim]:
    """Return the victims as a later look finds them: time passes while somebody is asked.

    Left out are those that it no longer finds, and those that were at their end and are not any
    more: somebody queued them again, and nobody was asked whether to cancel or delete them.

    :param jobs: what the same query matches now.
    """
    now = {_key(victim.job): victim for victim in plan_kill(jobs)}
    meant = []
    for victim in victims:
        later = now.get(_key(victim.job)) if victim.job.remote else victim
        if later and (victim.outcome is None or later.outcome is not None):
            meant.append(later)
    return meant


def kill_jobs(
    workspace: Workspace,
    managers: Mapping[ManagerAddress, Manager],
    victims: Sequence[Victim],
    *,
    is_deleting: bool = False,
) -> list[Victim]:
    """Cancel what :func:`plan_kill` left open, and see it off; then delete what is over.

    Never raises a :class:`~.errors.ManagerError`: what fails is an outcome.

    :param managers: those that the jobs' rows came from.
    :param is_deleting: delete what is cancelled or finished.
    :return: the same jobs in the same order, each with its outcome.
    """
    reason = f"killed by {workspace.user} on {workspace.host}"
    done: dict[tuple[ManagerAddress, str], Victim] = {}
    for address, manager in managers.items():
        here = {
            victim.job.remote.id: victim
            for victim in victims
            if victim.job.remote is not None and victim.job.manager == address
        }
        _cancel(workspace, manager, here, reason)
        if is_deleting:
            _delete(workspace, manager, here)
        done.update({(address, job_id): victim for job_id, victim in here.items()})
    return [_after(victim, done) for victim in victims]


def count_outcomes(victims: Sequence[Victim]) -> dict[str, int]:
    """Return how many jobs came to each end, in the order in which people read it."""
    counts = {fate.value: 0 for fate in Fate}
    for victim in victims:
        if victim.outcome is not None:
            counts[victim.outcome.fate.value] += 1
    return counts


def _key(job: FarmJob) -> tuple[ManagerAddress | None, str]:
    return job.manager, job.remote.id if job.remote else ""


def _foregone(job: FarmJob) -> CancelOutcome | None:
    """Return the outcome that is certain before anything is done, or None."""
    if job.remote is None:
        if job.status == "unknown":
            return CancelOutcome(Fate.FAILED, job.message)
        return CancelOutcome(Fate.FINISHED if job.status == "delivered" else Fate.GONE)
    is_leaving = job.remote.status == "cancel-requested"  # its Workers are still to be seen off
    return None if is_leaving else foregone(job.remote)


def _is_deletable(victim: Victim) -> bool:
    return victim.outcome is None or victim.outcome.fate in (Fate.CANCELLED, Fate.FINISHED)


def _after(victim: Victim, done: Mapping[tuple[ManagerAddress, str], Victim]) -> Victim:
    job = victim.job
    if job.manager is None or job.remote is None:
        return victim
    return done.get((job.manager, job.remote.id), victim)


def _cancel(workspace: Workspace, manager: Manager, here: dict[str, Victim], reason: str) -> None:
    """Cancel the open ones on one Manager, and look until their Workers have let go."""
    wanted = [job_id for job_id, victim in here.items() if victim.outcome is None]
    leaving = [job_id for job_id, victim in here.items() if _was_cancelled_just_now(victim)]
    outcomes = cancel_jobs(manager, wanted, reason, workspace.reporter) if wanted else {}
    for job_id, outcome in outcomes.items():
        here[job_id] = Victim(here[job_id].job, outcome)
        if outcome.fate is Fate.CANCELLED:
            leaving.append(job_id)
    for job_id in see_off(workspace, manager, leaving, reason, outcomes):
        here[job_id] = Victim(
            here[job_id].job,
            CancelOutcome(Fate.FAILED, "its Worker has not let go of it; run this again"),
        )


def _was_cancelled_just_now(victim: Victim) -> bool:
    remote, updated = victim.job.remote, victim.job.updated
    if remote is None or remote.status != "canceled" or updated is None:
        return False
    return abs((datetime.now(UTC) - updated).total_seconds()) < JUST_NOW_S


def _delete(workspace: Workspace, manager: Manager, here: dict[str, Victim]) -> None:
    """Delete what is over on one Manager; one that does not answer is asked no more."""
    chosen = [job_id for job_id, victim in here.items() if _is_deletable(victim)]
    silence = ""
    for number, job_id in enumerate(chosen):
        workspace.reporter.progress("delete", number, len(chosen))
        problem = silence
        if not silence:
            try:
                manager.delete_job(job_id)
            except ManagerUnreachableError as ex:
                problem = silence = ex.message
            except ManagerError as ex:
                problem = ex.message
        victim = here[job_id]
        if problem:
            outcome = CancelOutcome(Fate.FAILED, f"it could not be deleted: {problem}")
            here[job_id] = Victim(victim.job, outcome)
        else:
            here[job_id] = Victim(victim.job, victim.outcome, is_deleted=True)
    workspace.reporter.progress("delete", len(chosen), len(chosen))
