# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that the tab shows: states, counts, wrapped text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from farm_addon.blender import job_states
from farm_addon.blender.panels import text
from farm_addon.core.release.live import FINISHED, STALLED
from farm_addon.core.submission.submit import UNFINISHED


def test_every_state_of_a_job_has_words_and_an_icon() -> None:
    own = {"planned", "frozen", "sent", "missing", "unknown", "delivered", "cancel-requested"}
    for state in {*FINISHED, *UNFINISHED, STALLED, *own}:
        assert state in job_states.LABELS
        assert job_states.icon(state) == job_states.ICONS[job_states.LABELS[state]]


def test_a_state_from_the_future_is_shown_as_it_is() -> None:
    assert job_states.label("meditating") == "meditating"
    assert job_states.icon("meditating") == "QUESTION"


def test_counts_put_what_happens_now_first() -> None:
    states = {"completed": 3, "queued": 1, "requeueing": 1, "active": 2, "failed": 0, "odd": 1}
    assert job_states.counts_text(states) == "2 rendering · 2 queued · 3 rendered · 1 odd"


def test_a_wider_side_bar_takes_more_characters() -> None:
    assert text.columns(280, 1.0) < text.columns(500, 1.0)
    assert text.columns(280, 1.0) == text.columns(560, 2.0)
    assert text.columns(0, 1.0) > 0


@given(st.text(), st.integers(8, 120))
def test_lines_fit_and_keep_the_words(words: str, width: int) -> None:
    lines = text.lines(words, width)
    assert lines
    assert all(len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(words.split())
