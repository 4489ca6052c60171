# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast steps (frames) get done, and so how long the rest will take.

The pace is that of the last :data:`WINDOW_S` seconds, or of the last :data:`KEPT_MARKS` moments
at which something got done where these lie further back: a mean over many steps, which one slow
frame moves little, and which follows when Workers come or go. A first look at a job that renders
tells nothing, since nobody knows how long its frame has been rendering; the start of one that was
seen waiting does. While a step takes longer than the pace says, it is taken as ending now, so that
the time that remains grows instead of running out.
"""

from __future__ import annotations

from collections import deque

WINDOW_S = 600.0
KEPT_MARKS = 6
_CHANGE = 0.1
_CHANGE_MIN_S = 5.0


class Pace:
    """Learns from what is done at which moment; monotonic seconds."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()
        self._done: int | None = None
        self._is_about_to_start = False
        self._told_s: float | None = None

    def see(self, now: float, done: int, *, is_running: bool = True) -> None:
        """Learn how much is done now.

        :param done: steps; fewer than before is a new beginning.
        :param is_running: something is being done at all.
        """
        if self._done is not None and done < self._done:
            self._marks.clear()
            self._is_about_to_start = False
        if not is_running:
            self._marks.clear()
            self._is_about_to_start = True
        elif self._is_about_to_start or (self._done is not None and done > self._done):
            self._marks.append((now, done))
            self._is_about_to_start = False
        self._done = done
        while len(self._marks) > KEPT_MARKS and self._marks[1][0] < now - WINDOW_S:
            self._marks.popleft()

    def eta_s(self, now: float, remaining: int) -> float | None:
        """Return how many seconds so many steps will take; None where that cannot be told.

        One that differs from the last one by less than a tenth, or by less than five seconds, is
        no news: the last one is returned again.
        """
        found = self._estimate(now, remaining)
        told = self._told_s
        if found is None or told is None:
            self._told_s = None if found is None else float(round(found))
        elif abs(found - told) > max(_CHANGE_MIN_S, _CHANGE * told):
            self._told_s = float(round(found))
        return self._told_s

    def _estimate(self, now: float, remaining: int) -> float | None:
        if remaining <= 0 or len(self._marks) < 2:
            return None
        (first_s, first), (last_s, last) = self._marks[0], self._marks[-1]
        done, span_s = last - first, last_s - first_s
        if done <= 0 or span_s <= 0:
            return None
        step_s, idle_s = span_s / done, now - last_s
        if idle_s <= step_s:
            return max(0.0, remaining * step_s - idle_s)
        return (remaining - 1) * (now - first_s) / (done + 1)
