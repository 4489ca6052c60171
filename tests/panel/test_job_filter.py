# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is typed over the list of jobs becomes a query that the command line understands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.blender.view.job_filter import filter_problem, query_of
from farm_addon.core.farm_jobs.query_errors import QueryError
from farm_addon.core.farm_jobs.query_parser import parse_query


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", ""),
        ("   ", ""),
        ("hall", 'job:"*hall*"'),
        ("hall blue", 'job:"*hall*" job:"*blue*"'),
        ('"hall blue"', 'job:"*hall blue*"'),
        ("sh0*", 'job:"*sh0**"'),
        ("status:failed", "status:failed"),
        ("hall status:failed", 'job:"*hall*" status:failed'),
        ("age > 2d", "age > 2d"),
        ("job:hall", "job:hall"),
        ('scene:"wip two" hall', 'scene:"wip two" job:"*hall*"'),
        ("hall or not attic", 'job:"*hall*" or not job:"*attic*"'),
        ("(hall or attic) frames<100", '(job:"*hall*" or job:"*attic*") frames<100'),
        ("sh_010.é-2", 'job:"*sh_010.é-2*"'),
    ],
)
def test_words_alone_are_parts_of_job_names(typed: str, query: str) -> None:
    assert query_of(typed) == query
    if query:
        parse_query(query)


@pytest.mark.parametrize("typed", ["status:", "hall status:", '"open', "a\\", "(hall", ":x"])
def test_what_is_no_query_stays_none(typed: str) -> None:
    with pytest.raises(QueryError):
        parse_query(query_of(typed))


@given(st.text(max_size=40))
def test_any_text_becomes_a_query_or_an_error_with_a_place(typed: str) -> None:
    query = query_of(typed)
    assert (query == "") == (not typed.strip())
    try:
        parse_query(query or "job:x")
    except QueryError as ex:
        problem = filter_problem(typed, ex.message, ex.hint)
        assert problem is not None
        assert problem.place.removesuffix("…") in typed


@pytest.mark.parametrize(
    ("typed", "place", "text"),
    [
        ("hall status:", "", "a value is missing here"),
        ("hall (attic", "", "a closing parenthesis is missing here"),
        ("hall (:x)", ":x", "there is no field before this operator"),
        ('hall "open', '"', "this quote is never closed"),
        ("  hall)", ")", "this parenthesis closes nothing"),
    ],
)
def test_an_error_is_told_at_its_place_in_what_was_typed(typed: str, place: str, text: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(query_of(typed))
    problem = filter_problem(typed, caught.value.message, caught.value.hint)
    assert problem is not None
    assert (problem.place, problem.text) == (place, text)


def test_advice_is_kept_without_the_lines_that_point() -> None:
    error = QueryError(
        "there is no field 'sttus'", "sttus:failed", 0, 5, advice="did you mean 'status'?"
    )
    problem = filter_problem("sttus:failed", error.message, error.hint)
    assert problem is not None
    assert problem.place == "sttus:failed"
    assert problem.hint == "did you mean 'status'?"


def test_an_error_of_another_kind_is_none_of_the_filter() -> None:
    assert filter_problem("hall", "the Manager at http://farm:8080 does not answer") is None
