# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that is broken to fit a width in pixels."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from farm_addon.blender.panels.text import NO_BREAK, joined, room_px, wrap
from farm_addon.blender.view.reading import sentence


def wide(text: str) -> float:
    """A font in which some letters are wider than others."""
    return sum(9.0 if letter in "MWm" else 4.0 if letter in "il.:" else 6.0 for letter in text)


def test_words_are_kept_whole_where_they_fit() -> None:
    assert wrap("two words here", 60, wide) == ("two words", "here")


def test_a_long_path_is_broken_after_its_separators() -> None:
    lines = wrap("it is /mnt/farm/releases/ep01_review/out/shot", 90, wide)
    assert lines == ("it is", "/mnt/farm/", "releases/", "ep01_review/", "out/shot")


def test_a_long_word_without_separators_is_cut() -> None:
    assert wrap("aaaaaaaaaaaaaaaaaaaaaaaa", 60, wide) == ("a" * 10, "a" * 10, "a" * 4)


def test_no_text_is_one_empty_line() -> None:
    assert wrap("", 100, wide) == ("",)
    assert wrap("  ", 100, wide) == ("",)


def test_no_room_at_all_still_ends() -> None:
    assert wrap("ab c", 0, wide) == ("a", "b", "c")


@given(st.text(), st.floats(0, 300))
def test_lines_fit_and_keep_the_words(words: str, room: float) -> None:
    lines = wrap(words, room, wide)
    assert lines
    assert all(wide(line) <= room or len(line) == 1 for line in lines if line)
    assert "".join("".join(lines).split()) == "".join(words.split())


def test_room_grows_with_the_side_bar_and_shrinks_with_the_scale() -> None:
    assert room_px(400, 1.0) > room_px(300, 1.0) > room_px(300, 1.0, 20)
    assert room_px(600, 2.0) == 2 * room_px(300, 1.0)
    assert room_px(0, 2.0) > 0


def test_lines_are_broken_between_parts_only() -> None:
    lines = wrap(joined(("2 rendering", "", "1 failed")), 90, wide)
    assert lines == (f"2{NO_BREAK}rendering{NO_BREAK}·", f"1{NO_BREAK}failed")


def test_a_sentence_begins_with_a_capital_unless_it_is_an_address() -> None:
    assert sentence("it is missing") == "It is missing"
    assert sentence("http://farm.local does not answer") == "http://farm.local does not answer"
    assert sentence("") == ""


def test_a_command_line_at_the_beginning_of_a_hint_stays_as_it_is() -> None:
    assert sentence("farm replace job ep01/a renders it anew") == (
        "farm replace job ep01/a renders it anew"
    )
    assert sentence("farms differ") == "Farms differ"
