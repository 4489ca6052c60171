# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the bodies that clients send; they are input of unknown origin.

Refusals read like those of Flamenco's validation (flamenco.md §1.1): 400 without a ``code``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from ..core.errors import FarmError
from .compile import DEFAULT_PRIORITY, Submission
from .model import JobStatus

MAX_BODY_BYTES = 16 * 1024 * 1024
MAX_PRIORITY = 100
_INT64 = 2**63


class BodyError(FarmError):
    """A body that does not fit; the message is what the client is told."""


def read_object(content: bytes, content_type: str) -> dict[str, Any]:
    """Return a body that must be a JSON object.

    Unpaired surrogates become U+FFFD, as in Flamenco.

    :raises BodyError: for another type, too deep a nesting, or anything that is no JSON.
    """
    if content_type.partition(";")[0].strip().lower() != "application/json":
        _refuse(f'header Content-Type has unexpected value "{content_type[:100]}"')
    try:
        data = json.loads(content.decode(), parse_constant=_no_constant)
        text = _without_surrogates(json.dumps(data, ensure_ascii=False))
        data = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        _refuse("failed to decode request body")
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
            _status(data, "initial_status") if "initial_status" in data else JobStatus.QUEUED
        ),
    )


def etag(data: Mapping[str, Any]) -> str:
    """Return the etag that a submission was made for; empty where it names none."""
    return _text(data, "type_etag") if "type_etag" in data else ""


def status_change(data: Mapping[str, Any]) -> tuple[JobStatus, str]:
    """Read a requested status and its reason.

    :raises BodyError: if one is missing or the status is none of Flamenco's.
    """
    return _status(data, "status"), _text(data, "reason")


def priority_change(data: Mapping[str, Any]) -> int:
    """Read a requested priority.

    :raises BodyError: if it is missing, no whole number, or not from 0 to 100.
    """
    priority = data.get("priority")
    if "priority" not in data:
        _refuse('Error at "/priority": property "priority" is missing')
    if not _is_int(priority) or not isinstance(priority, int):
        _refuse('Error at "/priority": value must be an integer')
    if not 0 <= priority <= MAX_PRIORITY:
        _refuse(f'Error at "/priority": number must be from 0 to {MAX_PRIORITY}')
    return priority


def _status(data: Mapping[str, Any], member: str) -> JobStatus:
    text = _text(data, member)
    try:
        return JobStatus(text)
    except ValueError:
        known = ",".join(f'"{one.value}"' for one in JobStatus)
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
