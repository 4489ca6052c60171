# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cancel jobs on a Manager so that they stay cancelled.

The Manager has no guards of its own: it cancels a completed job without a word (flamenco.md §4.1).
And a Worker's late report can bring a cancelled job back (§4.2), so one has to look again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from ..errors import ManagerError, ManagerRefusedError, ManagerUnreachableError
from ..ports import Manager, RemoteJob, Reporter
from ..release.live import fetch_jobs
from ..workspace import Workspace
from .farm_job import moment

CANCELLABLE = frozenset(("active", "failed", "paused", "pause-requested", "queued"))
"""The only statuses from which a job may be cancelled."""
ALIVE = CANCELLABLE - {"failed"}
"""A cancelled job that has one of these has come back."""
OVER = frozenset(("completed", "canceled"))

LOOKS_S = (3.0, 15.0)
"""Seconds after the cancel at which jobs are looked at again; Workers go on for up to 10 s."""
RESTING = frozenset(("failed", "paused", "queued"))
"""No Worker renders a job that has been one of these for :data:`LET_GO_S`."""
LET_GO_S = 20.0
"""By then a Worker has let go of a job that was taken from it."""
NEW_S = 1.0
"""A job that nothing has changed since it was made (give or take this) no Worker ever had."""


class Fate(Enum):
    """What became of a job that was to be cancelled."""

    CANCELLED = "cancelled"
    FINISHED = "already finished"
    GONE = "not found"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CancelOutcome:
    """What became of one job.

    :param message: why, for ``FAILED``; else empty.
    :param before: the job right before it was cancelled; None where it was not.
    """

    fate: Fate
    message: str = ""
    before: RemoteJob | None = field(default=None, compare=False, repr=False)

    @property
    def is_over(self) -> bool:
        """Whether the job is cancelled, finished or gone."""
        return self.fate is not Fate.FAILED


def cancel_jobs(
    manager: Manager, job_ids: Sequence[str], reason: str, reporter: Reporter
) -> dict[str, CancelOutcome]:
    """Cancel those of some jobs that are not at their end. Cancelling twice does no harm.

    Never raises a :class:`~.errors.ManagerError`: a Manager that refuses a job, or that does not
    answer (it is then asked no more), makes an outcome.

    :param job_ids: the Manager's own ids.
    :param reason: goes into the jobs' activity.
    :return: one outcome per id, in the order given.
    """
    ids = list(dict.fromkeys(job_ids))
    try:
        remote = fetch_jobs(manager, ids)
    except ManagerError as ex:
        return dict.fromkeys(ids, CancelOutcome(Fate.FAILED, ex.message))
    outcomes: dict[str, CancelOutcome] = {}
    silence = ""
    # The last one first: otherwise the Manager starts the next in line as soon as one is gone.
    for index, job_id in enumerate(reversed(ids)):
        reporter.progress("cancel", index, len(ids))
        job = remote.get(job_id)
        outcome = foregone(job)
        if outcome is None and silence:
            outcome = CancelOutcome(Fate.FAILED, silence)
        elif outcome is None:
            try:
                outcome = _cancel(manager, job_id, reason, job)
            except ManagerUnreachableError as ex:
                silence = ex.message
                outcome = CancelOutcome(Fate.FAILED, silence)
        outcomes[job_id] = outcome
    reporter.progress("cancel", len(ids), len(ids))
    return {job_id: outcomes[job_id] for job_id in ids}


def see_off(
    workspace: Workspace,
    manager: Manager,
    job_ids: Collection[str],
    reason: str,
    outcomes: Mapping[str, CancelOutcome] | None = None,
) -> list[str]:
    """Look at jobs that were just cancelled until their Workers have let go: about 3 s and 15 s
    after the cancel. What came back is cancelled again.

    :param outcomes: what :func:`cancel_jobs` returned: of the jobs that no Worker can have had for
        longer than the cancel took, one look is enough, since a Worker that got such a job in that
        moment brings it back at once. None where late frames do harm: all wait.
    :return: ids of those that had come back at the last look, or could not be looked at: their
        Workers may still write. Empty after about 15 s in the usual case.
    """
    held = list(dict.fromkeys(job_ids))
    if not held:
        return []
    workspace.reporter.status(f"waiting until Workers have let go of {len(held)} job(s)")
    back: list[str] = []
    waited_s = 0.0
    for look_s in LOOKS_S:
        if not held:
            break
        workspace.wait(look_s - waited_s)
        waited_s = look_s
        try:
            remote = fetch_jobs(manager, held)
        except ManagerError as ex:
            workspace.reporter.status(ex.message)
            back = held
            continue
        back = [job_id for job_id in held if job_id in remote and _is_alive(remote[job_id])]
        if back:
            workspace.reporter.status(f"{len(back)} job(s) came back and are cancelled again")
            cancel_jobs(manager, back, reason, workspace.reporter)
        again = set(back)
        held = [
            job_id
            for job_id in held
            if job_id in again or not _was_resting((outcomes or {}).get(job_id), remote.get(job_id))
        ]
    return back


def _was_resting(outcome: CancelOutcome | None, after: RemoteJob | None) -> bool:
    """Tell whether no Worker had a job for some time before it was cancelled.

    Only the Manager's own times are compared: its clock need not go like ours.
    """
    before = outcome.before if outcome else None
    if before is None or after is None or before.status not in RESTING:
        return False
    created, changed, now = map(moment, (before.created, before.updated, after.updated))
    if created is None or changed is None or now is None:
        return False
    is_new = before.status != "failed" and (changed - created).total_seconds() <= NEW_S
    return is_new or (now - changed).total_seconds() >= LET_GO_S


def foregone(job: RemoteJob | None) -> CancelOutcome | None:
    """Return the outcome of a job that is not to be cancelled; None for one that is."""
    if job is None or job.is_deletion_requested:
        return CancelOutcome(Fate.GONE)
    if job.status in OVER:
        return CancelOutcome(Fate.FINISHED)
    if job.status == "cancel-requested":
        return CancelOutcome(Fate.CANCELLED)
    if job.status not in CANCELLABLE:
        problem = f"a job that is '{job.status}' cannot be cancelled; try again in a moment"
        return CancelOutcome(Fate.FAILED, problem)
    return None


def _cancel(manager: Manager, job_id: str, reason: str, before: RemoteJob | None) -> CancelOutcome:
    try:
        manager.set_job_status(job_id, "cancel-requested", reason)
    except ManagerUnreachableError:
        raise
    except ManagerError as ex:
        is_gone = isinstance(ex, ManagerRefusedError) and ex.status == 404
        return CancelOutcome(Fate.GONE) if is_gone else CancelOutcome(Fate.FAILED, ex.message)
    return CancelOutcome(Fate.CANCELLED, before=before)


def _is_alive(job: RemoteJob) -> bool:
    return not job.is_deletion_requested and job.status in ALIVE
