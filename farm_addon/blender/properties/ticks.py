# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many rows of the list of jobs are ticked.

Counting ten thousand takes a third of a millisecond: it is done once after a tick has changed, when
somebody asks, and not for every drawing.
"""

from __future__ import annotations

from typing import Any


class _Ticks:
    """The last count, and what it was made of."""

    count = 0
    made_of: tuple[int, int] | None = None


def forget_count(row: Any = None, context: Any = None) -> None:
    """Know that a tick has changed; called by Blender too, when one is set."""
    _Ticks.made_of = None


def ticked_count(jobs: Any, version: int) -> int:
    """Return how many rows are ticked.

    :param version: another number whenever the rows are others.
    """
    made_of = (len(jobs), version)
    if _Ticks.made_of != made_of:
        flags = [False] * len(jobs)
        jobs.foreach_get("is_selected", flags)
        _Ticks.count, _Ticks.made_of = sum(flags), made_of
    return _Ticks.count
