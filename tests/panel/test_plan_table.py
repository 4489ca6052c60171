# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check said about the rows."""

from __future__ import annotations

from typing import Any

import pytest

from farm_addon.blender.view.plan_table import BLOCKED, FRESH, ICONS, NEW, REPLACE, PlanTable


def told(table: PlanTable, key: str, **values: Any) -> None:
    table.take_row("scenes", key, values)


def begun() -> PlanTable:
    table = PlanTable()
    table.begin()
    return table


def checked(*rows: dict[str, Any], **result: Any) -> PlanTable:
    table = PlanTable()
    table.begin()
    for row in rows:
        told(table, row["scene"], **row)
    table.take_result("plan", result)
    return table


def test_a_row_is_found_by_scene_camera_and_layer() -> None:
    table = begun()
    told(table, "A/left", scene="A", camera="left", job="shot_A_left", becomes=NEW)
    told(table, "A/fg", scene="A", view_layer="fg", job="shot_A_fg", becomes=FRESH)
    left, foreground = table.line("A", "left"), table.line("A", "", "fg")
    assert left is not None
    assert (left.job, left.icon) == ("shot_A_left", ICONS[NEW])
    assert foreground is not None
    assert foreground.becomes == FRESH
    assert table.line("A") is None


def test_rows_are_counted_once_however_often_they_are_told() -> None:
    table = begun()
    told(table, "A", scene="A", becomes=NEW)
    told(table, "A", scene="A", becomes=REPLACE, why="texture ‘oak.png’ changed")
    told(table, "B", scene="B", becomes=FRESH)
    assert +table.counts == {REPLACE: 1, FRESH: 1}
    line = table.line("A")
    assert line is not None
    assert line.why == "texture ‘oak.png’ changed"


def test_a_row_that_is_gone_counts_no_more() -> None:
    table = begun()
    told(table, "A/left", scene="A", camera="left", becomes=NEW)
    table.take_row("scenes", "A/left", None)
    assert table.lines == {}
    assert +table.counts == {}


def test_another_check_lets_the_rows_go_that_it_did_not_tell() -> None:
    table = checked({"scene": "A", "becomes": NEW}, {"scene": "B", "becomes": NEW})
    table.begin()
    told(table, "B", scene="B", becomes=FRESH)
    assert table.line("A") is not None
    table.take_result("plan", {})
    assert table.line("A") is None
    assert +table.counts == {FRESH: 1}


def test_rows_of_a_check_that_fails_stay() -> None:
    table = checked({"scene": "A", "becomes": NEW})
    table.begin()
    assert table.line("A") is not None
    assert +table.counts == {NEW: 1}


def test_what_was_submitted_is_fresh() -> None:
    table = checked(
        {"scene": "A", "job": "a", "becomes": NEW},
        {"scene": "B", "job": "b", "becomes": REPLACE, "why": "frames"},
        {"scene": "C", "job": "c", "becomes": BLOCKED},
    )
    table.take_result("submit", {"posted": ["a", "c"], "found": ["b"]})
    assert +table.counts == {FRESH: 2, BLOCKED: 1}
    line = table.line("B")
    assert line is not None
    assert (line.why, line.icon) == ("", ICONS[FRESH])


def test_a_result_says_how_much_room_is_needed() -> None:
    table = checked(needs_bytes=90, free_bytes=100)
    assert table.is_tight
    assert not checked(needs_bytes=10, free_bytes=100).is_tight
    assert not checked(needs_bytes=10).is_tight


def test_a_check_brings_the_table_up_to_date() -> None:
    table = checked({"scene": "A", "becomes": NEW})
    table.is_outdated = True
    table.begin()
    table.take_result("plan", {})
    assert not table.is_outdated


@pytest.mark.parametrize(
    ("values", "becomes"),
    [({"ok": False}, BLOCKED), ({"ok": True}, ""), ({"becomes": "rubbish"}, ""), ({}, "")],
)
def test_a_row_without_a_verdict_is_blocked_or_unknown(
    values: dict[str, Any], becomes: str
) -> None:
    table = begun()
    told(table, "A", **values)
    line = table.line("A")
    assert line is not None
    assert line.becomes == becomes


def test_rubbish_in_a_row_does_no_harm() -> None:
    table = begun()
    told(table, "A", scene=3, job=["x"], frame_count="many", names="abc", needs_bytes=-4)
    line = table.line("A")
    assert line is not None
    assert (line.job, line.frame_count, line.names, line.needs_bytes) == ("", 0, (), 0)


def test_rows_of_other_files_pass() -> None:
    table = checked({"scene": "A", "becomes": NEW, "job": "shot_A"}, needs_bytes=9)
    table.let_pass()
    told(table, "A", scene="A", becomes=REPLACE, job="other_A")
    table.take_result("plan", {"needs_bytes": 5})
    line = table.line("A")
    assert line is not None
    assert (line.job, line.becomes, table.needs_bytes) == ("shot_A", NEW, 9)


def test_other_tables_are_not_its_business() -> None:
    table = PlanTable()
    table.take_row("jobs", "A", {"becomes": NEW})
    table.take_result("harvest", {"needs_bytes": 5})
    assert table.lines == {}
    assert table.needs_bytes == 0


def test_everything_is_forgotten() -> None:
    table = checked({"scene": "A", "becomes": NEW}, needs_bytes=9, free_bytes=10)
    table.forget()
    assert table == PlanTable()
