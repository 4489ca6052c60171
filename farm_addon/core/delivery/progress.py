# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells how far many small steps are, not more often than a person can see."""

from __future__ import annotations

import time
from pathlib import Path

from ..ports import Reporter

_INTERVAL_S = 0.1


class Progress:
    """Counts steps of one topic; a slow reporter does not slow them down.

    :param total: how many there will be.
    """

    def __init__(self, reporter: Reporter, topic: str, total: int) -> None:
        self._reporter, self._topic, self._total = reporter, topic, total
        self._done = 0
        self._told_s = time.monotonic()
        reporter.progress(topic, 0, total)

    def add(self, steps: int = 1) -> None:
        """Count some steps."""
        self._done += steps
        now_s = time.monotonic()
        if now_s - self._told_s >= _INTERVAL_S and self._done < self._total:
            self._reporter.progress(self._topic, self._done, self._total)
            self._told_s = time.monotonic()

    def one_more(self, _path: Path) -> None:
        """Count one step that dealt with a file."""
        self.add()

    def finish(self) -> None:
        """Say that it is done."""
        self._reporter.progress(self._topic, self._total, self._total)
