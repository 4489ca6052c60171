# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of Flamenco's API that the local manager serves, and two of its own below ``/farm``.

Source of paths, statuses and bodies: flamenco.md §2.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import bottle

from . import answers, bodies
from .compile import Submission
from .events import DeletionRequested, PriorityRequested, StatusRequested
from .model import Job, Task
from .service import Service

API = "/api/v3"
_TEXT = {"Content-Type": "text/plain; charset=UTF-8"}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class ApiError(Exception):
    """An answer other than success; its body is Flamenco's ``{"code", "message"}``."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Routes:
    """What to answer to each call.

    :param service: the running manager.
    :param shut_down: makes the program leave, soon; returns at once.
    """

    def __init__(self, service: Service, shut_down: Callable[[], None]) -> None:
        self._service = service
        self._shut_down = shut_down

    def table(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Return method, path and handler of every call, more special paths first."""
        return [
            ("GET", f"{API}/version", self.version),
            ("GET", f"{API}/configuration", self.configuration),
            ("GET", f"{API}/configuration/shared-storage/<audience>/<platform>", self.storage),
            ("GET", f"{API}/configuration/variables/<audience>/<platform>", self.variables),
            ("GET", f"{API}/status", self.status),
            ("GET", f"{API}/jobs/types", self.job_types),
            ("GET", f"{API}/jobs/type/<name>", self.job_type),
            ("POST", f"{API}/jobs/check", self.check),
            ("POST", f"{API}/jobs", self.submit),
            ("GET", f"{API}/jobs", self.jobs),
            ("GET", f"{API}/jobs/<job_id>", self.job),
            ("DELETE", f"{API}/jobs/<job_id>", self.delete_job),
            ("GET", f"{API}/jobs/<job_id>/what-would-delete-do", self.what_would_delete_do),
            ("POST", f"{API}/jobs/<job_id>/setstatus", self.set_status),
            ("POST", f"{API}/jobs/<job_id>/setpriority", self.set_priority),
            ("GET", f"{API}/jobs/<job_id>/tasks", self.tasks),
            ("GET", f"{API}/tasks/<task_id>", self.task),
            ("GET", f"{API}/tasks/<task_id>/log", self.task_log),
            ("GET", f"{API}/tasks/<task_id>/logtail", self.task_log_tail),
            ("GET", f"{API}/worker-mgt/workers", self.workers),
            ("GET", f"{API}/farm/about", self.about),
            ("POST", f"{API}/farm/shutdown", self.shutdown),
            ("GET", "/job-files/<shard>/<job_id>/<name>", self.job_file),
        ]

    # --- the Manager itself ----------------------------------------------------------------------

    def version(self) -> Any:
        return answers.version(self._service.about.version)

    def configuration(self) -> Any:
        storage = str(self._service.about.volume)
        return {"storageLocation": storage, "shamanEnabled": False, "isFirstRun": False}

    def storage(self, audience: str, platform: str) -> Any:
        return {
            "location": str(self._service.about.volume),
            "audience": audience,
            "platform": platform,
            "shamanEnabled": False,
        }

    def variables(self, audience: str, platform: str) -> Any:
        if audience not in ("users", "workers"):
            return {}
        values = {
            "blender": "blender",
            "blenderArgs": "-b",
            "jobs": str(self._service.about.volume),
        }
        return {name: {"value": value, "is_twoway": False} for name, value in values.items()}

    def status(self) -> Any:
        return {"status": answers.farm_status(self._service.state)}

    def workers(self) -> Any:
        about = self._service.about
        return answers.workers(self._service.state.slots, about.version, self._service.now())

    def about(self) -> Any:
        about = self._service.about
        return {
            "version": about.version,
            "volume": str(about.volume),
            "volume_id": about.volume_id,
            "pid": about.pid,
            "options": about.options,
            "is_busy": self._service.is_busy(),
        }

    def shutdown(self) -> Any:
        self._shut_down()
        return None

    # --- job types -------------------------------------------------------------------------------

    def job_types(self) -> Any:
        return {"job_types": [answers.job_type()]}

    def job_type(self, name: str) -> Any:
        if name != answers.job_type()["name"]:
            raise ApiError(404, "no such job type known")
        return answers.job_type()

    # --- jobs ------------------------------------------------------------------------------------

    def submit(self) -> Any:
        return answers.job(self._service.submit(self._submission()))

    def check(self) -> Any:
        self._service.check(self._submission())
        return None

    def jobs(self) -> Any:
        return {"jobs": [answers.job(job) for job in self._service.state.jobs.values()]}

    def job(self, job_id: str) -> Any:
        return answers.job(self._job(job_id))

    def delete_job(self, job_id: str) -> Any:
        self._service.dispatch(DeletionRequested(self._job(job_id).id))
        return None

    def what_would_delete_do(self, job_id: str) -> Any:
        self._job(job_id)
        return {"shaman_checkout": False}

    def set_status(self, job_id: str) -> Any:
        job_id = _checked_id(job_id)
        status, reason = bodies.status_change(_body())
        self._service.dispatch(StatusRequested(self._job(job_id).id, status, reason))
        return None

    def set_priority(self, job_id: str) -> Any:
        job_id = _checked_id(job_id)
        priority = bodies.priority_change(_body())
        self._service.dispatch(PriorityRequested(self._job(job_id).id, priority))
        return None

    def tasks(self, job_id: str) -> Any:
        return answers.tasks(self._service.state.jobs.get(_checked_id(job_id)))

    # --- tasks -----------------------------------------------------------------------------------

    def task(self, task_id: str) -> Any:
        return answers.task(*self._task(task_id))

    def task_log(self, task_id: str) -> Any:
        job, task = self._task(task_id)
        size_bytes = self._service.logs.size_bytes(job.id, task.id)
        if size_bytes is None:
            return None
        return {
            "task_id": task.id,
            "job_id": job.id,
            "url": f"/job-files/job-{job.id[:4]}/{job.id}/task-{task.id}.txt",
            "size": size_bytes,
        }

    def task_log_tail(self, task_id: str) -> Any:
        job, task = self._task(task_id)
        tail = self._service.logs.tail(job.id, task.id)
        return None if tail is None else bottle.HTTPResponse(tail, 200, _TEXT)

    def job_file(self, shard: str, job_id: str, name: str) -> Any:
        match = re.fullmatch(r"task-(.+)\.txt", name)
        if match is None or not _is_id(job_id) or not _is_id(match[1]):
            raise ApiError(404, "Not Found")
        content = self._service.logs.read(job_id, match[1])
        if content is None:
            raise ApiError(404, "Not Found")
        return _ranged(content, str(bottle.request.environ.get("HTTP_RANGE", "")))

    # --- the parts -------------------------------------------------------------------------------

    def _submission(self) -> Submission:
        data = _body()
        submission = bodies.submission(data)
        etag = bodies.etag(data)
        if submission.type == answers.job_type()["name"] and etag:
            if etag != answers.job_type()["etag"]:
                raise ApiError(412, "the job type has changed, ask for it again")
        return submission

    def _job(self, job_id: str) -> Job:
        job = self._service.state.jobs.get(_checked_id(job_id))
        if job is None:
            raise ApiError(404, "no such job")
        return job

    def _task(self, task_id: str) -> tuple[Job, Task]:
        found = self._service.find_task(_checked_id(task_id, "task"))
        if found is None:
            raise ApiError(404, "no such task")
        return found


def _body() -> dict[str, Any]:
    request = bottle.request
    if request.content_length > bodies.MAX_BODY_BYTES:
        raise ApiError(413, "the request is too large")
    return bodies.read_object(request.body.read(), request.content_type)


def _is_id(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def _checked_id(text: str, kind: str = "job") -> str:
    if not _is_id(text):
        raise ApiError(400, f"{kind} ID not valid")
    return text


def _ranged(content: bytes, wanted: str) -> Any:
    """Return a log, or what follows from ``bytes=N-`` on; 416 says that nothing new is there."""
    size_bytes = len(content)
    match = re.fullmatch(r"bytes=(\d{1,15})-", wanted)
    if match is None:
        return bottle.HTTPResponse(content, 200, _TEXT | {"Accept-Ranges": "bytes"})
    start = int(match[1])
    if start >= size_bytes:
        return bottle.HTTPResponse(b"", 416, _TEXT | {"Content-Range": f"bytes */{size_bytes}"})
    found = f"bytes {start}-{size_bytes - 1}/{size_bytes}"
    return bottle.HTTPResponse(content[start:], 206, _TEXT | {"Content-Range": found})
