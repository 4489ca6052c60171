# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a term of a query demands of a field's value, and how such a demand is written."""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ..names import fold
from .query_syntax import unescape

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_AGE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)([smhdw])", re.ASCII)
_NUMBER = re.compile(r"\d{1,12}", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d(?P<clock>T\d\d:\d\d(?P<seconds>:\d\d)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
_TOKEN = re.compile(r"\\(.)|(.)", re.DOTALL)


class BadValueError(ValueError):
    """A value that its field cannot have; the text says what it may be."""


@dataclass(frozen=True, slots=True)
class Glob:
    """A text like this; case and Unicode form do not matter.

    :param pattern: folded; as in :class:`.query_syntax.Term`.
    """

    pattern: str
    _matches: Callable[[str], object] = field(compare=False, repr=False)

    @classmethod
    def of(cls, pattern: str) -> Glob:
        """Make one of a pattern as it was typed."""
        folded = fold(pattern)
        tokens = ((found[1], found[2]) for found in _TOKEN.finditer(folded))
        stdlib = "".join(
            f"[{escaped}]" if escaped else ("[[]" if plain == "[" else plain)
            for escaped, plain in tokens
        )
        return cls(folded, re.compile(fnmatch.translate(stdlib)).match)

    @property
    def is_anything(self) -> bool:
        """Whether it is made of stars alone."""
        return self.pattern.strip("*") == "" != self.pattern

    @property
    def is_literal(self) -> bool:
        """Whether it has no wildcard."""
        return not any(found[2] in ("*", "?") for found in _TOKEN.finditer(self.pattern))

    def holds(self, value: str) -> bool:
        """Tell whether a text is like it."""
        return self._matches(fold(value)) is not None


@dataclass(frozen=True, slots=True)
class Range:
    """A number that is at least ``low`` and below ``high``."""

    low: float = -math.inf
    high: float = math.inf

    def holds(self, value: float) -> bool:
        """Tell whether a number lies in it."""
        return self.low <= value < self.high


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that a job is or is not."""

    name: str


Condition = Glob | Range | Flag


def read_glob(operator: str, pattern: str) -> Glob:
    """Read what a text should be like.

    :raises BadValueError: for another operator than ``:``.
    """
    if operator != ":":
        raise BadValueError("texts are compared with ':' only")
    return Glob.of(pattern)


def read_number(operator: str, pattern: str) -> Range:
    """Read what a whole number should be compared with.

    :raises BadValueError: if it is none.
    """
    if not _NUMBER.fullmatch(pattern):
        raise BadValueError("it takes a whole number")
    number = int(pattern)
    return _range(operator, number, number + 1)


def read_age(operator: str, pattern: str) -> Range:
    """Read a span of time, in seconds.

    :raises BadValueError: if it is none, or should be matched exactly.
    """
    found = _AGE.fullmatch(pattern)
    if found is None:
        raise BadValueError("it takes a number with one of the units s m h d w, like 90m or 2d")
    if operator == ":":
        raise BadValueError("spans of time are compared with '<' or '>'")
    seconds = float(found[1]) * _UNITS_S[found[2]]
    return Range(high=seconds) if operator.startswith("<") else Range(low=seconds)


def read_time(operator: str, pattern: str) -> Range:
    """Read a day, a minute or a second, as a range of seconds since 1970.

    ``<`` means before it began, ``>`` after it ended, ``:`` within it. Without a zone it is meant
    as this computer's clock shows it.

    :raises BadValueError: if it is none.
    """
    text = unescape(pattern).upper()
    found = _TIME.fullmatch(text)
    try:
        start = datetime.fromisoformat(text) if found else None
    except ValueError:
        start = None
    if found is None or start is None:
        raise BadValueError("it takes a time like 2026-11-01 or 2026-11-20T12:00, perhaps with Z")
    if found["clock"] is None:
        length = timedelta(days=1)
    else:
        length = timedelta(seconds=1) if found["seconds"] else timedelta(minutes=1)
    try:
        return _range(operator, _timestamp(start), _timestamp(start + length))
    except (OverflowError, OSError, ValueError) as ex:
        raise BadValueError("no clock can show this time") from ex


def read_flag(operator: str, pattern: str, known: tuple[str, ...]) -> Flag:
    """Read what a job should be.

    :raises BadValueError: if it is none of ``known``.
    """
    name = unescape(pattern).casefold()
    if operator != ":" or name not in known:
        raise BadValueError(f"a job is one of: {', '.join(known)}")
    return Flag(name)


def _range(operator: str, start: float, end: float) -> Range:
    """Return what compares with the span from ``start`` up to but not including ``end``."""
    match operator:
        case "<":
            return Range(high=start)
        case "<=":
            return Range(high=end)
        case ">":
            return Range(low=end)
        case ">=":
            return Range(low=start)
        case _:
            return Range(start, end)


def _timestamp(when: datetime) -> float:
    """Return seconds since 1970; a time without a zone is this computer's."""
    return when.astimezone(UTC).timestamp()
