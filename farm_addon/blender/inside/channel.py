# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The child's side of the conversation with whoever started it. Inside Blender, without bpy.

Blender, add-ons and libraries print to the same stdout. So the real one is kept for messages, and
descriptor 1 leads where descriptor 2 does: to the log.
"""

from __future__ import annotations

import os
import threading
import time
from types import TracebackType
from typing import Any

from ...background.messages import write_line

_BEAT_S = 2.0
_LEAST_CPU_S = 0.01  # what a beat costs by itself is far less


class Channel:
    """Writes messages; may be used by several threads.

    :param token: begins each message.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self._lock = threading.Lock()
        self._descriptor = os.dup(1)
        os.dup2(2, 1)

    def send(self, kind: str, **members: Any) -> None:
        """Write one message, whole.

        :raises OSError: if nobody reads any more.
        """
        line = memoryview(write_line(self._token, kind, **members))
        with self._lock:
            while line:
                line = line[os.write(self._descriptor, line) :]


class Request:
    """A request that is being answered. A context manager, around all work on it.

    While it is open, a message says from time to time that the process still works: only if it used
    the processor since, so that one that is stuck falls silent.
    """

    def __init__(self, channel: Channel, number: int) -> None:
        self._channel = channel
        self._number = number
        self._last = ("", 0, 0)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="farm-heartbeat", daemon=True)

    def __enter__(self) -> Request:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        ex: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def progress(self, text: str, done: int, total: int) -> None:
        """Tell how far it is; ``total`` is 0 where that is not known."""
        self._last = (text, done, total)
        self._channel.send("progress", id=self._number, text=text, done=done, total=total)

    def item(self, data: dict[str, Any]) -> None:
        """Send one part of the answer."""
        self._channel.send("item", id=self._number, item=data)

    def _beat(self) -> None:
        """Thread: repeat the last progress while the process works."""
        used_s = time.process_time()
        while not self._is_over.wait(_BEAT_S):
            now_s = time.process_time()
            if now_s - used_s >= _LEAST_CPU_S:
                self.progress(*self._last)
            used_s = now_s
