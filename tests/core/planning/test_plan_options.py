# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans with cameras, view layers, chosen frames, templates, named frames and facts."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.core.errors import UsageError
from farm_addon.core.findings import Severity, blocking
from farm_addon.core.frames import Frames
from farm_addon.core.names import NameRefusedError, check_name, check_output_name, fold
from farm_addon.core.planning.frame_choice import is_as_planned
from farm_addon.core.planning.options import Expand, PlanOptions
from farm_addon.core.planning.plan import Plan, PlanSource, make_plan
from farm_addon.core.planning.plan_changes import changes
from farm_addon.core.planning.scene_facts import FileFacts, Marker, SceneFacts, View
from farm_addon.core.planning.scene_rules import Farm
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.jobs import PlannedJob
from tests.fakes.farm import file_facts, scene_facts

CAMERAS = scene_facts("Main", cameras=("Front", "Side"))
LAYERS = scene_facts("Main", view_layers=("Back", "Fore"))
NAMES = {frame: (("frame_name", f"0_{frame}0_15"),) for frame in (1, 3, 8)}


def source(path: str, *scenes: SceneFacts) -> PlanSource:
    return PlanSource(file_facts(path, *scenes), RecordedPath(path, "linux"))


def plan(
    *sources: PlanSource,
    known: dict[str, PlannedJob] | None = None,
    former: tuple[str, ...] = (),
    **options: Any,
) -> Plan:
    return make_plan(sources, known or {}, PlanOptions(**options), Farm(), "ep01", former)


def names(made: Plan) -> list[str]:
    return [job.name for job in made.added]


def codes(made: Plan) -> list[str]:
    return [finding.code for finding in blocking(made.findings)]


def known_of(made: Plan) -> dict[str, PlannedJob]:
    assert not made.is_blocked
    return {job.name: job for job in made.added}


# --- cameras and view layers --------------------------------------------------------------------


def test_each_camera_becomes_a_job() -> None:
    made = plan(source("/x/chair.blend", CAMERAS), expand=Expand.CAMERAS)
    assert names(made) == ["chair_Main_Front", "chair_Main_Side"]
    assert [(job.scene, job.camera) for job in made.added] == [("Main", "Front"), ("Main", "Side")]
    assert [row.unit.text() for row in made.rows] == ["Main/Front", "Main/Side"]
    assert len({job.render_key() for job in made.added}) == 2


def test_each_view_layer_becomes_a_job() -> None:
    made = plan(source("/x/chair.blend", LAYERS), expand=Expand.VIEW_LAYERS)
    assert names(made) == ["chair_Main_Back", "chair_Main_Fore"]
    assert [job.view_layer for job in made.added] == ["Back", "Fore"]


def test_a_file_that_brings_one_job_gives_it_its_own_name() -> None:
    one = scene_facts("Main", cameras=("Front",))
    assert names(plan(source("/x/chair.blend", one), expand=Expand.CAMERAS)) == ["chair"]


def test_a_scene_without_an_active_camera_can_be_planned_by_its_cameras() -> None:
    scene = replace(CAMERAS, camera=None)
    assert codes(plan(source("/x/a.blend", scene))) == ["no-camera"]
    assert not plan(source("/x/a.blend", scene), expand=Expand.CAMERAS).is_blocked


def test_what_has_nothing_to_expand_is_a_finding() -> None:
    bare = source("/x/a.blend", scene_facts("Main"))
    assert codes(plan(bare, expand=Expand.CAMERAS)) == ["nothing-to-expand"]
    assert codes(plan(bare, expand=Expand.VIEW_LAYERS)) == ["nothing-to-expand"]
    cut = source("/x/a.blend", replace(CAMERAS, needs_camera=False))
    assert codes(plan(cut, expand=Expand.CAMERAS)) == ["cannot-expand"]


def test_a_compositor_that_does_not_show_a_layer_blocks_its_job() -> None:
    made = plan(
        source("/x/a.blend", replace(LAYERS, shown_layers=("Back",))), expand=Expand.VIEW_LAYERS
    )
    assert codes(made) == ["layer-not-composited"]
    assert "‘Fore’" in made.findings[0].message


