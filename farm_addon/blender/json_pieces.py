# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a large JSON document piece by piece, giving way between pieces (no bpy here).

The standard library reads a document in one go, holding Python's lock all the while: 62 ms for
10,000 jobs. Here the outer objects and lists are taken apart in Python, and what lies below them is
read by the standard library, each in microseconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from json import JSONDecodeError
from typing import Any

_DEPTH = 4
"""Objects and lists so deep are read in one go: the event, its data, a list there, its members."""
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def read_pieces(text: str, give_way: Callable[[], None]) -> Any:
    """Read one document.

    :param give_way: called between pieces.
    :raises ValueError: if it is none.
    """
    value, end = _value(text, _skip(text, 0), _DEPTH, give_way)
    if _skip(text, end) != len(text):
        raise JSONDecodeError("Extra data", text, end)
    return value


def _value(text: str, at: int, depth: int, give_way: Callable[[], None]) -> tuple[Any, int]:
    """Return a value and where it ends."""
    opening = text[at : at + 1]
    if depth and opening == "{":
        return _object(text, at + 1, depth - 1, give_way)
    if depth and opening == "[":
        return _list(text, at + 1, depth - 1, give_way)
    give_way()
    return _DECODER.raw_decode(text, at)


def _object(
    text: str, at: int, depth: int, give_way: Callable[[], None]
) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    at = _skip(text, at)
    if text[at : at + 1] == "}":
        return found, at + 1
    while True:
        name, at = _DECODER.raw_decode(text, at)
        if not isinstance(name, str):
            raise JSONDecodeError("Expecting a name", text, at)
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            raise JSONDecodeError("Expecting ':'", text, at)
        found[name], at = _value(text, _skip(text, at + 1), depth, give_way)
        at, is_last = _next(text, at, "}")
        if is_last:
            return found, at


def _list(text: str, at: int, depth: int, give_way: Callable[[], None]) -> tuple[list[Any], int]:
    found: list[Any] = []
    at = _skip(text, at)
    if text[at : at + 1] == "]":
        return found, at + 1
    while True:
        value, at = _value(text, at, depth, give_way)
        found.append(value)
        at, is_last = _next(text, at, "]")
        if is_last:
            return found, at


def _next(text: str, at: int, closing: str) -> tuple[int, bool]:
    """Step over a comma or the end; tell which it was."""
    at = _skip(text, at)
    mark = text[at : at + 1]
    if mark == closing:
        return at + 1, True
    if mark != ",":
        raise JSONDecodeError(f"Expecting ',' or '{closing}'", text, at)
    return _skip(text, at + 1), False


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()
