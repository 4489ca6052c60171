# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock that moves only when somebody waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class FakeClock:
    """Monotonic seconds; ``on_wait`` is called after each wait, with how many there were."""

    now_s: float = 1000.0
    waits: list[float] = field(default_factory=list)
    on_wait: Callable[[int], None] = lambda _count: None

    def __call__(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        """Let time pass at once."""
        self.waits.append(seconds)
        self.now_s += seconds
        self.on_wait(len(self.waits))
