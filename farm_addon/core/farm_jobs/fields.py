# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields that a query can ask about."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from ..names import fold
from ..release.jobs import PlannedJob
from .conditions import (
    Condition,
    read_age,
    read_flag,
    read_glob,
    read_number,
    read_time,
)
from .farm_job import FarmJob

Value = str | float | tuple[str, ...] | None
"""Of several texts each may be meant."""
Read = Callable[[str, str], Condition]

FIRST_MOMENT_S = datetime(2020, 1, 1, tzinfo=UTC).timestamp()
"""No job is older: there was no Flamenco 3."""


class Cost(IntEnum):
    """How much work it is to know something about a job."""

    NONE = 0  #: it is known
    REQUEST = 1  #: its Manager must be asked about its tasks
    FILES = 2  #: files must be looked at, and perhaps read


FLAGS = {
    "superseded": Cost.NONE,
    "unfinished": Cost.NONE,
    "stalled": Cost.REQUEST,
    "stale": Cost.FILES,
}
"""What ``is:`` knows."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    :param read: reads an operator and a pattern.
    :param get: returns a job's value, given the time as seconds since 1970; None where it has none.
        Not used for ``is``.
    :param low: no value is less; ``high``: none is more, at the time ``now``.
    :param is_optional: not every job that was sent has one.
    """

    name: str
    read: Read
    get: Callable[[FarmJob, float], Value]
    low: float = -math.inf
    high: Callable[[float], float] = lambda _now: math.inf
    is_optional: bool = False


def fields_of(fact_names: Iterable[str]) -> dict[str, Field]:
    """Return all fields by folded name: those that every job has, and facts that users brought.

    :param fact_names: one that is called like a field of ours is not reached.
    """
    facts = {name: _fact(name) for name in map(fold, fact_names)}
    return facts | _BUILT_IN


def _text(
    name: str, get: Callable[[FarmJob], str | None], *, is_optional: bool = False
) -> tuple[str, Field]:
    return name, Field(name, read_glob, lambda job, _now: get(job), is_optional=is_optional)


def _planned(
    name: str, get: Callable[[PlannedJob], str], *, is_optional: bool = False
) -> tuple[str, Field]:
    """Return a text field of the plan; an empty text is none."""
    return _text(
        name, lambda job: (get(job.plan) or None) if job.plan else None, is_optional=is_optional
    )


def _number(
    name: str, get: Callable[[FarmJob], int | None], low: int, high: float = math.inf
) -> tuple[str, Field]:
    return name, Field(name, read_number, lambda job, _now: get(job), low, lambda _now: high)


def _time(name: str, get: Callable[[FarmJob], datetime | None]) -> tuple[str, Field]:
    return name, Field(
        name,
        read_time,
        lambda job, _now: _seconds(get(job)),
        FIRST_MOMENT_S,
        lambda now: now,
    )


def _age(name: str, get: Callable[[FarmJob], datetime | None]) -> tuple[str, Field]:
    def since(job: FarmJob, now: float) -> Value:
        when = _seconds(get(job))
        return None if when is None else max(0.0, now - when)

    return name, Field(name, read_age, since, 0.0, lambda now: now - FIRST_MOMENT_S)


def _seconds(when: datetime | None) -> float | None:
    return None if when is None else when.timestamp()


def _fact(name: str) -> Field:
    def get(job: FarmJob, _now: float) -> Value:
        facts = job.plan.facts if job.plan else ()
        return next((value for known, value in facts if fold(known) == name), None)

    return Field(name, read_glob, get, is_optional=True)


def _file(job: FarmJob, _now: float) -> Value:
    """Return the path, the name and the stem of the file that artists edit."""
    if job.plan is None:
        return None
    path = job.plan.source.text.replace("\\", "/")
    name = path.rpartition("/")[2]
    return path, name, name.rpartition(".")[0] or name


def _tag(job: FarmJob, _now: float) -> Value:
    """Return the UUID of the Worker tag, and its name where a Manager told it."""
    return tuple(one for one in (job.plan.worker_tag, job.tag_name) if one) if job.plan else None


def _flag() -> Field:
    return Field(
        "is",
        lambda operator, pattern: read_flag(operator, pattern, tuple(FLAGS)),
        lambda _job, _now: None,
    )


_BUILT_IN: dict[str, Field] = dict(
    [
        _text("job", lambda job: job.job),
        _text("release", lambda job: job.release or None),
        _text("status", lambda job: job.status),
        _text("user", lambda job: job.user or None),
        _text("host", lambda job: job.host or None),
        ("is", _flag()),
        _age("age", lambda job: job.created),
        _age("idle", lambda job: job.updated),
        _time("created", lambda job: job.created),
        _time("updated", lambda job: job.updated),
        _number("attempt", lambda job: job.attempt or None, 1),
        _number("frames", lambda job: job.frames_total or None, 1),
        _number("done", lambda job: job.frames_done, 0),
        _number("priority", lambda job: job.priority, 0, 100),
        _number("chunk_size", lambda job: job.plan.chunk_size if job.plan else None, 1),
        _number("width", lambda job: job.plan.width_px if job.plan else None, 1),
        _number("height", lambda job: job.plan.height_px if job.plan else None, 1),
        _planned("scene", lambda plan: plan.scene),
        _planned("camera", lambda plan: plan.camera, is_optional=True),
        _planned("view_layer", lambda plan: plan.view_layer, is_optional=True),
        ("file", Field("file", read_glob, _file)),
        _planned("engine", lambda plan: plan.engine),
        _planned("format", lambda plan: plan.file_format),
        ("tag", Field("tag", read_glob, _tag, is_optional=True)),
    ]
)
