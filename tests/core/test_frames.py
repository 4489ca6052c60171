# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frame ranges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.core.frames import MAX_FRAMES, FrameRangeError, Frames

numbers = st.frozensets(st.integers(0, 3000), max_size=60)


@pytest.mark.parametrize(
    ("text", "size", "chunks"),
    [
        ("1-10", 3, ["1-3", "4-6", "7-9", "10"]),
        ("1..10,20..25,40,3..8", 4, ["1-4", "5-8", "9,10,20,21", "22-25", "40"]),
        ("1,3,5,7,9", 2, ["1,3", "5,7", "9"]),
        ("1-2", 5, ["1,2"]),
        ("47", 4, ["47"]),
        ("007-010", 10, ["7-10"]),
    ],
)
def test_chunks_are_named_as_flamenco_names_them(text: str, size: int, chunks: list[str]) -> None:
    assert [chunk.text() for chunk in Frames.parse(text).chunks(size)] == chunks


@given(numbers)
def test_text_reads_back_as_the_same_frames(wanted: frozenset[int]) -> None:
    frames = Frames(wanted)
    if wanted:
        assert Frames.parse(frames.text()) == frames
    assert list(frames) == sorted(wanted)


@given(numbers, st.integers(1, 20))
def test_the_union_of_chunks_is_the_range(wanted: frozenset[int], size: int) -> None:
    chunks = Frames(wanted).chunks(size)
    assert [number for chunk in chunks for number in chunk] == sorted(wanted)
    assert all(1 <= len(chunk) <= size for chunk in chunks)


def test_a_step_becomes_a_list_since_flamenco_knows_no_steps() -> None:
    assert Frames.from_scene(1, 9, 4).text() == "1,5,9"
    assert Frames.parse("1-9x4").text() == "1,5,9"


@pytest.mark.parametrize("text", ["", "1,", "1...3", "1-2-3", "1.5", "1 2", "1–3", "١", "10-1"])
def test_nonsense_is_refused_and_named(text: str) -> None:
    with pytest.raises(FrameRangeError):
        Frames.parse(text)


def test_a_typing_error_does_not_fill_the_memory() -> None:
    with pytest.raises(FrameRangeError, match="more than"):
        Frames.from_scene(1, MAX_FRAMES * 1000)
    with pytest.raises(FrameRangeError, match="more than"):
        Frames.parse("1-99999999999")


def test_an_empty_scene_range_has_no_frames() -> None:
    assert len(Frames.from_scene(10, 1)) == 0


def test_a_number_without_end_is_no_frame() -> None:
    for text in ("9" * 5000, "1-" + "9" * 5000, "1-9x" + "9" * 5000):
        with pytest.raises(FrameRangeError, match="no frame and no range") as caught:
            Frames.parse(text)
        assert len(caught.value.message) < 300


@given(st.text(st.sampled_from("0123456789-.,x/ \n+e"), max_size=7))
def test_whatever_is_read_is_ascending_and_bounded(text: str) -> None:
    try:
        frames = Frames.parse(text)
    except FrameRangeError:
        return
    assert 0 < len(frames) <= MAX_FRAMES
    listed = list(frames)
    assert all(before < after for before, after in zip(listed, listed[1:], strict=False))
    assert Frames.parse(frames.text()) == frames


@given(
    st.lists(
        st.tuples(st.integers(-50, 500), st.integers(0, 60), st.integers(1, 9)),
        min_size=1,
        max_size=5,
    )
)
def test_parts_with_steps_mean_what_blender_renders(parts: list[tuple[int, int, int]]) -> None:
    text = ", ".join(f"{start}..{start + length} x {step}" for start, length, step in parts)
    expected = {
        number for start, length, step in parts for number in range(start, start + length + 1, step)
    }
    frames = Frames.parse(text)
    assert set(frames) == expected
    assert all(number in frames for number in expected)
    assert min(expected) - 1 not in frames
    assert "1" not in frames
