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
    """A row of a table that is new or has changed."""

    table: str
    key: str
    values: Mapping[str, Any]


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


Message = Status | Progress | Finding | Row | Result | Failure | Done


def read_message(line: str) -> Message | None:
    """Read one line of a child's output.

    :return: None for what is not an event, for an event of another shape, and for ``done``, which
        only the process itself can tell.
    """
    if not line.startswith("{"):
        return None
    try:
        data = json.loads(line)
        reader = _READERS.get(data["event"])
        return reader(data) if reader else None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None


def _row(data: dict[str, Any]) -> Row:
    return Row(str(data["table"]), str(data["key"]), dict(data["values"]))


_READERS: dict[str, Callable[[dict[str, Any]], Message]] = {
    "status": lambda data: Status(str(data["text"])),
    "progress": lambda data: Progress(
        str(data["topic"]), max(0, int(data["done"])), max(0, int(data["total"]))
    ),
    "finding": Finding.from_json,
    "row": _row,
    "result": lambda data: Result(dict(data["data"])),
    "error": lambda data: Failure(str(data["message"]), str(data.get("hint", ""))),
}