def test_a_compositor_that_mixes_layers_warns() -> None:
    made = plan(
        source("/x/a.blend", replace(LAYERS, shown_layers=("Back", "Fore"))),
        expand=Expand.VIEW_LAYERS,
    )
    assert not made.is_blocked
    assert [one.code for one in made.findings] == ["composites-other-layers"]
    alone = replace(LAYERS, view_layers=("Back",), shown_layers=("Back", "Fore"))
    assert not plan(source("/x/a.blend", alone), expand=Expand.VIEW_LAYERS).findings


def test_planning_by_cameras_drops_the_job_of_the_whole_scene() -> None:
    known = known_of(plan(source("/x/chair.blend", CAMERAS)))
    made = plan(source("/x/chair.blend", CAMERAS), known=known, expand=Expand.CAMERAS)
    assert made.dropped == ("chair",)
    assert names(made) == ["chair_Main_Front", "chair_Main_Side"]


# --- frames -------------------------------------------------------------------------------------


def test_chosen_frames_win_over_the_scenes_whatever_these_are() -> None:
    odd = scene_facts(frame_start=10, frame_end=1, frame_step=1)
    (job,) = plan(source("/x/a.blend", odd), frames=Frames.parse("1-9x4")).added
    assert job.frames.text() == "1,5,9"
    assert job.are_frames_chosen
    assert codes(plan(source("/x/a.blend", odd), frames=Frames([-1, 2]))) == ["negative-frames"]


def test_named_frames_are_the_frames_unless_others_are_chosen() -> None:
    (job,) = plan(source("/x/a.blend"), frame_names=NAMES).added
    assert job.frames.text() == "1,3,8"
    assert job.frame_names == tuple(NAMES.items())
    assert job.are_frames_chosen
    made = plan(source("/x/a.blend"), frame_names=NAMES, frames=Frames([1, 2]))
    assert made.added[0].frames.text() == "1,2"
    assert made.added[0].frame_names == ((1, NAMES[1]),)
    assert made.outputs == {"a": ("a_000001.png", "a_000002.png")}


def test_named_frames_are_delivered_under_their_names() -> None:
    made = plan(source("/x/a.blend"), frame_names=NAMES)
    assert made.outputs["a"] == ("a_0_10_15.png", "a_0_30_15.png", "a_0_80_15.png")


MARKED = scene_facts(
    frame_end=8,
    frame_step=2,
    markers=(
        Marker(-4, "before"),
        Marker(1, "0_0_0"),
        Marker(2, "off the step"),
        Marker(3, "F_03", True),
        Marker(3, "0_30_15"),
        Marker(5, "0_60_15", True),
        Marker(9, "after"),
    ),
)


def test_markers_name_the_frames_that_the_scene_renders() -> None:
    (job,) = plan(source("/x/a.blend", MARKED), are_markers_names=True).added
    assert job.frames.text() == "1,3,5"
    assert [dict(fields)["frame_name"] for _, fields in job.frame_names] == [
        "0_0_0",
        "0_30_15",
        "0_60_15",
    ]
    assert not job.are_frames_chosen


def test_markers_that_contradict_or_miss_the_frames_are_findings() -> None:
    twice = replace(MARKED, markers=(Marker(1, "a"), Marker(1, "b"), Marker(1, "a")))
    made = plan(source("/x/a.blend", twice), are_markers_names=True)
    assert codes(made) == ["two-frame-names"]
    assert "‘a’ and ‘b’ both name frame 1" in made.findings[0].message
    none = replace(MARKED, markers=(Marker(-4, "before"), Marker(1, "")))
    made = plan(source("/x/a.blend", none), are_markers_names=True)
    assert codes(made) == ["no-named-frames"]


