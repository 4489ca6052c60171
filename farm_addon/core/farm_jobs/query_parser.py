# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a query's text."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any

from ..errors import MissingLibraryError
from ..names import fold
from .query_errors import QueryError
from .query_syntax import And, Node, Not, Or, Term

if TYPE_CHECKING:
    from lark import Lark, Token

LENGTH_MAX = 4000
DEPTH_MAX = 60
"""Parentheses and ``not`` may be nested so deep."""

_GRAMMAR = r"""
start: any
?any: all (_OR all)*
?all: one (_AND? one)*
?one: _NOT one -> negated
    | "(" any ")" -> group
    | NAME OPERATOR (VALUE | STRING) -> term
    | (NAME | STRING) -> bare

_OR.2: /or(?=[\s()"]|$)/i
_AND.2: /and(?=[\s()"]|$)/i
_NOT.2: /not(?=[\s()"]|$)/i
NAME: /[^\s()":<>=!\\]+/
OPERATOR: /:|<=|>=|!=|<|>|=/
VALUE: /(?:\\.|[^\s()"\\])+/s
STRING: /"(?:\\.|[^"\\])*"/s
%ignore /\s+/
"""

_EXAMPLE = "write terms like status:failed, age>2d or job:sh0*"
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parse_query(text: str) -> Node:
    """Read a query.

    :raises QueryError: if it cannot be understood, with the place.
    :raises MissingLibraryError: without the library ``lark``.
    """
    if not text.strip():
        raise QueryError("it is empty", text, len(text), advice=_EXAMPLE)
    if len(text) > LENGTH_MAX:
        problem = f"it is longer than {LENGTH_MAX} characters"
        raise QueryError(problem, text, LENGTH_MAX, len(text) - LENGTH_MAX)
    parser = _parser()  # tells if the library is missing
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        tree = parser.parse(text)
    except UnexpectedCharacters as ex:
        raise _unreadable(text, int(ex.pos_in_stream or 0)) from ex
    except UnexpectedToken as ex:
        raise _misplaced(text, ex.token, ex.accepts or ()) from ex
    return _Reader(text).read(tree.children[0], 1)


@cache
def _parser() -> Lark:
    try:
        from lark import Lark
    except ImportError as ex:
        raise MissingLibraryError("lark", "to read queries") from ex
    return Lark(_GRAMMAR, parser="lalr", propagate_positions=True)


class _Reader:
    """Turns the parser's tree of one query into ours."""

    def __init__(self, text: str) -> None:
        self._text = text

    def read(self, tree: Any, depth: int) -> Node:
        """Return the node that a tree means."""
        if depth > DEPTH_MAX:
            problem = f"parentheses and 'not' are nested deeper than {DEPTH_MAX}"
            raise QueryError(problem, self._text, int(getattr(tree.meta, "start_pos", 0)))
        match tree.data:
            case "term":
                return self._term(*tree.children)
            case "bare":
                raise self._bare(tree.children[0])
            case "group":
                return self.read(tree.children[0], depth + 1)
            case "negated":
                return Not(self.read(tree.children[0], depth + 1))
            case "all":
                return And(tuple(self.read(one, depth + 1) for one in tree.children))
            case _:
                return Or(tuple(self.read(one, depth + 1) for one in tree.children))

    def _term(self, name: Token, operator: Token, value: Token) -> Node:
        start = int(name.start_pos or 0)
        value_start = int(value.start_pos or 0)
        term = Term(
            fold(name),
            ":" if operator in ("=", "!=") else str(operator),
            _pattern(value[1:-1] if value.type == "STRING" else value),
            start,
            value_start,
            len(value),
        )
        return Not(term) if operator == "!=" else term

    def _bare(self, word: Token) -> QueryError:
        start, length = int(word.start_pos or 0), len(word)
        if word.lower() in ("and", "or", "not"):
            problem = f"'{word}' needs a term on each side"
            return QueryError(problem, self._text, start, length, advice=_EXAMPLE)
        problem = "a word alone says nothing: which field should it be in?"
        if word.type == "NAME":
            advice = f"for example: job:{word}*, release:{word} or scene:{word}"
        else:
            advice = f"for example: scene:{word}"
        return QueryError(problem, self._text, start, length, advice=advice)


def _pattern(text: str) -> str:
    """Return a typed value as a pattern: only what would be a wildcard keeps its backslash."""
    return _ESCAPED.sub(lambda found: found[0] if found[1] in "*?\\" else found[1], text)


def _unreadable(text: str, start: int) -> QueryError:
    """Return the error for characters that begin nothing which may stand there."""
    if text[start] == '"':
        return QueryError("this quote is never closed", text, start, len(text) - start)
    if text[start] == "\\":
        advice = 'a backslash takes the meaning from the character after it, as in job:"a\\*"'
        return QueryError("this backslash may not stand here", text, start, advice=advice)
    return QueryError(f"'{text[start]}' may not stand here", text, start, advice=_EXAMPLE)


def _misplaced(text: str, token: Token, possible: Collection[str]) -> QueryError:
    """Return the error for a token that may not stand where it does.

    :param possible: the kinds of token that might.
    """
    is_end = token.type == "$END"
    start = len(text.rstrip()) if is_end else int(token.start_pos or 0)
    if "VALUE" in possible:
        return QueryError("a value is missing here", text, start, advice=_EXAMPLE)
    if token.type == "RPAR" and "$END" in possible:
        return QueryError("this parenthesis closes nothing", text, start)
    if is_end and "RPAR" in possible:
        return QueryError("a closing parenthesis is missing here", text, start)
    if is_end or token.type == "RPAR":
        return QueryError("a term is missing here", text, start, advice=_EXAMPLE)
    if text[start] in ":<>=!":
        problem = "there is no field before this operator"
        return QueryError(problem, text, start, advice=_EXAMPLE)
    return QueryError(f"'{token}' may not stand here", text, start, len(token), advice=_EXAMPLE)
