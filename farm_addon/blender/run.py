# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One thing that a person started: command lines that run one after the other (no bpy here)."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from ..core.errors import FarmError
from .aside import Aside
from .child import INTERRUPTED, Child
from .messages import Done, Failure, Message

CommandLine = tuple[str, ...]
NOTHING_MORE: Mapping[str, str] = MappingProxyType({})
"""No more environment variables than this process has."""
Launcher = Callable[[CommandLine, Mapping[str, str]], Child]
"""Starts ``farm --events ARGUMENTS…`` as a child, with some more environment variables; raises
OSError or FarmError where that fails."""


class Section(enum.Enum):
    """The part of the tab that a run speaks to.

    Up to ``DELIVERY`` they are those of verbs that a person starts, ``JOBS`` the follower's. The
    others are of small children that run beside these: at most one of each, the next takes the
    last one's place.
    """

    VOLUME = "volume"
    RELEASE = "release"
    JOBS = "jobs"
    ACTIONS = "actions"
    DELIVERY = "delivery"
    FRESHNESS = "freshness"
    DETAIL = "detail"
    CONFIG = "config"


class Run:
    """Some command lines, each started when the one before has exited 0.

    :param title: what is being done, for people: ``Submitting ‘ep01’``.
    :param commands: arguments of the command line; at least one, unless :attr:`prepare` gives some.
    :param on_end: called once, with the run, in the thread that takes the messages.
    :param environment: more environment variables for the children: secrets, which are no
        arguments (:attr:`.command_lines.Settings.environment`).
    :ivar prepare: called once before anything is started, in the thread that takes the messages,
        but not at the first :meth:`take`, so that a window can say first what it is busy with.
        It returns command lines to run before the others, or raises FarmError.
    :ivar write: called once before anything is started, in a thread of its own: what is written
        for the children, however slow the disk is. Raises FarmError.
    """

    def __init__(
        self,
        section: Section,
        title: str,
        commands: Sequence[CommandLine],
        launcher: Launcher,
        on_end: Callable[[Run], None] = lambda run: None,
        environment: Mapping[str, str] = NOTHING_MORE,
    ) -> None:
        self.section = section
        self.title = title
        self.exit_status: int | None = None
        self.started = 0
        self.verb = commands[0][0] if commands else ""
        self._waiting = list(commands)
        self._launcher = launcher
        self._on_end = on_end
        self._environment = environment
        self.prepare: Callable[[], Sequence[CommandLine]] | None = None
        self.write: Callable[[], None] | None = None
        self._writing: Aside | None = None
        self._is_announced = False
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
        if self.prepare is not None and not self._is_announced:
            self._is_announced = True
            return None
        if not self._is_written(timeout_s):
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

    def dismiss(self) -> None:
        """Ask it to stop, and hear no more of it but its ``Done``."""
        self.cancel()
        if self._child is not None:
            self._child.mute()
        else:
            self._end(INTERRUPTED)

    def hurry(self) -> None:
        """Ask its child to leave at once, without waiting; :meth:`close` follows."""
        self._waiting.clear()
        if self._child is not None:
            self._child.hurry()

    def close(self) -> None:
        """Stop it now and wait for its child; no further message comes."""
        self._waiting.clear()
        if self._child is not None:
            self._child.close()
            self._child = None
        if not self.is_over:
            self._end(INTERRUPTED)

    def _is_written(self, timeout_s: float) -> bool:
        """Tell whether what the children need is written, or cannot be."""
        write, self.write = self.write, None
        if write is not None and not self._is_cancelled:
            self._writing = Aside(write)
        return self._writing is None or self._writing.wait(timeout_s)

    def _start_next(self) -> Failure | None:
        writing, self._writing = self._writing, None
        if writing is not None and writing.failure is not None:
            self._waiting.clear()
            return Failure(writing.failure.message, writing.failure.hint)
        prepare, self.prepare = self.prepare, None
        if prepare is not None and not self._is_cancelled:
            try:
                self._waiting[:0] = prepare()
            except FarmError as ex:
                self._waiting.clear()
                return Failure(ex.message, ex.hint)
        if not self._waiting:
            return None
        command = self._waiting.pop(0)
        try:
            self.started += 1
            self.verb = command[0]
            self._child = self._launcher(command, self._environment)
        except (OSError, FarmError) as ex:
            self._waiting.clear()
            return Failure(f"'farm {command[0]}' cannot be started: {ex}")
        return None

    def _end(self, exit_status: int) -> Done:
        if self.exit_status is None:
            self.exit_status = exit_status
            self._on_end(self)
        return Done(exit_status)
