# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that fits the side bar's width (no bpy here)."""

from __future__ import annotations

import textwrap
from functools import lru_cache

_PIXELS_PER_CHARACTER = 6.6
"""Mean width of a character of Blender's interface font at scale 1."""
_MARGIN_PX = 62


def columns(width_px: int, scale: float) -> int:
    """Return how many characters fit beside an icon.

    :param width_px: of the region; ``scale``: Blender's interface scale.
    """
    return max(16, int((width_px - _MARGIN_PX * scale) / (_PIXELS_PER_CHARACTER * scale)))


@lru_cache(maxsize=256)
def lines(text: str, width: int) -> tuple[str, ...]:
    """Break a text into lines of at most ``width`` characters; long words are cut."""
    return tuple(textwrap.wrap(text, width)) or ("",)
