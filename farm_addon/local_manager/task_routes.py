# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls about tasks and their logs. Source of paths, statuses and bodies: flamenco.md §2.4."""

from __future__ import annotations

import re
from typing import Any

import bottle

from . import answers, bodies
from .calls import API, JPEG, TEXT, ApiError, Row, checked_id, is_id, read_body, send_file
from .events import TaskStatusRequested
from .model import Job, Task
from .pictures import SIZES_PX
from .service import Service


class TaskRoutes:
    """What to answer to each call about tasks."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def table(self) -> list[Row]:
        """Return method, path and handler of every call."""
        one = f"{API}/tasks/<task_id>"
        return [
            ("GET", one, self.task),
            ("POST", f"{one}/setstatus", self.set_status),
            ("GET", f"{one}/log", self.log),
            ("GET", f"{one}/logtail", self.log_tail),
            ("GET", "/job-files/<shard>/<job_id>/<name>", self.job_file),
        ]

    def task(self, task_id: str) -> Any:
        return answers.task(*self._task(task_id))

    def set_status(self, task_id: str) -> Any:
        status, reason = bodies.task_status_change(read_body())
        if not is_id(task_id):
            raise ApiError(404, "no such task")  # and not 400: so does Flamenco 3.9
        job, task = self._task(task_id)
        self._service.dispatch(TaskStatusRequested(job.id, task.id, status, reason))
        return None

    def log(self, task_id: str) -> Any:
        job, task = self._task(task_id)
        size_bytes = self._service.logs.size_bytes(job.id, task.id)
        if size_bytes is None:
            return None
        return {
            "task_id": task.id,
            "job_id": job.id,
            "url": f"{answers.job_files(job.id)}/task-{task.id}.txt",
            "size": size_bytes,
        }

    def log_tail(self, task_id: str) -> Any:
        job, task = self._task(task_id)
        tail = self._service.logs.tail(job.id, task.id)
        return None if tail is None else bottle.HTTPResponse(tail, 200, TEXT)

    def job_file(self, shard: str, job_id: str, name: str) -> Any:
        if is_id(job_id) and name in SIZES_PX:
            return send_file(self._service.pictures.path(job_id, name), JPEG)
        match = re.fullmatch(r"task-(.+)\.txt", name)
        if match is None or not is_id(job_id) or not is_id(match[1]):
            raise ApiError(404, "Not Found")
        return send_file(self._service.logs.path(job_id, match[1]), TEXT)

    def _task(self, task_id: str) -> tuple[Job, Task]:
        found = self._service.find_task(checked_id(task_id, "task"))
        if found is None:
            raise ApiError(404, "no such task")
        return found
