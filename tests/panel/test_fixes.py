# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which finding has which button."""

from __future__ import annotations

import pytest

from farm_addon.blender.view.fixes import Fix, data_text, fixes_for
from farm_addon.core.findings import Severity
from farm_addon.core.planning.scene_rules import Farm, judge_settings
from tests.fakes.farm import scene_facts


def fixes(code: str, **data: str) -> tuple[Fix, ...]:
    return fixes_for(code, data_text(data))


def shown(code: str, **data: str) -> list[tuple[str, dict[str, object]]]:
    return [(fix.operator, dict(fix.properties)) for fix in fixes(code, **data)]


def test_a_scene_without_a_camera_gets_one() -> None:
    assert shown("no-camera", scene="A") == [("farm.fix_camera", {"scene": "A"})]


@pytest.mark.parametrize("code", ["video-output", "unknown-format", "no-decoder"])
def test_a_format_that_cannot_be_rendered_becomes_another(code: str) -> None:
    offered = [fix.properties["file_format"] for fix in fixes(code, scene="A", format="FFMPEG")]
    assert offered == ["PNG", "OPEN_EXR"]


def test_webp_in_black_and_white_becomes_colour() -> None:
    first = fixes("format-color-mode", scene="A", format="WEBP", color_mode="BW")[0]
    assert first.operator == "farm.fix_color_mode"


def test_negative_frames_are_cut_off() -> None:
    assert shown("negative-frames", scene="A", frame_start="-5", frame_end="20") == [
        ("farm.fix_frames", {"scene": "A", "frame_start": 0, "frame_end": 20})
    ]


def test_frames_that_all_are_negative_must_be_moved_by_a_person() -> None:
    assert shown("negative-frames", scene="A", frame_start="-9", frame_end="-2") == []


def test_frames_that_were_typed_are_not_the_scenes() -> None:
    assert shown("negative-frames", scene="A", frame="-3") == []


def test_a_range_that_runs_backwards_is_turned_round() -> None:
    assert shown("empty-frame-range", scene="A", frame_start="20", frame_end="5") == [
        ("farm.fix_frames", {"scene": "A", "frame_start": 5, "frame_end": 20})
    ]


def test_a_file_output_node_is_muted_where_it_is() -> None:
    found = shown("file-output", scene="Edit", owner_scene="A", group="G", node="File Output")
    assert found == [
        ("farm.fix_file_output", {"scene": "A", "group": "G", "node": "File Output"}),
    ]


def test_a_missing_file_is_relocated_at_its_user() -> None:
    data = {"path": "/x/oak.png", "kind": "image", "id_type": "IMAGE", "name": "oak"}
    assert shown("missing-file", **data, library="")[0] == (
        "farm.fix_missing_file",
        {"id_type": "IMAGE", "id_name": "oak", "missing": "/x/oak.png"},
    )


@pytest.mark.parametrize(
    "data",
    [
        {"id_type": "IMAGE", "name": "oak", "library": "//chairs.blend"},
        {"id_type": "", "name": ""},
        {"id_type": "ARMATURE", "name": "rig"},
    ],
)
def test_where_no_path_can_be_set_blender_looks_for_the_file(data: dict[str, str]) -> None:
    found = shown("missing-file", path="/x", **data)
    assert [operator for operator, _ in found] == ["file.find_missing_files"]


def test_a_painted_image_is_saved_or_packed() -> None:
    actions = [fix.properties["action"] for fix in fixes("dirty-image", image="oak")]
    assert actions == ["SAVE", "PACK"]


def test_a_scene_whose_name_no_file_can_have_is_renamed() -> None:
    assert shown("illegal-name", scene="a/b", job="shot_a/b") == [
        ("farm.fix_scene_name", {"scene": "a/b", "new_name": "a_b"})
    ]
    assert shown("illegal-name", scene="ab", camera="c:d", job="shot_ab_c:d") == []


def test_a_file_that_was_never_saved_is_saved() -> None:
    assert shown("unsaved-file", file="") == [("wm.save_mainfile", {})]


@pytest.mark.parametrize(
    "code", ["needs-scripts", "cannot-freeze-volume", "too-many-frames", "unheard-of"]
)
def test_what_needs_judgement_has_words_only(code: str) -> None:
    assert shown(code, scene="A", frame_start="1", frame_end="9") == []


@pytest.mark.parametrize("data", ["", "[1]", "{", "null", '{"scene": 3}'])
@pytest.mark.parametrize("code", ["no-camera", "video-output", "negative-frames", "dirty-image"])
def test_a_finding_without_names_has_no_button(code: str, data: str) -> None:
    assert fixes_for(code, data) == ()


def test_the_rules_tell_what_the_buttons_need() -> None:
    """The members are those of the rules themselves, not of this test."""
    odd = scene_facts("A", camera=None, file_format="FFMPEG", frame_start=-3, frame_end=9)
    found = [one for one in judge_settings(odd, Farm()) if one.severity is Severity.ERROR]
    buttons = {
        one.code: [fix.operator for fix in fixes_for(one.code, data_text(one.data))]
        for one in found
    }
    assert buttons == {
        "no-camera": ["farm.fix_camera"],
        "negative-frames": ["farm.fix_frames"],
        "video-output": ["farm.fix_format", "farm.fix_format"],
    }
