# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls about jobs. Source of paths, statuses and bodies: flamenco.md §2.3."""

from __future__ import annotations

from typing import Any

from . import answers, bodies
from .calls import API, ApiError, Row, checked_id, read_body
from .compile import Submission
from .events import DeletionRequested, PriorityRequested, StatusRequested
from .model import Job
from .service import Service


class JobRoutes:
    """What to answer to each call about jobs."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def table(self) -> list[Row]:
        """Return method, path and handler of every call."""
        one = f"{API}/jobs/<job_id>"
        return [
            ("POST", f"{API}/jobs", self.submit),
            ("GET", f"{API}/jobs", self.jobs),
            ("POST", f"{API}/jobs/check", self.check),
            ("GET", f"{API}/jobs/last-rendered", self.last_rendered),
            ("DELETE", f"{API}/jobs/mass-delete", self.delete_older),
            ("GET", one, self.job),
            ("DELETE", one, self.delete),
            ("GET", f"{one}/what-would-delete-do", self.what_would_delete_do),
            ("POST", f"{one}/setstatus", self.set_status),
            ("POST", f"{one}/setpriority", self.set_priority),
            ("POST", f"{one}/settag", self.set_tag),
            ("GET", f"{one}/tasks", self.tasks),
            ("GET", f"{one}/last-rendered", self.last_rendered_of),
            ("GET", f"{one}/blocklist", self.blocklist),
            ("DELETE", f"{one}/blocklist", self.unblock),
        ]

    def submit(self) -> Any:
        submission = self._submission()
        if submission.worker_tag:
            raise ApiError(500, "this computer's Workers have no tags, so none has the job's")
        return answers.job(self._service.submit(submission))

    def check(self) -> Any:
        self._service.check(self._submission())
        return None

    def jobs(self) -> Any:
        return {"jobs": [answers.job(job) for job in self._service.state.jobs.values()]}

    def job(self, job_id: str) -> Any:
        return answers.job(self._job(job_id))

    def delete(self, job_id: str) -> Any:
        self._service.dispatch(DeletionRequested(self._job(job_id).id))
        return None

    def delete_older(self) -> Any:
        """Delete every job that did not change after a time, as Flamenco does."""
        latest = bodies.last_updated_max(read_body())
        found = [job.id for job in self._service.state.jobs.values() if job.updated <= latest]
        if not found:
            raise ApiError(416, "no jobs modified before timestamp")
        for job_id in found:
            self._service.dispatch(DeletionRequested(job_id))
        return None

    def what_would_delete_do(self, job_id: str) -> Any:
        self._job(job_id)
        return {"shaman_checkout": False}

    def set_status(self, job_id: str) -> Any:
        job_id = checked_id(job_id)
        status, reason = bodies.status_change(read_body())
        self._service.dispatch(StatusRequested(self._job(job_id).id, status, reason))
        return None

    def set_priority(self, job_id: str) -> Any:
        job_id = checked_id(job_id)
        priority = bodies.priority_change(read_body())
        self._service.dispatch(PriorityRequested(self._job(job_id).id, priority))
        return None

    def set_tag(self, job_id: str) -> Any:
        job_id = checked_id(job_id)
        tag = bodies.tag_change(read_body())
        self._job(job_id)
        if tag:
            raise ApiError(406, "tag not found")
        return None

    def tasks(self, job_id: str) -> Any:
        return answers.tasks(self._service.state.jobs.get(checked_id(job_id)))

    def last_rendered(self) -> Any:
        job = self._service.pictures.newest(self._service.state.jobs.values())
        return None if job is None else answers.last_rendered(job.id)

    def last_rendered_of(self, job_id: str) -> Any:
        job = self._service.state.jobs.get(checked_id(job_id))
        if job is None or not self._service.pictures.refresh(job):
            return None
        return answers.last_rendered(job.id)

    def blocklist(self, job_id: str) -> Any:
        """A task that fails here fails for good: no Worker is ever blocked."""
        checked_id(job_id)
        return []

    def unblock(self, job_id: str) -> Any:
        checked_id(job_id)
        if not bodies.blocklist(read_body()):
            raise ApiError(400, "empty list of blocklist entries given")
        return None

    def _submission(self) -> Submission:
        data = bodies.as_object(read_body())
        submission = bodies.submission(data)
        etag = bodies.etag(data)
        if submission.type == answers.job_type()["name"] and etag:
            if etag != answers.job_type()["etag"]:
                raise ApiError(412, "the job type has changed, ask for it again")
        return submission

    def _job(self, job_id: str) -> Job:
        job = self._service.state.jobs.get(checked_id(job_id))
        if job is None:
            raise ApiError(404, "no such job")
        return job
