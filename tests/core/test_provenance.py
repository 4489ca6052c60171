# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stamp in a frame's note."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from farm_addon.core.provenance import MAX_NOTE_BYTES, Provenance, add_to_note, find_in_note

STAMP = Provenance("ep01", "11111111-2222-3333-4444-555555555555", "sh010", 2, "ab" * 16)


def test_the_studios_own_note_survives_in_front() -> None:
    note = add_to_note("Studio\nreel 4", STAMP)
    assert note.startswith("Studio\nreel 4\n")
    assert find_in_note(note) == STAMP


def test_an_earlier_stamp_of_ours_is_replaced() -> None:
    note = add_to_note(add_to_note("Studio", STAMP), STAMP)
    assert note.count("farm:") == 1


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=900))
def test_the_note_never_grows_beyond_what_blender_keeps(own: str) -> None:
    long_names = Provenance("r" * 60, STAMP.release_id, "😀" * 50, 1, STAMP.inputs)
    note = add_to_note(own, long_names)
    kept = "\n".join(row for row in own.splitlines() if not row.startswith("farm:"))
    assert note.startswith(kept)
    assert len(note.encode()) <= max(MAX_NOTE_BYTES, len(kept.encode()))


def test_a_long_studio_note_leaves_only_ids() -> None:
    found = find_in_note(add_to_note("x" * 630, STAMP))
    assert found is not None
    assert (found.job, found.attempt, found.inputs) == ("", 2, STAMP.inputs)


def test_rubbish_is_no_stamp() -> None:
    for note in ("", "hello", "farm:", "farm:{", "farm:[]", 'farm:{"id":1}', "farm:null"):
        assert find_in_note(note) is None
