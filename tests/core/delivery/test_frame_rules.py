# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a decoded frame must be to pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from farm_addon.core.delivery.frame_rules import allowed_channels, find_defect
from farm_addon.core.frames import Frames
from farm_addon.core.ports import FrameVerdict
from farm_addon.core.provenance import MAX_NOTE_BYTES, Provenance, add_to_note
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.jobs import PlannedJob

OWNER = Provenance("ep01", "0b1c", "sh010", 2, "ab" * 16)
PLAN = PlannedJob(
    "sh010",
    RecordedPath("shots/sh010.blend"),
    "Main",
    Frames((7,)),
    64,
    36,
    "CYCLES",
    "PNG",
    ".png",
    color_mode="RGBA",
)
GOOD = FrameVerdict(
    Path("000007.png"), "", "png", 64, 36, 4, add_to_note("ours", OWNER), {"Frame": "007"}
)


def code(verdict: FrameVerdict, **plan: Any) -> str:
    defect = find_defect(verdict, replace(PLAN, **plan), OWNER, 7)
    return defect.code if defect else ""


def test_a_frame_that_is_all_that_was_planned_passes() -> None:
    assert code(GOOD) == ""


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"problem": "it is cut off"}, "undecodable"),
        ({"format_name": "jpeg"}, "wrong-format"),
        ({"format_name": ""}, "wrong-format"),
        ({"width_px": 32}, "wrong-size"),
        ({"height_px": 0}, "wrong-size"),
        ({"channels": 3}, "wrong-channels"),
        ({"note": ""}, "no-stamp"),
        ({"note": "farm:not our JSON"}, "no-stamp"),
        ({"note": add_to_note("", replace(OWNER, release_id="other"))}, "foreign-stamp"),
        ({"note": add_to_note("", replace(OWNER, job="sh020"))}, "foreign-stamp"),
        ({"note": add_to_note("", replace(OWNER, attempt=1))}, "foreign-stamp"),
        ({"note": add_to_note("", replace(OWNER, inputs="cd" * 16))}, "foreign-stamp"),
        ({"metadata": {"Frame": "008"}}, "wrong-frame"),
    ],
)
def test_a_frame_that_is_not_as_planned_does_not_pass(changes: dict[str, Any], wanted: str) -> None:
    assert code(replace(GOOD, **changes)) == wanted


def test_the_gravest_defect_is_told() -> None:
    bad = replace(GOOD, problem="it is cut off", width_px=0, note="")
    assert code(bad) == "undecodable"


@pytest.mark.parametrize("metadata", [{}, {"Frame": ""}, {"Frame": "7 of 10"}])
def test_a_frame_number_that_is_not_there_or_no_number_holds_nothing_back(
    metadata: dict[str, str],
) -> None:
    assert code(replace(GOOD, metadata=metadata)) == ""


@pytest.mark.parametrize("file_format", ["TIFF", "WEBP", "BMP", "HDR"])
def test_a_format_without_notes_needs_no_stamp(file_format: str) -> None:
    decoder_name = file_format.lower()
    verdict = replace(GOOD, format_name=decoder_name, note="", metadata={}, channels=3)
    assert code(verdict, file_format=file_format, color_mode="RGB") == ""


def test_a_scene_that_burns_its_stamp_in_needs_no_note() -> None:
    assert code(replace(GOOD, note=""), is_burning_stamp=True) == ""
    old = add_to_note("", replace(OWNER, attempt=1))
    assert code(replace(GOOD, note=old), is_burning_stamp=True) == "foreign-stamp"


def test_a_studios_note_that_leaves_no_room_is_no_defect() -> None:
    assert code(replace(GOOD, note="x" * MAX_NOTE_BYTES)) == ""
    assert code(replace(GOOD, note="x" * 100)) == "no-stamp"


def test_a_stamp_that_lost_its_names_for_want_of_room_is_ours() -> None:
    note = add_to_note("x" * (MAX_NOTE_BYTES - 90), OWNER)
    assert '"job"' not in note
    assert code(replace(GOOD, note=note)) == ""


@pytest.mark.parametrize(
    ("file_format", "color_mode", "channels"),
    [
        ("PNG", "BW", {1}),
        ("PNG", "RGB", {3}),
        ("PNG", "RGBA", {4}),
        ("JPEG", "BW", {1}),
        ("JPEG", "RGBA", {3}),
        ("HDR", "BW", {3}),
        ("TIFF", "RGBA", {4}),
        ("BMP", "RGBA", {3, 4}),
        ("WEBP", "RGBA", {3, 4}),
        ("OPEN_EXR", "BW", {1, 4}),
        ("OPEN_EXR", "RGBA", {4}),
        ("OPEN_EXR_MULTILAYER", "RGBA", set()),
        ("PNG", "", set()),
    ],
)
def test_channels_are_those_that_the_format_can_carry(
    file_format: str, color_mode: str, channels: set[int]
) -> None:
    assert allowed_channels(file_format, color_mode) == channels


def test_a_multilayer_file_may_have_any_number_of_channels() -> None:
    verdict = replace(GOOD, format_name="openexr", channels=23)
    assert code(verdict, file_format="OPEN_EXR_MULTILAYER") == ""
