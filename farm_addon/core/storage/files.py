# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place that writes to a volume.

Everything is made of primitive operations (create, write, sync, link, rename, remove …). After each
one a seam is called with its name and path. Tests raise there to stop the process; from then on the
same :class:`Files` carries out nothing more, as a dead process would not.

Stopped anywhere, at most temporary files are left, whose names end in ``.<8 hex digits>.tmp``;
:meth:`Files.remove_leftovers` clears them.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ..errors import VolumeError
from .disk import (
    find_irregular,
    folders_of,
    hash_file,
    is_file,
    is_folder,
    is_same_file,
    list_names,
    told,
    volume_error,
)
from .disk_steps import (
    IS_WINDOWS,
    DiskSteps,
    is_temporary,
    open_unbuffered,
    refuse_existing,
    sync_names,
    temporary_beside,
    write_all,
)

__all__ = ["Files", "temporary_beside"]

_CHUNK_BYTES = 1 << 20
_TRIES = 100


class Files(DiskSteps):
    """Writes to a volume.

    All paths are absolute. Every method raises :class:`~.errors.VolumeError`, with one sentence,
    where the operating system refuses.

    :param after: called as ``after(operation, path)`` after each primitive operation. What it
        raises stops this object for good: every later operation raises it again and does nothing.
    """

    _marker: Path | None = None

    def guard(self, marker: Path) -> None:
        """From now on make no folder beside or below a file of the volume while that is missing.

        A volume that was unmounted leaves an empty folder behind, where nothing must be written.
        """
        self._marker = marker

    # --- content --------------------------------------------------------------------------------

    def write_atomic(self, path: Path, data: bytes) -> None:
        """Give a file new content: readers see the old one or the new one, whole."""
        with told("written", path), self._temporary(path, data) as temporary:
            self._run("replace", path, os.replace, temporary, path)
        self.sync_folder(path.parent)

    def create_exclusive(self, path: Path, data: bytes) -> None:
        """Make a file that appears at once, with its whole content; where the file system has no
        hard links, empty for an instant.

        :raises FileExistsError: if something of this name is there; it stays as it is.
        """
        with told("written", path, passing=(FileExistsError,)):
            while not self._create(path, data):
                pass  # whoever holds the lock of this folder took our temporary file for a leftover
        self.sync_folder(path.parent)

    def append(self, path: Path, data: bytes) -> None:
        """Add to the end of a file, which is made where it is missing, and wait for the disk."""
        with told("written", path):
            is_new = not path.exists()
            with self._open("open", path, "ab") as file:
                self._run("append", path, write_all, file, data)
                self._run("sync", path, os.fsync, file.fileno())
        if is_new:
            self.sync_folder(path.parent)

    def overwrite(self, path: Path, expected: bytes, data: bytes) -> bool:
        """Put ``data`` over ``expected``, of the same length, in the same file.

        Not atomic, and does not wait for the disk; but whoever renamed the file away meanwhile has
        it, and the file that now bears the name is never touched.

        :return: False if the file is missing or holds something else; it stays as it is.
        """
        if len(expected) != len(data):
            raise ValueError("the new content has another length")
        with told("written", path):
            try:
                file = open_unbuffered(path, "r+b")
            except FileNotFoundError:
                return False
            with file:
                if file.read(len(expected) + 1) != expected:
                    return False
                file.seek(0)
                self._run("overwrite", path, write_all, file, data)
                return True

    @contextmanager
    def open_new(self, path: Path) -> Iterator[BinaryIO]:
        """Open a new file to write it piece by piece; it is on the disk when the context is left.

        When the context raises, the file is removed. Use a name of :func:`temporary_beside`.
        """
        with told("written", path):
            file = self._open("create", path, "xb")
            try:
                with file:
                    yield file
                    self._run("sync", path, os.fsync, file.fileno())
            except BaseException:
                self._clean(path)
                raise
        self.sync_folder(path.parent)

    def truncate(self, path: Path, size_bytes: int) -> None:
        """Cut a file off after ``size_bytes``, and wait for the disk."""
        with (
            told("written", path),
            self._open("open", path, "r+b") as file,
        ):
            self._run("truncate", path, file.truncate, size_bytes)
            self._run("sync", path, os.fsync, file.fileno())

    def copy_verified(self, source: Path, target: Path) -> None:
        """Copy a file to a new name, read it back and compare; its modification time goes along.

        The way between file systems. The source stays; an existing target is an error.
        """
        temporary = temporary_beside(target)
        with told("read", source), open_unbuffered(source, "rb") as reader:
            found = os.fstat(reader.fileno())
            digest = hashlib.sha256()
            with self.open_new(temporary) as writer:
                while chunk := reader.read(_CHUNK_BYTES):
                    digest.update(chunk)
                    with told("written", target):
                        self._run("write", temporary, write_all, writer, chunk)
        try:
            with told("written", target):
                times = (found.st_atime_ns, found.st_mtime_ns)
                self._run("utime", temporary, lambda: os.utime(temporary, ns=times))
                if hash_file(temporary) != digest.hexdigest():
                    raise VolumeError(
                        f"the copy of '{source}' is not what was read; '{target}' was not made",
                        hint="the disk or the network damages files: have it checked",
                    )
                if self._place(temporary, target):
                    self._remove_name(temporary)
        except VolumeError:
            self._clean(temporary)
            raise
        self.sync_folder(target.parent)

    # --- names ----------------------------------------------------------------------------------

    def rename(self, source: Path, target: Path) -> None:
        """Give a file or a folder another name; an existing target is an error.

        Files may go to another file system (:meth:`copy_verified`), folders may not. Stopped half
        way, a file has both names; the next call finishes that.
        """
        with told(f"moved to '{target}'", source):
            if is_file(source):
                if self._place_anywhere(source, target):
                    self._remove_name(source)
            else:
                refuse_existing(target)
                self._run("rename", target, os.rename, source, target)
        self._sync_folders_of((target, source))

    def replace(self, source: Path, target: Path) -> None:
        """Give a file another name; a file that had it is gone at the same instant."""
        with told(f"moved to '{target}'", source):
            try:
                self._run("replace", target, os.replace, source, target)
            except OSError as ex:
                if ex.errno != errno.EXDEV:
                    raise
                near = temporary_beside(target)
                self.copy_verified(source, near)
                self._run("replace", target, os.replace, near, target)
                self._remove_name(source)
        self._sync_folders_of((target, source))

    def move_all(
        self,
        moves: Iterable[tuple[Path, Path]],
        on_moved: Callable[[Path], None] | None = None,
    ) -> None:
        """Move many regular files without overwriting; run it again after a stop to finish.

        First every file gets its new name, then the folders are synced, then the old names go: a
        file is never without a name on the disk. Target folders must exist. A move counts as done
        when its source is gone and its target is there, or when both have the same content.

        :param moves: source and target; no target twice.
        :param on_moved: called with each target as soon as it is there, also from an earlier run.
        :raises VolumeError: if a target has other content (it names both), or anything is refused.
        """
        pairs = list(moves)
        if len({str(target) for _, target in pairs}) != len(pairs):
            raise VolumeError("two files would be moved to one name; nothing was moved")
        irregular = find_irregular([source for source, _ in pairs])
        if irregular is not None:
            raise VolumeError(
                f"'{irregular}' cannot be moved: it is not a regular file; nothing was moved",
                hint="remove it",
            )
        old_names = list(self._place_all(pairs, on_moved))
        self._sync_folders_of(target for _, target in pairs)
        for source in old_names:
            try:
                self._remove_name(source)
            except OSError as ex:
                raise volume_error("removed", source, ex) from ex
        self._sync_folders_of(old_names)

    def _place_all(
        self, pairs: Iterable[tuple[Path, Path]], on_moved: Callable[[Path], None] | None
    ) -> Iterator[Path]:
        """Give files their new names; yield the old names that are still there."""
        for source, target in pairs:
            try:
                if self._place_anywhere(source, target):
                    yield source
            except OSError as ex:
                is_gone = isinstance(ex, FileNotFoundError) and not os.path.lexists(source)
                if not (is_gone and is_file(target)):
                    raise volume_error(f"moved to '{target}'", source, ex) from ex
            if on_moved is not None:
                on_moved(target)

    def _place_anywhere(self, source: Path, target: Path) -> bool:
        """As ``_place``, also to another file system, and again after a stop."""
        try:
            return self._place(source, target)
        except FileExistsError as ex:
            if is_same_file(source, target):
                return True
            if not os.path.lexists(source):
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)) from ex
            raise VolumeError(
                f"'{source}' cannot be moved to '{target}': another file is there already",
                hint="move one of them away",
            ) from ex
        except OSError as ex:
            if ex.errno != errno.EXDEV:
                raise
        self.copy_verified(source, target)
        return True

    # --- folders --------------------------------------------------------------------------------

    def make_folder(self, path: Path) -> None:
        """Make a folder and those above it; what is there already is fine."""
        with told("made", path):
            missing = []
            folder = path
            while not folder.is_dir() and folder != folder.parent:
                missing.append(folder)
                folder = folder.parent
            if missing:
                self._refuse_unmounted(path)
            for folder in reversed(missing):
                with suppress(FileExistsError):
                    self._run("mkdir", folder, os.mkdir, folder)
                if not folder.is_dir():
                    raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
                self.sync_folder(folder.parent)

    def _refuse_unmounted(self, path: Path) -> None:
        marker = self._marker
        if marker is None or marker.parent not in path.parents or marker.exists():
            return
        raise VolumeError(
            f"'{path}' cannot be made: the volume '{marker.parent}' is not there any more",
            hint="check that the volume is mounted, then run the same command again",
        )

    def sync_folder(self, path: Path) -> None:
        """Wait until the names in a folder are on the disk, where the platform can."""
        if not IS_WINDOWS:
            with told("written", path):
                self._run("sync folder", path, sync_names, path)

    def _sync_folders_of(self, paths: Iterable[Path]) -> None:
        for folder in folders_of(paths):
            self.sync_folder(folder)

    # --- removal --------------------------------------------------------------------------------

    def remove(self, path: Path) -> None:
        """Remove a file or a symbolic link; missing is fine."""
        self._remove("remove", os.unlink, path)

    def remove_folder(self, path: Path) -> None:
        """Remove an empty folder; missing is fine."""
        self._remove("rmdir", os.rmdir, path)

    def _remove(self, operation: str, function: Callable[[Path], None], path: Path) -> None:
        with told("removed", path):
            try:
                self._run(operation, path, function, path)
            except FileNotFoundError:
                return
        self.sync_folder(path.parent)

    def remove_tree(self, path: Path) -> None:
        """Remove a file, or a folder with all that it holds; missing is fine.

        Never follows a symbolic link or a junction. Folders in it that forbid it are opened up.
        """
        if not is_folder(path):
            self.remove(path)
            return
        stack = [str(path)]
        with told("removed", path):
            while stack:
                inner = self._empty_folder(stack[-1])
                if inner:
                    stack += inner
                else:
                    self._delete("rmdir", os.rmdir, stack.pop(), is_inside=bool(stack))
        self.sync_folder(path.parent)

    def remove_leftovers(self, folder: Path, *, of: str = "") -> None:
        """Remove the temporary files that a stopped run left in a folder (not below it).

        Only safe while nobody else writes the same files: hold the lock that guards them.

        :param of: only those of the file of this name; for a folder that several locks guard.
        """
        for name in list_names(folder):
            if is_temporary(name, of) and not is_folder(folder / name):
                self.remove(folder / name)

    def _empty_folder(self, folder: str) -> list[str]:
        """Remove a folder's files; return the folders in it."""
        inner = []
        for name in self._open_up(os.listdir, folder):
            path = os.path.join(folder, name)
            if is_folder(path):
                inner.append(path)
            else:
                self._delete("remove", os.unlink, path)  # of a link or junction the name alone
        return inner

    def _delete(
        self, operation: str, function: Callable[[str], None], path: str, *, is_inside: bool = True
    ) -> None:
        """Remove one name of a tree.

        :param is_inside: the folder that holds it is part of the tree, and may be changed.
        """
        if IS_WINDOWS:
            with suppress(OSError):
                os.chmod(path, stat.S_IWRITE)
        try:
            self._run(operation, Path(path), function, path)
        except FileNotFoundError:
            return
        except PermissionError:
            if not is_inside:
                raise
            self._run("chmod", Path(path).parent, os.chmod, os.path.dirname(path), stat.S_IRWXU)
            self._run(operation, Path(path), function, path)

    def _open_up(self, function: Callable[[str], list[str]], folder: str) -> list[str]:
        try:
            return function(folder)
        except PermissionError:
            self._run("chmod", Path(folder), os.chmod, folder, stat.S_IRWXU)
            return function(folder)
