# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Post attempts to the Manager. The journal says so before each POST, so that an answer that was
lost is looked up by the submission's UUID and never repeated blindly."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import FarmError, ManagerError, ManagerRefusedError, ManagerUnreachableError
from ..formats import output_format
from ..frames import Frames
from ..ports import JobToSubmit, JobType, Manager, ManagerAddress
from ..release.jobs import FRAME_DIGITS, PlannedJob, output_folder
from ..release.record import Attempt, JobState
from ..release.release_store import ReleaseStore
from ..workspace import Workspace

JOB_TYPE = "simple-blender-render"
UNFINISHED = frozenset(
    ("queued", "active", "paused", "pause-requested", "requeueing", "under-construction")
)
"""Statuses in which a job may still write frames, or may again."""


class Poster:
    """Posts attempts of one release to one Manager.

    :param store: open for writing.
    :param extra_settings: more settings for each job, such as the Blender that is to render.
    :param is_paused: jobs wait until somebody queues them.
    """

    def __init__(
        self,
        workspace: Workspace,
        store: ReleaseStore,
        manager: Manager,
        extra_settings: Mapping[str, Any],
        *,
        is_paused: bool = False,
    ) -> None:
        self._workspace = workspace
        self._store = store
        self._manager = manager
        self._extra_settings = extra_settings
        self._is_paused = is_paused
        self._job_type: JobType | None = None

    @property
    def address(self) -> ManagerAddress:
        """Of the Manager that jobs go to."""
        return self._manager.address

    def post(
        self,
        attempt: Attempt,
        plan: PlannedJob,
        *,
        frames: Frames | None = None,
        priority: int | None = None,
    ) -> str:
        """Post an attempt; once more where the job type changed meanwhile (412).

        :param plan: what it is posted as: of its frames the same as the attempt's own plan, but the
            chunk size, the priority and the tag may have been planned anew.
        :param frames: only these, to repair them; None for all.
        :param priority: instead of the planned one.
        :return: the Manager's id of the job.
        :raises ManagerRefusedError: if the Manager says no; nothing is there.
        :raises ManagerUnreachableError: if no answer came; the next run looks the job up.
        """
        for is_last_try in (False, True):
            self._job_type = self._job_type or self._manager.job_type(JOB_TYPE)
            submission = self._announce(attempt, plan.name, frames)
            job = make_job(
                self._workspace, self._store, plan, attempt, submission, self._job_type, frames
            )
            job = replace(job, settings={**job.settings, **self._extra_settings})
            if priority is not None:
                job = replace(job, priority=priority)
            try:
                remote = self._manager.submit(job, is_paused=self._is_paused)
            except ManagerRefusedError as ex:
                self._add("refused", attempt, plan.name, submission, message=ex.message)
                if ex.status == 412 and not is_last_try:
                    self._job_type = None
                    continue
                raise ManagerRefusedError(
                    f"job '{plan.name}': {ex.message}", status=ex.status, hint=ex.hint
                ) from ex
            except ManagerError as ex:
                raise ManagerUnreachableError(
                    f"job '{plan.name}' was sent, but no answer came: {ex.message}",
                    hint="run it again when the Manager answers; the job will not be sent twice",
                ) from ex
            self._add("submitted", attempt, plan.name, submission, job_id=remote.id)
            return remote.id
        raise ManagerError(f"job '{plan.name}' was refused twice")

    def _announce(self, attempt: Attempt, job: str, frames: Frames | None) -> str:
        submission = str(uuid.uuid4())
        repaired = {} if frames is None else {"frames": frames.text()}
        address = _address_json(self._manager.address)
        self._add("submitting", attempt, job, submission, manager=address, **repaired)
        return submission

    def _add(self, kind: str, attempt: Attempt, job: str, submission: str, **members: Any) -> None:
        self._store.add(kind, job=job, attempt=attempt.number, submission=submission, **members)


def settle_unanswered(
    store: ReleaseStore, managers: Mapping[ManagerAddress, Manager]
) -> list[tuple[str, Attempt]]:
    """Find out about every submission whose answer was lost: by its UUID, never by name.

    One that its Manager does not have may still arrive late: it stays unanswered and is looked up
    again by every later run; what changes meanwhile gets an attempt, and a folder, of its own.

    :param store: open for writing.
    :return: names and attempts of the jobs that had arrived.
    """
    waiting: dict[ManagerAddress, list[tuple[str, Attempt, str]]] = {}
    for name, state in store.release.jobs.items():
        for attempt in state.attempts:
            for lost in attempt.unanswered:
                if lost.manager in managers:
                    waiting.setdefault(lost.manager, []).append((name, attempt, lost.id))
    found: list[tuple[str, Attempt]] = []
    for address, lost_ones in waiting.items():
        jobs = {job.metadata.get("farm_submission"): job.id for job in managers[address].jobs()}
        for name, attempt, submission in lost_ones:
            if submission in jobs:
                store.add(
                    "submitted",
                    job=name,
                    attempt=attempt.number,
                    submission=submission,
                    job_id=jobs[submission],
                )
                found.append((name, attempt))
    return found


def undelivered_frames(state: JobState, attempt: Attempt) -> Frames | None:
    """Return the frames of an attempt that are still to be rendered; None for all of them."""
    delivered = set(state.delivered_frames(attempt.number))
    return Frames(set(attempt.plan.frames) - delivered) if delivered else None


def _address_json(address: ManagerAddress) -> dict[str, str]:
    if address.is_local:
        return {"user": address.user, "host": address.host}
    return {"url": address.url}


def make_job(
    workspace: Workspace,
    store: ReleaseStore,
    plan: PlannedJob,
    attempt: Attempt,
    submission: str,
    job_type: JobType,
    frames: Frames | None = None,
) -> JobToSubmit:
    """Return the Flamenco job of an attempt, complete with identity.

    :param frames: only these; None for all.
    """
    root = workspace.volume.root
    output = root / output_folder(store.relative, plan.name, attempt.number)
    settings = job_settings(plan, store.blend(plan.name), output, store.folder / "out", frames)
    return JobToSubmit(
        name=f"{store.release.name}/{plan.name}",
        job_type=job_type.name,
        type_etag=job_type.etag,
        priority=plan.priority,
        settings=settings,
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


def job_settings(
    plan: PlannedJob, blend: Path, output: Path, root: Path, frames: Frames | None = None
) -> dict[str, Any]:
    """Return the settings of ``simple-blender-render`` for Managers 3.2 to 3.9.

    Source: flamenco.md §6.1; unknown settings are ignored by older scripts. ``fps`` 0 leaves the
    preview video out, which would need FFmpeg on a Worker.

    :param blend: the frozen file; ``output``: the attempt's folder; ``root``: shown to people.
    :param frames: only these; None for all.
    """
    known = output_format(plan.file_format)
    if known is None:
        raise FarmError(f"job '{plan.name}' has the unknown output format '{plan.file_format}'")
    return {
        "blendfile": str(blend),
        "render_output_root": str(root),
        "add_path_components": 0,
        "render_output_path": str(output / ("#" * FRAME_DIGITS)),
        "frames": (plan.frames if frames is None else frames).text(),
        "chunk_size": plan.chunk_size,
        "format": known.command_line_name,
        "image_file_extension": plan.extension,
        "has_previews": False,
        "scene": plan.scene,
        "fps": 0,
    }
