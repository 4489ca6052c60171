# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pause, resume and requeue jobs, and change their priority.

Each change knows from which statuses it makes sense (flamenco.md §4.1); the Manager does not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from ..errors import ManagerError, ManagerRefusedError, ManagerUnreachableError, UsageError
from ..ports import Manager, ManagerAddress
from ..workspace import Workspace
from .farm_job import FarmJob

PAUSING_SINCE = (3, 6)
"""Older Managers cannot pause; one that is told to leaves the job in a status it does not know."""


class Part(Enum):
    """What became of a job that was to be changed."""

    DONE = "changed"
    ALREADY = "already so"
    LEFT = "left alone"
    GONE = "not found"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Changed:
    """A job, and what is to become of it or became of it.

    :param part: None while it is not known.
    :param message: why, where it was not changed.
    """

    job: FarmJob
    part: Part | None = None
    message: str = ""


Verdict = tuple[Part, str] | None
"""What becomes of a job without doing anything; None where it is to be changed."""


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change.

    :param verb: as in ``farm VERB``; ``past``: what was done to the jobs.
    :param judge: gives the verdict on a job that its Manager has.
    :param carry_out: asks the Manager for it.
    :param needs: Flamenco's version from which it is possible.
    """

    verb: str
    past: str
    judge: Callable[[FarmJob, str], Verdict]
    carry_out: Callable[[Manager, str, str], None]
    needs: tuple[int, int] = (0, 0)


def pausing() -> Change:
    """Return the change that pauses: no more tasks start; those that run go on to their end."""

    def judge(_job: FarmJob, status: str) -> Verdict:
        if status in ("active", "queued"):
            return None
        if status in ("paused", "pause-requested"):
            return Part.ALREADY, ""
        return Part.LEFT, _is(status)

    return Change("pause", "paused", judge, _request("pause-requested"), PAUSING_SINCE)


def resuming() -> Change:
    """Return the change that lets paused jobs go on."""

    def judge(job: FarmJob, status: str) -> Verdict:
        if status == "pause-requested":
            return Part.LEFT, "it is still pausing; try again when it is paused"
        if status in ("active", "queued"):
            return Part.ALREADY, ""
        return _left_if_superseded(job) if status == "paused" else (Part.LEFT, _is(status))

    return Change("resume", "resumed", judge, _request("requeueing"))


def requeueing(stalled: Collection[FarmJob] = (), *, with_completed: bool = False) -> Change:
    """Return the change that queues jobs again.

    :param stalled: running jobs that will never end by themselves: they are queued again too.
    :param with_completed: also those that are completed, though frames that are there stay.
    """

    ids = {(job.manager, job.remote.id) for job in stalled if job.remote}

    def judge(job: FarmJob, status: str) -> Verdict:
        if job.status == "delivered":
            return Part.LEFT, f"its frames are delivered; farm replace job {job.label}"
        if status == "completed" and not with_completed:
            return Part.LEFT, "it is completed, and frames that are there are not rendered again"
        if status in ("canceled", "completed", "failed", "paused"):
            return _left_if_superseded(job)
        if job.remote and (job.manager, job.remote.id) in ids:
            return _left_if_superseded(job)
        if status in ("active", "queued"):
            return Part.ALREADY, ""
        return Part.LEFT, _is(status)

    return Change("requeue", "queued again", judge, _request("requeueing"))


def changing_priority(priority: int) -> Change:
    """Return the change that gives jobs a priority.

    :raises UsageError: for one below 0 or above 100.
    """
    if not 0 <= priority <= 100:
        raise UsageError(f"{priority} is no priority", hint="it is 0 to 100, higher first")

    def judge(job: FarmJob, status: str) -> Verdict:
        if job.priority == priority:
            return Part.ALREADY, ""
        return (Part.LEFT, _is(status)) if status == "completed" else None

    def carry_out(manager: Manager, job_id: str, _reason: str) -> None:
        manager.set_priority(job_id, priority)

    return Change("priority", f"given priority {priority}", judge, carry_out)


def plan_change(
    change: Change, jobs: Sequence[FarmJob], managers: Mapping[ManagerAddress, Manager]
) -> list[Changed]:
    """Tell what is to become of each job that was ever sent, in their order.

    Changes nothing; asks Managers for their version where the change needs one.
    """
    planned = [_plan(change, job) for job in jobs if job.was_sent]
    wanted = {one.job.manager for one in planned if one.part is None}
    unable = {
        address: _inability(manager, change)
        for address, manager in managers.items()
        if address in wanted and change.needs > (0, 0)
    }
    return [_unless_unable(one, unable) for one in planned]


def change_jobs(
    workspace: Workspace,
    managers: Mapping[ManagerAddress, Manager],
    change: Change,
    planned: Sequence[Changed],
) -> list[Changed]:
    """Carry out what :func:`plan_change` left open.

    Never raises a :class:`~.errors.ManagerError`: what fails is an outcome, and a Manager that does
    not answer is asked no more.

    :return: the same jobs in the same order, each with what became of it.
    """
    reason = f"{change.past} by {workspace.user} on {workspace.host}"
    silent: dict[ManagerAddress, str] = {}
    done = []
    for index, one in enumerate(planned):
        workspace.reporter.progress("change", index, len(planned))
        address, remote = one.job.manager, one.job.remote
        if one.part is None and address is not None and remote is not None:
            one = _unless_unable(one, silent)
            if one.part is None:
                manager = managers[address]
                one, silent[address] = _carry_out(change, manager, one.job, remote.id, reason)
        done.append(one)
    workspace.reporter.progress("change", len(planned), len(planned))
    return done


def count_parts(changed: Sequence[Changed]) -> dict[str, int]:
    """Return how many jobs came to each end, in the order in which people read it."""
    counts = {part.value: 0 for part in Part}
    for one in changed:
        if one.part is not None:
            counts[one.part.value] += 1
    return counts


def _plan(change: Change, job: FarmJob) -> Changed:
    if job.remote is None:
        if job.status == "unknown":
            return Changed(job, Part.FAILED, job.message)
        if job.status == "delivered":
            return Changed(job, Part.LEFT, "its frames are delivered")
        return Changed(job, Part.GONE, job.message)
    verdict = change.judge(job, job.remote.status)
    return Changed(job) if verdict is None else Changed(job, *verdict)


def _unless_unable(one: Changed, unable: Mapping[ManagerAddress, str]) -> Changed:
    """Return a failure for a job that is open and whose Manager cannot do it."""
    why = unable.get(one.job.manager, "") if one.part is None and one.job.manager else ""
    return Changed(one.job, Part.FAILED, why) if why else one


def _inability(manager: Manager, change: Change) -> str:
    """Return why a Manager cannot carry out a change, or an empty text."""
    try:
        major, minor = manager.version()
    except ManagerError as ex:
        return ex.message
    if (major, minor) >= change.needs:
        return ""
    since = ".".join(map(str, change.needs))
    return (
        f"{manager.address.text()} is Flamenco {major}.{minor}, which cannot {change.verb} jobs;"
        f" {since} and later can"
    )


def _carry_out(
    change: Change, manager: Manager, job: FarmJob, job_id: str, reason: str
) -> tuple[Changed, str]:
    """Change one job.

    :return: what became of it, and why its Manager should be asked no more, or an empty text.
    """
    try:
        change.carry_out(manager, job_id, reason)
    except ManagerUnreachableError as ex:
        return Changed(job, Part.FAILED, ex.message), ex.message
    except ManagerError as ex:
        is_gone = isinstance(ex, ManagerRefusedError) and ex.status == 404
        return Changed(job, Part.GONE if is_gone else Part.FAILED, ex.message), ""
    return Changed(job, Part.DONE), ""


def _request(status: str) -> Callable[[Manager, str, str], None]:
    def carry_out(manager: Manager, job_id: str, reason: str) -> None:
        manager.set_job_status(job_id, status, reason)

    return carry_out


def _left_if_superseded(job: FarmJob) -> Verdict:
    if job.is_superseded:
        return Part.LEFT, f"attempt {job.attempt} no longer counts"
    return None


def _is(status: str) -> str:
    return f"it is '{status}'"
