# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a child says, as values: one kind of message per kind of event (no bpy here).

The kinds are those of ``docs/design.md``, "The command line". A line that is none of them is what
some library printed, and is ignored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..core.findings import Finding


@dataclass(frozen=True, slots=True)
class Status:
    """What is being done now, in words."""

    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a topic is.

    :param total: 0 while it is not known.
    """

    topic: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table that is new or has changed; one without values is gone."""

    table: str
    key: str
    values: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Order:
    """A piece of the order in which a table's rows are to be shown.

    :param start: from this position on the shown rows are ``keys``.
    :param total: how many rows are shown; a list that is longer is cut.
    """

    table: str
    start: int
    keys: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a verb achieved; the document that ``--json`` prints."""

    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a verb stopped, and what to do about it (perhaps empty)."""

    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """A child has ended; always its last message, by its real exit status."""

    exit_status: int


Message = Status | Progress | Finding | Row | Order | Result | Failure | Done


def read_message(line: str) -> Message | None:
    """Read one line of a child's output.

    :return: None for what is not an event, for an event of another shape, and for ``done``, which
        only the process itself can tell.
    """
    if not line.startswith("{"):
        return None
    try:
        return read_event(json.loads(line))
    except (ValueError, RecursionError):
        return None


def read_event(data: Any) -> Message | None:
    """Make a message of one event, as :func:`read_message` does."""
    try:
        reader = _READERS.get(data["event"])
        return reader(data) if reader else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _row(data: dict[str, Any]) -> Row:
    values = data["values"]
    return Row(str(data["table"]), str(data["key"]), None if values is None else dict(values))


def _order(data: dict[str, Any]) -> Order:
    keys = tuple(map(str, data["keys"]))
    start, total = max(0, int(data["start"])), max(0, int(data["total"]))
    return Order(str(data["table"]), start, keys, total)


_READERS: dict[str, Callable[[dict[str, Any]], Message]] = {
    "status": lambda data: Status(str(data["text"])),
    "progress": lambda data: Progress(
        str(data["topic"]), max(0, int(data["done"])), max(0, int(data["total"]))
    ),
    "finding": Finding.from_json,
    "row": _row,
    "order": _order,
    "result": lambda data: Result(dict(data["data"])),
    "error": lambda data: Failure(str(data["message"]), str(data.get("hint", ""))),
}
