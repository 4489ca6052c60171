# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A background Blender as a process: its pipes and its end. :mod:`.session` talks through it."""

from __future__ import annotations

import logging
import queue
import subprocess
import threading
import time
from collections.abc import Callable
from typing import IO

from .child_log import ChildLog
from .launcher import close_stdin, end_child, kill_child
from .messages import MAX_MESSAGE_BYTES

log = logging.getLogger(__name__)

_TICK_S = 0.5  # a wait without a timeout would hold up Ctrl-C on Windows
_EXIT_WAIT_S = 10.0
_CLOSE_GRACE_S = 5.0
_JOIN_S = 2.0


class BlenderProcess:
    """A child with three pipes; two threads read its output to the end.

    :param token: what lines of stdout begin with that are messages; then comes a space.
    :param child_log: takes all other lines; closed by :meth:`close`.
    """

    def __init__(self, process: subprocess.Popen[bytes], token: str, child_log: ChildLog) -> None:
        self._process = process
        self._prefix = token.encode("ascii") + b" "
        self._log = child_log
        self._inbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._listen, name="farm-blender-messages", daemon=True),
            threading.Thread(target=self._drain, name="farm-blender-talk", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def send(self, line: bytes) -> None:
        """Write a line to its stdin.

        :raises OSError, ValueError: if nobody reads there any more.
        """
        if self._process.stdin is None:
            raise ValueError("the child has no stdin")
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def receive(self, timeout_s: float) -> bytes | None:
        """Return the next message without its token, or None when stdout has ended.

        :raises queue.Empty: if none comes in time.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            left_s = deadline - time.monotonic()
            try:
                return self._inbox.get(timeout=max(0.0, min(_TICK_S, left_s)))
            except queue.Empty:
                if left_s <= 0:
                    raise

    def wait_for_exit(self) -> int | None:
        """Return the exit status of a child that has closed its stdout or refuses what is sent;
        None where it did not leave and had to be killed."""
        close_stdin(self._process)
        try:
            exit_status = self._process.wait(_EXIT_WAIT_S)
        except subprocess.TimeoutExpired:
            kill_child(self._process)
            return None
        self._join()  # its last words
        return exit_status

    def kill(self) -> None:
        """End it now; from any thread, as often as one likes."""
        kill_child(self._process)

    def close(self) -> None:
        """End it by closing its stdin, kill it where it stays, and let go of everything."""
        end_child(self._process, _CLOSE_GRACE_S)
        self._join()
        self._log.close()

    def where_to_look(self) -> str:
        """Return a hint for people: its last words, and where the others are."""
        tail = self._log.tail()
        words = f"its last words: {' / '.join(tail[-3:])}" if tail else "it said nothing"
        return f"{words}; all of them are in '{self._log.path}'" if self._log.path else words

    def log_tail(self) -> list[str]:
        """Return its last lines, oldest first."""
        return self._log.tail()

    # --- threads --------------------------------------------------------------------------------

    def _join(self) -> None:
        """Wait until both pipes were read to their end; not long, a grandchild may hold them."""
        for thread in self._threads:
            thread.join(_JOIN_S)

    def _listen(self) -> None:
        """Thread: sort the lines of stdout."""

        def take(line: bytes) -> None:
            if line.startswith(self._prefix):
                self._inbox.put(line[len(self._prefix) :])
            else:
                self._log.write(line)

        self._read_lines(self._process.stdout, take)
        self._inbox.put(None)

    def _drain(self) -> None:
        """Thread: everything on stderr is log."""
        self._read_lines(self._process.stderr, self._log.write)

    def _read_lines(self, stream: IO[bytes] | None, take: Callable[[bytes], None]) -> None:
        if stream is None:
            return
        try:
            with stream:
                # A message that is longer comes in parts, and none of them can be read.
                while line := stream.readline(MAX_MESSAGE_BYTES):
                    take(line)
        except Exception:
            log.exception("the output of a background Blender cannot be followed")
            kill_child(self._process)
