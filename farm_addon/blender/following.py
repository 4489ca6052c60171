# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a follower is started, replaced and stopped (no bpy here).

The follower is ``farm status … --watch --follow``. What should be followed is worked out from the
artist's choices at every tick; :class:`Following` compares it with what runs and says what to do.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from .run import CommandLine

DEBOUNCE_S = 0.4
"""A choice must stay so long before it is acted on: somebody may still be typing."""
RETRY_S = (2.0, 5.0, 10.0, 20.0, 40.0, 60.0)
"""Waits after the first, second … time that a follower ended by itself."""
STEADY_S = 60.0
"""A follower that lived so long was no failure of the one before."""
_USAGE = 2
"""Exit status of a command line that will be refused again, such as a query with a mistake."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What should be followed now.

    :param line: the follower's command line; ``environment``: what it gets besides.
    :param volume: that it is about; ``release``: perhaps none; ``manager``: as it was chosen.
    """

    line: CommandLine
    environment: Mapping[str, str] = field(default_factory=dict)
    volume: str = ""
    release: str = ""
    manager: str = ""


class Step(enum.Enum):
    """What to do about the follower."""

    NOTHING = "nothing"
    START = "start"
    STOP = "stop"


@dataclass(slots=True)
class Following:
    """The follower's life.

    :param allowed: volumes that a click allowed in this session, although a file chose them.
    :param is_paused: the artist stopped following; until the choice is another, or a click.
    :param running: what the follower that runs was started for.
    """

    allowed: set[str] = field(default_factory=set)
    is_paused: bool = False
    running: Wish | None = None
    _wish: Wish | None = None
    _changed_s: float = 0.0
    _started_s: float = 0.0
    _failures: int = 0
    _retry_s: float = 0.0
    _is_at_rest: bool = False

    def step(self, wish: Wish | None, now_s: float) -> Step:
        """Say what to do now.

        :param wish: None where nothing should be followed.
        :param now_s: monotonic seconds.
        """
        if wish != self._wish:
            self._changed(wish, now_s)
        if wish is None or self.is_paused:
            return Step.STOP if self.running is not None else Step.NOTHING
        if self.running == wish or now_s < self._changed_s + DEBOUNCE_S:
            return Step.NOTHING
        if self._is_at_rest or now_s < self._retry_s:
            return Step.NOTHING
        return Step.START

    def is_waiting(self, wish: Wish | None) -> bool:
        """Tell whether a start is due later on, so that somebody must ask again."""
        if wish is None or self.is_paused or self._is_at_rest:
            return False
        return self.running != wish

    def is_changing(self, now_s: float) -> bool:
        """Tell whether a choice was made just now."""
        return self._wish is not None and now_s < self._changed_s + DEBOUNCE_S

    def click(self, volume: str) -> None:
        """Follow, because the artist said so: at once, and whatever went wrong before."""
        self.allowed.add(volume)
        self.is_paused = self._is_at_rest = False
        self._failures, self._retry_s, self._changed_s = 0, 0.0, 0.0

    def started(self, wish: Wish, now_s: float) -> None:
        """Know that a follower was started."""
        self.running = self._wish = wish
        self._started_s = now_s

    def ended(self, exit_status: int, now_s: float) -> None:
        """Know that the follower ended by itself: it is started again, each time a little later,
        unless it was done or would be refused again. One that was asked to stop is no matter."""
        if self.running is None:
            return
        self.running = None
        if exit_status in (0, _USAGE):
            self._is_at_rest = True
            return
        if now_s - self._started_s >= STEADY_S:
            self._failures = 0
        self._retry_s = now_s + RETRY_S[min(self._failures, len(RETRY_S) - 1)]
        self._failures += 1

    def _changed(self, wish: Wish | None, now_s: float) -> None:
        old = self._wish
        if wish is None or old is None or (old.volume, old.release) != (wish.volume, wish.release):
            self.is_paused = False
        self._wish, self._changed_s = wish, now_s
        self._failures, self._retry_s, self._is_at_rest = 0, 0.0, False
