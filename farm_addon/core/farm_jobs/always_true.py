# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell whether a query matches every job that was sent, whatever the jobs are.

Such a query is mostly a slip, so verbs that change jobs refuse it without ``--all``.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Hashable, Iterable, Mapping

from .conditions import Condition, Flag, Glob, Range
from .fields import Field
from .query import Query
from .query_syntax import Term, evaluate

CASES_MAX = 4096
"""With more cases to try, terms are taken to be independent of each other."""

Case = Mapping[Term, bool]
"""What some terms say about one kind of job."""


def is_always_true(query: Query, now: float) -> bool:
    """Tell whether every job that was sent matches, by the query's structure alone.

    Stars, bounds that no value passes, and cases that together leave nothing out (``priority<50 or
    priority>=50``) are seen through. What flags and texts mean is not: they may say anything.

    :param now: seconds since 1970; no job is younger.
    """
    groups = [_cases(group, now) for group in _related(query)]
    if math.prod(map(len, groups)) > CASES_MAX:
        sure = dict[Term, bool]()
        for group in groups:
            sure.update(group[0] if len(group) == 1 else {})
        return evaluate(query.node, sure.get) is True
    for cases in itertools.product(*groups):
        said = {term: value for case in cases for term, value in case.items()}
        if not evaluate(query.node, said.__getitem__):
            return False
    return True


def _related(query: Query) -> Iterable[dict[Term, tuple[Field, Condition]]]:
    """Return groups of terms; those of different groups do not depend on each other."""
    groups: dict[Hashable, dict[Term, tuple[Field, Condition]]] = {}
    for term, (field, condition) in query.meanings.items():
        key: Hashable = field.name if isinstance(condition, Range) else (field.name, condition)
        groups.setdefault(key, {})[term] = field, condition
    return groups.values()


def _cases(group: Mapping[Term, tuple[Field, Condition]], now: float) -> list[Case]:
    """Return every way in which the terms of a group can come out for some job."""
    field, first = next(iter(group.values()))
    match first:
        case Range():
            ranges = {
                term: condition
                for term, (_field, condition) in group.items()
                if isinstance(condition, Range)
            }
            return _cases_of_numbers(field, ranges, now)
        case Glob() if first.is_anything and not field.is_optional:
            return [dict.fromkeys(group, True)]
        case Glob() | Flag():
            return [dict.fromkeys(group, True), dict.fromkeys(group, False)]


def _cases_of_numbers(field: Field, ranges: Mapping[Term, Range], now: float) -> list[Case]:
    """Return the cases of one number: between two neighbouring bounds nothing changes."""
    high = min(field.high(now), sys.float_info.max)
    bounds = {bound for one in ranges.values() for bound in (one.low, one.high)}
    tried = {field.low} | {bound for bound in bounds if field.low < bound <= high}
    cases = {tuple(one.holds(value) for one in ranges.values()) for value in tried}
    return [dict(zip(ranges, case, strict=True)) for case in sorted(cases)]
