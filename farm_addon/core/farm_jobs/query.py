# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A query that was read and checked: it knows which jobs it matches.

What is expensive to know about a job, such as whether it is stale, is asked last, and only for the
jobs that everything else leaves open.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .conditions import BadValueError, Condition, Flag, Glob, Range
from .farm_job import FarmJob
from .fields import FLAGS, Cost, Field, Value, fields_of
from .query_errors import QueryError
from .query_syntax import Node, Term, evaluate, terms

Known = Mapping[int, bool]
"""Whether jobs, by their index, have a flag."""
AskFlag = Callable[[str, Sequence[FarmJob]], Sequence[bool]]
"""Tells which of some jobs have a flag; asked once per flag, with as few jobs as possible."""


@dataclass(frozen=True, slots=True)
class Query:
    """A checked query.

    :param text: as typed.
    :param meanings: per term its field and what it demands of it.
    """

    text: str
    node: Node
    meanings: Mapping[Term, tuple[Field, Condition]]

    def match(self, jobs: Sequence[FarmJob], now: float, ask: AskFlag) -> list[FarmJob]:
        """Return the jobs that it matches, in their order.

        :param now: seconds since 1970.
        :param ask: for the flags that cost something.
        """
        known: dict[str, dict[int, bool]] = {}
        said = {index: self._judge(job, index, now, known) for index, job in enumerate(jobs)}
        for flag in self._costly_flags():
            undecided = [index for index, one in said.items() if one is None]
            if not undecided:
                break
            answers = ask(flag, [jobs[index] for index in undecided])
            known[flag] = dict(zip(undecided, answers, strict=True))
            for index in undecided:
                said[index] = self._judge(jobs[index], index, now, known)
        return [job for index, job in enumerate(jobs) if said[index]]

    def _costly_flags(self) -> list[str]:
        asked = {
            condition.name
            for _field, condition in self.meanings.values()
            if isinstance(condition, Flag) and FLAGS[condition.name] > Cost.NONE
        }
        return sorted(asked, key=lambda flag: FLAGS[flag])

    def _judge(
        self, job: FarmJob, index: int, now: float, known: Mapping[str, Known]
    ) -> bool | None:
        def test(term: Term) -> bool | None:
            field, condition = self.meanings[term]
            if isinstance(condition, Flag):
                if FLAGS[condition.name] is Cost.NONE:
                    return _has_cheap_flag(job, condition.name)
                return known.get(condition.name, {}).get(index)
            return holds(condition, field.get(job, now))

        return evaluate(self.node, test)


def check_query(text: str, node: Node, fact_names: Iterable[str]) -> Query:
    """Check a query that was read: its fields are known and its values fit them.

    :param fact_names: fields that users brought, beside our own.
    :raises QueryError: with the place of what is wrong.
    """
    fields = fields_of(fact_names)
    meanings = {}
    for term in terms(node):
        if term.name not in fields:
            raise _unknown(text, term, fields)
        field = fields[term.name]
        try:
            meanings[term] = field, field.read(term.operator, term.pattern)
        except BadValueError as ex:
            problem = f"'{term.text()}' makes no sense: {ex}"
            start = term.value_start
            raise QueryError(problem, text, start, term.value_length) from ex
    return Query(text, node, meanings)


def holds(condition: Condition, value: Value) -> bool:
    """Tell whether a value is what was demanded; no value never is."""
    match condition:
        case Glob():
            texts = value if isinstance(value, tuple) else (value,)
            return any(isinstance(text, str) and condition.holds(text) for text in texts)
        case Range():
            return isinstance(value, int | float) and condition.holds(value)
        case Flag():
            raise TypeError("a flag is no value")


def _has_cheap_flag(job: FarmJob, flag: str) -> bool:
    return job.is_superseded if flag == "superseded" else job.is_unfinished


def _unknown(text: str, term: Term, fields: Mapping[str, Field]) -> QueryError:
    near = difflib.get_close_matches(term.name, fields, 1)
    meant = f"did you mean '{near[0]}'? " if near else ""
    advice = f"{meant}the fields are: {', '.join(sorted(fields))}"
    problem = f"there is no field '{term.name}'"
    return QueryError(problem, text, term.start, len(term.name), advice=advice)
