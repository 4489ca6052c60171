# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Post a release's frozen jobs to a Manager, each exactly once.

A submission's UUID is in the journal before its POST and in the Flamenco job's metadata after it,
so an answer that was lost is looked up, never repeated blindly.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import FarmError, ManagerError, ManagerRefusedError, ManagerUnreachableError
from ..formats import output_format
from ..ports import JobToSubmit, JobType, Manager, ManagerAddress
from ..release.jobs import FRAME_DIGITS, PlannedJob, output_folder
from ..release.record import Attempt, JobState, Submission
from ..release.release_store import ReleaseStore
from ..workspace import Workspace

JOB_TYPE = "simple-blender-render"
UNFINISHED = frozenset(
    ("queued", "active", "paused", "pause-requested", "requeueing", "under-construction")
)
"""Statuses in which a job may still write frames, or may again."""


def submit_jobs(
    workspace: Workspace,
    store: ReleaseStore,
    manager: Manager,
    names: Sequence[str],
    again: Collection[str],
    extra_settings: Mapping[str, Any],
) -> list[str]:
    """Post the current attempts of some jobs, in the order given.

    :param store: open for writing.
    :param names: jobs with a frozen attempt.
    :param again: those of them that are posted although a Manager had them once.
    :param extra_settings: more settings for each job, such as the Blender that is to render.
    :return: names of the jobs that were sent.
    :raises ManagerRefusedError: at the first job that the Manager refuses; what came before is
        submitted and stays so.
    :raises ManagerUnreachableError: the next run looks the unanswered job up.
    """
    posted: list[str] = []
    job_type: JobType | None = None
    for index, name in enumerate(names):
        workspace.reporter.progress("submit", index, len(names))
        state = store.release.jobs[name]
        attempt = state.attempt
        if attempt is None:
            raise FarmError(f"job '{name}' was never frozen")
        if attempt.submitted is not None and name not in again:
            continue
        job_type = job_type or manager.job_type(JOB_TYPE)
        job_type = _post(workspace, store, manager, state, attempt, job_type, extra_settings)
        posted.append(name)
    workspace.reporter.progress("submit", len(names), len(names))
    return posted


def settle_unanswered(store: ReleaseStore, managers: Mapping[ManagerAddress, Manager]) -> list[str]:
    """Find out about every submission whose answer was lost: by its UUID, never by name.

    One that its Manager does not have may still arrive late: it stays unanswered and is looked up
    again by every later run; what changes meanwhile gets an attempt, and a folder, of its own.

    :param store: open for writing.
    :return: names of the jobs that had arrived.
    """
    waiting: dict[ManagerAddress, list[tuple[str, Attempt, str]]] = {}
    for name, state in store.release.jobs.items():
        for attempt in state.attempts:
            for lost in attempt.unanswered:
                if lost.manager in managers:
                    waiting.setdefault(lost.manager, []).append((name, attempt, lost.id))
    found: list[str] = []
    for address, lost_ones in waiting.items():
        jobs = {job.metadata.get("farm_submission"): job.id for job in managers[address].jobs()}
        for name, attempt, submission in lost_ones:
            if submission in jobs:
                _arrived(store, name, attempt, submission, jobs[submission])
                found.append(name)
    return found


def _refused(
    store: ReleaseStore, name: str, attempt: Attempt, submission: str, message: str
) -> None:
    store.add("refused", job=name, attempt=attempt.number, submission=submission, message=message)


def _arrived(
    store: ReleaseStore, name: str, attempt: Attempt, submission: str, job_id: str
) -> None:
    store.add("submitted", job=name, attempt=attempt.number, submission=submission, job_id=job_id)