def test_a_scene_that_changed_since_is_told_from_one_as_planned() -> None:
    plain = scene_facts(color_mode="RGBA")
    (job,) = plan(source("/x/a.blend", plain)).added
    assert is_as_planned(plain, job)
    assert not is_as_planned(replace(plain, frame_end=4), job)
    assert not is_as_planned(replace(plain, width_px=1), job)
    assert not is_as_planned(replace(plain, color_mode="BW"), job)
    assert not is_as_planned(replace(plain, is_burning_stamp=True), job)
    assert not is_as_planned(replace(plain, views=(View("l", "_l"), View("r", "_r"))), job)
    (chosen,) = plan(source("/x/a.blend", plain), frames=Frames([7])).added
    assert is_as_planned(replace(plain, frame_end=4), chosen)
    assert not is_as_planned(replace(plain, file_format="JPEG"), chosen)
    (marked,) = plan(source("/x/a.blend", MARKED), are_markers_names=True).added
    assert is_as_planned(MARKED, marked)
    moved = replace(MARKED, markers=(Marker(1, "0_0_0"), Marker(3, "other"), Marker(5, "0_60_15")))
    assert not is_as_planned(moved, marked)


# --- names --------------------------------------------------------------------------------------


def test_a_template_names_the_jobs() -> None:
    made = plan(
        source("/x/oak/chair.blend", CAMERAS),
        expand=Expand.CAMERAS,
        facts="{material}/{object}.blend",
        job_name="{object}-{material}-{camera}",
    )
    assert names(made) == ["chair-oak-Front", "chair-oak-Side"]
    assert made.added[0].facts == (("material", "oak"), ("object", "chair"))


def test_jobs_keep_their_names_unless_a_template_says_otherwise() -> None:
    known = known_of(plan(source("/x/chair.blend"), job_name="sofa"))
    assert plan(source("/x/chair.blend"), known=known).unchanged == ("sofa",)
    made = plan(source("/x/chair.blend"), known=known, job_name="{file}")
    assert (names(made), made.dropped) == (["chair"], ("sofa",))


def test_a_template_that_asks_for_what_a_scene_does_not_have_is_a_finding() -> None:
    made = plan(source("/x/chair.blend", CAMERAS), job_name="{file}_{camera}")
    assert codes(made) == ["illegal-name"]
    assert "no ‘camera’ here" in made.findings[0].message


def test_one_name_for_two_jobs_is_a_finding() -> None:
    two = source("/x/pack.blend", scene_facts("A"), scene_facts("B"))
    assert codes(plan(two, job_name="{file}")) == ["duplicate-name"]
    known = known_of(plan(two))
    made = plan(two, known=known, scenes=("A",), job_name="pack_B")
    assert codes(made) == ["duplicate-name"]
    assert "in the release already" in made.findings[0].message


def test_a_name_that_differs_in_case_from_one_the_release_had_is_a_finding() -> None:
    made = plan(source("/x/Chair.blend"), former=("chair", "table"))
    assert codes(made) == ["duplicate-name"]
    assert "'chair', which the release has or had" in made.findings[0].message
    assert not plan(source("/x/chair.blend"), former=("chair",)).is_blocked


@pytest.mark.parametrize(
    "options",
    [
        {"job_name": "{frame}"},
        {"job_name": "{job}"},
        {"job_name": "{file.stem}"},
        {"dist_name": "{nobody}"},
        {"dist_name": "{material}"},
        {"dist_name": "{frame:999d}"},
        {"facts": "{scene}/{o}.blend"},
        {"facts": "plain.blend"},
        {"facts": "{side}.blend", "frame_names": {1: (("side", "left"),)}},
        {"chunk_size": 0},
        {"priority": 101},
        {"priority": -1},
    ],
)
def test_options_that_make_no_sense_are_refused_before_anything_is_judged(
    options: dict[str, Any],
) -> None:
    with pytest.raises(UsageError):
        plan(source("/x/a.blend"), **options)


def test_fields_of_paths_and_frames_may_stand_in_delivery_names() -> None:
    made = plan(
        source("/x/oak/chair.blend"),
        facts="{material}/{object}.blend",
        frame_names={3: (("frame_name", "0_30_15"), ("side", "left"))},
        dist_name="{release}.{material}.{side}.{frame_name}.{ext}",
    )
    assert made.outputs == {"chair": ("ep01.oak.left.0_30_15.png",)}


