# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remembers verdicts, so that a frame that did not change is decoded once.

A verdict belongs to a path and the stamp of the file that was there. Only frames that decoded are
remembered, and only files that had settled: one that was changed a moment before it was looked at
may change again without a trace in its times. The memory is one packed file; where it is damaged,
or of other rules, it starts anew.
"""

from __future__ import annotations

import json
import logging
import os
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from ..core.errors import FarmError
from ..core.ports import FrameDecoder, FrameVerdict
from ..core.storage.files import Files
from .verdict_json import verdict_from_json, verdict_to_json

log = logging.getLogger(__name__)

MAX_ENTRIES = 200_000
SETTLED_NS = 2_000_000_000
"""As for inputs: FAT keeps times to two seconds."""

_SCHEMA = 1
_SAVE_AFTER = 1000
_QUICK = 1  # zlib's level: the texts repeat, anything packs them

_Stamp: TypeAlias = tuple[int, int, int, int]
_Memory: TypeAlias = dict[str, tuple[_Stamp, dict[str, Any]]]


class VersionedDecoder(FrameDecoder, Protocol):
    """A decoder that tells when it judges otherwise than before."""

    @property
    def version(self) -> str:
        """The same text as long as the same file gets the same verdict."""


class CachingDecoder:
    """Implements :class:`farm_addon.core.ports.FrameDecoder` with another decoder and a memory.

    To be used from one thread at a time, as a context manager. The memory is read at the first
    question, and written at the end, and in between each time it has grown a good deal.

    :param cache_file: in a folder that is there; may be missing.
    """

    def __init__(self, decoder: VersionedDecoder, cache_file: Path) -> None:
        self._decoder = decoder
        self._cache_file = cache_file
        self._known: _Memory | None = None
        self._unsaved = 0

    def __enter__(self) -> CachingDecoder:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.save()

    def can_decode(self, format_name: str) -> bool:
        """Tell whether files of this format can be decoded here."""
        return self._decoder.can_decode(format_name)

    def decode(self, paths: Sequence[Path]) -> Iterator[FrameVerdict]:
        """Yield one verdict per path, in order; those that are not known as they are decoded."""
        known = self._memory()
        looked_ns = time.time_ns()
        stamps = [_stamp(path) for path in paths]
        found = [_recall(known, path, stamp) for path, stamp in zip(paths, stamps, strict=True)]
        asked = self._decoder.decode(
            [path for path, verdict in zip(paths, found, strict=True) if verdict is None]
        )
        for path, stamp, verdict in zip(paths, stamps, found, strict=True):
            if verdict is None:
                verdict = next(asked)
                if stamp is not None and _has_settled(stamp, looked_ns):
                    self._remember(path, stamp, verdict)
            yield verdict

    def _remember(self, path: Path, stamp: _Stamp, verdict: FrameVerdict) -> None:
        if verdict.problem or _stamp(path) != stamp:
            return
        known = self._memory()
        known.pop(str(path), None)
        known[str(path)] = (stamp, _without_path(verdict))
        self._unsaved += 1
        if self._unsaved >= max(_SAVE_AFTER, len(known) // 2):
            self.save()

    def save(self) -> None:
        """Write what is new, if anything is; where that is impossible, it is lost."""
        if not self._unsaved or self._known is None:
            return
        self._unsaved = 0
        for path in list(self._known)[: max(0, len(self._known) - MAX_ENTRIES)]:
            del self._known[path]
        try:
            Files().write_atomic(self._cache_file, _pack(self._known, self._decoder.version))
        except FarmError as ex:
            log.warning("verdicts are not remembered: %s", ex.message)

    def _memory(self) -> _Memory:
        if self._known is None:
            try:
                self._known = _unpack(self._cache_file.read_bytes(), self._decoder.version)
            except FileNotFoundError:
                self._known = {}
            except (OSError, ValueError, KeyError, TypeError, AttributeError, zlib.error) as ex:
                log.warning("'%s' starts anew: %r", self._cache_file, ex)
                self._known = {}
        return self._known


def _recall(known: _Memory, path: Path, stamp: _Stamp | None) -> FrameVerdict | None:
    """Return the verdict on a file as it is now; what was asked for is forgotten last."""
    entry = known.get(str(path))
    if entry is None or entry[0] != stamp:
        return None
    known[str(path)] = known.pop(str(path))
    return verdict_from_json({**entry[1], "path": path})


def _without_path(verdict: FrameVerdict) -> dict[str, Any]:
    data = verdict_to_json(verdict)
    del data["path"]
    return data


def _stamp(path: Path) -> _Stamp | None:
    """Return size, times and inode of what a path leads to; None where that cannot be told."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _has_settled(stamp: _Stamp, looked_ns: int) -> bool:
    _, mtime_ns, ctime_ns, _ = stamp
    return max(mtime_ns, ctime_ns) + SETTLED_NS < looked_ns


def _pack(known: _Memory, version: str) -> bytes:
    entries = [[path, *stamp, verdict] for path, (stamp, verdict) in known.items()]
    data = {"schema": _SCHEMA, "version": version, "entries": entries}
    return zlib.compress(json.dumps(data, separators=(",", ":")).encode("ascii"), _QUICK)


def _unpack(content: bytes, version: str) -> _Memory:
    """Read what :func:`_pack` wrote; nothing of what another version judged.

    :raises ValueError, KeyError, TypeError, AttributeError, zlib.error: if it is damaged.
    """
    data = json.loads(zlib.decompress(content))
    if (data["schema"], data["version"]) != (_SCHEMA, version):
        return {}
    known: _Memory = {}
    for path, size, mtime_ns, ctime_ns, inode, verdict in data["entries"]:
        known[str(path)] = (int(size), int(mtime_ns), int(ctime_ns), int(inode)), verdict
        verdict_from_json({**verdict, "path": path})
    return known
