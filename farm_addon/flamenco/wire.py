# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn what a Manager answers into values: liberal in reading, trusting nothing.

Optional members are absent, unknown ones appear, new words come with new versions
(flamenco.md §0 rule 10). What has no identity or no status is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from ..core.ports import (
    BlockedWorker,
    JobType,
    RemoteJob,
    RemoteTask,
    RemoteWorker,
    WorkerTag,
)

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_Value = TypeVar("_Value")
_MAX_INT = 2**53
_LOG_PATH = re.compile(r"/job-files(/[\w-][\w.-]*)+", re.ASCII)


class WireError(ValueError):
    """An answer of another shape; its text says what was expected."""


@dataclass(frozen=True, slots=True)
class TaskLog:
    """Where a task's log can be fetched.

    :param path: below the Manager's base URL, fit to be asked for as it is.
    """

    path: str
    size_bytes: int


def is_id(text: object) -> bool:
    """Tell whether it is an id as Managers write them: a UUID in lower case."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None


def mapping(data: object, what: str) -> Mapping[str, Any]:
    """Return a JSON object.

    :raises WireError: if it is something else.
    """
    if not isinstance(data, dict):
        raise WireError(f"{what} is missing")
    return data


def items(data: object, member: str, parse: Callable[[object], _Value]) -> list[_Value]:
    """Return the parsed elements of an object's array member; an absent or null one is empty."""
    array = mapping(data, f"the list '{member}'").get(member)
    if array is None:
        return []
    if not isinstance(array, list):
        raise WireError(f"'{member}' is no list")
    return [parse(element) for element in array]


def job(data: object) -> RemoteJob:
    """Read a job.

    :raises WireError: without an id or a status.
    """
    found = mapping(data, "the job")
    return RemoteJob(
        id=_id(found, "job"),
        name=_text(found, "name"),
        status=_required_text(found, "status", "job"),
        activity=_text(found, "activity"),
        priority=_int(found, "priority"),
        settings=dict(_members(found, "settings")),
        metadata={k: v for k, v in _members(found, "metadata").items() if isinstance(v, str)},
        steps_completed=_int(found, "steps_completed"),
        steps_total=_int(found, "steps_total"),
        created=_text(found, "created"),
        updated=_text(found, "updated"),
        is_deletion_requested=bool(_text(found, "delete_requested_at")),
    )


def changed_jobs(data: object, known: Mapping[str, RemoteJob | None]) -> list[RemoteJob]:
    """Read the wanted jobs of a list of all; one that is as it was is the known one.

    :param known: by id; None for what is not known yet.
    :raises WireError: if it is no list, or a wanted job has no status.
    """
    found: list[RemoteJob] = []
    for element in items(data, "jobs", lambda one: mapping(one, "the job")):
        job_id = element.get("id")
        if not isinstance(job_id, str) or job_id not in known:
            continue
        before = known[job_id]
        found.append(before if before is not None and is_same(element, before) else job(element))
    return found


def task(data: object) -> RemoteTask:
    """Read a task or the summary of one, which does not tell who failed it.

    :raises WireError: without an id or a status.
    """
    found = mapping(data, "the task")
    worker = _members(found, "worker")
    return RemoteTask(
        id=_id(found, "task"),
        name=_text(found, "name"),
        status=_required_text(found, "status", "task"),
        task_type=_text(found, "task_type"),
        worker=_text(worker, "name"),
        index=_int(found, "index_in_job"),
        updated=_text(found, "updated"),
        steps_completed=_int(found, "steps_completed"),
        steps_total=_int(found, "steps_total"),
        worker_id=_text(worker, "id"),
        activity=_text(found, "activity"),
        failed_by=_ids(found, "failed_by_workers"),
    )


def task_log(data: object) -> TaskLog:
    """Read where a task's log is.

    :raises WireError: without a path below the Manager's own ``/job-files/``.
    """
    found = mapping(data, "the log")
    path = _required_text(found, "url", "log")
    if _LOG_PATH.fullmatch(path) is None:
        raise WireError("the log is at no place where a Manager keeps one")
    return TaskLog(path, _int(found, "size"))