def test_a_path_that_does_not_fit_the_pattern_is_named() -> None:
    made = plan(
        source("/x/oak/chair.blend"), source("/sofa.blend"), facts="{a}/{material}/{object}.blend"
    )
    assert codes(made) == ["no-facts"]
    assert made.findings[0].subject == "File ‘/sofa.blend’"


# --- deliveries ---------------------------------------------------------------------------------


def test_frames_of_one_job_that_share_a_name_are_a_finding() -> None:
    made = plan(source("/x/a.blend"), dist_name="{job}.{ext}")
    assert codes(made) == ["delivery-name"]
    assert "its frames 1 and 2 would both be delivered as ‘a.png’" in made.findings[0].message


def test_jobs_that_share_a_name_in_another_case_or_form_are_a_finding() -> None:
    made = plan(
        source("/x/a/one.blend", scene_facts(frame_end=1)),
        source("/x/A/two.blend", scene_facts(frame_end=1)),
        facts="{folder}/{o}.blend",
        dist_name="{folder}.{ext}",
    )
    assert codes(made) == ["delivery-name"]
    assert "so would frame 1 of job ‘one’" in made.findings[0].message
    composed = plan(
        source("/x/\xe9/one.blend", scene_facts(frame_end=1)),
        source("/x/e\u0301/two.blend", scene_facts(frame_end=1)),
        facts="{folder}/{o}.blend",
        dist_name="{folder}.{ext}",
    )
    assert codes(composed) == ["delivery-name"]


def test_a_name_too_long_to_be_delivered_is_a_finding() -> None:
    made = plan(source("/x/a.blend"), dist_name="{job}" + "x" * 260 + "{frame}.{ext}")
    assert codes(made) == ["delivery-name"]
    assert "longer than 255 bytes" in made.findings[0].message


def test_a_frame_without_the_name_that_a_template_wants_is_a_finding() -> None:
    made = plan(
        source("/x/a.blend"),
        frame_names=NAMES,
        frames=Frames([1, 2]),
        dist_name="{job}_{frame_name}.{ext}",
    )
    assert codes(made) == ["delivery-name"]
    assert made.findings[0].message.startswith("frame 2: ")


def test_an_ending_that_is_not_the_formats_warns_once() -> None:
    made = plan(*(source(f"/x/{n}.blend") for n in range(9)), dist_name="{job}_{frame}")
    assert not made.is_blocked
    (finding,) = made.findings
    assert (finding.severity, finding.code) == (Severity.WARNING, "delivery-extension")
    assert finding.message.endswith("so it is in 8 more jobs")


def test_a_template_that_is_wrong_for_every_job_is_not_told_of_ten_thousand_times() -> None:
    made = plan(*(source(f"/x/{n}.blend") for n in range(200)), dist_name="{job}.{ext}")
    assert len(made.findings) == 50
    assert made.findings[-1].message.endswith("so it is in 150 more jobs")


# --- planning again -----------------------------------------------------------------------------


def test_planning_again_tells_what_changes() -> None:
    known = known_of(plan(source("/x/a.blend"), source("/x/b.blend")))
    made = plan(
        source("/x/a.blend", scene_facts(frame_end=9, width_px=128)),
        source("/x/b.blend"),
        known=known,
        priority=70,
        frame_names=None,
        dist_name="{job}.{frame:04d}.{ext}",
    )
    assert made.changes["b"] == (
        "priority 50 → 70",
        "dist name the default → {job}.{frame:04d}.{ext}",
    )
    assert made.changes["a"][:2] == ("frames 1-3 → 1-9", "width 64 → 128")


def test_every_way_to_change_a_job_is_told() -> None:
    known = known_of(plan(source("/x/a.blend", scene_facts(frame_end=8))))
    named = plan(source("/x/a.blend", scene_facts(frame_end=8)), known=known, frame_names=NAMES)
    assert named.changes["a"] == ("frames 1-8 → 1,3,8", "frame names")
    same = plan(source("/x/a.blend"), known=known, frames=Frames(range(1, 9)))
    assert same.changes["a"] == ("frames are chosen",)
    snapshot = replace(
        source("/x/a.blend", scene_facts(frame_end=8)), snapshot="/s", has_unsaved_edits=True
    )
    assert plan(snapshot, known=known).changes["a"] == ("unsaved edits",)


