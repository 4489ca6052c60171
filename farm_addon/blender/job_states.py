# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A job's states in an artist's words, with their icons (no bpy here).

The states are Flamenco's and those of :mod:`farm_addon.core.release.live`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

LABELS = {
    "active": "rendering",
    "queued": "queued",
    "requeueing": "queued",
    "under-construction": "queued",
    "paused": "paused",
    "pause-requested": "paused",
    "cancel-requested": "cancelled",
    "canceled": "cancelled",
    "completed": "rendered",
    "delivered": "delivered",
    "failed": "failed",
    "stalled": "stalled",
    "planned": "planned",
    "frozen": "frozen",
    "sent": "sent",
    "missing": "missing",
    "unknown": "unknown",
}

ICONS = {
    "rendering": "RENDER_ANIMATION",
    "queued": "SORTTIME",
    "paused": "PAUSE",
    "cancelled": "X",
    "rendered": "CHECKMARK",
    "delivered": "CHECKBOX_HLT",
    "failed": "ERROR",
    "stalled": "ERROR",
    "planned": "PRESET",
    "frozen": "FREEZE",
    "sent": "EXPORT",
    "missing": "GHOST_DISABLED",
    "unknown": "QUESTION",
}

ORDER = tuple(ICONS)


def label(state: str) -> str:
    """Return a state in an artist's words; an unknown one as it is."""
    return LABELS.get(state, state)


def icon(state: str) -> str:
    """Return the name of a state's icon."""
    return ICONS.get(label(state), "QUESTION")


def _as_it_is(text: str) -> str:
    return text


def counts_text(states: Mapping[str, int], translate: Callable[[str], str] = _as_it_is) -> str:
    """Return how many jobs are in which state: ``2 rendering · 1 rendered``.

    :param translate: gives a state's word in the artist's language.
    """
    counts: dict[str, int] = {}
    for state, count in states.items():
        if count:
            counts[label(state)] = counts.get(label(state), 0) + count
    words = sorted(counts, key=lambda word: ORDER.index(word) if word in ORDER else len(ORDER))
    return " · ".join(f"{counts[word]} {translate(word)}" for word in words)
