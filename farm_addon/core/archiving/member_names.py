# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names inside an archive: what writing refuses to put in, and reading refuses to take out.

An archive is unpacked on any platform, perhaps years later. So a name must be legal, and mean the
same file, on all of them.
"""

from __future__ import annotations

import re

from ..names import OUTPUT_NAME_BYTES_MAX, fold, is_device
from ..storage.disk_steps import is_temporary

LABEL_NAME = "ARCHIVE.json"
SUMS_NAME = "SHA256SUMS"
RELEASE, DIST = "release", "dist"
"""What the archive's top folder holds."""

_PATH_BYTES_MAX = 1024
_DEPTH_MAX = 100
_ILLEGAL = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff<>:"|?*\\]')
_LOCK = ".lock"


def is_passing(name: str) -> bool:
    """Tell whether a file is there for a moment only and belongs into no archive: a lock, what
    stands beside one, a temporary file."""
    return (name.startswith(".") and _LOCK in name) or is_temporary(name)


class MemberNames:
    """The names of one archive; says what is wrong with each one that is added."""

    def __init__(self) -> None:
        self._folders: dict[str, dict[str, str]] = {"": {}}

    def add(self, name: str) -> str:
        """Add a file, below the archive's top folder, with forward slashes.

        :return: why it cannot be in an archive, as the end of a sentence; empty where it can.
        """
        folder, _, leaf = name.rpartition("/")
        problem = "" if folder in self._folders else self._add_folders(name, folder)
        if problem:
            return problem
        if not folder and name not in (LABEL_NAME, SUMS_NAME):
            return "it lies in neither of the folders 'release' and 'dist'"
        if is_passing(leaf):
            return "it is a lock or a temporary file"
        return self._add(folder, leaf, is_folder=False)

    def _add_folders(self, name: str, folder: str) -> str:
        parts = folder.split("/")
        if len(parts) > _DEPTH_MAX or len(name.encode(errors="replace")) > _PATH_BYTES_MAX:
            return "its path is too long"
        if parts[0] not in (RELEASE, DIST):
            return "it lies in neither of the folders 'release' and 'dist'"
        above = ""
        for part in parts:
            path = f"{above}/{part}" if above else part
            if path not in self._folders:
                problem = self._add(above, part, is_folder=True)
                if problem:
                    return problem
                self._folders[path] = {}
            above = path
        return ""

    def _add(self, folder: str, leaf: str, *, is_folder: bool) -> str:
        problem = _problem(leaf)
        if problem:
            return problem
        names = self._folders[folder]
        twin = names.setdefault(key := fold(leaf), "")
        if twin and twin != leaf:
            return f"its name differs from '{twin}' in case or Unicode form alone"
        if twin:
            return "it is a file and a folder at once" if is_folder else "it is there twice"
        names[key] = leaf
        return ""


def _problem(part: str) -> str:
    """Return why one part of a path is not legal everywhere, or an empty text."""
    if part in ("", ".", ".."):
        return "its path leads elsewhere"
    if _ILLEGAL.search(part):
        return "its name has a character that is not legal everywhere"
    if part[-1] in ". ":
        return "its name ends with a dot or a space"
    if is_device(part):
        return "Windows keeps its name for a device"
    if len(part.encode()) > OUTPUT_NAME_BYTES_MAX:
        return f"its name is longer than {OUTPUT_NAME_BYTES_MAX} bytes in UTF-8"
    return ""
