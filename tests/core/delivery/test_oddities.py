# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Warnings about frames that pass: one per job and kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from farm_addon.core.delivery.oddities import LISTED_MAX, Oddities, capped, list_names, warning
from farm_addon.core.ports import FrameVerdict


def look(*frames: dict[str, Any], view: str = "") -> list[tuple[str, str]]:
    oddities = Oddities("sh010")
    for number, about in enumerate(frames, 1):
        oddities.look(number, view, FrameVerdict(Path("x.png"), **about))
    return [(finding.code, finding.message) for finding in oddities.findings()]


def test_nothing_is_odd_about_frames_that_differ() -> None:
    assert look({"pixels_digest": "a"}, {"pixels_digest": "b"}, {"pixels_digest": "a"}) == []


def test_black_frames_are_one_warning() -> None:
    black, lit = {"is_black": True, "pixels_digest": "0"}, {"pixels_digest": "1"}
    assert look(lit, black, black, black, lit, black) == [
        ("black-frames", "frames 2-4,6 are black")
    ]
    assert look(black) == [("black-frames", "frame 1 is black")]


def test_a_frame_like_the_one_before_it_is_told() -> None:
    assert look({"pixels_digest": "a"}, {"pixels_digest": "a"}) == [
        ("identical-frames", "frame 2 has the same pixels as the frame before it")
    ]


def test_frames_without_a_digest_are_not_compared() -> None:
    assert look({}, {}) == []


def test_only_neighbours_of_one_view_are_compared() -> None:
    oddities = Oddities("sh010")
    for frame, view, digest in ((1, "left", "a"), (1, "right", "a"), (2, "left", "b")):
        oddities.look(frame, view, FrameVerdict(Path("x"), pixels_digest=digest))
    oddities.forget_neighbour("left")
    oddities.look(3, "left", FrameVerdict(Path("x"), pixels_digest="b"))
    assert list(oddities.findings()) == []


def test_pixels_that_are_no_numbers_are_counted() -> None:
    assert look({"bad_pixels": 3}, {"bad_pixels": 12}) == [
        (
            "bad-pixels",
            "frames 1,2 have pixels that are no numbers (NaN) or infinite: 12 in the worst of them",
        )
    ]


def test_a_view_is_named_where_there_are_several() -> None:
    assert look({"is_black": True}, view="left") == [
        ("black-frames", "frame 1 of view ‘left’ is black")
    ]


def test_a_long_list_of_frames_is_cut() -> None:
    black: dict[str, Any] = {"is_black": True}
    ((_code, message),) = look(*[black, {}] * 100)
    assert len(message) < 100
    assert "(100 in all)" in message


def test_many_names_are_counted() -> None:
    assert list_names(["a"]) == "'a'"
    assert list_names(list("abcdefg")) == "'a', 'b', 'c', 'd', 'e' and 2 more"


def test_many_findings_of_one_kind_are_counted() -> None:
    findings = [warning("black-frames", f"job{number}", "x") for number in range(LISTED_MAX + 7)]
    told = list(capped([*findings, warning("foreign-files", "job1", "y")]))
    assert len(told) == LISTED_MAX + 2
    assert told[-1].subject == "7 more job(s)"
