# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lock on the volume that does not outlive its owner: a lease.

The lock is a file that names its owner and has a random token and a beat, a number that the owner
moves on. Whoever sees no beat for the lease's length, by its own monotonic clock, takes it over; at
once where the owner is surely gone, which is known on the owner's own computer alone. Clocks of
different computers are never compared.

The beat is written into the same file in place, and the file is renamed away, and looked at, before
it is removed: so nobody ever writes into, or removes, a lock that has become another's meanwhile.
Those who want to take over take turns, by a second such file, the ticket.
"""

from __future__ import annotations

import functools
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from ..errors import LockedError, VolumeError
from .disk import told
from .files import Files, temporary_beside
from .lock_owner import LEASE_S, Owner
from .processes import is_alive, process_started

_log = logging.getLogger(__name__)

_BEATS_PER_LEASE = 10
_LOOK_S = 0.25
_FILE_BYTES_MAX = 1 << 16
_SNATCHED_LOOKS = 20
_INSTANT_S = 0.05
_NOT_A_FILE_LOOKS = 100
_JOIN_S = 1.0

_held_tokens: set[str] = set()
"""Tokens of the locks that this process holds. One of our own process that is not here was left
behind, by a step that failed before it could remove the lock."""


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


class Lease:
    """Holds a lock while its context is open. Not reentrant, and for one use.

    :param path: the lock file; its folder exists.
    :param purpose: what is being done, for whoever has to wait: ``submit release ep01``.
    :param lease_s: after so many seconds without a beat others may take the lock over.
    :param wait_s: how long to wait for an owner that is alive. Whether it is can take up to the
        lease's length to see, whatever this says.
    :param on_wait: called with a sentence when waiting begins, and for each new owner.
    :param clock: monotonic, in seconds; ``wait``: blocks for so many seconds.
    :param is_alive: as :func:`.processes.is_alive`.
    """

    def __init__(
        self,
        files: Files,
        path: Path,
        *,
        user: str,
        host: str,
        purpose: str,
        lease_s: float = LEASE_S,
        wait_s: float = 0.0,
        on_wait: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = _wait,
        is_alive: Callable[[int, str | None], bool] = is_alive,
    ) -> None:
        self._files = files
        self._path = path
        self._ticket = path.with_name(f"{path.name}.ticket")
        self._ticket_seen = (b"", 0.0)
        self._lease_s = lease_s
        self._wait_s = wait_s
        self._on_wait = on_wait
        self._clock = clock
        self._wait = wait
        self._is_alive = is_alive
        self._guard = threading.Lock()
        self._is_over = threading.Event()
        self._lost_to: Owner | None = None
        self._heart: threading.Thread | None = None
        self._owner = Owner(
            token=secrets.token_hex(16),
            user=user,
            host=host,
            purpose=purpose,
            pid=os.getpid(),
            process_started=_own_start(os.getpid()),
            lease_s=lease_s,
        )

    # --- the holder -----------------------------------------------------------------------------

    def __enter__(self) -> Lease:
        """Take the lock.

        :raises LockedError: if its owner is alive; names it.
        :raises VolumeError: if the volume cannot be written.
        """
        _held_tokens.add(self._owner.token)
        try:
            self._acquire()
        except BaseException:
            _held_tokens.discard(self._owner.token)
            raise
        self._heart = threading.Thread(target=self._keep_beating, name="farm lease", daemon=True)
        self._heart.start()
        try:
            for path in (self._path, self._ticket):
                self._files.remove_leftovers(path.parent, of=path.name)
            self._watch_ticket()
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        ex: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the lock back. A volume that is gone is logged only: the lease will run out."""
        self._release()

    def _release(self) -> None:
        self._is_over.set()
        try:
            with self._guard:
                if self._lost_to is None:
                    self._take_away(self._path, self._owner.to_bytes())
        except VolumeError as ex:
            _log.warning("the lock '%s' could not be removed: %s", self._path, ex)
        finally:
            _held_tokens.discard(self._owner.token)
        if self._heart is not None:
            self._heart.join(_JOIN_S)

    def assert_held(self) -> None:
        """Make sure that the lock is still ours; call it before each step that cannot be undone.

        :raises LockedError: if it was lost: this computer slept, or the volume was away.
        """
        with self._guard:
            for _ in range(_SNATCHED_LOOKS):
                if self._lost_to is not None:
                    break
                content = self._read()
                if content == self._owner.to_bytes():
                    return
                if content is not None:
                    self._lost_to = Owner.from_bytes(content)
                else:
                    # Somebody who thinks that we are dead has it in hand for an instant.
                    self._wait(_INSTANT_S)
            else:
                self._lost_to = Owner()
        owner = self._lost_to
        what = f"was lost to {owner.text()}" if owner.token else "is gone"
        raise LockedError(
            f"the lock '{self._path}' {what}: this computer was asleep, or the volume out of reach",
            hint="run the same command again: it goes on where it stopped",
        )

    def beat(self) -> bool:
        """Move the beat on, as a thread of this lease does all the time.

        :return: False once the lock is lost.
        """
        with self._guard:
            if self._lost_to is not None or self._is_over.is_set():
                return False
            now = replace(self._owner, beat=self._owner.beat + 1)
            if self._files.overwrite(self._path, self._owner.to_bytes(), now.to_bytes()):
                self._owner = now
            else:
                content = self._read()
                if content is not None and content != self._owner.to_bytes():
                    self._lost_to = Owner.from_bytes(content)
            return self._lost_to is None

    def _keep_beating(self) -> None:
        while not self._is_over.wait(self._lease_s / _BEATS_PER_LEASE):
            try:
                if not self.beat():
                    return
            except VolumeError as ex:
                _log.warning("the lock '%s' cannot be kept up: %s", self._path, ex)

    # --- who wants it ---------------------------------------------------------------------------

    def _acquire(self) -> None:
        began = seen = self._clock()
        watched: bytes | None = None
        has_beaten = False
        told_of = ""
        vanished = 0
        while not self._create():
            content = self._read()
            if content is None:  # given back between our two looks, or a link to nothing
                vanished += 1
                if vanished > _NOT_A_FILE_LOOKS:
                    raise VolumeError(f"'{self._path}' is no lock file", hint="remove it")
                self._wait(_INSTANT_S)
                continue
            owner = Owner.from_bytes(content)
            now = self._clock()
            if content != watched:
                has_beaten = has_beaten or watched is not None
                watched, seen = content, now
            is_stale = now - seen >= max(owner.lease_s, self._lease_s)
            if is_stale or self._is_surely_gone(owner):
                self._take_over(content)
                continue
            if has_beaten and now - began >= self._wait_s:
                raise LockedError(
                    f"'{self._path.parent}' is in use by {owner.text()}",
                    hint="wait until that is done, then run the same command again",
                )
            if owner.token != told_of and self._on_wait is not None:
                self._on_wait(f"waiting for {owner.text()}")
            told_of = owner.token
            self._wait(_LOOK_S)

    def _create(self) -> bool:
        """Make the lock file; False where there is one. Looks first: waiting is mostly this."""
        if os.path.lexists(self._path):
            return False
        try:
            self._files.create_exclusive(self._path, self._owner.to_bytes())
        except FileExistsError:
            return False
        return True

    def _is_surely_gone(self, owner: Owner) -> bool:
        """Tell whether an owner on this computer is no more; elsewhere that cannot be known."""
        if owner.host != self._owner.host or owner.process_started is None:
            return False
        is_this_process = (owner.pid, owner.process_started) == (
            self._owner.pid,
            self._owner.process_started,
        )
        if is_this_process:
            return owner.token not in _held_tokens
        return not self._is_alive(owner.pid, owner.process_started)

    # --- the file -------------------------------------------------------------------------------

    def _take_over(self, judged: bytes) -> None:
        """Remove the lock of an owner that is no more, when it is our turn."""
        try:
            self._files.create_exclusive(self._ticket, self._owner.to_bytes())
        except FileExistsError:
            self._watch_ticket()
            self._wait(_INSTANT_S)
            return
        self._take_away(self._path, judged)
        self._take_away(self._ticket, self._owner.to_bytes())

    def _watch_ticket(self) -> None:
        """Remove the ticket of one that is no more either."""
        content = _read(self._ticket)
        if content is None:
            return
        if content != self._ticket_seen[0]:
            self._ticket_seen = (content, self._clock())
        is_stale = self._clock() - self._ticket_seen[1] >= self._lease_s
        if is_stale or self._is_surely_gone(Owner.from_bytes(content)):
            self._take_away(self._ticket, content)

    def _take_away(self, path: Path, judged: bytes) -> None:
        """Remove a lock file if it holds what was judged; else leave or give it back."""
        if _read(path) != judged:
            return
        aside = temporary_beside(self._path)
        try:
            self._files.replace(path, aside)  # one step, unlike Files.rename
        except VolumeError:
            if _read(path) is None:
                return  # another one was faster
            raise
        taken = _read(aside)
        if taken is None:
            return  # it was the right one: the new owner has cleared it away
        if taken == judged:
            self._files.remove(aside)
            return
        try:
            self._files.rename(aside, path)  # it moved in the last instant: its owner lives
        except VolumeError as ex:
            _log.warning("the lock '%s' could not be given back: %s", path, ex)

    def _read(self) -> bytes | None:
        return _read(self._path)


@functools.cache
def _own_start(pid: int) -> str | None:
    return process_started(pid)


def _read(path: Path) -> bytes | None:
    """Return a lock file's content, or None where there is none."""
    with told("read", path):
        try:
            with open(path, "rb") as file:
                return file.read(_FILE_BYTES_MAX)
        except FileNotFoundError:
            return None