OTHERS: dict[str, Any] = {
    "source": RecordedPath("other.blend"),
    "frames": Frames([99]),
    "views": (View("left", "_L"), View("right", "_R")),
    "facts": (("material", "oak"),),
    "frame_names": tuple(NAMES.items()),
}


@pytest.mark.parametrize("field", [one.name for one in fields(PlannedJob) if one.name != "name"])
def test_no_change_goes_untold(field: str) -> None:
    (job,) = plan(source("/x/a.blend")).added
    value = getattr(job, field)
    if field in OTHERS:
        other = OTHERS[field]
    elif isinstance(value, bool):
        other = not value
    else:
        other = value + type(value)(1)
    assert changes(job, replace(job, **{field: other}))
    assert changes(replace(job, **{field: other}), job)
    assert not changes(job, replace(job))


def test_a_job_with_everything_chosen_survives_its_json() -> None:
    (job, _) = plan(
        source("/x/oak/chair.blend", replace(CAMERAS, color_mode="RGBA")),
        expand=Expand.CAMERAS,
        facts="{material}/{object}.blend",
        frame_names=NAMES,
        dist_name="{job}{frame}.{ext}",
        worker_tag="t",
    ).added
    assert PlannedJob.from_json(job.to_json()) == job
    assert job.color_mode == "RGBA"


def test_facts_of_cameras_layers_and_markers_survive_the_wire() -> None:
    scene = replace(MARKED, cameras=("A",), view_layers=("L",), shown_layers=(), color_mode="BW")
    facts = file_facts("/x/a.blend", scene)
    assert FileFacts.from_json(facts.to_json()) == facts


# --- nasty names --------------------------------------------------------------------------------

NASTY = [
    ("cafe\u0301", True),
    ("ночь", True),
    ("שלום", True),
    ("日本" * 16, True),
    ("\U00020000" * 32, True),
    ("\U00020000" * 64, False),
    ("x" * 65, False),
    ("CON", False),
    ("nul.v2", False),
    ("\U0001f600", False),
    ("a\u202egnp", False),
    ("..", False),
    ("../../etc", False),
    ("a\nb", False),
    (" ", False),
    ("{frame}", False),
    ("a:b", False),
]


@pytest.mark.parametrize(("scene", "is_legal"), NASTY)
def test_scenes_with_nasty_names_become_legal_jobs_or_findings(scene: str, is_legal: bool) -> None:
    made = plan(source("/x/f.blend", scene_facts(scene)), job_name="{scene}")
    assert made.is_blocked is not is_legal
    if is_legal:
        (job,) = made.added
        assert check_name(job.name, kind="job") == job.name
        assert job.scene == scene  # as Blender has it
    else:
        (finding,) = blocking(made.findings)
        assert finding.code == "illegal-name"
        suggestion = finding.fix.rpartition("‘")[2].partition("’")[0]
        assert check_name(suggestion, kind="job") == suggestion


@given(st.lists(st.text(max_size=12), min_size=1, max_size=4, unique=True))
def test_whatever_scenes_are_called_a_plan_is_refused_or_can_be_kept_everywhere(
    scene_names: list[str],
) -> None:
    made = plan(source("/x/f.blend", *map(scene_facts, scene_names)), job_name="{file}{scene}")
    if made.is_blocked:
        return
    folded = {fold(job.name) for job in made.added}
    assert len(folded) == len(scene_names)
    delivered = [name for outputs in made.outputs.values() for name in outputs]
    assert len({fold(name) for name in delivered}) == 3 * len(scene_names)
    for name in delivered:
        assert check_output_name(name) == name
    for job in made.added:
        try:
            check_name(job.name, kind="job")
        except NameRefusedError as ex:
            pytest.fail(ex.message)
