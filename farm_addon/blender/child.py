# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line as a child process whose events arrive in a queue (no bpy here).

Two daemon threads read the child's pipes; nothing here blocks unless a timeout asks for it. The
child leaves when its stdin closes, so it does not outlive a Blender that crashes.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import subprocess
import threading
import time
from collections import deque
from typing import IO

from ..background import launcher
from .messages import Done, Failure, Message, Result, read_message

log = logging.getLogger(__name__)

INTERRUPTED = 130
"""Exit status of a verb that was interrupted; nothing is lost, running it again finishes it."""

_GRACE_S = 5.0
"""How long an interrupted child may take to leave by itself, then by its closed stdin."""
_JOIN_S = 2.0


class Child:
    """A running command line.

    :param process: just started, with pipes for its three streams; it prints events as UTF-8.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._talk: deque[str] = deque(maxlen=20)
        self._is_explained = False
        self._cancelled_at: float | None = None
        self._threads = [
            threading.Thread(target=self._listen, name="farm-child-events", daemon=True),
            threading.Thread(target=self._keep_talk, name="farm-child-talk", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._process.pid

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._cancelled_at is not None

    def take(self, timeout_s: float = 0.0) -> Message | None:
        """Return the next message, or None where none has come in time.

        :param timeout_s: how long to wait; 0 does not wait. The last message is a ``Done``.
        """
        self._press()
        try:
            return self._messages.get(block=timeout_s > 0, timeout=timeout_s or None)
        except queue.Empty:
            return None

    def cancel(self) -> None:
        """Ask the child to stop; returns at once. ``Done`` follows within seconds."""
        if self._cancelled_at is not None:
            return
        self._cancelled_at = time.monotonic()
        if os.name == "nt":
            launcher.close_stdin(self._process)
        else:
            self._signal(signal.SIGINT)

    def close(self) -> None:
        """Stop the child, whatever it does, and wait for it: at most some seconds."""
        if self._process.poll() is None:
            self._cancelled_at = self._cancelled_at or time.monotonic()
            launcher.end_child(self._process, grace_s=_JOIN_S)
        for thread in self._threads:
            thread.join(_JOIN_S)

    def _press(self) -> None:
        """Insist, in steps, where a cancelled child has not left."""
        if self._cancelled_at is None or self._process.poll() is not None:
            return
        waited_s = time.monotonic() - self._cancelled_at
        if waited_s > 2 * _GRACE_S:
            launcher.kill_child(self._process)
        elif waited_s > _GRACE_S:
            launcher.close_stdin(self._process)

    def _signal(self, number: int) -> None:
        try:
            self._process.send_signal(number)
        except OSError:
            log.debug("child %d is gone already", self._process.pid)

    def _listen(self) -> None:
        """Thread: turn lines into messages; end with ``Done`` whatever happens."""
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                message = read_message(line.decode("utf-8", "replace"))
                if message is None:
                    continue
                self._is_explained |= isinstance(message, Failure | Result)
                self._messages.put(message)
        except Exception:
            log.exception("the events of child %d cannot be read", self._process.pid)
            launcher.kill_child(self._process)
        self._end()

    def _end(self) -> None:
        exit_status = self._process.wait()
        launcher.close_stdin(self._process)
        self._threads[1].join(_JOIN_S)
        if exit_status and not self.is_cancelled and not self._is_explained:
            self._messages.put(_unexplained(exit_status, list(self._talk)))
        self._messages.put(Done(INTERRUPTED if exit_status and self.is_cancelled else exit_status))
        _close(self._process.stdout)

    def _keep_talk(self) -> None:
        """Thread: drain stderr; its last lines explain a crash."""
        assert self._process.stderr is not None
        for raw in self._process.stderr:
            line = raw.decode("utf-8", "replace").strip()
            if line:
                log.debug("child %d: %s", self._process.pid, line)
                self._talk.append(line)
        _close(self._process.stderr)


def _close(stream: IO[bytes] | None) -> None:
    if stream is not None:
        stream.close()


def _unexplained(exit_status: int, talk: list[str]) -> Failure:
    """Return the failure of a child that ended without telling why."""
    log.error("a child ended with %d; its last words:\n%s", exit_status, "\n".join(talk))
    how = f"was ended by signal {-exit_status}" if exit_status < 0 else f"exited {exit_status}"
    return Failure(f"the command line {how} without a reason", talk[-1] if talk else "")
