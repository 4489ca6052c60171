# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of queries: what is read, what is printed, and where an error points."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from farm_addon.core.errors import MissingLibraryError
from farm_addon.core.farm_jobs import query_parser
from farm_addon.core.farm_jobs.query_errors import QueryError
from farm_addon.core.farm_jobs.query_parser import DEPTH_MAX, LENGTH_MAX, parse_query
from farm_addon.core.farm_jobs.query_syntax import And, Not, Or, Term, demanded, print_query
from tests.core.farm_jobs.rows import any_terms, trees


def place(query: str) -> str:
    """Return the message of a query's error, and the part of the query that it points at."""
    with pytest.raises(QueryError) as caught:
        parse_query(query)
    shown, carets = caught.value.hint.splitlines()[:2]
    start, end = carets.index("^"), carets.rindex("^") + 1
    return f"{caught.value.message} [{shown.ljust(end)[start:end]}]"


def test_terms_side_by_side_are_all_demanded() -> None:
    node = parse_query('status:failed job:sh0* age>2d frames<100 priority>=50 not scene:"wip"')
    assert node == And(
        (
            Term("status", ":", "failed"),
            Term("job", ":", "sh0*"),
            Term("age", ">", "2d"),
            Term("frames", "<", "100"),
            Term("priority", ">=", "50"),
            Not(Term("scene", ":", "wip")),
        )
    )


def test_or_binds_less_than_and_which_binds_less_than_not() -> None:
    a, b, c = (Term(name, ":", "1") for name in "abc")
    assert parse_query("a:1 or not b:1 and c:1") == Or((a, And((Not(b), c))))
    assert parse_query("(a:1 or not b:1) c:1") == And((Or((a, Not(b))), c))
    assert parse_query("NOT (a:1 OR b:1)") == Not(Or((a, b)))


def test_words_of_the_language_are_names_and_values_too() -> None:
    assert parse_query("notes:or orders:and not:not") == And(
        (Term("notes", ":", "or"), Term("orders", ":", "and"), Term("not", ":", "not"))
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("job:sh010", "sh010"),
        ("job : sh010", "sh010"),
        ("job=sh010", "sh010"),
        ('job:"two words"', "two words"),
        (r"job:two\ words", "two words"),
        (r'job:"a \"b\" c"', 'a "b" c'),
        (r"job:a\*b*", r"a\*b*"),
        (r'job:"\\"', r"\\"),
        ('job:""', ""),
        ("job:a:b>c", "a:b>c"),
        ("job:[wip]", "[wip]"),
    ],
)
def test_values_are_words_or_quoted(typed: str, meant: str) -> None:
    assert parse_query(typed) == Term("job", ":", meant)


def test_unequal_is_not_equal() -> None:
    assert parse_query("job!=a") == Not(Term("job", ":", "a"))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "column 1: it is empty [ ]"),
        ("  ", "column 3: it is empty [ ]"),
        ("foo", "column 1: a word alone says nothing: which field should it be in? [foo]"),
        ("a:1 foo", "column 5: a word alone says nothing: which field should it be in? [foo]"),
        ('a:1 "b c"', 'column 5: a word alone says nothing: which field should it be in? ["b c"]'),
        (
            "日本 foo a:1",
            "column 1: a word alone says nothing: which field should it be in? [日本 f",
        ),
        ("a:1 and or b:1", "column 9: 'or' needs a term on each side [or]"),
        ("a:", "column 3: a value is missing here [ ]"),
        ("a:)", "column 3: a value is missing here [)]"),
        ("a:()", "column 3: a value is missing here [(]"),
        ("(a:1", "column 5: a closing parenthesis is missing here [ ]"),
        ("a:1)", "column 4: this parenthesis closes nothing [)]"),
        ("a:1 or", "column 7: a term is missing here [ ]"),
        ("()", "column 2: a term is missing here [)]"),
        ("(a:1 not)", "column 9: a term is missing here [)]"),
        (":x", "column 1: there is no field before this operator [:]"),
        ("a:1 <3", "column 5: there is no field before this operator [<]"),
        ('a:"b c', 'column 3: this quote is never closed ["b c]'),
        ('"b', 'column 1: this quote is never closed ["b]'),
        ("a:b\\", "column 4: this backslash may not stand here [\\]"),
    ],
)
def test_an_error_points_at_its_place(query: str, told: str) -> None:
    assert place(query).startswith(f"the query, {told}")


def test_the_place_is_seen_in_a_query_of_many_lines_and_wide_characters() -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("scene:日本\n\tfoo")
    assert caught.value.hint.splitlines()[:2] == ["scene:日本  foo", " " * 12 + "^^^"]


def test_of_a_long_query_the_part_around_the_place_is_shown() -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("a:1 " * 100 + "foo" + " a:1" * 100)
    shown, carets = caught.value.hint.splitlines()[:2]
    assert caught.value.column == 401
    assert len(shown) < 100
    assert shown[carets.index("^") : carets.rindex("^") + 1] == "foo"


def test_endless_queries_are_refused() -> None:
    assert "longer than" in place("a:1 " * LENGTH_MAX)
    for deep in ("(" * 900 + "a:1" + ")" * 900, "not " * 900 + "a:1"):
        assert f"deeper than {DEPTH_MAX}" in place(deep)
    assert parse_query("a:1 " * (LENGTH_MAX // 4))


def test_demanded_terms_are_those_without_a_way_around() -> None:
    def names(query: str) -> list[str]:
        return [term.name for term in demanded(parse_query(query))]

    assert names("a:1 (b:1 c:1) not d:1 (e:1 or f:1)") == ["a", "b", "c"]
    assert names("a:1 or b:1") == []


def test_without_lark_a_query_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    query_parser._parser.cache_clear()
    for name in ("lark", "lark.exceptions"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingLibraryError, match="lark"):
        parse_query("a:1")


@example(Term("frames", "<", "=0"))
@given(trees(any_terms))
def test_what_is_printed_is_read_as_the_same_query(node: object) -> None:
    text = print_query(node)  # type: ignore[arg-type]
    again = parse_query(text)
    assert print_query(again) == text
    assert _flat(again) == _flat(node)


def _flat(node: object) -> object:
    """Return a query without what parentheses add: an ``and`` in an ``and``, an ``or`` in one."""
    match node:
        case Not(part):
            return ("not", _flat(part))
        case And(parts) | Or(parts):
            kind = type(node)
            inner = []
            for part in parts:
                inner += list(_flat(part)[1:]) if isinstance(part, kind) else [_flat(part)]  # type: ignore[index]
            return (kind.__name__, *inner)
        case _:
            return node


@given(st.text(st.sampled_from('ab01:<>=!()"\\ *?andortn\n') | st.characters(), max_size=40))
@example("a:1 and")
@example("\\")
@example("!")
@example("a:\ud800")
def test_whatever_is_typed_is_read_or_is_an_error_with_its_place(text: str) -> None:
    try:
        node = parse_query(text)
    except QueryError as error:
        column = error.column
    else:
        assert parse_query(print_query(node)) == node
        column = 1
    assert 1 <= column <= len(text) + 1
