# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the bodies that clients send; they are input of unknown origin.

Refusals read like those of Flamenco's validation (flamenco.md §1.1): 400 without a ``code``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, TypeVar

from ..core.errors import FarmError
from .compile import DEFAULT_PRIORITY, Submission
from .model import JobStatus, TaskStatus, timestamp

MAX_BODY_BYTES = 16 * 1024 * 1024
MAX_PRIORITY = 100
_INT64 = 2**63
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_Status = TypeVar("_Status", JobStatus, TaskStatus)


class BodyError(FarmError):
    """A body that does not fit; the message is what the client is told."""


def read_json(content: bytes, content_type: str) -> Any:
    """Return the value of a body that must be JSON.

    Unpaired surrogates become U+FFFD, as in Flamenco.

    :raises BodyError: for another type, too deep a nesting, or anything that is no JSON.
    """
    if content_type.partition(";")[0].strip().lower() != "application/json":
        _refuse(f'header Content-Type has unexpected value "{content_type[:100]}"')
    try:
        data = json.loads(content.decode(), parse_constant=_no_constant)
        text = _without_surrogates(json.dumps(data, ensure_ascii=False))
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        _refuse("failed to decode request body")


def as_object(data: object) -> dict[str, Any]:
    """Return a body that must be a JSON object.

    :raises BodyError: if it is something else.
    """
    if not isinstance(data, dict):
        _refuse("value must be an object")
    return data


def submission(data: Mapping[str, Any]) -> Submission:
    """Read a job that is to be submitted; unknown members are ignored.

    :raises BodyError: if a member is missing or of another type.
    """
    priority = data.get("priority", DEFAULT_PRIORITY)
    if not _is_int(priority):
        _refuse('Error at "/priority": value must be an integer')
    _text(data, "submitter_platform")
    metadata = _optional_object(data, "metadata")
    for key, value in metadata.items():
        if not isinstance(value, str):
            _refuse(f'Error at "/metadata/{key[:60]}": value must be a string')
    return Submission(
        name=_text(data, "name"),
        type=_text(data, "type"),
        priority=priority,
        settings=_optional_object(data, "settings"),
        metadata=metadata,
        initial_status=(
            _status(data, "initial_status", JobStatus)
            if "initial_status" in data
            else JobStatus.QUEUED
        ),
        worker_tag=_text(data, "worker_tag") if "worker_tag" in data else "",
    )


def etag(data: Mapping[str, Any]) -> str:
    """Return the etag that a submission was made for; empty where it names none."""
    return _text(data, "type_etag") if "type_etag" in data else ""


def status_change(data: object) -> tuple[JobStatus, str]:
    """Read a requested job status and its reason.

    :raises BodyError: if one is missing or the status is none of Flamenco's.
    """
    found = as_object(data)
    return _status(found, "status", JobStatus), _text(found, "reason")


def task_status_change(data: object) -> tuple[TaskStatus, str]:
    """Read a requested task status and its reason.

    :raises BodyError: if one is missing or the status is none of Flamenco's.
    """
    found = as_object(data)
    return _status(found, "status", TaskStatus), _text(found, "reason")


def priority_change(data: object) -> int:
    """Read a requested priority.

    :raises BodyError: if it is missing, no whole number, or not from 0 to 100.
    """
    found = as_object(data)
    priority = found.get("priority")
    if "priority" not in found:
        _refuse('Error at "/priority": property "priority" is missing')
    if not _is_int(priority) or not isinstance(priority, int):
        _refuse('Error at "/priority": value must be an integer')
    if not 0 <= priority <= MAX_PRIORITY:
        _refuse(f'Error at "/priority": number must be from 0 to {MAX_PRIORITY}')
    return priority


def tag_change(data: object) -> str:
    """Read which worker tag a job should get, by id or name; empty for none.

    :raises BodyError: if a member is no text.
    """
    found = as_object(data)
    named = [_text(found, member) for member in ("id", "name") if member in found]
    return next(iter(named), "")


def blocklist(data: object) -> list[tuple[str, str]]:
    """Read which Workers are to be let in again, each with a task type.

    :raises BodyError: if it is no list of such entries.
    """
    if not isinstance(data, list):
        _refuse("value must be an array")
    entries = [as_object(one) for one in data]
    return [(_text(one, "worker_id"), _text(one, "task_type")) for one in entries]


def last_updated_max(data: object) -> str:
    """Read a time, as the API writes times, rounded up to a whole second as Flamenco does.

    :raises BodyError: if it is missing or no time.
    """
    text = _text(as_object(data), "last_updated_max")
    if _TIME.fullmatch(text) is None:
        _refuse('Error at "/last_updated_max": string doesn\'t match the format "date-time"')
    try:
        when = datetime.fromisoformat(text)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        if when.microsecond:
            when = when.replace(microsecond=0) + timedelta(seconds=1)
        return timestamp(when)
    except (ValueError, OverflowError):
        _refuse('Error at "/last_updated_max": there is no such time')


def _status(data: Mapping[str, Any], member: str, kind: type[_Status]) -> _Status:
    text = _text(data, member)
    try:
        return kind(text)
    except ValueError:
        known = ",".join(f'"{one.value}"' for one in kind)
        _refuse(f'Error at "/{member}": value is not one of the allowed values [{known}]')


def _text(data: Mapping[str, Any], member: str) -> str:
    if member not in data:
        _refuse(f'Error at "/{member}": property "{member}" is missing')
    value = data[member]
    if not isinstance(value, str):
        _refuse(f'Error at "/{member}": value must be a string')
    return value


def _optional_object(data: Mapping[str, Any], member: str) -> dict[str, Any]:
    value = data.get(member, {})
    if not isinstance(value, dict):
        _refuse(f'Error at "/{member}": value must be an object')
    return value


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_INT64 <= value < _INT64


def _without_surrogates(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _refuse(reason: str) -> NoReturn:
    raise BodyError(f"request body has an error: {reason}")
