# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client for Flamenco Managers 3.2 to 3.9, and for the local manager, which speaks the same.

Implements :class:`farm_addon.core.ports.Manager`. Where versions differ, it follows the table of
flamenco.md §14.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

from ..core.errors import ManagerError, ManagerRefusedError
from ..core.ports import (
    JobToSubmit,
    JobType,
    ManagerAddress,
    RemoteJob,
    RemoteTask,
    RemoteWorker,
    WorkerTag,
)
from . import version as versions
from . import wire
from .transport import CHECK_URL, LIST_READ_TIMEOUT_S, Answer, Transport
from .variables import begins_with_variable, restore_all, this_platform

_API = "/api/v3"
_RUN_AGAIN = "run the same command again: the local manager is started where it does not run"
_WRONG_METHOD = (400, 404, 405)
_Value = TypeVar("_Value")


class FlamencoClient:
    """A Manager at the other end of an HTTP connection; for one thread at a time.

    :param address: who it is, as the journal keeps it.
    :param base_url: where it is spoken to, as :func:`.address.parse_base_url` returns it.
    :param headers: sent with every request, such as a token.
    :param ca_file: PEM file with the certificates to trust instead of the usual ones, or None.
    :param platform_name: this computer in Flamenco's words: ``linux``, ``windows``, ``darwin``.
    """

    def __init__(
        self,
        address: ManagerAddress,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        ca_file: Path | None = None,
        platform_name: str = "",
    ) -> None:
        name = address.text() if address.is_local else f"the Manager at {base_url}"
        self._address = address
        self._platform = platform_name or this_platform()
        self._http = Transport(
            base_url,
            name=name,
            unreachable_hint=_RUN_AGAIN if address.is_local else CHECK_URL,
            headers=headers,
            ca_file=ca_file,
        )
        self._version: versions.Version | None = None
        self._variables: dict[str, str] | None = None

    def __enter__(self) -> FlamencoClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Drop the connection; the next request opens another."""
        self._http.close()

    @property
    def address(self) -> ManagerAddress:
        """Who this is, as the journal keeps it."""
        return self._address

    # --- what the Manager is ---------------------------------------------------------------------

    def version(self) -> versions.Version:
        """Return major and minor version; asked once.

        :raises ManagerError: if something else answers, or a Manager older than 3.2.
        """
        if self._version is None:
            doing = "tell its version"
            data = self._get_json("/version", doing)
            if not isinstance(data, dict) or not isinstance(data.get("version"), str):
                raise self._http.odd(doing, "what answers is no Flamenco Manager")
            text = str(data.get("shortversion") or data["version"])
            found = versions.parse_version(text)
            if found < versions.OLDEST:
                raise ManagerError(
                    f"{self._http.name} is Flamenco {found[0]}.{found[1]}, which is too old",
                    hint="farm_addon works with Flamenco 3.2 to 3.9; update the Manager",
                )
            self._version = found
        return self._version

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

    def variables(self) -> dict[str, str]:
        """Return the two-way variables with their values on this platform; asked once."""
        if self._variables is None:
            doing = "tell its variables"
            data = self._get_json(f"/configuration/variables/users/{self._platform}", doing)
            self._variables = self._read(wire.two_way_variables, data, doing)
        return self._variables

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
        answer = self._http.request("POST", f"{_API}/jobs", doing, body=body)
        return self._job(self._http.read_json(answer, doing), doing)

    def jobs(self) -> list[RemoteJob]:
        """Return every job that the Manager keeps, in order of creation. One large answer."""
        doing = "list its jobs"
        data = self._http.read_json(self._list_jobs(doing), doing)
        found = self._read(lambda one: wire.items(one, "jobs", wire.job), data, doing)
        return sorted(map(self._restored, found), key=wire.when_created)

    def job(self, job_id: str) -> RemoteJob | None:
        """Return one job, or None where there is none (any more)."""
        doing = f"tell about job {job_id}"
        try:
            data = self._get_json(f"/jobs/{_checked_id(job_id)}", doing)
        except ManagerRefusedError as ex:
            if ex.status == 404:
                return None
            raise
        return self._job(data, doing)

    def tasks(self, job_id: str) -> list[RemoteTask]:
        """Return a job's tasks in the order of their index; empty for an unknown job."""
        doing = f"list the tasks of job {job_id}"
        data = self._get_json(f"/jobs/{_checked_id(job_id)}/tasks", doing)
        found = self._read(lambda one: wire.items(one, "tasks", wire.task), data, doing)
        return sorted(found, key=lambda task: task.index)

    def task_log_tail(self, task_id: str) -> str:
        """Return at most the last 2 kB of a task's log; empty where there is none yet."""
        answer = self._http.get(
            f"{_API}/tasks/{_checked_id(task_id)}/logtail", f"show the log of task {task_id}"
        )
        return answer.content.decode(errors="replace")

    def set_job_status(self, job_id: str, status: str, reason: str) -> None:
        """Request a status: ``cancel-requested``, ``requeueing``, ``pause-requested``.

        :raises ManagerRefusedError: with 404 where the job is gone.
        :raises ManagerError: for a pause below Flamenco 3.6; nothing was sent then.
        """
        if status == "pause-requested":
            self._demand(versions.GET_JOBS, "pause a job")
        doing = f"change job {job_id} to '{status}'"
        try:
            self._post(job_id, "setstatus", {"status": status, "reason": reason}, doing)
        except ManagerRefusedError as ex:
            # A job that is deleted in the middle of a request gives 500 (flamenco.md §1.1).
            if ex.status == 500 and self.job(job_id) is None:
                raise ManagerRefusedError(
                    f"{self._http.name} has no job {job_id} any more", status=404
                ) from ex
            raise

    def set_priority(self, job_id: str, priority: int) -> None:
        """Change a job's priority.

        :param priority: 0 to 100, higher first.
        """
        doing = f"change the priority of job {job_id}"
        self._post(job_id, "setpriority", {"priority": priority}, doing)

    def delete_job(self, job_id: str) -> None:
        """Ask for a job's deletion; the Manager carries it out a little later. Gone is fine."""
        doing = f"delete job {job_id}"
        path = f"{_API}/jobs/{_checked_id(job_id)}"
        try:
            self._http.request("DELETE", path, doing, may_repeat=True)
        except ManagerRefusedError as ex:
            if ex.status != 404:
                raise

    # --- the parts -------------------------------------------------------------------------------

    def _list_jobs(self, doing: str) -> Answer:
        """Ask in the way that this version knows; the other way where it is not known."""
        found = self.version()
        if found >= versions.GET_JOBS:
            try:
                path = f"{_API}/jobs"
                return self._http.get(path, doing, read_timeout_s=LIST_READ_TIMEOUT_S)
            except ManagerRefusedError as ex:
                if found != versions.UNREADABLE or ex.status not in _WRONG_METHOD:
                    raise
        return self._http.request(
            "POST",
            f"{_API}/jobs/query",
            doing,
            body={},
            read_timeout_s=LIST_READ_TIMEOUT_S,
            may_repeat=True,
        )

    def _get_json(self, path: str, doing: str) -> Any:
        return self._http.read_json(self._http.get(_API + path, doing), doing)

    def _post(self, job_id: str, verb: str, body: Mapping[str, Any], doing: str) -> None:
        """Post a change that may be repeated: twice has the effect of once."""
        path = f"{_API}/jobs/{_checked_id(job_id)}/{verb}"
        self._http.request("POST", path, doing, body=dict(body), may_repeat=True)

    def _read(self, parse: Callable[[object], _Value], data: object, doing: str) -> _Value:
        try:
            return parse(data)
        except wire.WireError as ex:
            raise self._http.odd(doing, str(ex)) from ex

    def _job(self, data: object, doing: str) -> RemoteJob:
        return self._restored(self._read(wire.job, data, doing))

    def _restored(self, job: RemoteJob) -> RemoteJob:
        """Return the job with ``{variable}`` prefixes turned back into this platform's paths."""
        texts = [*job.settings.values(), *job.metadata.values()]
        if not any(map(begins_with_variable, texts)):
            return job
        known = self.variables()
        return replace(
            job,
            settings=restore_all(job.settings, known, self._platform),
            metadata=restore_all(job.metadata, known, self._platform),
        )

    def _demand(self, since: versions.Version, ability: str) -> None:
        found = self.version()
        if found < since:
            # Refused for the Manager, as it were: nothing was sent.
            raise ManagerRefusedError(
                f"{self._http.name} is Flamenco {found[0]}.{found[1]} and cannot {ability}",
                status=501,
                hint=f"that needs Flamenco {since[0]}.{since[1]} or newer",
            )


def _checked_id(text: str) -> str:
    """Return an id that may stand in a URL.

    :raises ManagerError: for one that no Manager gave out.
    """
    if not wire.is_id(text):
        raise ManagerError(f"'{text[:60]}' is no id of a job or task")
    return text
