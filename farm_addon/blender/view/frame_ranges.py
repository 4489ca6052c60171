# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frame numbers in few words (no bpy here)."""

from __future__ import annotations

from collections.abc import Iterable

MOST_RANGES = 6


def ranges_text(frames: Iterable[int]) -> str:
    """Return frames as ``1–4, 7, 9–10``, at most :data:`MOST_RANGES` ranges, then ``…``.

    :param frames: in any order; repeated ones count once.
    """
    ranges: list[list[int]] = []
    for frame in sorted(set(frames)):
        if ranges and frame == ranges[-1][1] + 1:
            ranges[-1][1] = frame
        else:
            ranges.append([frame, frame])
    words = [f"{a}" if a == b else f"{a}–{b}" for a, b in ranges[:MOST_RANGES]]
    return ", ".join(words) + (" …" if len(ranges) > MOST_RANGES else "")
