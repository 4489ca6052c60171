# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stops a process after any single file-system operation, through the seam of ``Files``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from farm_addon.core.storage.files import Files


class Stopped(BaseException):
    """The process is gone. No error of the project's, so that nothing recovers from it."""


class StopAfter:
    """A seam that stops after so many operations; the names of those are in ``operations``."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.operations: list[str] = []

    def __call__(self, operation: str, _path: Path) -> None:
        self.operations.append(operation)
        if len(self.operations) == self._count:
            raise Stopped


def every_stop(run: Callable[[Files], object]) -> Iterator[str]:
    """Run something again and again, stopped one operation later each time, until it is through.

    The caller restores the beginning between two steps, or makes a new one in ``run``.

    :return: the operation after which it was stopped; nothing for the run that was not.
    """
    count = 0
    while True:
        count += 1
        seam = StopAfter(count)
        try:
            run(Files(after=seam))
        except Stopped:
            yield f"{count}: {seam.operations[-1]}"
        else:
            assert len(seam.operations) == count - 1 > 0
            return
