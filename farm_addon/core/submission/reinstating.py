# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo a replacement: the earlier attempt counts again, the one that replaced it is set aside.

``reinstating`` in the journal says that it was begun; every step after it can be done again, until
``reinstated`` says that all of them were done.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import FarmError, UsageError
from ..findings import Finding, Severity
from ..ports import RemoteJob
from ..release.jobs import expected_frames
from ..release.live import fetch_jobs
from ..release.record import Attempt, JobState
from ..release.release_store import ReleaseStore
from ..workspace import Workspace
from .attempt_files import bring_back, set_frames_aside, set_frozen_aside
from .submit import Poster, undelivered_frames
from .superseding import Managers, cancel_attempt, jobs_of, let_go

_REASON = "the replacement was undone"


def earlier_attempt(state: JobState) -> Attempt:
    """Return the attempt that counts again when a job's replacement is undone.

    :raises UsageError: if the job was not replaced, or its replacement was delivered.
    """
    name, newer = state.plan.name, state.attempt
    if newer is None or not newer.replaces:
        raise UsageError(f"job '{name}' was not replaced, so there is nothing to undo")
    if any(one.attempt == newer.number for one in state.delivered):
        raise UsageError(
            f"attempt {newer.number} of job '{name}' was delivered already",
            hint="take the delivery back first: farm harvest release … --undo",
        )
    return state.attempts[newer.replaces - 1]


def begin_reinstating(store: ReleaseStore, name: str) -> None:
    """Say that the earlier attempt of a job is to count again.

    :raises UsageError: as :func:`earlier_attempt`.
    """
    store.add("reinstating", job=name, attempt=earlier_attempt(store.release.jobs[name]).number)


def finish_reinstating(
    workspace: Workspace, store: ReleaseStore, managers: Managers, poster: Poster
) -> None:
    """Undo those replacements of a release whose undoing was begun.

    :param store: open for writing.
    :param poster: posts an attempt again that its Manager has lost.
    :raises ManagerError: run it again to go on.
    """
    begun = [state for state in store.release.jobs.values() if state.reinstating]
    newer = [state.attempt for state in begun if state.attempt is not None]
    for state, attempt in zip(begun, newer, strict=True):
        cancel_attempt(store, managers, state.plan.name, attempt, _REASON)
    let_go(workspace, managers, newer, _REASON)
    for state, attempt in zip(begun, newer, strict=True):
        name, older = state.plan.name, state.attempts[state.reinstating - 1]
        set_frozen_aside(workspace, store, name, attempt.number)
        set_frames_aside(workspace, store, name, attempt.number)
        bring_back(workspace, store, name, older.number)
        _revive(workspace, store, managers, poster, older)
        store.add("reinstated", job=name, attempt=older.number)


def refuse_half_reinstated(store: ReleaseStore) -> None:
    """Refuse to go on while the undoing of a replacement is not finished.

    :raises FarmError: naming the job.
    """
    for state in store.release.jobs.values():
        if state.reinstating:
            job = f"{store.release.name}/{state.plan.name}"
            raise FarmError(
                f"the undoing of a replacement of job '{job}' was interrupted",
                hint=f"finish it: farm replace job {job} --undo",
            )


def _revive(
    workspace: Workspace,
    store: ReleaseStore,
    managers: Managers,
    poster: Poster,
    attempt: Attempt,
) -> None:
    """Let an attempt that was cancelled go on: what is unfinished is queued again, what its Manager
    has lost is posted again, what is complete is left alone."""
    is_somewhere = False
    for address, ids in jobs_of([attempt]).items():
        if address not in managers:
            workspace.reporter.finding(_unasked(attempt, address.text()))
            is_somewhere = True
            continue
        there = fetch_jobs(managers[address], ids)
        is_somewhere = is_somewhere or bool(there)
        for job in there.values():
            if _is_unfinished(job):
                managers[address].set_job_status(job.id, "requeueing", _REASON)
    if not is_somewhere and not _is_rendered(workspace, store, attempt):
        state = store.release.jobs[attempt.plan.name]
        poster.post(attempt, attempt.plan, frames=undelivered_frames(state, attempt))


def _is_unfinished(job: RemoteJob) -> bool:
    return job.status in ("canceled", "failed")


def _is_rendered(workspace: Workspace, store: ReleaseStore, attempt: Attempt) -> bool:
    """Tell whether every frame is there, or was delivered; harvest tells whether it is good."""
    state = store.release.jobs[attempt.plan.name]
    delivered = set(state.delivered_frames(attempt.number))
    root: Path = workspace.volume.root
    return all(
        expected.frame in delivered or (root / expected.source).is_file()
        for expected in expected_frames(attempt.plan, store.relative, attempt.number)
    )


def _unasked(attempt: Attempt, manager: str) -> Finding:
    return Finding(
        Severity.WARNING,
        "not-revived",
        f"Job ‘{attempt.plan.name}’",
        f"{manager} cannot be asked from here to go on with attempt {attempt.number}",
        "submit the release from where it can be asked",
    )
