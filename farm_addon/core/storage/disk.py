# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies on a disk, and what the operating system refuses, as one sentence for a person.

Looks and never writes; :mod:`.files` writes.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from ..errors import VolumeError

_FULL = "free some space, then run the same command again: it goes on where it stopped"
_GONE = "check that the volume is mounted, then run the same command again"
_DENIED = "ask whoever looks after the volume for the right to write there"

_WINDOWS_MOUNT_POINT = 0xA0000003  # stat.IO_REPARSE_TAG_MOUNT_POINT, which Windows alone has

_REASONS: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", _FULL),
    errno.EDQUOT: ("the disk quota is used up", _FULL),
    errno.EROFS: ("the volume can only be read", _DENIED),
    errno.EACCES: ("permission is denied", _DENIED),
    errno.EPERM: ("permission is denied", _DENIED),
    errno.ENOENT: ("a file or folder is missing", _GONE),
    errno.ESTALE: ("it vanished", _GONE),
    errno.ENOTCONN: ("the volume is not connected", _GONE),
    errno.EIO: ("the disk or the network reports an error", _GONE),
    errno.EEXIST: ("something of this name is there already", "move it away"),
    errno.ENOTDIR: ("a part of its path is not a folder", ""),
    errno.EISDIR: ("it is a folder", ""),
    errno.ENOTEMPTY: ("the folder is not empty", ""),
    errno.ENAMETOOLONG: ("its name is too long", "choose a shorter name"),
    errno.EXDEV: ("the two places lie on different disks", ""),
}


def volume_error(verb: str, path: Path, ex: OSError) -> VolumeError:
    """Return the error to raise from ``ex``.

    :param verb: what was to be done, as a participle: ``written``, ``read``.
    """
    text = str(ex.strerror or ex)
    reason, hint = _REASONS.get(ex.errno or 0, (text[:1].lower() + text[1:], ""))
    return VolumeError(f"'{path}' cannot be {verb}: {reason}", hint=hint)


class told:
    """A context in which an :class:`OSError` becomes a :class:`~.errors.VolumeError`.

    :param verb: as for :func:`volume_error`.
    :param passing: kinds of :class:`OSError` that go through as they are.
    """

    __slots__ = ("_passing", "_path", "_verb")

    def __init__(self, verb: str, path: Path, *, passing: tuple[type[OSError], ...] = ()) -> None:
        self._verb, self._path, self._passing = verb, path, passing

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        ex: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(ex, OSError) and not isinstance(ex, self._passing):
            raise volume_error(self._verb, self._path, ex) from ex


def is_file(path: Path) -> bool:
    """Tell whether it is a regular file, and no link to one."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def is_folder(path: Path | str) -> bool:
    """Tell whether it is a folder, and no link or junction to one."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    is_junction = getattr(found, "st_reparse_tag", 0) == _WINDOWS_MOUNT_POINT
    return stat.S_ISDIR(found.st_mode) and not is_junction


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's content, hexadecimal.

    :raises OSError: as opening and reading do.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_same_file(one: Path, other: Path) -> bool:
    """Tell whether two names are one regular file, or two with the same content."""
    if not (is_file(one) and is_file(other)):
        return False
    first, second = os.lstat(one), os.lstat(other)
    if os.path.samestat(first, second):
        return True
    return first.st_size == second.st_size and hash_file(one) == hash_file(other)


def list_names(folder: Path) -> list[str]:
    """Return the names in a folder, sorted; none where it is missing.

    :raises VolumeError: if it cannot be read.
    """
    with told("read", folder):
        try:
            return sorted(os.listdir(folder))
        except FileNotFoundError:
            return []


def free_bytes(folder: Path) -> int:
    """Return how much room is left on the disk of a folder; 0 where nobody can tell."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def folders_of(paths: Iterable[Path]) -> list[Path]:
    """Return the folders that hold some paths, each once."""
    one_of_each = {str(path).rpartition(os.sep)[0]: path for path in paths}
    return [path.parent for path in one_of_each.values()]


def find_irregular(paths: Sequence[Path]) -> Path | None:
    """Return the first path that is a link, a folder or a device. Missing ones are fine.

    One look at each folder, which is much cheaper than one at each file.

    :raises VolumeError: if a folder cannot be read.
    """
    irregular: set[str] = set()
    for folder in folders_of(paths):
        with told("read", folder), suppress(FileNotFoundError), os.scandir(folder) as entries:
            irregular |= {one.path for one in entries if not one.is_file(follow_symlinks=False)}
    return next((path for path in paths if str(path) in irregular), None) if irregular else None
