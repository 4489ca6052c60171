# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan and submit as whole steps: under the release's lock, with its journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import BlockedError, UsageError
from .findings import Finding, Severity
from .freeze import Decision, Need, decide, freeze_jobs
from .harvest import finish_delivery
from .inputs import FileHasher
from .live import JobRow, fetch_jobs, job_rows
from .names import check_name, fold
from .plan import Plan, PlanOptions, PlanSource, make_plan
from .ports import Freezer, Manager, ManagerAddress
from .record import Attempt
from .release_store import ReleaseStore, read_release, release_names, write_release
from .scene_rules import Farm
from .submit import cancel_attempt, settle_unanswered, submit_jobs
from .workspace import Workspace

LOCAL_INTERVAL_S = 1.0
INTERVAL_S = 5.0
"""Seconds between two looks at a farm's Manager (flamenco.md §11)."""
SILENT_INTERVAL_S = 30.0


def plan_release(
    workspace: Workspace,
    name: str,
    sources: Sequence[PlanSource],
    options: PlanOptions,
    farm: Farm,
    *,
    is_dry_run: bool = False,
) -> Plan:
    """Plan a release, and write the plan unless a finding forbids it or nothing changed.

    :raises UsageError: for an illegal name, or one that has an archive.
    :return: the plan; look at ``is_blocked``.
    """
    name = check_name(name, kind="release")
    folder = workspace.volume.release_folder(name)
    exists = (folder / "release.json").is_file()
    if not exists and workspace.volume.archive(name).exists():
        raise UsageError(
            f"release '{name}' is archived in '{workspace.volume.archive(name)}'",
            hint="choose another name",
        )
    twin = next((one for one in release_names(workspace) if fold(one) == fold(name)), name)
    if twin != name:
        raise UsageError(
            f"there is a release '{twin}', which differs from '{name}' in case alone",
            hint=f"name it '{twin}', or choose another name",
        )
    known = _known(read_release(workspace, name)) if exists else {}
    plan = make_plan(sources, known, options, farm)
    for finding in plan.findings:
        workspace.reporter.finding(finding)
    if is_dry_run or plan.is_blocked or (exists and not plan.has_changes):
        return plan
    with write_release(workspace, name, f"plan release {name}", create=True) as store:
        finish_delivery(workspace, store)
        plan = make_plan(sources, _known(store), options, farm)
        for finding in plan.findings:
            workspace.reporter.finding(finding)
        if plan.has_changes and not plan.is_blocked:
            jobs = [job.to_json() for job in (*plan.added, *plan.replaced)]
            store.add("planned", jobs=jobs, drop=list(plan.dropped))
    return plan


def _known(store: ReleaseStore) -> dict[str, Any]:
    return {state.plan.name: state.plan for state in store.release.planned()}


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
        if submission and state.attempt and state.delivered_attempt != state.attempt.number:
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


def wait_for_release(
    workspace: Workspace,
    name: str,
    ask: Callable[[], Mapping[ManagerAddress, Manager]],
) -> list[JobRow]:
    """Follow a release until no job of it is waiting or running, and tell each change.

    A Manager that does not answer for a while ends nothing: it is asked again, less and less often.

    :param ask: returns the Managers to ask; called again after one of them did not answer, since
        a local manager that was started anew has another address.
    :return: the last rows.
    """
    told: dict[str, JobRow] = {}
    managers = ask()
    calm_s = LOCAL_INTERVAL_S if all(one.is_local for one in managers) else INTERVAL_S
    interval_s = calm_s
    while True:
        rows = job_rows(read_release(workspace, name).release, managers)
        for row in rows:
            if told.get(row.job) != row:
                workspace.reporter.row("jobs", row.job, row.to_json())
                told[row.job] = row
        total = sum(row.frames_total for row in rows)
        done = sum(row.frames_done for row in rows)
        is_over = not any(row.is_waiting for row in rows)
        workspace.reporter.progress("render", total if is_over else done, total)
        if is_over:
            return rows
        workspace.wait(interval_s)
        silent = next((row.message for row in rows if row.is_silent), "")
        interval_s = min(interval_s * 2, SILENT_INTERVAL_S) if silent else calm_s
        if silent:
            workspace.reporter.status(f"{silent}; asking again")
            managers = ask()
