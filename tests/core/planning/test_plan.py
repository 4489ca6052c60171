# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes become jobs."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest

from farm_addon.core.errors import UsageError
from farm_addon.core.findings import blocking
from farm_addon.core.planning.plan import Plan, PlanOptions, PlanSource, make_plan
from farm_addon.core.planning.scene_facts import SceneFacts, View
from farm_addon.core.planning.scene_rules import Farm
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.jobs import PlannedJob, delivery_names, expected_frames
from tests.fakes.farm import file_facts, scene_facts

FARM = Farm()


def source(path: str, *scenes: SceneFacts) -> PlanSource:
    return PlanSource(file_facts(path, *scenes), RecordedPath(path, "linux"))


def plan(*sources: PlanSource, known: dict[str, PlannedJob] | None = None, **options: Any) -> Plan:
    return make_plan(sources, known or {}, PlanOptions(**options), FARM)


def by_name(made: Plan) -> dict[str, PlannedJob]:
    return {job.name: job for job in made.added}


def test_a_file_with_one_scene_gives_its_name_to_the_job() -> None:
    assert list(by_name(plan(source("/x/shot_010.blend", scene_facts("Main"))))) == ["shot_010"]


def test_a_file_with_several_scenes_adds_the_scene() -> None:
    made = plan(source("/x/pack.blend", scene_facts("A"), scene_facts("B")))
    assert list(by_name(made)) == ["pack_A", "pack_B"]


def test_choosing_one_scene_of_several_does_not_change_its_name() -> None:
    two = source("/x/pack.blend", scene_facts("A"), scene_facts("B"))
    assert list(by_name(plan(two, scenes=("B",)))) == ["pack_B"]


def test_a_scene_named_like_a_pattern_is_matched_as_it_is() -> None:
    two = source("/x/pack.blend", scene_facts("A [1]"), scene_facts("A 1"))
    made = plan(two, scenes=("A [1]",))
    assert [row.scene.name for row in made.rows] == ["A [1]", "A 1"]


def test_the_scenes_step_is_kept() -> None:
    made = plan(source("/x/a.blend", scene_facts(frame_end=10, frame_step=4)))
    assert made.added[0].frames.text() == "1,5,9"


def test_one_blocked_scene_blocks_the_plan() -> None:
    made = plan(source("/x/a.blend", scene_facts("A"), scene_facts("B", camera=None)))
    assert made.is_blocked
    assert [job.name for job in made.added] == ["a_A"]


def test_a_name_that_no_system_could_keep_is_refused_with_a_better_one() -> None:
    made = plan(source("/x/a.blend", scene_facts("A/B"), scene_facts("C")))
    (finding,) = blocking(made.findings)
    assert finding.code == "illegal-name"
    assert "would do" in finding.fix


def test_names_that_differ_only_in_case_are_refused() -> None:
    made = plan(source("/x/a.blend", scene_facts("Shot"), scene_facts("SHOT")))
    assert [one.code for one in blocking(made.findings)] == ["duplicate-name"]


def test_a_name_that_another_file_of_the_release_has_is_refused() -> None:
    known = by_name(plan(source("/x/a.blend")))
    made = plan(source("/y/A.blend"), known=known)
    assert [one.code for one in blocking(made.findings)] == ["duplicate-name"]


def test_planning_again_tells_what_changes() -> None:
    known = by_name(plan(source("/x/p.blend", *map(scene_facts, ("A", "B", "C")))))
    again = source("/x/p.blend", scene_facts("A"), scene_facts("B", frame_end=9), scene_facts("D"))
    made = plan(again, known=known)
    assert [job.name for job in made.added] == ["p_D"]
    assert [job.name for job in made.replaced] == ["p_B"]
    assert made.unchanged == ("p_A",)
    assert made.dropped == ("p_C",)


def test_a_plan_speaks_only_for_the_files_and_scenes_that_it_names() -> None:
    known = by_name(plan(source("/x/p.blend", scene_facts("A"), scene_facts("B"))))
    other = plan(source("/x/q.blend"), known=known)
    assert other.dropped == ()
    some = plan(
        source("/x/p.blend", scene_facts("A"), scene_facts("B")), known=known, scenes=("A",)
    )
    assert some.dropped == ()
    assert some.unchanged == ("p_A",)


def test_a_job_keeps_its_name_when_its_file_gets_a_second_scene() -> None:
    known = by_name(plan(source("/x/p.blend", scene_facts("A"))))
    made = plan(source("/x/p.blend", scene_facts("A"), scene_facts("B")), known=known)
    assert made.unchanged == ("p",)
    assert [job.name for job in made.added] == ["p_B"]


def test_a_pattern_that_matches_nothing_names_the_scenes() -> None:
    with pytest.raises(UsageError) as caught:
        plan(source("/x/p.blend", scene_facts("A")), scenes=("Z*",))
    assert "A" in caught.value.hint


def test_two_frames_with_one_delivery_name_are_refused() -> None:
    animation = source("/x/shot.blend", scene_facts("A", frame_end=3))
    still = source("/x/shot_000002.blend", scene_facts("A", frame_end=1))
    (finding,) = blocking(plan(animation, still).findings)
    assert finding.code == "delivery-name"
    assert "shot_000002.png" in finding.message
    known = by_name(plan(animation))
    assert [one.code for one in blocking(plan(still, known=known).findings)] == ["delivery-name"]


def test_a_view_whose_name_would_lead_elsewhere_is_refused() -> None:
    views = (View("../x", "_L"), View("right", "_R"))
    made = plan(source("/x/a.blend", scene_facts(views=views)))
    assert [one.code for one in blocking(made.findings)] == ["delivery-name"]


def test_a_job_survives_its_json() -> None:
    views = (View("left", "_L"), View("right", "_R"))
    (job,) = plan(source("/x/p.blend", scene_facts(views=views, frame_step=2))).added
    assert PlannedJob.from_json(job.to_json()) == job


def test_outputs_and_deliveries_have_their_default_names() -> None:
    views = (View("left", "_L"), View("right", "_R"))
    still, stereo = plan(
        source("/x/still.blend", scene_facts(frame_end=1)),
        source("/x/seq.blend", scene_facts(frame_end=2, views=views)),
    ).added
    release = PurePosixPath("releases/ep01")
    first = [(str(one.source), one.delivery) for one in expected_frames(still, release, 1)]
    assert first == [("releases/ep01/out/still/000001.png", "still.png")]
    second = [str(one.source) for one in expected_frames(stereo, release, 2)]
    assert second[1] == "releases/ep01/out/seq/attempt-2/000001_R.png"
    assert delivery_names(stereo, "ep01").name(2, "right") == "seq_000002_right.png"
