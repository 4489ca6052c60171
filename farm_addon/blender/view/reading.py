# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read members of a child's rows, which may hold anything (no bpy here)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MOST = 2**63 - 1

_ADDRESS = re.compile(r"[a-z]+://")


def text(values: Mapping[str, Any], name: str) -> str:
    """Return a text, empty where there is none."""
    value = values.get(name)
    return value if isinstance(value, str) else ""


def whole(values: Mapping[str, Any], name: str) -> int:
    """Return a whole number from 0, 0 where there is none."""
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return 0
    return int(min(max(0, value), MOST))


def flag(values: Mapping[str, Any], name: str) -> bool:
    """Return whether a member is true."""
    return values.get(name) is True


def texts(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return a list of texts; what is no text is left out."""
    value = values.get(name)
    if not isinstance(value, list | tuple):
        return ()
    return tuple(one for one in value if isinstance(one, str))


def number(values: Mapping[str, Any], name: str) -> float | None:
    """Return a finite number from 0, None where there is none."""
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return min(max(0.0, float(value)), float(MOST)) if value == value else None


def sentence(words: str) -> str:
    """Return a text with a capital first letter; an address or a command line at its beginning
    stays as it is."""
    first = words.split(maxsplit=1)[:1]
    if words.startswith("farm ") or (first and _ADDRESS.match(first[0])):
        return words
    return words[:1].upper() + words[1:]