def last_rendered(data: object) -> tuple[str, ...]:
    """Read where the pictures of a job's newest frame are: paths below the Manager's base URL, fit
    to be asked for as they are.

    :raises WireError: for a place that is not below the Manager's own ``/job-files/``.
    """
    found = mapping(data, "the picture")
    base, names = _required_text(found, "base", "picture"), found.get("suffixes")
    if not isinstance(names, list):
        raise WireError("the picture has no names")
    paths = tuple(f"{base}/{name}" for name in names if isinstance(name, str))
    if not all(map(_LOG_PATH.fullmatch, paths)):
        raise WireError("the picture is at no place where a Manager keeps one")
    return paths


def is_same(data: Mapping[str, Any], known: RemoteJob) -> bool:
    """Tell from a job of a list, without reading it, whether it is as it was.

    ``updated`` moves with every change (flamenco.md §2.3); the rest costs nothing and is sure.
    """
    return (
        data.get("updated") == known.updated
        and data.get("status") == known.status
        and data.get("steps_completed", 0) == known.steps_completed
        and data.get("priority") == known.priority
        and bool(data.get("delete_requested_at")) == known.is_deletion_requested
    )


def blocklist(data: object) -> list[BlockedWorker]:
    """Read which Workers are blocked from a job.

    :raises WireError: if it is no list.
    """
    if not isinstance(data, list):
        raise WireError("the list of blocked Workers is missing")
    members = [one for one in data if isinstance(one, dict)]
    return [
        BlockedWorker(_text(one, "worker_id"), _text(one, "worker_name"), _text(one, "task_type"))
        for one in members
    ]


def worker(data: object) -> RemoteWorker:
    """Read the summary of a Worker.

    :raises WireError: without an id.
    """
    found = mapping(data, "the Worker")
    return RemoteWorker(_id(found, "Worker"), _text(found, "name"), _text(found, "status"))


def worker_tag(data: object) -> WorkerTag:
    """Read a tag of Workers.

    :raises WireError: without an id.
    """
    found = mapping(data, "the Worker tag")
    return WorkerTag(_id(found, "Worker tag"), _text(found, "name"))


def job_type(data: object) -> JobType:
    """Read a job type.

    :raises WireError: without a name.
    """
    found = mapping(data, "the job type")
    settings = items(found, "settings", lambda one: _text(mapping(one, "a setting"), "key"))
    return JobType(
        name=_required_text(found, "name", "job type"),
        etag=_text(found, "etag"),
        setting_keys=frozenset(filter(None, settings)),
    )


def two_way_variables(data: object) -> dict[str, str]:
    """Read the variables that paths are rewritten with: name to value."""
    found = mapping(data, "the list of variables")
    members = {name: one for name, one in found.items() if isinstance(one, dict)}
    return {
        name: _text(one, "value")
        for name, one in members.items()
        if one.get("is_twoway") is True and _text(one, "value")
    }


def text_member(data: object, member: str, what: str) -> str:
    """Return a text that must be there.

    :raises WireError: if it is not.
    """
    return _required_text(mapping(data, what), member, what)


def when_created(job: RemoteJob) -> datetime:
    """Return a job's time of creation for sorting, to the microsecond; unreadable ones come first.

    Source: flamenco.md §1, "Times": RFC 3339 with up to nanoseconds.
    """
    try:
        when = datetime.fromisoformat(job.created)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _id(data: Mapping[str, Any], what: str) -> str:
    found = data.get("id")
    if not isinstance(found, str) or not is_id(found):
        raise WireError(f"the {what} has no id")
    return found


def _text(data: Mapping[str, Any], member: str) -> str:
    found = data.get(member)
    return found if isinstance(found, str) else ""


def _required_text(data: Mapping[str, Any], member: str, what: str) -> str:
    found = _text(data, member)
    if not found:
        raise WireError(f"the {what} has no {member}")
    return found


def _int(data: Mapping[str, Any], member: str) -> int:
    """Return a whole number; 0 for anything else, also for one that no counter reaches."""
    found = data.get(member)
    is_number = isinstance(found, int) and not isinstance(found, bool)
    return int(found or 0) if is_number and abs(found or 0) < _MAX_INT else 0


def _ids(data: Mapping[str, Any], member: str) -> tuple[str, ...]:
    """Return the ids of a list of objects; what has none is left out."""
    found = data.get(member)
    members = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return tuple(filter(None, (_text(one, "id") for one in members)))


def _members(data: Mapping[str, Any], member: str) -> Mapping[str, Any]:
    found = data.get(member)
    return found if isinstance(found, dict) else {}
