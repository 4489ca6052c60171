# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client for Flamenco Managers 3.2 to 3.9, and for the local manager, which speaks the same.

Implements :class:`farm_addon.core.ports.Manager`. Where versions differ, it follows the table of
flamenco.md §14.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..core.errors import ManagerRefusedError
from ..core.ports import (
    BlockedWorker,
    JobPicture,
    JobToSubmit,
    JobType,
    RemoteJob,
    RemoteTask,
    RemoteWorker,
    WorkerTag,
)
from . import version as versions
from . import wire
from .connection import API, ManagerConnection, checked_id
from .transport import LIST_READ_TIMEOUT_S, Answer

_WRONG_METHOD = (400, 404, 405)


@dataclass(frozen=True, slots=True)
class _KnownList:
    """The list of all jobs as it was last read.

    :param asked: the ids that were looked for in it; ``found``: those that were there.
    """

    digest: bytes
    asked: frozenset[str]
    found: frozenset[str]

    def is_answered(self, digest: bytes, known: Mapping[str, RemoteJob | None]) -> bool:
        """Tell whether what is known is what a list with this digest says."""
        if digest != self.digest or known.keys() != self.asked:
            return False
        return all((job is not None) == (job_id in self.found) for job_id, job in known.items())


class FlamencoClient(ManagerConnection):
    """A Manager at the other end of an HTTP connection; for one thread at a time."""

    _list: _KnownList | None = None

    # --- the farm --------------------------------------------------------------------------------

    def storage_location(self) -> str:
        """Return the root of the Manager's shared storage as this computer should see it.

        With Shaman on, the Manager names its ``jobs`` folder, whose parent is meant
        (flamenco.md §2.1).
        """
        doing = "tell where its storage is"
        data = self._get_json(f"/configuration/shared-storage/users/{self._platform}", doing)
        location = self._read(lambda one: wire.text_member(one, "location", "answer"), data, doing)
        if data.get("shamanEnabled") is True:
            head, separator, tail = location.replace("\\", "/").rstrip("/").rpartition("/")
            if separator and tail == "jobs":
                return location[: len(head)] or separator
        return location

    def status(self) -> str:
        """Return the farm's status in Flamenco's words; empty below 3.5, which does not tell."""
        if self.version() < versions.FARM_STATUS:
            return ""
        doing = "tell the farm's status"
        data = self._get_json("/status", doing)
        return self._read(lambda one: wire.text_member(one, "status", "answer"), data, doing)

    def workers(self) -> list[RemoteWorker]:
        """Return the Workers."""
        doing = "list its Workers"
        data = self._get_json("/worker-mgt/workers", doing)
        return self._read(lambda one: wire.items(one, "workers", wire.worker), data, doing)

    def worker_tags(self) -> list[WorkerTag]:
        """Return the tags that Workers can have; none below Flamenco 3.3, which has no tags."""
        if self.version() < versions.WORKER_TAGS:
            return []
        doing = "list its Workers' tags"
        data = self._get_json("/worker-mgt/tags", doing)
        return self._read(lambda one: wire.items(one, "tags", wire.worker_tag), data, doing)

    def job_type(self, name: str) -> JobType:
        """Return a job type; :class:`ManagerRefusedError` with 404 if there is none."""
        doing = f"tell about the job type '{name}'"
        data = self._get_json(f"/jobs/type/{quote(name, safe='')}", doing)
        return self._read(wire.job_type, data, doing)

    # --- jobs ------------------------------------------------------------------------------------

    def submit(self, job: JobToSubmit, *, is_paused: bool = False) -> RemoteJob:
        """Post a job, once. Never repeats by itself.

        :param is_paused: it waits until it is requeued.
        :raises ManagerError: for ``is_paused`` below Flamenco 3.6, which would start the job;
            nothing was sent then.
        """
        body: dict[str, Any] = {
            "name": job.name,
            "type": job.job_type,
            "type_etag": job.type_etag,
            "priority": job.priority,
            "submitter_platform": self._platform,
            "settings": dict(job.settings),
            "metadata": dict(job.metadata),
        }
        if job.worker_tag:
            self._demand(versions.WORKER_TAGS, "choose Workers by their tag")
            body["worker_tag"] = job.worker_tag
        if is_paused:
            self._demand(versions.GET_JOBS, "take a job that is paused from the start")
            body["initial_status"] = "paused"
        doing = f"take the job '{job.name}'"
        answer = self._http.request("POST", f"{API}/jobs", doing, body=body)
        found = self._read(wire.job, self._http.read_json(answer, doing), doing)
        return self._restored(found)

    def jobs(self) -> list[RemoteJob]:
        """Return every job that the Manager keeps, in order of creation. One large answer."""
        doing = "list its jobs"
        data = self._http.read_json(self._list_jobs(doing), doing)
        found = self._read(lambda one: wire.items(one, "jobs", wire.job), data, doing)
        return sorted(map(self._restored, found), key=wire.when_created)

    def refreshed_jobs(self, known: Mapping[str, RemoteJob | None]) -> dict[str, RemoteJob]:
        """Return some jobs, by id, from the list of all; those that are not there are left out.

        A list that came before, byte by byte, is not read again, and of another one only the jobs
        that are wanted and have changed.

        :param known: the ids that are wanted, and what is known of them. A job that has not changed
            is the very object from here.
        """
        doing = "list its jobs"
        answer = self._list_jobs(doing)
        digest = hashlib.sha256(answer.content).digest()
        if self._list is not None and self._list.is_answered(digest, known):
            return {job_id: job for job_id, job in known.items() if job is not None}
        data = self._http.read_json(answer, doing)
        found = self._read(lambda one: wire.changed_jobs(one, known), data, doing)
        jobs = {job.id: job if job is known[job.id] else self._restored(job) for job in found}
        self._list = _KnownList(digest, frozenset(known), frozenset(jobs))
        return jobs

    def job(self, job_id: str) -> RemoteJob | None:
        """Return one job, or None where there is none (any more)."""
        doing = f"tell about job {job_id}"
        found = self._read_or_none(f"/jobs/{checked_id(job_id)}", wire.job, doing)
        return None if found is None else self._restored(found)

    def set_job_status(self, job_id: str, status: str, reason: str) -> None:
        """Request a status: ``cancel-requested``, ``requeueing``, ``pause-requested``.

        :raises ManagerRefusedError: with 404 where the job is gone.
        :raises ManagerError: for a pause below Flamenco 3.6; nothing was sent then.
        """
        if status == "pause-requested":
            self._demand(versions.GET_JOBS, "pause a job")
        doing = f"change job {job_id} to '{status}'"
        self._post(job_id, "setstatus", {"status": status, "reason": reason}, doing)

    def set_priority(self, job_id: str, priority: int) -> None:
        """Change a job's priority.

        :param priority: 0 to 100, higher first.
        :raises ManagerRefusedError: with 404 where the job is gone, 400 for another number.
        """
        doing = f"change the priority of job {job_id}"
        self._post(job_id, "setpriority", {"priority": priority}, doing)

    def delete_job(self, job_id: str) -> None:
        """Ask for a job's deletion; the Manager carries it out a little later. Gone is fine."""
        doing = f"delete job {job_id}"
        path = f"{API}/jobs/{checked_id(job_id)}"
        try:
            self._http.request("DELETE", path, doing, may_repeat=True)
        except ManagerRefusedError as ex:
            if not self._is_gone(ex, job_id):
                raise

    def blocklist(self, job_id: str) -> list[BlockedWorker]:
        """Return which Workers get no more tasks of this job; empty for an unknown job."""
        doing = f"tell which Workers are blocked from job {job_id}"
        data = self._get_json(f"/jobs/{checked_id(job_id)}/blocklist", doing)
        return self._read(wire.blocklist, data, doing)

    def job_picture(self, job_id: str, *, size: str = "", since: str = "") -> JobPicture | None:
        """Return the picture that the Manager has of a job's newest frame; it is a JPEG.

        Managers have none of a frame in a format that Workers do not send, such as OpenEXR
        (flamenco.md §2.3).

        :param size: empty for the largest (1920 × 1080 px at most), ``small`` or ``tiny``.
        :param since: what :attr:`JobPicture.modified` said of the one that is there already.
        :return: None where there is none, or none that is newer.
        """
        doing = f"show the newest frame of job {job_id}"
        answer = self._http.get(f"{API}/jobs/{checked_id(job_id)}/last-rendered", doing)
        if not answer.content:
            return None
        paths = self._read(wire.last_rendered, self._http.read_json(answer, doing), doing)
        name = f"last-rendered-{size}.jpg" if size else "last-rendered.jpg"
        path = next((one for one in paths if one.endswith(f"/{name}")), None)
        if path is None:
            return None
        try:
            headers = {"If-Modified-Since": since} if since else None
            picture = self._http.get(path, doing, headers=headers)
        except ManagerRefusedError as ex:
            if ex.status == 404:  # removed since it was asked for
                return None
            raise
        return JobPicture(picture.content, picture.modified) if picture.content else None

    # --- tasks -----------------------------------------------------------------------------------

    def tasks(self, job_id: str) -> list[RemoteTask]:
        """Return a job's tasks in the order of their index; empty for an unknown job."""
        doing = f"list the tasks of job {job_id}"
        data = self._get_json(f"/jobs/{checked_id(job_id)}/tasks", doing)
        found = self._read(lambda one: wire.items(one, "tasks", wire.task), data, doing)
        return sorted(found, key=lambda task: task.index)

    def task(self, task_id: str) -> RemoteTask | None:
        """Return one task with all that is known of it, or None where there is none (any more)."""
        doing = f"tell about task {task_id}"
        return self._read_or_none(f"/tasks/{checked_id(task_id)}", wire.task, doing)

    def task_log_tail(self, task_id: str) -> str:
        """Return at most the last 2 kB of a task's log; empty where there is none yet."""
        answer = self._http.get(
            f"{API}/tasks/{checked_id(task_id)}/logtail", f"show the log of task {task_id}"
        )
        return answer.content.decode(errors="replace")

    def task_log(self, task_id: str, start_byte: int = 0) -> bytes:
        """Return a task's log, or what of it is new.

        :param start_byte: how much of it is known already; the answer begins there.
        :return: empty where there is no log yet or nothing new. It may end in the middle of a line.
        """
        doing = f"show the log of task {task_id}"
        answer = self._http.get(f"{API}/tasks/{checked_id(task_id)}/log", doing)
        if not answer.content:
            return b""
        log = self._read(wire.task_log, self._http.read_json(answer, doing), doing)
        if log.size_bytes <= start_byte:
            return b""
        headers = {"Range": f"bytes={start_byte}-"} if start_byte else None
        try:
            found = self._http.get(log.path, doing, headers=headers)
        except ManagerRefusedError as ex:
            if ex.status in (404, 416):  # removed, or begun anew, since it was asked for
                return b""
            raise
        return found.content if found.status == 206 else found.content[start_byte:]

    # --- the parts -------------------------------------------------------------------------------

    def _list_jobs(self, doing: str) -> Answer:
        """Ask in the way that this version knows; the other way where it is not known."""
        found = self.version()
        if found >= versions.GET_JOBS:
            try:
                path = f"{API}/jobs"
                return self._http.get(path, doing, read_timeout_s=LIST_READ_TIMEOUT_S)
            except ManagerRefusedError as ex:
                if found != versions.UNREADABLE or ex.status not in _WRONG_METHOD:
                    raise
        return self._http.request(
            "POST",
            f"{API}/jobs/query",
            doing,
            body={},
            read_timeout_s=LIST_READ_TIMEOUT_S,
            may_repeat=True,
        )

    def _post(self, job_id: str, verb: str, body: Mapping[str, Any], doing: str) -> None:
        """Post a change that may be repeated: twice has the effect of once."""
        path = f"{API}/jobs/{checked_id(job_id)}/{verb}"
        try:
            self._http.request("POST", path, doing, body=dict(body), may_repeat=True)
        except ManagerRefusedError as ex:
            if not self._is_gone(ex, job_id):
                raise
            raise ManagerRefusedError(
                f"{self._http.name} has no job {job_id} any more", status=404
            ) from ex

    def _is_gone(self, refusal: ManagerRefusedError, job_id: str) -> bool:
        """Tell whether a change was refused since the job is there no more.

        One that is deleted in the middle of the request gives 500 (flamenco.md §1.1).
        """
        return refusal.status == 404 or (refusal.status == 500 and self.job(job_id) is None)
