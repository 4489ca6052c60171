# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queries that match everything are recognised, and no others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given

from farm_addon.core.farm_jobs.always_true import is_always_true
from farm_addon.core.farm_jobs.farm_job import FarmJob
from farm_addon.core.farm_jobs.query import check_query
from farm_addon.core.farm_jobs.query_parser import parse_query
from farm_addon.core.farm_jobs.query_syntax import Node, Or, print_query
from tests.core.farm_jobs.rows import NOW, good_terms, jobs, trees


def says(text: str) -> bool:
    return is_always_true(check_query(text, parse_query(text), ["material"]), NOW.timestamp())


@pytest.mark.parametrize(
    "query",
    [
        "job:*",
        "status:** user:*",
        'job:"*"',
        "priority>=0",
        "priority<=100",
        "frames>0",
        "age>=0s",
        "created<2100-01-01",
        "created>2011-01-01",
        "not priority>100",
        "not created<2011-01-01",
        "status:failed or not status:FAILED",
        "priority<50 or priority>=50",
        "priority<50 or priority:50 or priority>50",
        "is:stale or not is:stale",
        "not (job:a not job:*)",
        "job:a or (status:failed or job:*)",
        "(job:a or job:b) or not (job:a or job:b)",
        "age<2d or age>1d",
        "scene:*",
        "file:* engine:* format:*",
    ],
)
def test_a_query_that_excludes_nothing_is_recognised(query: str) -> None:
    assert says(query)


@pytest.mark.parametrize(
    "query",
    [
        "status:failed",
        "job:?*",
        "job:*a",
        r"job:\*",
        "priority>0",
        "priority<100",
        "frames>1",
        "age>1s",
        "created<2026-11-24",
        "material:*",
        "camera:*",
        "not is:stale",
        "is:unfinished or is:superseded",
        "status:failed or status:active",
        "priority<50 or priority>50",
        "job:* status:failed",
        "age<1d or age>2d",
        "release:ep01",
    ],
)
def test_a_query_that_excludes_something_is_not(query: str) -> None:
    assert not says(query)


def test_a_query_of_very_many_terms_is_judged_by_its_parts() -> None:
    many = " ".join(f"job:sh{number:03d}" for number in range(60))
    assert not says(many)
    assert not says(f"not ({many})")
    assert says(f"job:* or ({many})")
    assert not says(f"job:* ({many})")


def answer(flag: str, asked: Sequence[FarmJob]) -> list[bool]:
    return [job.job == "sh020" if flag == "stale" else job.user == "ben" for job in asked]


@given(trees(good_terms), jobs)
def test_what_is_called_always_true_matches_any_job(node: Node, job: FarmJob) -> None:
    text = print_query(node)
    if says(text):
        query = check_query(text, parse_query(text), [])
        assert query.match([job], NOW.timestamp(), answer) == [job]


@given(trees(good_terms))
def test_a_query_or_its_contrary_is_always_true(node: Node) -> None:
    text = print_query(Or((node, parse_query(f"not ({print_query(node)})"))))
    assert says(text)
