# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON of the local manager's answers, shaped like those of Flamenco 3.9.

Source: flamenco.md §2-3 and the recorded exchanges of 3.9.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from functools import cache
from typing import Any

from .compile import JOB_TYPE, TASK_PRIORITY, TASK_TYPE, command
from .model import UNFINISHED, Job, Slot, State, Task, TaskStatus
from .pictures import SIZES_PX

API_VERSION = "3.9"
"""The Flamenco version whose API this is."""


def version(farm_addon_version: str) -> dict[str, Any]:
    """Return the answer to ``/version``."""
    return {
        "version": f"{API_VERSION} (farm_addon {farm_addon_version})",
        "shortversion": API_VERSION,
        "name": "local manager",
        "git": "",
    }


def job(job: Job) -> dict[str, Any]:
    """Return a job."""
    is_counting = job.is_counting
    data: dict[str, Any] = {
        "id": job.id,
        "name": job.name,
        "type": job.type,
        "status": job.status.value,
        "activity": job.activity,
        "priority": job.priority,
        "settings": dict(job.settings),
        "metadata": dict(job.metadata),
        "submitter_platform": "",
        "created": job.created,
        "updated": job.updated,
        "steps_completed": sum(t.steps_completed for t in job.tasks) if is_counting else 0,
        "steps_total": sum(t.steps_total for t in job.tasks) if is_counting else 0,
    }
    if job.delete_requested_at:
        data["delete_requested_at"] = job.delete_requested_at
    return data


def job_files(job_id: str) -> str:
    """Return where the files of a job are served: its tasks' logs and its pictures."""
    return f"/job-files/job-{job_id[:4]}/{job_id}"


def last_rendered(job_id: str) -> dict[str, Any]:
    """Return where the pictures of a job's newest frame are."""
    return {"base": job_files(job_id), "suffixes": list(SIZES_PX)}


def task_summary(index: int, task: Task) -> dict[str, Any]:
    """Return a task as the list of a job's tasks has it.

    :param index: position in the job, from 1.
    """
    return {
        "id": task.id,
        "name": task.name,
        "status": task.status.value,
        "index_in_job": index,
        "priority": TASK_PRIORITY,
        "task_type": TASK_TYPE,
        "updated": task.updated,
        "steps_completed": task.steps_completed,
        "steps_total": task.steps_total,
        "worker": _worker_of(task),
    }


def tasks(job: Job | None) -> dict[str, Any]:
    """Return a job's tasks; none for an unknown job, as Flamenco does."""
    found: Iterable[Task] = job.tasks if job is not None else ()
    return {"tasks": [task_summary(index, task) for index, task in enumerate(found, 1)]}


def task(job: Job, task: Task) -> dict[str, Any]:
    """Return one task with its command."""
    data = task_summary(job.tasks.index(task) + 1, task)
    data["job_id"] = job.id
    data["created"] = task.created
    data["activity"] = task.activity
    data["commands"] = [command(job, task)]
    data["failed_by_workers"] = [_worker_of(task)] if task.status is TaskStatus.FAILED else []
    if task.last_touched:
        data["last_touched"] = task.last_touched
    return data


def worker(slot: Slot, farm_addon_version: str, now: str) -> dict[str, Any]:
    """Return a slot as the list of Workers has it; it is awake for as long as the program runs."""
    return {
        "id": slot.id,
        "name": slot.name,
        "status": "awake",
        "version": f"{API_VERSION} (farm_addon {farm_addon_version})",
        "can_restart": False,
        "last_seen": now,
    }


def whole_worker(slot: Slot, state: State, farm_addon_version: str, now: str) -> dict[str, Any]:
    """Return a slot as one Worker, with the task that it runs."""
    data = {
        **worker(slot, farm_addon_version, now),
        "ip_address": "127.0.0.1",
        "platform": platform.system().lower(),
        "supported_task_types": [TASK_TYPE],
    }
    job = state.jobs.get(slot.run.job_id) if slot.run else None
    for index, task in enumerate(job.tasks if job else (), 1):
        if job and slot.run and task.id == slot.run.task_id:
            data["task"] = {**task_summary(index, task), "job_id": job.id}
    return data


def openapi(calls: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return which calls are served, as the frame of an OpenAPI document.

    :param calls: method and path of each, with ``<name>`` for what varies.
    """
    paths: dict[str, dict[str, Any]] = {}
    for method, path in calls:
        described = paths.setdefault(path.replace("<", "{").replace(">", "}"), {})
        described[method.lower()] = {"responses": {"default": {"description": "see Flamenco"}}}
    return {
        "openapi": "3.0.0",
        "info": {"title": "local manager", "version": API_VERSION},
        "servers": [{"url": "/api/v3"}],
        "paths": paths,
    }


def farm_status(state: State) -> str:
    """Return ``active`` or ``idle``."""
    return "active" if any(job.status in UNFINISHED for job in state.jobs.values()) else "idle"


@cache
def job_type() -> dict[str, Any]:
    """Return the one job type, with its etag; not to be changed by the caller."""
    described: dict[str, Any] = {
        "name": JOB_TYPE,
        "label": "Simple Blender Render",
        "description": "Renders the frames of one .blend file on this computer",
        "settings": _settings(),
    }
    etag = hashlib.sha1(json.dumps(described).encode(), usedforsecurity=False).hexdigest()
    return {**described, "etag": etag}


def _settings() -> list[dict[str, Any]]:
    """Return what :mod:`.compile` reads, and what a web interface would show (§6.1)."""
    return [
        _setting("frames", "string", "Frames to render: 47 or 1-30 or 3,5-10", required=True),
        _setting("chunk_size", "int32", "Frames per task", default=1, visible="submission"),
        _setting(
            "render_output_root",
            "string",
            "Folder below which the output lies",
            required=True,
            subtype="dir_path",
            visible="submission",
        ),
        _setting(
            "add_path_components",
            "int32",
            "Folders of the .blend's path that the output path repeats",
            required=True,
            default=0,
            propargs={"min": 0, "max": 32},
            visible="submission",
        ),
        _setting(
            "render_output_path",
            "string",
            "Where frames are written, with ###### for their number",
            subtype="file_path",
            editable=False,
        ),
        _setting("blendfile", "string", "File to render", required=True, visible="web"),
        _setting("fps", "float", "Not used: no preview video is made here", visible="hidden"),
        _setting("format", "string", "Name for --render-format", required=True, visible="web"),
        _setting(
            "image_file_extension", "string", "Of the frames", required=True, visible="hidden"
        ),
        _setting("has_previews", "bool", "Not used", required=False, visible="hidden"),
        _setting("scene", "string", "Scene to render", required=True, visible="web"),
        _setting("farm_blender", "string", "Which Blender renders the job", visible="hidden"),
    ]


def _setting(key: str, kind: str, description: str, **others: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "description": description, **others}


def _worker_of(task: Task) -> dict[str, str]:
    address = "127.0.0.1" if task.worker_id else ""
    return {"id": task.worker_id, "name": task.worker_name, "address": address}
