# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One local manager per state folder: a lock that the operating system drops with its holder.

For the user's own state folder, on a local disk; a volume has leases (:mod:`..core.storage.lock`).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

FILE_NAME = "instance.lock"

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class InstanceLock:
    """Held from :meth:`take` to :meth:`release`, or until the process is gone, however it ends.

    :param folder: the local manager's state folder; it must exist.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._file: BinaryIO | None = None

    def take(self) -> bool:
        """Take the lock without waiting; False where another process has it."""
        file = open(self._path, "ab")
        if not _try_lock(file):
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Let the lock go; the file stays, since removing it would let two processes lock two
        files of one name."""
        if self._file is not None:
            self._file.close()
            self._file = None


def is_held(folder: Path) -> bool:
    """Tell whether a process holds the lock."""
    if not (folder / FILE_NAME).exists():
        return False
    probe = InstanceLock(folder)
    if not probe.take():
        return True
    probe.release()
    return False
