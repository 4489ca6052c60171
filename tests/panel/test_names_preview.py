# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that are shown before anything was checked are those that the plan gives."""

from __future__ import annotations

import time

import pytest

from farm_addon.blender.view.names_preview import (
    NamedFrames,
    delivered_names,
    dist_template_problem,
    first_frames,
    first_of_range,
    frames_problem,
    job_name,
    job_template_problem,
    marked_frames,
    release_problem,
)
from farm_addon.core.planning.scene_facts import Marker


def test_an_allowed_name_is_no_problem() -> None:
    assert release_problem("ep01", (), ()) is None
    assert release_problem("ep01", ("ep01",), ("ep00",)) is None


@pytest.mark.parametrize(("name", "suggestion"), [("ep/01", "ep_01"), ("release", "release_1")])
def test_an_illegal_name_comes_with_one_that_is_legal(name: str, suggestion: str) -> None:
    problem = release_problem(name, (), ())
    assert problem is not None
    assert problem.text[0].isupper() or problem.text[0] == "'"
    assert problem.suggestion == suggestion


def test_a_name_that_differs_in_case_alone_is_the_other_release() -> None:
    problem = release_problem("EP01", {"ep01": 3}, ())
    assert problem is not None
    assert problem.suggestion == "ep01"


def test_an_archived_release_must_be_restored_first() -> None:
    problem = release_problem("ep00", (), ("ep00",))
    assert problem is not None
    assert "archived" in problem.text
    assert problem.suggestion == ""


@pytest.mark.parametrize(
    ("unit", "is_single", "name"),
    [
        (("sh010", "", ""), True, "shot"),
        (("sh010", "", ""), False, "shot_sh010"),
        (("sh010", "left", ""), False, "shot_sh010_left"),
        (("sh010", "", "fg"), False, "shot_sh010_fg"),
    ],
)
def test_a_job_is_named_as_the_plan_names_it(
    unit: tuple[str, str, str], is_single: bool, name: str
) -> None:
    assert job_name("ep01", "shot", "", unit, is_single) == name


def test_a_chosen_template_names_jobs() -> None:
    unit = ("sh010", "left", "")
    assert job_name("ep01", "shot", "{release}-{scene}-{camera}", unit, False) == "ep01-sh010-left"


def test_a_file_that_was_never_saved_has_no_name_yet() -> None:
    assert job_name("ep01", "", "", ("sh010", "", ""), False) == ""


def test_a_template_that_cannot_be_read_says_where() -> None:
    problem = job_template_problem("{file}_{frame}")
    assert problem.startswith("Template")
    assert "at character 8" in problem
    assert dist_template_problem("{job}_{frame:06d}.{ext}") == ""
    assert "{frame}" in dist_template_problem("{job}_{fram}")
    assert dist_template_problem("") == ""


def names(template: str, frames: NamedFrames, **other: str) -> tuple[tuple[str, ...], str]:
    unit = ("sh010", "", "")
    return delivered_names(
        "ep01", "shot", template, other.get("job", "shot_sh010"), unit, ".exr", frames
    )


def test_three_names_are_previewed() -> None:
    shown, problem = names("", NamedFrames((1, 2, 3, 4)))
    assert shown == ("shot_sh010_000001.exr", "shot_sh010_000002.exr", "shot_sh010_000003.exr")
    assert problem == ""


def test_a_still_has_no_number() -> None:
    assert names("", NamedFrames((7,))) == (("shot_sh010.exr",), "")


def test_named_frames_are_called_by_their_names() -> None:
    frames = NamedFrames((1, 5), ((1, "front"), (5, "left")))
    assert names("", frames) == (("shot_sh010_front.exr", "shot_sh010_left.exr"), "")


def test_a_template_without_the_frame_gives_one_name_to_several() -> None:
    assert "same name" in names("{job}.{ext}", NamedFrames((1, 2)))[1]


def test_a_name_that_files_cannot_have_is_a_problem() -> None:
    shown, problem = names("{job}:{frame}.{ext}", NamedFrames((1, 2)))
    assert shown == ()
    assert "':' may not be in it" in problem


def test_the_first_frames_of_a_range_cost_nothing() -> None:
    began_s = time.perf_counter()
    assert first_of_range(1, 900_000_000, 5) == (1, 6, 11)
    assert time.perf_counter() - began_s < 0.01
    assert first_of_range(5, 1, 1) == ()
    assert first_of_range(4, 4, 0) == (4,)


def test_typed_frames_are_read() -> None:
    assert first_frames("5-100x5") == (5, 10, 15)
    assert frames_problem("1-10,20") == ""
    assert "no frame" in frames_problem("1-1o")
    assert frames_problem("-5-10") == "Flamenco has no negative frames"
    assert first_frames("1-1o") == ()
    assert (frames_problem("1-1000000"), first_frames("1-1000000")) == ("", ())


def test_markers_name_frames() -> None:
    markers = (Marker(1, "front"), Marker(3, "left"), Marker(99, "late"))
    found = marked_frames(markers, 1, 10, 1, "")
    assert found == NamedFrames((1, 3), ((1, "front"), (3, "left")))
    chosen = marked_frames(markers, 1, 10, 1, "1-2")
    assert chosen == NamedFrames((1, 2), ((1, "front"),))
