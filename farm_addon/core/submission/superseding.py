# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take an earlier attempt out of the way: off the Manager, then its files to ``superseded/``.

A cancelled render goes on for up to ten seconds, and a late report can bring its job back
(flamenco.md §4.2, §5). So frames move only after two more looks at the old jobs. Whatever still
comes later lands in the old attempt's own folder, where nobody takes it for a new frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import ManagerError
from ..farm_jobs.cancelling import cancel_jobs, see_off
from ..findings import Finding, Severity
from ..ports import Manager, ManagerAddress
from ..release.live import fetch_jobs
from ..release.record import Attempt
from ..release.release_store import ReleaseStore
from ..workspace import Workspace
from .attempt_files import set_frames_aside

Managers = Mapping[ManagerAddress, Manager]


def cancel_attempt(
    store: ReleaseStore, managers: Managers, job: str, attempt: Attempt, reason: str
) -> None:
    """Cancel every job that an attempt has on a Manager, repairs too, and say so in the journal.
    What has ended, or is gone, is left alone; so is a delivered attempt whose Manager is gone.

    :raises ManagerError: if one of them cannot be cancelled, or its Manager cannot be asked from
        here; nothing may be put in its place then.
    """
    sent = jobs_of([attempt])
    if attempt.is_cancelled or not sent:
        return
    state = store.release.jobs[job]
    is_over = state.is_delivered and attempt.number == state.current
    for address, ids in sent.items():
        if address not in managers:
            if is_over:
                continue
            raise ManagerError(
                f"attempt {attempt.number} of job '{job}' is on {address.text()},"
                " which cannot be asked from here to cancel it",
                hint="work from where it can be asked",
            )
        for outcome in cancel_jobs(managers[address], ids, reason, _Quiet()).values():
            if not outcome.is_over:
                raise ManagerError(f"job '{job}' cannot be cancelled: {outcome.message}")
    job_id = attempt.submitted.job_id if attempt.submitted else ""
    store.add("cancelled", job=job, attempt=attempt.number, job_id=job_id)


def jobs_of(attempts: Iterable[Attempt]) -> dict[ManagerAddress, list[str]]:
    """Return the ids of all jobs that Managers took for some attempts, by Manager."""
    found: dict[ManagerAddress, list[str]] = {}
    for attempt in attempts:
        for submission in attempt.submissions:
            if submission.job_id:
                found.setdefault(submission.manager, []).append(submission.job_id)
    return found


def let_go(
    workspace: Workspace, managers: Managers, attempts: Sequence[Attempt], reason: str
) -> set[str]:
    """Wait until Workers have let go of cancelled attempts; that of completed jobs they have.

    :return: ids of jobs whose Workers may still write.
    """
    held: set[str] = set()
    for address, ids in jobs_of(attempts).items():
        manager = managers.get(address)
        if manager is not None:
            there = fetch_jobs(manager, ids)
            running = [job.id for job in there.values() if job.status != "completed"]
            held |= set(see_off(workspace, manager, running, reason))
    return held


def left_behind(store: ReleaseStore) -> list[tuple[str, Attempt]]:
    """Return the attempts that were replaced and whose frames were not moved away, each with its
    job's name."""
    return [
        (state.plan.name, attempt)
        for state in store.release.jobs.values()
        if not state.reinstating
        for attempt in state.attempts
        if attempt.number != state.current and not attempt.is_set_aside
    ]


def finish_superseding(
    workspace: Workspace, store: ReleaseStore, managers: Managers | None = None
) -> None:
    """Move what earlier attempts left behind to ``superseded/``; does nothing where nothing is.

    Every verb that writes a release does so, since the one that replaced a job may have been
    stopped before it could.

    :param store: open for writing.
    :param managers: asked until Workers have let go. Without them it is taken for granted, for a
        verb that comes later. A job that does not let go stays where it is until then.
    """
    left = left_behind(store)
    if not left:
        return
    held: set[str] = set()
    if managers is not None:
        attempts = [attempt for _job, attempt in left]
        held = let_go(workspace, managers, attempts, "replaced by a newer attempt")
    done: list[tuple[str, Mapping[str, Any]]] = []
    for job, attempt in left:
        if any(one.job_id in held for one in attempt.submissions):
            workspace.reporter.finding(_held(job, attempt))
            continue
        set_frames_aside(workspace, store, job, attempt.number)
        done.append(("superseded", {"job": job, "attempt": attempt.number}))
    store.add_many(done)


def _held(job: str, attempt: Attempt) -> Finding:
    return Finding(
        Severity.WARNING,
        "not-let-go",
        f"Job ‘{job}’",
        f"Workers have not let go of attempt {attempt.number}; its frames stay where they are",
        "the next verb that changes the release moves them",
    )


class _Quiet:
    """A reporter that says nothing: cancelling one job is a part of another step's progress."""

    def status(self, text: str) -> None:
        """Say nothing."""

    def progress(self, topic: str, done: int, total: int) -> None:
        """Say nothing."""

    def finding(self, finding: Finding) -> None:
        """Say nothing."""

    def row(self, table: str, key: str, values: Mapping[str, Any] | None) -> None:
        """Say nothing."""

    def order(self, table: str, keys: Sequence[str]) -> None:
        """Say nothing."""
