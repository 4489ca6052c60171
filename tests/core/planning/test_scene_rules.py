# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is found wrong or odd about files and scenes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from farm_addon.core.findings import Finding, Severity, blocking
from farm_addon.core.frames import Frames
from farm_addon.core.planning.dependency_rules import judge_dependencies
from farm_addon.core.planning.scene_facts import DataUser, Dependency, FileOutput
from farm_addon.core.planning.scene_rules import Farm, judge_file, judge_settings
from tests.fakes.farm import BUILD, file_facts, scene_facts

FARM = Farm(series=(4, 5), can_decode=lambda name: name in ("png", "openexr"))


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def judge(farm: Farm = FARM, **scene: Any) -> list[Finding]:
    return list(judge_settings(scene_facts(**scene), farm))


def test_nothing_is_found_about_a_good_scene() -> None:
    assert judge() == []
    assert list(judge_file(file_facts("/a.blend"), FARM)) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"camera": None}, "no-camera"),
        ({"frame_start": 5, "frame_end": 4}, "empty-frame-range"),
        ({"frame_start": -5}, "negative-frames"),
        ({"frame_end": 99_999_999}, "too-many-frames"),
        ({"file_format": "FFMPEG"}, "video-output"),
        ({"file_format": ""}, "unknown-format"),
        ({"file_format": "CINEON"}, "no-decoder"),
        ({"file_format": "WEBP", "color_mode": "BW"}, "format-color-mode"),
        ({"file_outputs": (FileOutput("Scene", "File Output"),)}, "file-output"),
        ({"scripts": ("Text ‘rig.py’",)}, "needs-scripts"),
        ({"missing_data": ("Material ‘oak’",)}, "missing-data"),
    ],
)
def test_a_bad_scene_is_blocked(change: dict[str, Any], code: str) -> None:
    found = judge(**change)
    assert codes(found) == [code]
    assert blocking(found)
    assert found[0].subject == "Scene ‘Scene’"


@pytest.mark.parametrize(
    ("change", "data"),
    [
        ({"camera": None}, {}),
        ({"file_format": "FFMPEG"}, {"format": "FFMPEG"}),
        ({"file_format": ""}, {"format": ""}),
        ({"file_format": "WEBP", "color_mode": "BW"}, {"format": "WEBP", "color_mode": "BW"}),
        ({"frame_start": -5}, {"frame_start": "-5", "frame_end": "3"}),
        (
            {"file_outputs": (FileOutput("Comp", "Passes", "Utility"),)},
            {"owner_scene": "Comp", "node": "Passes", "group": "Utility"},
        ),
    ],
)
def test_a_finding_names_exactly_what_a_button_would_change(
    change: dict[str, Any], data: dict[str, str]
) -> None:
    (finding,) = judge(**change)
    assert finding.data == {"scene": "Scene", **data}
    assert Finding.from_json(finding.to_json()) == finding


def test_a_missing_file_names_its_path_and_its_datablock() -> None:
    user = DataUser("IMAGE", "x", "//lib/chairs.blend")
    missing = Dependency("/x.png", "image", "Image ‘x’", True, False, ("Scene",), user)
    (finding,) = judge_dependencies([missing])
    assert finding.data == {
        "path": "/x.png",
        "kind": "image",
        "id_type": "IMAGE",
        "name": "x",
        "library": "//lib/chairs.blend",
    }


def test_a_painted_image_and_an_unsaved_file_are_named() -> None:
    found = list(judge_file(file_facts("", dirty_images=("Paint",)), FARM))
    assert [one.data for one in found] == [{"file": ""}, {"image": "Paint"}]


def test_a_sequencer_needs_no_camera() -> None:
    assert judge(camera=None, needs_camera=False) == []


def test_scripts_only_warn_where_they_run() -> None:
    found = judge(replace(FARM, is_local=False, runs_scripts=True), scripts=("Text ‘rig.py’",))
    assert [(one.code, one.severity) for one in found] == [("needs-scripts", Severity.WARNING)]


def test_the_wheel_renders_cycles_only() -> None:
    wheel = replace(FARM, is_wheel=True)
    assert codes(judge(wheel, engine="BLENDER_EEVEE_NEXT")) == ["engine-needs-display"]
    assert judge(wheel, engine="CYCLES") == []


def test_a_chosen_camera_is_camera_enough() -> None:
    assert list(judge_settings(scene_facts(camera=None), FARM, has_camera=True)) == []


def test_chosen_frames_are_judged_instead_of_the_scenes() -> None:
    empty = scene_facts(frame_start=5, frame_end=4)
    assert list(judge_settings(empty, FARM, frames=Frames([7]))) == []
    found = list(judge_settings(scene_facts(), FARM, frames=Frames([-3, 7])))
    assert codes(found) == ["negative-frames"]
    assert "frame -3 was chosen" in found[0].message


def test_a_file_that_another_scene_uses_does_not_count() -> None:
    missing = Dependency("/x.png", "image", "Image ‘x’", True, False, ("Other", "Both"))
    facts = file_facts("/a.blend", scene_facts("Scene"), dependencies=(missing,))
    by_scene = facts.dependencies_by_scene()
    assert sorted(by_scene) == ["Both", "Other"]
    assert codes(list(judge_dependencies(by_scene["Other"]))) == ["missing-file"]


def test_what_cannot_be_packed_blocks_and_names_its_kind() -> None:
    cache = Dependency("/x.abc", "cache-file", "Cache File ‘x’", False, True, ("Scene",))
    found = list(judge_dependencies([cache]))
    assert codes(found) == ["cannot-freeze-cache-file"]
    assert "Alembic" in found[0].message


def test_a_sequence_of_many_files_is_one_finding() -> None:
    files = [
        Dependency(f"/x/{n}.png", "image-sequence", "Image ‘x’", False, True, ("Scene",))
        for n in range(500)
    ]
    (finding,) = judge_dependencies(files)
    assert finding.message.endswith("and 499 more like it")


def test_a_file_never_saved_and_painted_pixels_block() -> None:
    found = list(judge_file(file_facts("", dirty_images=("Paint",)), FARM))
    assert codes(found) == ["unsaved-file", "dirty-image"]
    assert len(blocking(found)) == 2


def test_another_colour_configuration_warns() -> None:
    found = list(judge_file(file_facts("/a.blend", color_config="/aces/config.ocio"), FARM))
    assert [(one.code, one.severity) for one in found] == [("own-color-config", Severity.WARNING)]


def test_freezing_with_a_newer_series_than_the_farms_blocks() -> None:
    facts = file_facts("/a.blend", build=replace(BUILD, version=(5, 0, 1)))
    assert codes(list(judge_file(facts, FARM))) == ["newer-than-farm"]
    assert list(judge_file(facts, replace(FARM, series=None))) == []


def test_versions_of_files_are_compared_with_the_file_version() -> None:
    older = file_facts("/a.blend", saved_with=(4, 2, 3))
    assert codes(list(judge_file(older, FARM))) == ["newer-than-saved"]
    newer = file_facts("/a.blend", saved_with=(5, 0, 1))
    assert codes(blocking(judge_file(newer, FARM))) == ["newer-than-blender"]
