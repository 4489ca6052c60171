# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What queries match, what they refuse, and how little they ask to know it."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.core.farm_jobs.farm_job import FarmJob
from farm_addon.core.farm_jobs.query import Query, check_query
from farm_addon.core.farm_jobs.query_errors import QueryError
from farm_addon.core.farm_jobs.query_parser import parse_query
from farm_addon.core.farm_jobs.query_syntax import And, Node, Not, Or, Term, print_query
from farm_addon.core.recorded_paths import RecordedPath
from tests.core.farm_jobs.rows import (
    NOW,
    any_terms,
    farm_job,
    good_terms,
    jobs,
    planned_job,
    remote_job,
    trees,
)

FACTS = ("Material", "object")


def read(text: str) -> Query:
    return check_query(text, parse_query(text), FACTS)


def matches(query: str, job: FarmJob) -> bool:
    def ask(flag: str, asked: Sequence[FarmJob]) -> list[bool]:
        raise AssertionError(f"nobody needs to know what is {flag}")

    return read(query).match([job], NOW.timestamp(), ask) == [job]


JOB = farm_job(
    "sh010",
    "failed",
    age_s=3 * 86400,
    plan=planned_job(
        source=RecordedPath("shots/Reel A/pack.v2.blend"),
        scene="Été 1",
        camera="Cam*era",
        facts=(("Material", "oak"), ("object", "chair")),
    ),
)


@pytest.mark.parametrize(
    "query",
    [
        "status:failed release:ep01 job:sh0* age>2d frames<100 priority>=50",
        "job:SH010 user:MIA host:ws?? status!=active",
        'not scene:"wip" and scene:"été*"',
        unicodedata.normalize("NFD", 'scene:"ÉTÉ 1"'),
        r"camera:cam\*era not camera:cam\*x",
        "file:pack.v2 file:pack.v2.blend file:shots/*/pack* not file:pack",
        "material:oak object:ch*",
        "engine:cycles format:png attempt:1 attempt<=1 not attempt<1 width:1920 height<1081",
        "chunk_size:1 done:0 frames:10 priority<=50",
        "age>71h age<1w age>=3d idle>4000m age<4.5d",
        "created>2026-11-20 created<2026-11-22 created:2026-11-21 updated:2026-11-21",
        "created:2026-11-21T12:00Z created>=2026-11-21T12:00:00Z created<=2026-11-21T12:00Z",
        "not created>2026-11-21 created>=2026-11-21 not created<2026-11-21",
        "created<2026-11-21T14:00+01:00",
        "not is:unfinished not is:superseded",
        "tag:x or status:failed",
    ],
)
def test_a_query_matches_by_record_and_live_state(query: str) -> None:
    assert matches(query, JOB)
    assert not matches(f"not ({query})", JOB)


def test_what_a_job_does_not_have_matches_nothing_not_even_a_star() -> None:
    planned = farm_job(remote=None, manager=None, user="", plan=None, status="planned")
    for query in ("age>0s", "created>2020-01-01", "user:*", 'user:""', "material:*", "tag:*"):
        assert not matches(query, planned)
        assert matches(f"not {query}", planned)


def test_unfinished_is_what_a_manager_may_still_render() -> None:
    found = {
        status: matches("is:unfinished", farm_job(status=status))
        for status in ("queued", "active", "paused", "requeueing", "completed", "failed")
    }
    assert [status for status, said in found.items() if said] == [
        "queued",
        "active",
        "paused",
        "requeueing",
    ]
    delivered = farm_job(status="delivered", remote=remote_job(status="completed"))
    assert not matches("is:unfinished", delivered)


