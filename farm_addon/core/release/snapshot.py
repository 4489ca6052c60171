# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole state of a release as one journal event, with which a compacted journal begins.

What is written follows from the fields of :class:`.record.Release` and of all that it holds, so a
field that is added there is in the snapshot too; one with its default value is left out. A plan
that several attempts share is written once. A member that is not known here is an error: to pass
over it would lose it when the journal is next compacted.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from ..frames import Frames
from .jobs import PlannedJob
from .record import Release

_LINES_MIN = 2000
_LINES_PER_JOB = 8

_T = TypeVar("_T")
_Reader = Callable[[Any, list[PlannedJob]], Any]
"""Makes a value of what the JSON holds; plans are given by their number."""


def is_long(lines: int, jobs: int) -> bool:
    """Tell whether a journal of so many lines should be compacted.

    A job's way from plan to harvest is three lines, so that this comes only with many changes.
    """
    return lines > max(_LINES_MIN, _LINES_PER_JOB * jobs)


def state_event(release: Release, history: int) -> dict[str, Any]:
    """Return the event that tells the whole state.

    :param history: how many parts of the journal were put aside before it.
    """
    plans: dict[PlannedJob, int] = {}
    state = _write(release, plans)
    return {
        "event": "state",
        "history": history,
        "plans": [plan.to_json() for plan in plans],
        "release": state,
    }


def take_state(release: Release, event: dict[str, Any]) -> None:
    """Let an empty release have the state that :func:`state_event` told.

    :raises KeyError, TypeError, ValueError, IndexError, FarmError: if the event has another shape,
        is another release's, or does not come first.
    """
    loaded = _read(event)
    if (loaded.name, loaded.id) != (release.name, release.id):
        raise ValueError(f"it is the state of '{loaded.name}'")
    if release.jobs:
        raise ValueError("a state comes first")
    for one in fields(loaded):
        setattr(release, one.name, getattr(loaded, one.name))


def _read(event: dict[str, Any]) -> Release:
    """Return the state that an event tells.

    :raises KeyError, TypeError, ValueError, IndexError, FarmError: if it has another shape.
    """
    plans = [PlannedJob.from_json(data) for data in event["plans"]]
    release = cast(Release, _reader(Release)(event["release"], plans))
    for name, job in release.jobs.items():
        if name != job.plan.name:
            raise ValueError(f"job {name!r} has the plan of {job.plan.name!r}")
    if release.unharvesting is not None:
        release.unharvesting = release.deliveries[-1]  # one and the same, as in the record
    return release


def put_aside_before(first: dict[str, Any] | None) -> int:
    """Return how many parts of a journal were put aside, as its first event says."""
    return int(first["history"]) if first is not None and first["event"] == "state" else 0


# --- writing --------------------------------------------------------------------------------------


def _write(value: Any, plans: dict[PlannedJob, int]) -> Any:
    if isinstance(value, PlannedJob):
        return plans.setdefault(value, len(plans))
    if isinstance(value, Frames):
        return value.text()
    if isinstance(value, dict):
        return {key: _write(one, plans) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_write(one, plans) for one in value]
    if is_dataclass(value):
        members = ((one, getattr(value, one.name)) for one in fields(value))
        return {
            one.name: _write(member, plans) for one, member in members if member != _default(one)
        }
    return value


def _default(one: Field[Any]) -> Any:
    return one.default if one.default_factory is MISSING else one.default_factory()


# --- reading --------------------------------------------------------------------------------------


@functools.cache
def _reader(kind: Any) -> _Reader:
    """Return what reads a value of some type of the record."""
    if kind is PlannedJob:
        return lambda data, plans: plans[_checked(data, int)]
    if kind is Frames:
        return lambda data, _plans: Frames.parse(data) if _checked(data, str) else Frames()
    if is_dataclass(kind):
        return _object_reader(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType and arguments[1:] == (NoneType,):
        inner = _reader(arguments[0])
        return lambda data, plans: None if data is None else inner(data, plans)
    if origin is dict:
        inner = _reader(arguments[1])
        return lambda data, plans: {
            key: inner(one, plans) for key, one in _checked(data, dict).items()
        }
    if origin is list or (origin is tuple and arguments[1:] == (...,)):
        inner = _reader(arguments[0])
        return lambda data, plans: origin(inner(one, plans) for one in _checked(data, list))
    if kind in (str, int, bool):
        return lambda data, _plans: _checked(data, kind)
    raise TypeError(f"the record holds {kind}, which a snapshot cannot")


def _object_reader(kind: Any) -> _Reader:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}

    def read(data: Any, plans: list[PlannedJob]) -> Any:
        return kind(
            **{name: readers[name](one, plans) for name, one in _checked(data, dict).items()}
        )

    return read


def _checked(value: Any, kind: type[_T]) -> _T:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value
