# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes as progress."""

from __future__ import annotations

from ..ports import Reporter

_STEP_BYTES = 16 << 20


class ByteProgress:
    """Turns pieces of bytes into progress, not more often than a person can see."""

    def __init__(self, reporter: Reporter, topic: str, total_bytes: int = 0) -> None:
        self._reporter, self._topic, self._total = reporter, topic, total_bytes
        self._done = self._told = 0
        reporter.progress(topic, 0, total_bytes)

    def expect(self, total_bytes: int) -> None:
        """Learn how many bytes there are."""
        self._total = total_bytes

    def add(self, size_bytes: int) -> None:
        """Count some bytes."""
        self._done += size_bytes
        if self._done - self._told >= _STEP_BYTES:
            self._told = self._done
            self._reporter.progress(self._topic, self._done, max(self._total, self._done))

    def finish(self) -> None:
        """Say that it is done."""
        self._reporter.progress(self._topic, self._done, self._done)
