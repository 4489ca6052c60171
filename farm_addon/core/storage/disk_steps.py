# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The primitive operations that :class:`.files.Files` is made of, with a seam after each one."""

from __future__ import annotations

import errno
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

_T = TypeVar("_T")

_TEMPORARY = re.compile(r"\.(.+)\.[0-9a-f]{8}\.tmp@?", re.DOTALL)
"""Blender writes ``NAME@`` first and renames it, so that may be left of a name of ours."""

_NAME_BYTES_MAX = 255
_SHARING_TRIES = 20
_SHARING_WAIT_S = 0.05
IS_WINDOWS = os.name == "nt"

_CANNOT_LINK = frozenset(
    (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EINVAL)
)
"""No hard links there, or not for us (Linux: ``fs.protected_hardlinks``, files of other users)."""

_CANNOT_SYNC_FOLDER = frozenset(
    (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EACCES, errno.EPERM)
)
"""Some network file systems cannot; a folder is then as durable as their server makes it."""


def temporary_beside(path: Path) -> Path:
    """Return a new temporary name beside ``path``, one that :func:`is_temporary` knows."""
    return path.with_name(f".{_short(path.name)}.{secrets.token_hex(4)}.tmp")


def is_temporary(name: str, of: str = "") -> bool:
    """Tell whether a file name is one of our temporary names.

    :param of: only for the file of this name.
    """
    match = _TEMPORARY.fullmatch(name)
    return match is not None and (not of or match[1] == _short(of))


def _short(name: str) -> str:
    """Cut a name so that a temporary name made of it is a legal file name."""
    room = _NAME_BYTES_MAX - len("..12345678.tmp@")
    raw = os.fsencode(name)
    return name if len(raw) <= room else raw[:room].decode(errors="ignore")


class DiskSteps:
    """Carries out primitive operations; OS errors come out as they are.

    :param after: called as ``after(operation, path)`` after each one. What it raises stops this
        object for good: every later operation raises it again and does nothing.
    """

    def __init__(self, after: Callable[[str, Path], None] | None = None) -> None:
        self._after = after
        self._stop: BaseException | None = None

    def _run(self, operation: str, path: Path, function: Callable[..., _T], *args: Any) -> _T:
        """Carry out one operation, then call the seam."""
        if self._stop is not None:
            raise self._stop
        try:
            result = function(*args)
        except PermissionError:
            if not IS_WINDOWS:
                raise
            result = _run_patiently(function, *args)
        if self._after is not None:
            self._call_seam(self._after, operation, path)
        return result

    def _call_seam(self, after: Callable[[str, Path], None], operation: str, path: Path) -> None:
        try:
            after(operation, path)
        except BaseException as ex:
            self._stop = ex
            raise

    def _open(self, operation: str, path: Path, mode: str) -> BinaryIO:
        """Open a file in a binary mode, without a buffer of ours, then call the seam."""
        if self._stop is not None:
            raise self._stop
        file = open_unbuffered(path, mode)
        if self._after is not None:
            try:
                self._call_seam(self._after, operation, path)
            except BaseException:
                file.close()
                raise
        return file

    @contextmanager
    def _temporary(self, path: Path, data: bytes) -> Iterator[Path]:
        """Write ``data`` under a temporary name beside ``path``, for the context to rename."""
        temporary = temporary_beside(path)
        try:
            with self._open("create", temporary, "xb") as file:
                self._run("write", temporary, write_all, file, data)
                self._run("sync", temporary, os.fsync, file.fileno())
            yield temporary
        except OSError:
            self._clean(temporary)
            raise

    def _clean(self, path: Path) -> None:
        """Remove a file of a step that failed, where that is possible."""
        if self._stop is None:
            with suppress(OSError):
                self._run("remove", path, os.unlink, path)

    def _place(self, source: Path, target: Path) -> bool:
        """Give a file a second name on the same file system.

        :return: whether the first name is still there.
        :raises FileExistsError: if there is something of the second name.
        """
        if not IS_WINDOWS:
            if self._link(source, target):
                return True
            refuse_existing(target)
        self._run("rename", target, os.rename, source, target)  # Windows refuses by itself
        return False

    def _link(self, source: Path, target: Path) -> bool:
        """Make a hard link; False where there are none."""
        try:
            self._run("link", target, os.link, source, target)
        except OSError as ex:
            if ex.errno not in _CANNOT_LINK:
                raise
            return False
        return True

    def _create(self, path: Path, data: bytes) -> bool:
        """Make a file whole, by its temporary name; False where that was removed meanwhile.

        :raises FileExistsError: if there is something of this name.
        """
        with self._temporary(path, data) as temporary:
            if IS_WINDOWS:
                self._run("rename", path, os.rename, temporary, path)  # refuses by itself
                return True
            try:
                can_link = self._link(temporary, path)
            except FileNotFoundError:
                return False
            except FileExistsError:
                # Over NFS the answer to a link may get lost, and the link is asked for again.
                if not _is_linked(temporary):
                    raise
                can_link = True
            with suppress(FileNotFoundError):
                self._remove_name(temporary)
        if not can_link:
            with self._open("create", path, "xb") as file:
                self._run("write", path, write_all, file, data)
                self._run("sync", path, os.fsync, file.fileno())
        return True

    def _remove_name(self, path: Path) -> None:
        self._run("remove", path, os.unlink, path)


def _is_linked(path: Path) -> bool:
    """Tell whether a file has two names."""
    try:
        return os.lstat(path).st_nlink == 2
    except FileNotFoundError:
        return False


def refuse_existing(target: Path) -> None:
    """Raise :class:`FileExistsError` if there is anything of this name."""
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))


def open_unbuffered(path: Path, mode: str) -> BinaryIO:
    """Open a file in a binary mode; what is written to it is with the operating system at once."""
    return open(path, mode, buffering=0)  # type: ignore[return-value]


def write_all(file: BinaryIO, data: bytes | memoryview) -> None:
    """Write everything, in as many pieces as the system wants."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def sync_names(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where its file system can do that."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as ex:
        if ex.errno not in _CANNOT_SYNC_FOLDER:
            raise
    finally:
        os.close(handle)


def _run_patiently(function: Callable[..., _T], *args: Any) -> _T:
    """Try again for a second: on Windows a virus scanner or an indexer may have the file open."""
    for _ in range(_SHARING_TRIES):
        threading.Event().wait(_SHARING_WAIT_S)
        with suppress(PermissionError):
            return function(*args)
    return function(*args)
