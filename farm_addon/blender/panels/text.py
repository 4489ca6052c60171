# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that fits the side bar's width (no bpy here)."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable
from functools import lru_cache

Measure = Callable[[str], float]
"""Tells how wide a text is drawn, in pixels."""

_PIXELS_PER_CHARACTER = 6.6
"""Mean width of a character of Blender's interface font at scale 1."""
_MARGIN_PX = 84
"""What the tabs, the panel's edges and an icon take at scale 1."""
ICON_PX = 18.0
"""What an icon takes of it."""
NO_BREAK = "\u00a0"
"""A space at which no line is broken."""

_SPACES = re.compile(r"[^\S\u00a0]+")

_BREAK_AFTER = (NO_BREAK, "/\\", "-_.,:;·")
"""A word that is too long is broken after one of these, where it has any; best after the first."""


def columns(width_px: int, scale: float) -> int:
    """Return how many characters fit beside an icon.

    :param width_px: of the region; ``scale``: Blender's interface scale.
    """
    return max(16, int((width_px - _MARGIN_PX * scale) / (_PIXELS_PER_CHARACTER * scale)))


def room_px(width_px: int, scale: float, indent_px: float = 0.0) -> float:
    """Return how much room there is beside an icon.

    :param width_px: of the region; ``scale``: Blender's interface scale.
    :param indent_px: what boxes and the like take besides, at scale 1.
    """
    return max(60.0 * scale, width_px - (_MARGIN_PX + indent_px) * scale)


def joined(parts: Iterable[str]) -> str:
    """Put parts in a row, ``2 rendering · 1 failed``, so that lines are broken between them only.

    :param parts: empty ones are left out.
    """
    return f"{NO_BREAK}· ".join(part.replace(" ", NO_BREAK) for part in parts if part)


@lru_cache(maxsize=256)
def lines(text: str, width: int) -> tuple[str, ...]:
    """Break a text into lines of at most ``width`` characters; long words are cut."""
    return tuple(textwrap.wrap(text, width)) or ("",)


def wrap(text: str, room: float, measure: Measure) -> tuple[str, ...]:
    """Break a text into lines that are at most ``room`` wide as ``measure`` tells.

    Words that are wider, such as paths, are broken after a separator, else anywhere. Each line has
    at least one character, however little room there is.
    """
    rows: list[str] = []
    row = ""
    for word in filter(None, _SPACES.split(text)):
        candidate = f"{row} {word}" if row else word
        if measure(candidate) <= room:
            row = candidate
            continue
        if row:
            rows.append(row)
        *whole, row = _pieces(word, room, measure)
        rows += whole
    return (*rows, row) if row or not rows else tuple(rows)


def _pieces(word: str, room: float, measure: Measure) -> list[str]:
    """Cut a word into pieces that fit."""
    pieces = []
    while len(word) > 1 and measure(word) > room:
        most = _most_that_fit(word, room, measure)
        cut = _best_end(word, most)
        pieces.append(word[:cut])
        word = word[cut:]
    return [*pieces, word]


def _best_end(word: str, most: int) -> int:
    """Return how many of the first ``most`` characters of a word go on the line."""
    for separators in _BREAK_AFTER:
        ends = [end for end in range(2, most + 1) if word[end - 1] in separators]
        if ends:
            return ends[-1]
    return most


def _most_that_fit(word: str, room: float, measure: Measure) -> int:
    """Return how many first characters of a word fit, at least one; the word itself does not."""
    low, high = 1, len(word) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if measure(word[:middle]) <= room:
            low = middle
        else:
            high = middle - 1
    return low
