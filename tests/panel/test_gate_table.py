# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate's verdicts as the panel shows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.blender.view.frame_ranges import MOST_RANGES, ranges_text
from farm_addon.blender.view.gate_table import MOST_KINDS, GateTable


def tell(
    gate: GateTable, name: str, state: str, expected: int, passed: int, **more: object
) -> None:
    values = {"state": state, "expected": expected, "passed": passed, "problems": 0, **more}
    gate.take_row("gate", name, values)


def problem(gate: GateTable, job: str, frame: object, what: str, **more: object) -> None:
    gate.take_row("frames", f"{job}/{frame}", {"job": job, "frame": frame, "problem": what, **more})


@pytest.fixture
def gate() -> GateTable:
    gate = GateTable()
    gate.begin("ep01")
    tell(gate, "sh010", "ok", 8, 8, names=["sh010_000001.png", 3, "sh010_000002.png"])
    tell(gate, "sh020", "delivered", 4, 4)
    tell(gate, "sh030", "bad", 8, 6, problems=2, why="2 frames do not decode")
    tell(gate, "sh040", "waiting", 8, 3, why="it is still rendering")
    tell(gate, "sh050", "bad", 2, 1, problems=1)
    return gate


def test_what_wants_attention_comes_first_else_the_releases_order_stays(gate: GateTable) -> None:
    assert gate.order == ["sh030", "sh050", "sh040", "sh010", "sh020"]


def test_a_verdict_that_changes_moves_and_counts_once(gate: GateTable) -> None:
    version = gate.version
    tell(gate, "sh030", "ok", 8, 8)
    assert gate.order == ["sh050", "sh040", "sh010", "sh030", "sh020"]
    assert [gate.count(state) for state in ("bad", "waiting", "ok", "delivered")] == [1, 1, 2, 1]
    assert (gate.passed, gate.failed) == (8 + 8 + 1, 1)
    assert gate.version > version


def test_frames_of_jobs_that_still_render_are_not_ready(gate: GateTable) -> None:
    assert (gate.passed, gate.failed) == (8 + 6 + 1, 3)


def test_a_row_that_is_gone_leaves_nothing_behind(gate: GateTable) -> None:
    for name in list(gate.lines):
        gate.take_row("gate", name, None)
    gate.take_row("gate", "never-told", None)
    assert (gate.order, gate.passed, gate.failed, gate.count("bad")) == ([], 0, 0, 0)


def test_only_a_whole_check_says_that_all_is_well() -> None:
    gate = GateTable()
    gate.begin("ep01")
    tell(gate, "sh010", "ok", 8, 8)
    assert not gate.is_whole
    gate.take_result("harvest", {"dist": "/mnt/farm/dist/ep01", "delivery": ""})
    assert gate.is_whole
    assert gate.dist == "/mnt/farm/dist/ep01"
    tell(gate, "sh020", "waiting", 8, 0)
    assert not gate.is_whole


def test_everything_delivered_is_not_whole_as_there_is_nothing_to_deliver() -> None:
    gate = GateTable()
    tell(gate, "sh010", "delivered", 8, 8)
    gate.take_result("harvest", {})
    assert not gate.is_whole


@pytest.mark.parametrize(
    ("verb", "data"),
    [("harvest", {"undone": "x"}), ("repair", {}), ("archive", {}), ("restore", {})],
)
def test_what_changes_frames_makes_the_check_void(
    gate: GateTable, verb: str, data: dict[str, object]
) -> None:
    gate.take_result(verb, data)
    assert (gate.order, gate.release, gate.is_checked) == ([], "", False)


def test_verifying_an_archive_leaves_the_check_alone(gate: GateTable) -> None:
    gate.take_result("verify", {"files": 3})
    assert len(gate.order) == 5


def test_frames_with_the_same_problem_are_told_together(gate: GateTable) -> None:
    for frame in (4, 2, 3, 9, 2):
        problem(gate, "sh030", frame, "it is missing", code="missing")
    problem(gate, "sh030", 5, "it is cut off", view="left")
    problem(gate, "sh050", None, "")
    assert gate.problems("sh030") == [
        "frames 2–4, 9: it is missing",
        "frame 5: it is cut off (left)",
    ]
    assert gate.problems("sh050") == ["1 file: it does not pass"]
    assert gate.problems("sh010") == []
    assert gate.codes["missing"] == 5


def test_too_many_kinds_of_problems_are_counted(gate: GateTable) -> None:
    for frame in range(MOST_KINDS + 3):
        problem(gate, "sh030", frame, f"problem {frame}")
    told = gate.problems("sh030")
    assert len(told) == MOST_KINDS + 1
    assert told[-1] == "3 more with other problems"


def test_a_new_check_forgets_the_last_one(gate: GateTable) -> None:
    problem(gate, "sh030", 1, "it is missing", code="missing")
    gate.begin("ep02")
    assert (gate.release, gate.order, gate.problems("sh030")) == ("ep02", [], [])
    assert not gate.codes


def test_names_that_are_no_text_are_left_out(gate: GateTable) -> None:
    assert gate.lines["sh010"].names == ("sh010_000001.png", "sh010_000002.png")


def test_rubbish_in_a_row_does_no_harm() -> None:
    gate = GateTable()
    gate.take_row("gate", "a", {"state": 7, "expected": "x", "passed": -3, "problems": 2.5})
    gate.take_row("gate", "b", {"state": "from the future", "passed": float("inf")})
    gate.take_row("frames", "c", {"frame": "x"})
    assert gate.order == ["a", "b"]
    assert gate.lines["a"].icon == "QUESTION"
    assert gate.lines["b"].passed == 2**63 - 1
    assert gate.problems("") == ["1 file: it does not pass"]


@pytest.mark.parametrize(
    ("frames", "text"),
    [
        ([], ""),
        ([7], "7"),
        ([3, 1, 2], "1–3"),
        ([1, 3, 5, 6], "1, 3, 5–6"),
        ([-2, -1, 0], "-2–0"),
        (range(0, 40, 2), "0, 2, 4, 6, 8, 10 …"),
    ],
)
def test_frames_are_told_as_ranges(frames: list[int], text: str) -> None:
    assert ranges_text(frames) == text


@given(st.sets(st.integers(0, 40), max_size=MOST_RANGES))
def test_few_frames_can_be_read_back(frames: set[int]) -> None:
    read: set[int] = set()
    for part in filter(None, ranges_text(frames).split(", ")):
        first, _, last = part.partition("–")
        read |= set(range(int(first), int(last or first) + 1))
    assert read == frames
