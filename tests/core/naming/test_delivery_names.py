# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What delivered frames are called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.core.frames import Frames
from farm_addon.core.names import NameRefusedError
from farm_addon.core.naming.templates import TemplateError
from farm_addon.core.planning.scene_facts import View
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.jobs import PlannedJob, delivery_names, expected_frames

STEREO = (View("left", "_L"), View("right", "_R"))
JOB = PlannedJob(
    name="chair",
    source=RecordedPath(r"C:\shop\oak\chair v1.blend", "windows"),
    scene="Main",
    frames=Frames([3]),
    width_px=64,
    height_px=36,
    engine="CYCLES",
    file_format="PNG",
    extension=".png",
)
SEQUENCE = replace(JOB, frames=Frames([1, 2, 3]))


def names(job: PlannedJob, dist_name: str = "") -> list[str]:
    expected = expected_frames(job, PurePosixPath("releases/ep01"), 1, dist_name=dist_name)
    return [one.delivery for one in expected]


def named(*pairs: tuple[int, str]) -> tuple[tuple[int, tuple[tuple[str, str], ...]], ...]:
    return tuple((frame, (("frame_name", name),)) for frame, name in pairs)


def test_defaults_suit_stills_sequences_views_and_named_frames() -> None:
    assert names(JOB) == ["chair.png"]
    assert names(SEQUENCE) == [f"chair_00000{n}.png" for n in (1, 2, 3)]
    assert names(replace(JOB, views=STEREO)) == ["chair_left.png", "chair_right.png"]
    every = named((1, "0_0_0"), (2, "0_30_0"), (3, "0_30_15"))
    assert names(replace(SEQUENCE, frame_names=every))[2] == "chair_0_30_15.png"
    assert names(replace(JOB, frame_names=every)) == ["chair_0_30_15.png"]
    assert names(replace(SEQUENCE, frame_names=every[:2])) == names(SEQUENCE)


def test_a_template_of_the_plan_and_one_given_later() -> None:
    job = replace(
        SEQUENCE,
        dist_name="{release}_{file}_{material}_{frame:02d}.{ext}",
        facts=(("material", "oak"),),
    )
    assert names(job)[0] == "ep01_chair v1_oak_01.png"
    assert names(job, "{scene}-{frame}.{ext}")[0] == "Main-1.png"


def test_a_repair_of_one_frame_is_named_as_the_whole() -> None:
    (one,) = expected_frames(SEQUENCE, PurePosixPath("releases/ep01"), 2, [2])
    assert one.delivery == "chair_000002.png"
    assert str(one.source) == "releases/ep01/out/chair/attempt-2/000002.png"


def test_views_are_told_apart_by_every_template() -> None:
    stereo = replace(JOB, views=STEREO)
    assert names(stereo, "{view}/{job}.{ext}".replace("/", "-")) == [
        "left-chair.png",
        "right-chair.png",
    ]
    assert names(stereo, "{job}.tiff") == ["chair_left.tiff", "chair_right.tiff"]
    assert names(stereo, "{job}") == ["chair_left", "chair_right"]
    assert names(stereo, "{job}.v1.{ext}") == ["chair.v1_left.png", "chair.v1_right.png"]


def test_fields_of_a_frame_win_over_those_of_its_job() -> None:
    job = replace(JOB, frame_names=((3, (("frame_name", "f3"), ("side", "left"))),))
    assert names(job, "{side}_{frame_name}.{ext}") == ["left_f3.png"]


@pytest.mark.parametrize("template", ["{camera}.{ext}", "{frame_name}.{ext}", "{angle}.{ext}"])
def test_a_field_that_a_job_does_not_have_is_refused(template: str) -> None:
    with pytest.raises(TemplateError, match="here"):
        names(JOB, template)


@pytest.mark.parametrize(
    "fact",
    ["../../x", "a/b", "a\\b", "a\nb", "C:x", "a\u202eb", "a\x00", "x" * 300, "\ud800", "é" * 130],
)
def test_no_fact_leads_out_of_the_delivery(fact: str) -> None:
    job = replace(JOB, facts=(("material", fact),))
    with pytest.raises(NameRefusedError):
        names(job, "{material}.{ext}")
    with pytest.raises(NameRefusedError):
        names(replace(JOB, views=(View(fact, "_L"), View("right", "_R"))))


def test_names_are_delivered_in_one_unicode_form() -> None:
    job = replace(JOB, facts=(("material", "e\u0301bano"),))
    assert names(job, "{material}.{ext}") == ["\xe9bano.png"]


@given(st.text(max_size=20), st.text(max_size=20), st.integers(-5, 2_000_000))
def test_whatever_the_record_says_a_name_is_one_part_of_a_path(
    fact: str, frame_name: str, frame: int
) -> None:
    job = replace(
        JOB,
        frames=Frames([frame]),
        facts=(("material", fact),),
        frame_names=((frame, (("frame_name", frame_name),)),),
        dist_name="{material}{frame_name}{frame:04d}.{ext}",
    )
    try:
        name = delivery_names(job, "ep01").name(frame, "")
    except (NameRefusedError, TemplateError):
        return
    assert PurePosixPath(name).name == name
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert name not in (".", "..")
