# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a query: terms, ``and``, ``or``, ``not``, parentheses; read from text and printed.

Which fields there are, and what values they take, is decided in :mod:`.query`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

OPERATORS = (":", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Term:
    """A field, an operator and a value, such as ``job:sh0*``.

    :param name: the field, folded (:func:`..names.fold`).
    :param operator: one of :data:`OPERATORS`.
    :param pattern: the value; ``*`` and ``?`` in it are wildcards, a backslash before ``*``, ``?``
        or a backslash stands for that character.
    :param start: where the term stands in the query, as an index; ``value_start`` its value.
    """

    name: str
    operator: str
    pattern: str
    start: int = field(default=0, compare=False)
    value_start: int = field(default=0, compare=False)
    value_length: int = field(default=0, compare=False)

    def text(self) -> str:
        """Return it as it can be typed."""
        return f"{self.name}{self.operator}{quoted(self.pattern)}"


@dataclass(frozen=True, slots=True)
class Not:
    """What its part does not match."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """What all parts match; two or more."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What any part matches; two or more."""

    parts: tuple[Node, ...]


Node = Term | Not | And | Or


def print_query(node: Node) -> str:
    """Return a query's text; reading it again gives the same query."""
    match node:
        case Term():
            return node.text()
        case Not(part):
            return f"not {_in_parentheses(part, And | Or)}"
        case And(parts):
            return " ".join(_in_parentheses(part, And | Or) for part in parts)
        case Or(parts):
            return " or ".join(_in_parentheses(part, Or) for part in parts)


def evaluate(node: Node, test: Callable[[Term], bool | None]) -> bool | None:
    """Tell whether a query holds, in three-valued logic.

    :param test: tells whether a term holds; None where that is not known (yet).
    :return: None where it depends on what is not known.
    """
    match node:
        case Term():
            return test(node)
        case Not(part):
            inner = evaluate(part, test)
            return None if inner is None else not inner
        case And(parts):
            return _decide(parts, test, deciding=False)
        case Or(parts):
            return _decide(parts, test, deciding=True)


def terms(node: Node) -> Iterator[Term]:
    """Yield a query's terms from left to right."""
    match node:
        case Term():
            yield node
        case Not(part):
            yield from terms(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from terms(part)


def demanded(node: Node) -> Iterator[Term]:
    """Yield the terms that everything must satisfy which the query matches."""
    match node:
        case Term():
            yield node
        case And(parts):
            for part in parts:
                yield from demanded(part)


def unescape(pattern: str) -> str:
    """Return a pattern's text with its wildcards taken as they are."""
    return re.sub(r"\\(.)", r"\1", pattern, flags=re.DOTALL)


def quoted(pattern: str) -> str:
    """Return a pattern as it can be typed: in quotes where it needs them, also before an equals
    sign, which an operator would take."""
    if re.fullmatch(r'[^\s()"=][^\s()"]*', pattern):
        return pattern
    return '"' + pattern.replace('"', '\\"') + '"'


def _decide(
    parts: tuple[Node, ...], test: Callable[[Term], bool | None], *, deciding: bool
) -> bool | None:
    """Return ``deciding`` if any part says so, None if one may, else its contrary."""
    is_open = False
    for part in parts:
        said = evaluate(part, test)
        if said is deciding:
            return deciding
        is_open = is_open or said is None
    return None if is_open else not deciding


def _in_parentheses(node: Node, kinds: type | object) -> str:
    text = print_query(node)
    return f"({text})" if isinstance(node, kinds) else text  # type: ignore[arg-type]
