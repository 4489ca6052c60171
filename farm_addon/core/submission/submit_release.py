# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Submit a release: under its lock, with its journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ..errors import BlockedError, ManagerError, UsageError
from ..findings import Finding, Severity
from ..ports import Manager, ManagerAddress
from ..release.live import fetch_jobs
from ..release.record import JobState, Release
from ..release.release_store import ReleaseStore, read_release, write_release
from ..workspace import Workspace
from .decisions import Decision, Need, decide
from .sender import Sender, Services
from .superseding import Managers, jobs_of

PAUSING = (3, 6)
"""The first Flamenco that can keep a new job from starting (flamenco.md §14)."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What submit did.

    :param decisions: one per planned job.
    :param posted: names of jobs sent now; ``found``: that had arrived, only the answer was lost;
        ``requeued``: that had failed.
    """

    manager: ManagerAddress
    decisions: tuple[Decision, ...]
    posted: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    requeued: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def skipped(self) -> list[str]:
        """Names of the jobs that are submitted and unchanged, and with which nothing was done."""
        done = {*self.posted, *self.found, *self.requeued}
        quiet = (one.job for one in self.decisions if one.need is Need.NOTHING)
        return [job for job in quiet if job not in done]

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``--json``."""
        return {
            "manager": self.manager.text(),
            "posted": list(self.posted),
            "found": list(self.found),
            "requeued": list(self.requeued),
            "skipped": self.skipped,
            "decisions": [
                {"job": one.job, "needs": one.need.value, "reason": one.reason}
                for one in self.decisions
            ],
        }


def decide_release(
    workspace: Workspace, name: str, manager: ManagerAddress, only: Sequence[str] = ()
) -> Submission:
    """Tell what submit would do, and do nothing.

    :param only: as for :func:`submit_release`.
    """
    store = read_release(workspace, name)
    names = [state.plan.name for state in _chosen(store.release, only)]
    return Submission(manager, tuple(decide(workspace, store, names, workspace.hasher())))


def submit_release(
    workspace: Workspace, name: str, services: Services, *, only: Sequence[str] = ()
) -> Submission:
    """Freeze what needs it, then post what is not with the Manager. Nothing is posted while a
    finding forbids any job.

    :param only: patterns (``*``, ``?``, ``[…]``) of which a job's name must match one; empty takes
        every job.
    :raises UsageError: if a pattern matches no job.
    :raises BlockedError, BlenderError, ManagerError, VolumeError: run it again to go on.
    """
    if services.is_paused:
        refuse_pausing(services.manager)
    with write_release(workspace, name, f"submit release {name}") as store:
        sender = Sender(workspace, store, services)
        chosen = _chosen(store.release, only)
        found = sender.begin()
        names = [state.plan.name for state in chosen]
        decisions = decide(workspace, store, names, sender.hasher)
        findings = [_left_alone(one, name) for one in decisions if one.need is Need.DELIVERED]
        for finding in findings:
            workspace.reporter.finding(finding)
        findings += sender.freeze([one.job for one in decisions if one.need is Need.FREEZE])
        for state in store.release.jobs.values():
            if state.is_dropped and _takes(only, state) and _can_be_cancelled(state, services):
                sender.cancel(state.plan.name, "no longer planned")
        quiet = [one.job for one in decisions if one.need is Need.NOTHING]
        lost, requeued = _revive(store, services, quiet)
        to_post = [
            one.job for one in decisions if one.need in (Need.FREEZE, Need.POST) or one.job in lost
        ]
        posted = sender.post(to_post, lost)
        sender.finish()
        return Submission(
            services.manager.address,
            tuple(decisions),
            tuple(posted),
            tuple(found),
            tuple(requeued),
            tuple(findings),
        )


def refuse_pausing(manager: Manager) -> None:
    """Refuse what a Manager would take for "start at once", before anything is done.

    :raises ManagerError: if it is older than Flamenco 3.6.
    """
    version = manager.version()
    if version < PAUSING:
        have = ".".join(map(str, version))
        raise ManagerError(
            f"{manager.address.text()} is Flamenco {have}, which would start the jobs at once;"
            f" jobs can be kept waiting from {'.'.join(map(str, PAUSING))} on",
            hint="submit without --paused",
        )


def _chosen(release: Release, only: Sequence[str]) -> list[JobState]:
    planned = release.planned()
    if not planned:
        raise BlockedError(
            f"release '{release.name}' has no jobs", (), hint="farm plan release … brings some"
        )
    for pattern in only:
        if not any(_takes([pattern], state) for state in release.jobs.values()):
            raise UsageError(
                f"no job of release '{release.name}' matches '{pattern}'",
                hint=f"its jobs: farm status release {release.name}",
            )
    return [state for state in planned if _takes(only, state)]


def _takes(only: Sequence[str], state: JobState) -> bool:
    name = state.plan.name
    return not only or any(name == pattern or fnmatchcase(name, pattern) for pattern in only)


def _can_be_cancelled(state: JobState, services: Services) -> bool:
    """Tell whether every Manager that has the job can be asked; a later submission asks again."""
    attempts = [state.attempt] if state.attempt else []
    return all(address in services.managers for address in jobs_of(attempts))


def _left_alone(decision: Decision, release: str) -> Finding:
    return Finding(
        Severity.WARNING,
        "changed-since-delivery",
        f"Job ‘{decision.job}’",
        f"frames of it were delivered, so that it was left alone, although {decision.reason}",
        f"farm replace job {release}/{decision.job} renders it anew;"
        f" farm replace release {release} --stale all that are stale",
        {"job": decision.job},
    )


def _revive(
    store: ReleaseStore, services: Services, names: Sequence[str]
) -> tuple[set[str], list[str]]:
    """Look after submitted jobs that cannot finish by themselves.

    :return: names of those that their Manager has lost, to be posted again; names of those that
        had failed or been cancelled and were queued again: none where new jobs are to wait.
    """
    lost: set[str] = set()
    requeued: list[str] = []
    managers: Managers = services.managers
    for address, ids in _asked(store, names).items():
        if address not in managers:
            continue
        remote = fetch_jobs(managers[address], list(ids))
        for job_id, name in ids.items():
            if job_id not in remote:
                lost.add(name)
            elif remote[job_id].status in ("failed", "canceled") and not services.is_paused:
                managers[address].set_job_status(job_id, "requeueing", "submitted again")
                requeued.append(name)
    return lost, requeued


def _asked(store: ReleaseStore, names: Sequence[str]) -> dict[ManagerAddress, dict[str, str]]:
    """Return the latest submission of each job that is not delivered: its id and name, by
    Manager."""
    asked: dict[ManagerAddress, dict[str, str]] = {}
    for name in names:
        state = store.release.jobs[name]
        submission = state.attempt.submitted if state.attempt else None
        if submission and not state.is_delivered:
            asked.setdefault(submission.manager, {})[submission.job_id] = name
    return asked
