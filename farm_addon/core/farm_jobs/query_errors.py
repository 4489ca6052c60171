# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a query, and where: the place is marked with carets."""

from __future__ import annotations

import unicodedata

from ..errors import UsageError

_CONTEXT = 36
"""So many characters are shown on each side of a place in a long query."""
_MARKED_MAX = 40


class QueryError(UsageError):
    """A query that cannot be understood.

    The hint shows the query with the place marked below it, then what to do.

    :param problem: what is wrong, without the place.
    :param query: the whole query.
    :param start: index of the first character of the place; may be the query's length.
    :param length: of the place, in characters.
    """

    def __init__(
        self, problem: str, query: str, start: int, length: int = 1, *, advice: str = ""
    ) -> None:
        self.query = query
        self.column = start + 1
        shown = _mark(query, start, length)
        hint = "\n".join([*shown, advice] if advice else shown)
        super().__init__(f"the query, column {self.column}: {problem}", hint=hint)


def _mark(query: str, start: int, length: int) -> list[str]:
    """Return two lines: the query, or the part of it around the place, and the carets."""
    first, end = max(0, start - _CONTEXT), min(len(query), start + max(length, 1) + _CONTEXT)
    before, after = "…" * (first > 0), "…" * (end < len(query))
    text = before + _shown(query[first:end]) + after
    place = _shown(query[start : start + length]) or " "
    carets = "^" * min(max(_width(place), 1), _MARKED_MAX)
    return [text, " " * _width(before + _shown(query[first:start])) + carets]


def _shown(text: str) -> str:
    """Return a text on one line; what a terminal would not show becomes a space."""
    return "".join(one if one.isprintable() else " " for one in text)


def _width(text: str) -> int:
    """Return how many cells of a terminal a text fills."""
    return sum(
        0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF")
        for one in text
    )