@pytest.mark.parametrize(
    ("query", "column", "told"),
    [
        ("sttus:failed", 1, "there is no field 'sttus'"),
        ("job:a prio>3", 7, "there is no field 'prio'"),
        ("job:a age>2", 11, "it takes a number with one of the units s m h d w"),
        ("age:2d", 5, "spans of time are compared with '<' or '>'"),
        ("frames<many", 8, "it takes a whole number"),
        ("frames<1*", 8, "it takes a whole number"),
        ("created>yesterday", 9, "it takes a time like"),
        ("created>2026-02-30", 9, "it takes a time like"),
        ("created>20261101", 9, "it takes a time like"),
        ("created<0001-01-01", 9, "no clock can show this time"),
        ("job>a", 5, "texts are compared with ':' only"),
        ("is:late", 4, "a job is one of: superseded, unfinished, stalled, stale"),
        ("is>stale", 4, "a job is one of"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_place(query: str, column: int, told: str) -> None:
    with pytest.raises(QueryError) as caught:
        read(query)
    assert caught.value.column == column
    assert told in caught.value.message


def test_an_unknown_field_is_told_with_the_known_ones() -> None:
    with pytest.raises(QueryError) as caught:
        read("job:a sttus:failed")
    _query, carets, advice = caught.value.hint.splitlines()
    assert carets == "      ^^^^^"
    assert advice.startswith("did you mean 'status'? the fields are: age, attempt, camera, ")
    assert "material, object, priority" in advice


def test_a_fact_does_not_hide_a_field() -> None:
    query = check_query("status:failed", parse_query("status:failed"), ["status"])
    plan = planned_job(facts=(("status", "failed"),))
    assert query.match([farm_job(status="active", plan=plan)], NOW.timestamp(), refuse) == []


def refuse(flag: str, _jobs: Sequence[FarmJob]) -> list[bool]:
    raise AssertionError(f"nobody needs to know what is {flag}")


# --- what costs something -------------------------------------------------------------------------


def test_costly_flags_are_asked_last_and_for_what_is_left_alone() -> None:
    found = [farm_job(name, status) for name, status in (("a", "failed"), ("b", "active"))]
    found += [farm_job("c", "active"), farm_job("d", "active"), farm_job("e", "queued")]
    asked: list[tuple[str, list[str]]] = []

    def ask(flag: str, jobs: Sequence[FarmJob]) -> list[bool]:
        asked.append((flag, [job.job for job in jobs]))
        return [job.job in ("c", "d") if flag == "stalled" else job.job == "d" for job in jobs]

    query = read("is:stale (is:stalled or job:e) status:active")
    assert [job.job for job in query.match(found, NOW.timestamp(), ask)] == ["d"]
    assert asked == [("stalled", ["b", "c", "d"]), ("stale", ["c", "d"])]


def test_nothing_is_asked_where_everything_is_decided() -> None:
    query = read("status:active or status:failed or is:stale")
    found = [farm_job(status="active"), farm_job(status="failed")]
    assert query.match(found, NOW.timestamp(), refuse) == found


# --- against a naive evaluation -------------------------------------------------------------------


def naive(node: Node, job: FarmJob) -> bool:
    """Evaluate without cleverness, straight from what the words mean."""
    match node:
        case Not(part):
            return not naive(part, job)
        case And(parts):
            return all(naive(part, job) for part in parts)
        case Or(parts):
            return any(naive(part, job) for part in parts)
        case Term("is", _, flag):
            return naive_flag(flag, job)
        case Term("age", operator, pattern):
            units = {"s": 1, "h": 3600, "d": 86400}
            assert job.created is not None
            age = (NOW - job.created).total_seconds()
            limit = int(pattern[:-1]) * units[pattern[-1]]
            return age < limit if operator == "<" else age >= limit
        case Term("created", operator, pattern):
            assert job.created is not None
            start = datetime.fromisoformat(pattern).astimezone(NOW.tzinfo)
            end = start + (timedelta(minutes=1) if "T" in pattern else timedelta(days=1))
            where = -1 if job.created < start else 1 if job.created >= end else 0
            return compare(where, operator, 0)
        case Term(name, operator, pattern) if name in ("priority", "frames", "attempt"):
            value = {"priority": job.priority, "frames": job.frames_total, "attempt": job.attempt}
            number = value[name]
            assert number is not None
            return compare(number, operator, int(pattern))
        case Term(name, _, pattern):
            text = str(getattr(job, name)).casefold()
            literal = pattern.casefold().replace("\\*", "[*]")
            return re.fullmatch(fnmatch.translate(literal), text) is not None
    raise AssertionError(node)


def compare(value: int, operator: str, limit: int) -> bool:
    return {
        "<": value < limit,
        "<=": value <= limit,
        ">": value > limit,
        ">=": value >= limit,
        ":": value == limit,
    }[operator]


def naive_flag(flag: str, job: FarmJob) -> bool:
    if flag == "superseded":
        return job.is_superseded
    if flag == "unfinished":
        return job.status not in ("completed", "failed", "canceled")
    return (job.job == "sh020") if flag == "stale" else (job.user == "ben")


def answer(flag: str, asked: Sequence[FarmJob]) -> list[bool]:
    return [naive_flag(flag, job) for job in asked]


@given(trees(good_terms), st.lists(jobs, max_size=5))
def test_a_query_matches_what_a_naive_evaluation_matches(
    node: Node, candidates: list[FarmJob]
) -> None:
    query = read(print_query(node))
    expected = [job for job in candidates if naive(node, job)]
    assert query.match(candidates, NOW.timestamp(), answer) == expected


@given(trees(any_terms | good_terms), jobs)
def test_a_query_that_is_accepted_never_breaks(node: Node, job: FarmJob) -> None:
    text = print_query(node)
    try:
        query = read(text)
    except QueryError as error:
        column = error.column
    else:
        query.match([job], NOW.timestamp(), answer)
        column = 1
    assert 1 <= column <= len(text) + 1
