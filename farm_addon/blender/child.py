# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line as a child process whose events arrive in a queue (no bpy here).

A daemon thread starts the child and reads what it says, another keeps what it prints besides;
nothing here blocks unless a timeout asks for it. The child leaves when its stdin closes, so it
does not outlive a Blender that crashes.
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
from collections.abc import Callable
from typing import IO

from ..background import launcher
from ..core.errors import FarmError
from .messages import Done, Failure, Message, Result
from .reader import read_messages

log = logging.getLogger(__name__)

INTERRUPTED = 130
"""Exit status of a verb that was interrupted; nothing is lost, running it again finishes it."""

Start = Callable[[], subprocess.Popen[bytes]]

_GRACE_S = 5.0
"""How long an interrupted child may take to leave by itself, then by its closed stdin."""
_JOIN_S = 2.0


class Child:
    """A running command line.

    :param start: starts it, with pipes for its three streams; it prints events as UTF-8. Called in
        a thread, since starting a program may take long where it lies on a network; raises OSError
        or FarmError where it cannot. Or a process that was started already.
    """

    def __init__(self, start: Start | subprocess.Popen[bytes]) -> None:
        self._start = start
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._talk: deque[str] = deque(maxlen=20)
        self._is_explained = False
        self._is_muted = False
        self._is_over = threading.Event()
        self._cancelled_at: float | None = None
        self._thread = threading.Thread(target=self._live, name="farm-child-events", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """Process id of the child, None while it is being started."""
        return self._process.pid if self._process is not None else None

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
        with self._lock:
            if self._cancelled_at is None:
                self._cancelled_at = time.monotonic()
                self._interrupt()

    def mute(self) -> None:
        """Drop what it says from now on, but for its ``Done``."""
        self._is_muted = True

    def hurry(self) -> None:
        """Let the child leave at once, as it does when its parent dies; returns at once."""
        self.mute()
        with self._lock:
            if self._cancelled_at is None:
                self._cancelled_at = time.monotonic()
            if self._process is not None:
                launcher.close_stdin(self._process)

    def close(self) -> None:
        """Stop the child, whatever it does, and wait for it: at most some seconds."""
        self.hurry()
        if not self._is_over.wait(_JOIN_S) and self._process is not None:
            launcher.kill_child(self._process)
        self._thread.join(_JOIN_S)

    def _press(self) -> None:
        """Insist, in steps, where a cancelled child has not left."""
        if self._cancelled_at is None or self._process is None or self._is_over.is_set():
            return
        waited_s = time.monotonic() - self._cancelled_at
        if waited_s > 2 * _GRACE_S:
            launcher.kill_child(self._process)
        elif waited_s > _GRACE_S:
            launcher.close_stdin(self._process)

    def _interrupt(self) -> None:
        """Ask the process to stop, where it has been started."""
        if self._process is None:
            return
        if os.name == "nt":
            launcher.close_stdin(self._process)
            return
        try:
            self._process.send_signal(signal.SIGINT)
        except OSError:
            log.debug("child %d is gone already", self._process.pid)

    def _live(self) -> None:
        """Thread: start the child, hear it, tell its end, whatever happens."""
        try:
            process = self._started()
        except Exception as ex:
            if not isinstance(ex, OSError | FarmError):
                log.exception("a child cannot be started")
            self._messages.put(Failure(f"the command line cannot be started: {ex}"))
            self._over(1)
            return
        if process is None:
            self._over(INTERRUPTED)
            return
        talk = threading.Thread(target=self._keep_talk, name="farm-child-talk", daemon=True)
        talk.start()
        try:
            self._listen(process)
        except Exception:
            log.exception("the events of child %d cannot be read", process.pid)
            launcher.kill_child(process)
        self._end(process, talk)

    def _started(self) -> subprocess.Popen[bytes] | None:
        """Start the process; None where it was cancelled before."""
        if self._cancelled_at is not None:
            return None
        process = self._start if isinstance(self._start, subprocess.Popen) else self._start()
        with self._lock:
            self._process = process
            if self._cancelled_at is not None:
                # Asked to stop while it was being started: it has nothing to finish.
                launcher.close_stdin(process)
        return process

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for message in read_messages(process.stdout, lambda: self._is_muted):
            self._is_explained |= isinstance(message, Failure | Result)
            self._messages.put(message)

    def _end(self, process: subprocess.Popen[bytes], talk: threading.Thread) -> None:
        exit_status = process.wait()
        launcher.close_stdin(process)
        talk.join(_JOIN_S)
        if exit_status and not self.is_cancelled and not self._is_explained:
            self._messages.put(_unexplained(exit_status, list(self._talk)))
        _close(process.stdout)
        self._over(INTERRUPTED if exit_status and self.is_cancelled else exit_status)

    def _over(self, exit_status: int) -> None:
        self._is_over.set()
        self._messages.put(Done(exit_status))

    def _keep_talk(self) -> None:
        """Thread: drain stderr; its last lines explain a crash."""
        assert self._process is not None
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
