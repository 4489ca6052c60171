# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a child's events in small pieces, so that the window's thread gets its turn (no bpy here).

A thread that reads JSON holds Python's lock, and whoever draws waits for it. So lines are read for
a fraction of a millisecond at a time, with a pause after it, and a document of megabytes is read
member by member (:mod:`.json_pieces`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import IO

from .json_pieces import read_pieces
from .messages import Message, read_event, read_message

SLICE_S = 0.0005
"""Time of reading without a pause."""
PAUSE_S = 0.0005
LONG_LINE_CHARACTERS = 32_768
"""Lines that are longer are read piece by piece; this one takes about half a millisecond."""
LINE_BYTES_MAX = 64 * 2**20
"""A line that is longer is no event of ours, and is dropped."""


class Pace:
    """Gives way now and then.

    :param clock: seconds; ``pause``: gives way for so many seconds.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.perf_counter,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._pause = clock, pause
        self._began_s = clock()

    def step(self) -> None:
        """Say that a little was done."""
        if self._clock() - self._began_s > SLICE_S:
            self._pause(PAUSE_S)
            self._began_s = self._clock()


def read_messages(stream: IO[bytes], is_muted: Callable[[], bool]) -> Iterator[Message]:
    """Return the events of a stream until it ends; other lines are ignored.

    :param is_muted: whether nobody wants to hear them any more; then lines are only read away.
    """
    pace = Pace()
    for line in _lines(stream):
        if is_muted():
            continue
        text = line.decode("utf-8", "replace")
        if len(text) > LONG_LINE_CHARACTERS:
            message = _read_long(text, pace)
        else:
            message = read_message(text)
        if message is not None:
            yield message
        pace.step()


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Return the lines of a stream, without those that are too long."""
    while line := stream.readline(LINE_BYTES_MAX):
        if line.endswith(b"\n") or len(line) < LINE_BYTES_MAX:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(LINE_BYTES_MAX)


def _read_long(text: str, pace: Pace) -> Message | None:
    if not text.startswith("{"):
        return None
    try:
        return read_event(read_pieces(text, pace.step))
    except (ValueError, RecursionError):
        return None
