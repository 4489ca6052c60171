# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write many new files into a new folder, and wait for the disk once, not for each of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from .disk import told
from .disk_steps import write_all
from .files import Files

_FEW_FILES = 100
"""From here on it is cheaper to let the system write out everything that it has."""


class NewTree:
    """A folder that nobody else knows yet. Nothing of it is surely on the disk before :meth:`sync`.

    :param files: what the operations go through.
    :param root: is made with the first file; nothing is there yet.
    """

    def __init__(self, files: Files, root: Path) -> None:
        self._files = files
        self._root = root
        self._folders: list[Path] = []
        self._known: set[Path] = {root.parent}
        self._written: list[Path] = []

    def make_folder(self, path: Path) -> None:
        """Make a folder in the tree, and those above it."""
        if path in self._known:
            return
        self.make_folder(path.parent)
        with told("made", path):
            self._files._run("mkdir", path, os.mkdir, path)
        self._known.add(path)
        self._folders.append(path)

    def write(self, path: Path, pieces: Iterable[bytes | memoryview], mtime_s: int) -> None:
        """Write a new file in the tree.

        :param mtime_s: its modification time, in seconds since 1970.
        """
        self.make_folder(path.parent)
        files = self._files
        with told("written", path):
            with files._open("create", path, "xb") as file:
                for piece in pieces:
                    files._run("write", path, write_all, file, piece)
            files._run("utime", path, os.utime, path, (mtime_s, mtime_s))
        self._written.append(path)

    def sync(self) -> None:
        """Wait until everything is on the disk."""
        files = self._files
        if sys.platform == "linux" and len(self._written) > _FEW_FILES:
            files._run("sync", self._root, os.sync)  # waits, unlike that of other systems
            return
        for path in self._written:
            with told("written", path), files._open("open", path, "r+b") as file:
                files._run("sync", path, os.fsync, file.fileno())
        for folder in (*reversed(self._folders), self._root.parent):
            files.sync_folder(folder)
