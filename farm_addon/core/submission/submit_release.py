# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Submit a release: under its lock, with its journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..delivery.harvest import finish_delivery
from ..errors import BlockedError
from ..findings import Finding, Severity
from ..planning.scene_rules import Farm
from ..ports import Freezer, Manager, ManagerAddress
from ..release.inputs import FileHasher
from ..release.live import fetch_jobs
from ..release.record import Attempt
from ..release.release_store import ReleaseStore, read_release, write_release
from ..workspace import Workspace
from .freeze import Decision, Need, decide, freeze_jobs
from .submit import cancel_attempt, settle_unanswered, submit_jobs


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

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``--json``."""
        skipped = [one.job for one in self.decisions if one.need is Need.NOTHING]
        return {
            "manager": self.manager.text(),
            "posted": list(self.posted),
            "found": list(self.found),
            "requeued": list(self.requeued),
            "skipped": skipped,
            "decisions": [
                {"job": one.job, "needs": one.need.value, "reason": one.reason}
                for one in self.decisions
            ],
        }


def decide_release(workspace: Workspace, name: str, manager: ManagerAddress) -> Submission:
    """Tell what submit would do, and do nothing."""
    store = read_release(workspace, name)
    names = [state.plan.name for state in store.release.planned()]
    return Submission(manager, tuple(decide(workspace, store, names, FileHasher())))


def submit_release(
    workspace: Workspace,
    name: str,
    manager: Manager,
    others: Mapping[ManagerAddress, Manager],
    freezer: Freezer,
    farm: Farm,
    extra_settings: Mapping[str, Any],
) -> Submission:
    """Freeze what needs it, then post what is not with the Manager. Nothing is posted while a
    finding forbids any job.

    :param manager: where new submissions go.
    :param others: Managers that have earlier attempts, to cancel those there.
    :raises BlockedError, BlenderError, ManagerError, VolumeError: run it again to go on.
    """
    with write_release(workspace, name, f"submit release {name}") as store:
        finish_delivery(workspace, store)
        names = [state.plan.name for state in store.release.planned()]
        if not names:
            raise BlockedError(
                f"release '{name}' has no jobs", (), hint="farm plan release … brings some"
            )
        found = settle_unanswered(store, others)
        hasher = FileHasher()
        decisions = decide(workspace, store, names, hasher)
        findings = [_left_alone(one.job) for one in decisions if one.need is Need.DELIVERED]
        for finding in findings:
            workspace.reporter.finding(finding)
        needs_freezing = [one.job for one in decisions if one.need is Need.FREEZE]

        def cancel(job: str) -> None:
            attempt = store.release.jobs[job].attempt
            if attempt is not None:
                _cancel(store, others, job, attempt, "replaced by a newer attempt")

        if needs_freezing:
            findings += freeze_jobs(workspace, store, freezer, needs_freezing, farm, hasher, cancel)
        for state in store.release.jobs.values():
            if state.is_dropped and state.attempt is not None:
                _cancel(store, others, state.plan.name, state.attempt, "no longer planned")
        quiet = [one.job for one in decisions if one.need is Need.NOTHING]
        lost, requeued = _revive(store, others, quiet)
        to_post = [
            one.job for one in decisions if one.need in (Need.FREEZE, Need.POST) or one.job in lost
        ]
        posted = submit_jobs(workspace, store, manager, to_post, lost, extra_settings)
        return Submission(
            manager.address,
            tuple(decisions),
            tuple(posted),
            tuple(found),
            tuple(requeued),
            tuple(findings),
        )


def _left_alone(job: str) -> Finding:
    return Finding(
        Severity.WARNING,
        "changed-since-delivery",
        f"Job ‘{job}’",
        "it changed after its frames were delivered, and was left alone",
        "plan it into another release",
    )


def _revive(
    store: ReleaseStore, managers: Mapping[ManagerAddress, Manager], names: Sequence[str]
) -> tuple[set[str], list[str]]:
    """Look after submitted jobs that cannot finish by themselves.

    :return: names of those that their Manager has lost, to be posted again; names of those that
        had failed or been cancelled and were queued again.
    """
    lost: set[str] = set()
    requeued: list[str] = []
    asked: dict[ManagerAddress, dict[str, str]] = {}
    for name in names:
        state = store.release.jobs[name]
        submission = state.attempt.submitted if state.attempt else None
        if submission and state.attempt and not state.is_delivered:
            asked.setdefault(submission.manager, {})[submission.job_id] = name
    for address, ids in asked.items():
        if address not in managers:
            continue
        remote = fetch_jobs(managers[address], list(ids))
        for job_id, name in ids.items():
            if job_id not in remote:
                lost.add(name)
            elif remote[job_id].status in ("failed", "canceled"):
                managers[address].set_job_status(job_id, "requeueing", "submitted again")
                requeued.append(name)
    return lost, requeued


def _cancel(
    store: ReleaseStore,
    managers: Mapping[ManagerAddress, Manager],
    job: str,
    attempt: Attempt,
    reason: str,
) -> None:
    submission = attempt.submitted
    if submission is not None and submission.manager in managers:
        cancel_attempt(store, managers[submission.manager], job, attempt, reason)
