# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One thing that a person started: command lines that run one after the other (no bpy here)."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence

from ..core.errors import FarmError
from .child import INTERRUPTED, Child
from .messages import Done, Failure, Message

CommandLine = tuple[str, ...]
Launcher = Callable[[CommandLine], Child]
"""Starts ``farm --events ARGUMENTS…`` as a child; raises OSError or FarmError where that fails."""


class Section(enum.Enum):
    """The part of the tab that a run speaks to."""

    VOLUME = "volume"
    RELEASE = "release"
    JOBS = "jobs"
    DELIVERY = "delivery"


class Run:
    """Some command lines, each started when the one before has exited 0.

    :param title: what is being done, for people: ``Submitting ‘ep01’``.
    :param commands: arguments of the command line, at least one.
    :param on_end: called once, with the run, in the thread that takes the messages.
    """

    def __init__(
        self,
        section: Section,
        title: str,
        commands: Sequence[CommandLine],
        launcher: Launcher,
        on_end: Callable[[Run], None] = lambda run: None,
    ) -> None:
        self.section = section
        self.title = title
        self.exit_status: int | None = None
        self.started = 0
        self._waiting = list(commands)
        self._launcher = launcher
        self._on_end = on_end
        self._child: Child | None = None
        self._is_cancelled = False

    @property
    def is_over(self) -> bool:
        """Whether its last message was taken."""
        return self.exit_status is not None

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._is_cancelled

    def take(self, timeout_s: float = 0.0) -> Message | None:
        """Return the next message, or None where none has come in time.

        Only the last of all messages is a ``Done``.
        """
        if self.is_over:
            return None
        if self._child is None:
            failure = self._start_next()
            if failure is not None:
                return failure
        if self._child is None:
            return self._end(INTERRUPTED if self._is_cancelled else 1)
        message = self._child.take(timeout_s)
        if not isinstance(message, Done):
            return message
        self._child = None
        if message.exit_status == 0 and self._waiting:
            return None
        return self._end(message.exit_status)

    def cancel(self) -> None:
        """Ask it to stop; ``Done`` follows."""
        self._is_cancelled = True
        self._waiting.clear()
        if self._child is not None:
            self._child.cancel()

    def close(self) -> None:
        """Stop it now and wait for its child; no further message comes."""
        self._waiting.clear()
        if self._child is not None:
            self._child.close()
            self._child = None
        if not self.is_over:
            self._end(INTERRUPTED)

    def _start_next(self) -> Failure | None:
        if not self._waiting:
            return None
        command = self._waiting.pop(0)
        try:
            self.started += 1
            self._child = self._launcher(command)
        except (OSError, FarmError) as ex:
            self._waiting.clear()
            return Failure(f"'farm {command[0]}' cannot be started: {ex}")
        return None

    def _end(self, exit_status: int) -> Done:
        self.exit_status = exit_status
        self._on_end(self)
        return Done(exit_status)
