# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is typed into the filter over the jobs, as a query; and a query's error, at its place there.

The query language (``docs/verbs/queries.md``) refuses a word that stands alone, since it does not
say which field it should be in. In the panel such a word is part of a job's name (no bpy here).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<term>[^\s()":<>=!\\]++ \s* (?: <= | >= | != | [:<>=] )
               \s* (?: "(?:\\.|[^"\\])*" | (?:\\.|[^\s()"\\])+ ) )
    | (?P<phrase>"(?:\\.|[^"\\])+")(?!\s*[:<>=!])
    | (?P<word>[^\s()":<>=!\\]++)(?!\s*[:<>=!])
    | (?P<other>\s+ | ".* | .)
    """,
    re.VERBOSE | re.DOTALL,
)
_JOINING = frozenset({"and", "or", "not"})
_PROBLEM = re.compile(r"the query, column (\d+): (.+)", re.DOTALL)
_PLACE = re.compile(r'[^\s()"]+|\S')
_PLACE_MOST = 24


@dataclass(frozen=True, slots=True)
class FilterProblem:
    """Why a filter cannot be understood.

    :param place: what is typed there; empty at the end.
    :param text: what is wrong there; ``hint``: what might be meant, or empty.
    """

    place: str
    text: str
    hint: str = ""


def query_of(typed: str) -> str:
    """Return the query that is meant: words and phrases that stand alone are parts of job names.

    ``hall status:failed`` becomes ``job:"*hall*" status:failed``. What is no query stays wrong in
    the same way, so that the error tells of what was typed. Empty: everything is shown.
    """
    return "".join(query for query, _start in _pieces(typed)) if typed.strip() else ""


def filter_problem(typed: str, message: str, hint: str = "") -> FilterProblem | None:
    """Return a query's error in terms of what was typed, None for an error of another kind.

    :param message: as the command line tells it: ``the query, column 19: there is no field …``.
    :param hint: as it tells it: perhaps the query, a line that points, and advice.
    """
    found = _PROBLEM.fullmatch(message)
    if found is None:
        return None
    place = _PLACE.match(typed, _typed_start(typed, int(found[1]) - 1))
    shown = place[0] if place else ""
    if len(shown) > _PLACE_MOST:
        shown = shown[: _PLACE_MOST - 1] + "…"
    lines = hint.splitlines()
    pointers = [index for index, line in enumerate(lines) if line and not line.strip(" ^")]
    advice = lines[pointers[0] + 1 :] if pointers else lines
    return FilterProblem(shown, found[2], " ".join(line.strip() for line in advice))


def _pieces(typed: str) -> Iterator[tuple[str, int]]:
    """Return the parts of the query, each with the place in the typed text that it comes from."""
    for found in _TOKEN.finditer(typed):
        text = found[0]
        if found["phrase"]:
            text = f'job:"*{text[1:-1]}*"'
        elif found["word"] and text.lower() not in _JOINING:
            text = f'job:"*{text}*"'
        yield text, found.start()


def _typed_start(typed: str, column: int) -> int:
    """Return the place in the typed text for a place in the query, both counted from 0."""
    at = 0
    for text, start in _pieces(typed):
        if column < at + len(text):
            is_kept = typed.startswith(text, start)
            return start + (column - at if is_kept else 0)
        at += len(text)
    return len(typed)
