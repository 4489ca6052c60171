# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the way of archiving a release: jobs that may still write, frames that were not
harvested or are not in ``dist/`` any more, Managers that cannot be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..delivery.clashes import Names
from ..delivery.oddities import list_names
from ..errors import ManagerUnreachableError
from ..findings import Finding, Severity
from ..ports import Manager, ManagerAddress
from ..release.live import fetch_jobs
from ..release.record import JobState, Release
from ..release.release_store import ReleaseStore
from ..submission.submit import UNFINISHED
from ..workspace import Workspace

MAY_WRITE = UNFINISHED | {"cancel-requested"}
"""Statuses in which Workers may still write a job's frames."""

_NAMED_MAX = 10


@dataclass(slots=True)
class Readiness:
    """Whether a release can be archived.

    :param findings: the blocking ones forbid it.
    :param running: ids of jobs that may still write, by Manager.
    :param managers: those that answer.
    """

    findings: list[Finding] = field(default_factory=list)
    running: dict[ManagerAddress, list[str]] = field(default_factory=dict)
    managers: dict[ManagerAddress, Manager] = field(default_factory=dict)


def sent_jobs(release: Release) -> dict[ManagerAddress, dict[str, str]]:
    """Return the names of all jobs that were ever sent, by Manager and the Manager's own id:
    dropped ones, earlier attempts and repairs too."""
    sent: dict[ManagerAddress, dict[str, str]] = {}
    for name, state in release.jobs.items():
        for attempt in state.attempts:
            for submission in attempt.submissions:
                if submission.job_id:
                    sent.setdefault(submission.manager, {})[submission.job_id] = name
    return sent


def judge_archiving(
    workspace: Workspace,
    store: ReleaseStore,
    managers: Mapping[ManagerAddress, Manager],
    *,
    is_as_is: bool = False,
    is_kept: bool = False,
) -> Readiness:
    """Look at a release and its jobs; change nothing.

    :param managers: those that can be asked from here.
    :param is_as_is: archive it as it is: what was not harvested or is lost does not block, and
        jobs that run are to be cancelled.
    :param is_kept: the release lives on, so that no job of it may be cancelled.
    """
    ready, release = Readiness(), store.release
    mild = Severity.WARNING if is_as_is else Severity.ERROR
    sent = sent_jobs(release)
    running: set[str] = set()
    for address in release.managers():
        if address not in managers:
            fix = "archive where it can be asked, or leave its jobs there: --as-is"
            ready.findings.append(_silent(address, mild, fix))
            continue
        try:
            remote = fetch_jobs(managers[address], list(sent.get(address, ())))
        except ManagerUnreachableError:
            fix = "run it again when the Manager answers"  # it did so a moment ago
            ready.findings.append(_silent(address, Severity.ERROR, fix))
            continue
        ready.managers[address] = managers[address]
        for job_id, job in remote.items():
            if job.status in MAY_WRITE and not job.is_deletion_requested:
                ready.running.setdefault(address, []).append(job_id)
                name = sent[address][job_id]
                if name not in running:
                    severity = Severity.ERROR if is_kept else mild
                    ready.findings.append(_running(name, job.status, severity))
                running.add(name)
    ready.findings += _not_harvested(release, running, mild)
    ready.findings += _lost(store, workspace.volume.dist_folder(release.name), mild)
    if not release.planned():
        ready.findings.append(
            Finding(mild, "no-jobs", f"Release ‘{release.name}’", "it has no jobs")
        )
    return ready


def _silent(address: ManagerAddress, severity: Severity, fix: str) -> Finding:
    return Finding(
        severity,
        "manager-silent",
        f"Manager ‘{address.text()}’",
        "it cannot be asked about the release's jobs, which would stay as they are",
        fix if severity is Severity.ERROR else "",
    )


def _running(name: str, status: str, severity: Severity) -> Finding:
    what = "it will be cancelled" if severity is Severity.WARNING else "it may still write frames"
    return Finding(severity, "job-running", f"Job ‘{name}’", f"it is still {status}; {what}")


def _not_harvested(release: Release, running: set[str], severity: Severity) -> Iterator[Finding]:
    waiting = [
        state
        for state in release.planned()
        if not state.is_delivered and state.plan.name not in running
    ]
    fix = f"farm harvest release {release.name}"
    if len(waiting) > _NAMED_MAX:
        names = ", ".join(state.plan.name for state in waiting[:_NAMED_MAX])
        what = f"the frames of {len(waiting)} jobs were not harvested: {names} …"
        yield Finding(severity, "not-harvested", f"Release ‘{release.name}’", what, fix)
        return
    for state in waiting:
        count, total = unharvested_frames(state), len(state.plan.frames)
        what = "its frames" if count == total else f"{count} of its {total} frames"
        subject = f"Job ‘{state.plan.name}’"
        yield Finding(severity, "not-harvested", subject, f"{what} were not harvested", fix)


def _lost(store: ReleaseStore, dist: Path, severity: Severity) -> Iterator[Finding]:
    """Find what was delivered and is gone: no archive of now would hold it."""
    for job, names in Names(store, dist).lost():
        what = f"it was delivered, but {list_names(names)} is not in dist any more"
        fix = "put it back, or archive without it: --as-is" if severity is Severity.ERROR else ""
        yield Finding(severity, "lost", f"Job ‘{job}’", what, fix)


def unharvested_frames(state: JobState) -> int:
    """Return how many frames of a job's plan are not in ``dist/``."""
    if state.is_delivered:
        return 0
    number = state.attempt.number if state.attempt else 0
    there = set(state.delivered_frames(number))
    return sum(frame not in there for frame in state.plan.frames)
