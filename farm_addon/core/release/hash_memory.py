# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remembers on this computer what files hash to that were touched since they were recorded.

A file that was copied, restored or saved without a change has other stats than its record and the
same content. Without a memory each look at a release would read it again. Only files that had
settled are remembered, as for :func:`.inputs.is_surely_unchanged`. Where the memory is damaged it
starts anew.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from ..errors import FarmError
from ..storage.files import Files

log = logging.getLogger(__name__)

MAX_ENTRIES = 50_000
SETTLED_NS = 2_000_000_000
"""FAT keeps times to two seconds."""

_SCHEMA = 1

Stamp: TypeAlias = tuple[int, int, int, int]
"""Size in bytes, time of change of content and of inode in nanoseconds, inode."""


def stamp_of(stat: os.stat_result) -> Stamp:
    """Return what tells that a file is still the one that was looked at."""
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


class HashMemory:
    """SHA-256 of files by path and stamp. Read at the first question, written by :meth:`save`.

    :param find_file: returns where it is kept, in a folder that is there; called at the first
        question. Where that fails, nothing is kept.
    """

    def __init__(self, find_file: Callable[[], Path]) -> None:
        self._find_file = find_file
        self._file: Path | None = None
        self._known: dict[str, tuple[Stamp, str]] | None = None
        self._is_changed = False

    def recall(self, path: str, stamp: Stamp) -> str:
        """Return the hash of a file as it is now; empty where it is not known."""
        entry = self._memory().get(path)
        return entry[1] if entry is not None and entry[0] == stamp else ""

    def remember(self, path: str, stamp: Stamp, sha256: str, looked_ns: int) -> None:
        """Remember a file's hash, unless it may have changed again without a trace in its times.

        :param looked_ns: when it was looked at, by the clock of its times.
        """
        if max(stamp[1], stamp[2]) + SETTLED_NS < looked_ns:
            known = self._memory()
            known.pop(path, None)
            known[path] = stamp, sha256
            self._is_changed = True

    def save(self) -> None:
        """Write what is new, if anything is; where that is impossible, it is lost."""
        if not self._is_changed or self._known is None or self._file is None:
            return
        self._is_changed = False
        for path in list(self._known)[: max(0, len(self._known) - MAX_ENTRIES)]:
            del self._known[path]
        files = [[path, *stamp, sha256] for path, (stamp, sha256) in self._known.items()]
        text = json.dumps({"schema": _SCHEMA, "files": files}, separators=(",", ":"))
        try:
            Files().write_atomic(self._file, text.encode("ascii"))
        except FarmError as ex:
            log.warning("hashes are not remembered: %s", ex.message)

    def _memory(self) -> dict[str, tuple[Stamp, str]]:
        if self._known is None:
            self._known = {}
            try:
                self._file = self._find_file()
                self._known = _read(self._file.read_bytes())
            except FileNotFoundError:
                pass  # nothing was remembered yet
            except FarmError as ex:
                log.warning("hashes are not remembered: %s", ex.message)
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as ex:
                log.warning("'%s' starts anew: %r", self._file, ex)
        return self._known


def _read(content: bytes) -> dict[str, tuple[Stamp, str]]:
    """Read what :meth:`HashMemory.save` wrote; nothing of another version.

    :raises KeyError, TypeError, ValueError, AttributeError: if it is damaged.
    """
    data = json.loads(content)
    if data["schema"] != _SCHEMA:
        return {}
    return {
        str(path): ((int(size), int(mtime_ns), int(ctime_ns), int(inode)), str(sha256))
        for path, size, mtime_ns, ctime_ns, inode, sha256 in data["files"]
    }
