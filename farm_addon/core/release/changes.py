# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare recorded files with what they are now, each file looked at once for all jobs."""

from __future__ import annotations

import enum
import os
from pathlib import Path

from ..errors import VolumeError
from ..recorded_paths import RecordedPath
from .inputs import FileHasher, InputFile, is_surely_unchanged


class Change(enum.Enum):
    """How a file differs from its record; the value follows a subject: ``'wood.png' changed``."""

    CHANGED = "changed"  #: it has other content
    MISSING = "is missing"  #: its folder is there, the file is not
    OUT_OF_REACH = "is out of reach"  #: this computer cannot tell


class FileChanges:
    """Compares files with their records; knows nothing of what happens to them afterwards.

    A library that ten thousand jobs share costs one stat, and one hash where its stats changed.
    """

    def __init__(self, volume_root: Path, hasher: FileHasher) -> None:
        self._root = volume_root
        self._hasher = hasher
        self._stats: dict[RecordedPath, os.stat_result | Change] = {}
        self._contents: dict[tuple[RecordedPath, str], Change | None] = {}

    def of(self, recorded: InputFile) -> Change | None:
        """Return how a file differs from its record; None where its content is the same."""
        now = self._stats.get(recorded.path)
        if now is None:
            now = self._stats[recorded.path] = self._stat(recorded.path)
        if isinstance(now, Change):
            return now
        if is_surely_unchanged(recorded, now):
            return None
        key = recorded.path, recorded.sha256
        if key not in self._contents:
            self._contents[key] = self._compare(recorded)
        return self._contents[key]

    def _stat(self, recorded: RecordedPath) -> os.stat_result | Change:
        path = recorded.on_this_computer(self._root)
        if path is None:
            return Change.OUT_OF_REACH
        try:
            return os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            # Elsewhere than on the volume, a folder that is not there may only not be mounted here.
            is_reached = not recorded.platform or path.parent.is_dir()
            return Change.MISSING if is_reached else Change.OUT_OF_REACH
        except OSError:
            return Change.OUT_OF_REACH

    def _compare(self, recorded: InputFile) -> Change | None:
        """Compare the content; a file that cannot be read, or is being written, is out of reach."""
        path = recorded.path.on_this_computer(self._root)
        assert path is not None, "it was found a moment ago"
        try:
            is_same = self._hasher.compare(path, recorded)
        except VolumeError:
            return Change.OUT_OF_REACH
        return None if is_same else Change.CHANGED