def _post(
    workspace: Workspace,
    store: ReleaseStore,
    manager: Manager,
    state: JobState,
    attempt: Attempt,
    job_type: JobType,
    extra_settings: Mapping[str, Any],
) -> JobType:
    """Post one job; once more with a fresh etag where the job type changed meanwhile (412).

    :return: the job type that the Manager took it for.
    """
    name = state.plan.name
    for is_last_try in (False, True):
        submission = str(uuid.uuid4())
        store.add(
            "submitting",
            job=name,
            attempt=attempt.number,
            submission=submission,
            manager=_address_json(manager),
        )
        job = make_job(workspace, store, state, attempt, submission, job_type, extra_settings)
        try:
            remote = manager.submit(job)
        except ManagerRefusedError as ex:
            _refused(store, name, attempt, submission, ex.message)
            if ex.status == 412 and not is_last_try:
                job_type = manager.job_type(JOB_TYPE)
                continue
            raise ManagerRefusedError(
                f"job '{name}': {ex.message}", status=ex.status, hint=ex.hint
            ) from ex
        except ManagerError as ex:
            raise ManagerUnreachableError(
                f"job '{name}' was sent, but no answer came: {ex.message}",
                hint="submit again when the Manager answers; the job will not be sent twice",
            ) from ex
        _arrived(store, name, attempt, submission, remote.id)
        return job_type
    raise ManagerError(f"job '{name}' was refused twice")


def _address_json(manager: Manager) -> dict[str, str]:
    address = manager.address
    if address.is_local:
        return {"user": address.user, "host": address.host}
    return {"url": address.url}


def make_job(
    workspace: Workspace,
    store: ReleaseStore,
    state: JobState,
    attempt: Attempt,
    submission: str,
    job_type: JobType,
    extra_settings: Mapping[str, Any],
) -> JobToSubmit:
    """Return the Flamenco job of an attempt, complete with identity."""
    plan = state.plan
    root = workspace.volume.root
    output = root / output_folder(store.relative, plan.name, attempt.number)
    settings = {**job_settings(plan, store.blend(plan.name), output, store.folder / "out")}
    return JobToSubmit(
        name=f"{store.release.name}/{plan.name}",
        job_type=job_type.name,
        type_etag=job_type.etag,
        priority=plan.priority,
        settings={**settings, **extra_settings},
        metadata={
            "farm_volume": workspace.config.volume_id,
            "farm_release_id": store.release.id,
            "farm_release": store.release.name,
            "farm_job": plan.name,
            "farm_attempt": str(attempt.number),
            "farm_inputs": attempt.inputs,
            "farm_user": workspace.user,
            "farm_host": workspace.host,
            "farm_submission": submission,
        },
        worker_tag=plan.worker_tag,
    )


def job_settings(plan: PlannedJob, blend: Path, output: Path, root: Path) -> dict[str, Any]:
    """Return the settings of ``simple-blender-render`` for Managers 3.2 to 3.9.

    Source: flamenco.md §6.1; unknown settings are ignored by older scripts. ``fps`` 0 leaves the
    preview video out, which would need FFmpeg on a Worker.

    :param blend: the frozen file; ``output``: the attempt's folder; ``root``: shown to people.
    """
    known = output_format(plan.file_format)
    if known is None:
        raise FarmError(f"job '{plan.name}' has the unknown output format '{plan.file_format}'")
    return {
        "blendfile": str(blend),
        "render_output_root": str(root),
        "add_path_components": 0,
        "render_output_path": str(output / ("#" * FRAME_DIGITS)),
        "frames": plan.frames.text(),
        "chunk_size": plan.chunk_size,
        "format": known.command_line_name,
        "image_file_extension": plan.extension,
        "has_previews": False,
        "scene": plan.scene,
        "fps": 0,
    }


def cancel_attempt(
    store: ReleaseStore, manager: Manager, name: str, attempt: Attempt, reason: str
) -> None:
    """Cancel an attempt that may still write frames; one that ended, or is gone, is left alone."""
    submission: Submission | None = attempt.submitted
    if submission is None or attempt.is_cancelled or submission.manager != manager.address:
        return
    remote = manager.job(submission.job_id)
    if remote is not None and remote.status in UNFINISHED | {"failed"}:
        manager.set_job_status(submission.job_id, "cancel-requested", reason)
    store.add("cancelled", job=name, attempt=attempt.number, job_id=submission.job_id)
