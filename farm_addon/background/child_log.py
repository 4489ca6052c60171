# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the talk of a background Blender goes: a file or a function, and its last lines."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

log = logging.getLogger(__name__)

TAIL_LINES = 30
MAX_LINE_CHARACTERS = 2000


class ChildLog:
    """Takes lines from several threads.

    :param sink: a path, to which lines are appended as UTF-8 (its folder is made), or a function
        that is called with each line, without its newline, one call at a time.
    :raises OSError: if the file cannot be opened.
    """

    def __init__(self, sink: Path | Callable[[str], None]) -> None:
        self._lock = threading.Lock()
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._file: BinaryIO | None = None
        self._function: Callable[[str], None] | None = None
        self.path: Path | None = None
        if isinstance(sink, Path):
            sink.parent.mkdir(parents=True, exist_ok=True)
            self._file = open(sink, "ab", buffering=0)
            self.path = sink
        else:
            self._function = sink

    def write(self, line: bytes) -> None:
        """Take a line as it was read; an overlong one is cut."""
        text = line.decode("utf-8", "replace").rstrip("\r\n")[:MAX_LINE_CHARACTERS]
        with self._lock:
            if text.strip():
                self._tail.append(text)
            if self._function is not None:
                self._function(text)
            elif self._file is not None:
                self._append(self._file, text)

    def tail(self) -> list[str]:
        """Return the last lines that are not blank, oldest first."""
        with self._lock:
            return list(self._tail)

    def close(self) -> None:
        """Close the file; later lines are only remembered."""
        with self._lock:
            if self._file is not None:
                self._file.close()
            self._file = None
            self._function = None

    def _append(self, file: BinaryIO, text: str) -> None:
        try:
            file.write(text.encode() + b"\n")
        except OSError as ex:
            # A full disk must not end a render that still may succeed elsewhere.
            log.warning("'%s' takes no more lines: %s", self.path, ex.strerror or ex)
            file.close()
            self._file = None
