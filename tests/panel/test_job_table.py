# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs as the panel knows them: rows, order, verdicts, counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from farm_addon.blender.view.job_table import JobTable, duration_text


def table(*names: str, release: str = "ep01") -> JobTable:
    """Return a table that was told of some jobs that wait."""
    jobs = JobTable()
    jobs.begin(release)
    for name in names:
        put(jobs, name)
    jobs.tidy()
    return jobs


def put(jobs: JobTable, name: str, state: str = "queued", **values: Any) -> None:
    row = {"state": state, "attempt": 1, "done": 0, "total": 8, **values}
    jobs.take_row("jobs", name, row)


def order(jobs: JobTable, names: Iterable[str]) -> None:
    keys = tuple(names)
    jobs.take_order(0, keys, len(keys))


def test_a_row_is_prepared_for_drawing() -> None:
    jobs = table()
    put(jobs, "a", "active", attempt=2, done=3, eta_s=720.0, user="mia", priority=0)
    line = jobs.lines["a"]
    assert (line.icon, line.fraction, line.bar_text) == ("RENDER_ANIMATION", 0.375, "3 / 8")
    assert (line.bar_long, line.eta_text, line.name_text) == ("3 / 8 · 12 min", "12 min", "a #2")
    assert (line.user, line.priority) == ("mia", 0)


def test_without_an_order_rows_are_shown_as_they_come() -> None:
    assert table("b", "a").order == ["b", "a"]


def test_an_order_says_which_rows_are_shown() -> None:
    jobs = table("a", "b", "c")
    order(jobs, ["c", "a"])
    put(jobs, "d")
    jobs.tidy()
    assert jobs.order == ["c", "a"]
    assert set(jobs.lines) == {"a", "b", "c", "d"}


def test_an_order_may_come_in_pieces() -> None:
    jobs = table("a", "b", "c", "d")
    jobs.take_order(0, ("d", "c"), 4)
    jobs.take_order(2, ("b", "a"), 4)
    assert jobs.order == ["d", "c", "b", "a"]
    jobs.take_order(1, ("x",), 2)
    assert jobs.order == ["d", "x"]


def test_a_piece_after_a_lost_one_changes_nothing() -> None:
    jobs = table("a", "b")
    jobs.take_order(3, ("c",), 4)
    assert jobs.order == ["a", "b"]


def test_the_version_tells_another_order_from_the_same() -> None:
    jobs = table("a", "b")
    version = jobs.version
    order(jobs, ["a", "b"])
    put(jobs, "a", "active")
    assert jobs.version == version
    order(jobs, ["b", "a"])
    assert jobs.version != version


def test_counts_follow_the_rows() -> None:
    jobs = table("a", "b", "c")
    put(jobs, "a", "active", done=3)
    put(jobs, "b", "completed", done=8)
    jobs.take_row("jobs", "c", None)
    jobs.tidy()
    assert jobs.counts_text == "1 rendering · 1 rendered"
    assert (jobs.done, jobs.total) == (11, 16)
    assert jobs.order == ["a", "b"]


def test_a_row_that_goes_and_comes_is_there_once() -> None:
    jobs = table("a", "b")
    jobs.take_row("jobs", "a", None)
    put(jobs, "a")
    jobs.tidy()
    assert sorted(jobs.order) == ["a", "b"]


def test_a_new_child_of_the_same_release_removes_what_it_does_not_tell() -> None:
    jobs = table("a", "b", "c")
    jobs.settle()
    jobs.begin("ep01")
    assert len(jobs.lines) == 3
    put(jobs, "a")
    put(jobs, "c")
    assert len(jobs.lines) == 3
    order(jobs, ["a", "c"])
    jobs.tidy()
    assert (set(jobs.lines), jobs.counts_text) == ({"a", "c"}, "2 queued")


def test_another_release_begins_empty() -> None:
    jobs = table("a")
    jobs.begin("ep02")
    assert (jobs.lines, jobs.order, jobs.release) == ({}, [], "ep02")
    assert not jobs.is_settled


def test_a_verdict_belongs_to_the_attempt() -> None:
    jobs = table("a", "b")
    jobs.take_row("stale", "a", {"verdict": "stale", "reason": "oak.png changed"})
    jobs.take_row("stale", "b", {"verdict": "fresh", "reason": ""})
    put(jobs, "a", "completed")
    assert (jobs.lines["a"].verdict, jobs.lines["a"].reason) == ("stale", "oak.png changed")
    assert (jobs.lines["a"].is_badged, jobs.lines["b"].is_badged) == (True, False)
    assert jobs.stale() == ["a"]
    put(jobs, "a", "queued", attempt=2)
    assert jobs.lines["a"].verdict == ""


def test_a_verdict_may_come_before_its_job() -> None:
    jobs = table()
    jobs.take_row("stale", "a", {"verdict": "unknown", "reason": "saved again"})
    put(jobs, "a")
    assert (jobs.lines["a"].verdict, jobs.lines["a"].reason) == ("unknown", "saved again")


def test_odd_values_are_survived() -> None:
    jobs = table()
    odd = {"state": 7, "done": "x", "total": -3, "eta_s": float("nan"), "priority": True}
    jobs.take_row("jobs", "a", odd)
    jobs.take_row("stale", "a", None)
    line = jobs.lines["a"]
    assert (line.state, line.done, line.total, line.eta_s, line.fraction) == ("", 0, 0, None, 0.0)


def test_the_farm_tells_how_long_the_release_takes() -> None:
    jobs = table("a")
    jobs.take_row("farm", "release", {"eta_s": 90.0})
    assert jobs.eta_s == 90.0
    jobs.take_row("farm", "release", None)
    assert jobs.eta_s is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1 s"),
        (89, "89 s"),
        (90, "2 min"),
        (12 * 60, "12 min"),
        (3600, "1 h"),
        (3 * 3600 + 20 * 60, "3 h 20 min"),
        (13 * 3600 + 20 * 60, "13 h"),
        (26 * 3600, "1 d 2 h"),
        (48 * 3600, "2 d"),
    ],
)
def test_a_duration_is_told_roughly(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
