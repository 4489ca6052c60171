# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look at a folder instead of one at each file in it: what is there, and what is foreign."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..names import fold
from ..storage.disk import told
from .frame_rules import Defect

_OURS = re.compile(r"attempt-[0-9]+|rejected")
"""Folders beside the frames of a first attempt: later attempts, and what the local manager took
away to render it again."""


class Folder:
    """The names in a folder, as they were when it was looked at.

    :param path: absolute; a folder that is not there is empty.
    :raises VolumeError: if it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.files: set[str] = set()
        self.others: set[str] = set()
        with told("read", path):
            try:
                with os.scandir(path) as entries:
                    for entry in entries:
                        is_file = entry.is_file(follow_symlinks=False)
                        (self.files if is_file else self.others).add(entry.name)
            except FileNotFoundError:
                return

    def find_defect(self, name: str) -> Defect | None:
        """Return why there is no frame of this name, or None where there is a file."""
        if name in self.files:
            return None
        if name in self.others:
            return Defect("no-file", "it is not a plain file")
        return Defect("missing", "it is missing")

    def foreign(self, expected: set[str]) -> list[str]:
        """Return what is here and not expected, sorted."""
        others = {name for name in self.others if not _OURS.fullmatch(name)}
        return sorted((self.files | others) - expected)


class Occupied:
    """The names that are taken in a folder, without regard to case and Unicode form.

    :raises VolumeError: if it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        folder = Folder(path)
        self._files = folder.files
        self._names: dict[str, list[str]] = {}
        for name in folder.files | folder.others:
            self._names.setdefault(fold(name), []).append(name)

    def find(self, name: str) -> list[str]:
        """Return what is there of a name, as it is spelt there; the very same one first."""
        return sorted(self._names.get(fold(name), ()), key=lambda one: (one != name, one))

    def is_file(self, name: str) -> bool:
        """Tell whether what is there of exactly this name is a plain file."""
        return name in self._files
