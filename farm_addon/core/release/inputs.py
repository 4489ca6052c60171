# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an attempt depends on: every file with its hash, the Blender that froze it, its fingerprint.

Written as ``inputs/<job>.json``. Equal stats are a short cut only for files that were older than
the look at them, since a file can change twice within one tick of its clock; content decides.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import NewerSchemaError, RecordError, VolumeError
from ..planning.scene_facts import BlenderBuild
from ..recorded_paths import RecordedPath
from ..storage.disk import hash_file, told
from .hash_memory import SETTLED_NS, HashMemory, Stamp, stamp_of

SCHEMA = 1
RULES = 1
"""Version of what goes into a fingerprint; with other rules a comparison proves nothing."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that pixels depend on, as it was when it was looked at.

    :param kind: ``blend`` for the job's own file, else as in
        :class:`..planning.scene_facts.Dependency`.
    :param owner: who uses it, in the artist's words.
    :param sha256: of its content, hexadecimal.
    :param looked_ns: when, by the same clock as ``mtime_ns`` (nanoseconds since 1970).
    """

    path: RecordedPath
    kind: str
    owner: str
    size_bytes: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    sha256: str
    looked_ns: int

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object."""
        return {
            "path": self.path.to_json(),
            "kind": self.kind,
            "owner": self.owner,
            "size_bytes": self.size_bytes,
            "mtime_ns": self.mtime_ns,
            "ctime_ns": self.ctime_ns,
            "inode": self.inode,
            "sha256": self.sha256,
            "looked_ns": self.looked_ns,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> InputFile:
        """Read what :meth:`to_json` wrote."""
        return cls(
            path=RecordedPath.from_json(data["path"]),
            kind=str(data["kind"]),
            owner=str(data["owner"]),
            size_bytes=int(data["size_bytes"]),
            mtime_ns=int(data["mtime_ns"]),
            ctime_ns=int(data["ctime_ns"]),
            inode=int(data["inode"]),
            sha256=str(data["sha256"]),
            looked_ns=int(data["looked_ns"]),
        )


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that one attempt of a job depends on.

    :param files: sorted by path, the job's own .blend among them.
    :param datablocks: fingerprints per datablock; empty until they are computed.
    :param was_saved_since: the job's own .blend was saved between the snapshot that holds the
        unsaved edits and the freezing.
    :param rules: of the farm_addon that recorded it.
    """

    job: str
    attempt: int
    scene: str
    build: BlenderBuild
    files: tuple[InputFile, ...]
    has_unsaved_edits: bool = False
    datablocks: tuple[tuple[str, str], ...] = ()
    was_saved_since: bool = False
    rules: int = RULES

    def fingerprint(self) -> str:
        """Return the input fingerprint: 32 hexadecimal digits over the scene, the content of all
        files and Blender's build; not over times, sizes or places on disk."""
        files = sorted({(one.path.text, one.sha256) for one in self.files})
        build = [list(self.build.version), self.build.build_hash]
        parts = [self.rules, self.scene, build, files, sorted(self.datablocks)]
        text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        data = {
            "schema": SCHEMA,
            "rules": self.rules,
            "job": self.job,
            "attempt": self.attempt,
            "scene": self.scene,
            "fingerprint": self.fingerprint(),
            "build": self.build.to_json(),
            "has_unsaved_edits": self.has_unsaved_edits,
            "files": [one.to_json() for one in self.files],
            "datablocks": dict(self.datablocks),
        }
        if self.was_saved_since:
            data["was_saved_since"] = True
        # Escaped, since a path on Linux need not be text: it may hold lone surrogates.
        return json.dumps(data, indent=1).encode() + b"\n"

    @classmethod
    def read(cls, path: Path) -> Inputs | None:
        """Read the file; None where there is none.

        :raises NewerSchemaError, RecordError: as :meth:`from_bytes`.
        """
        with told("read", path):
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                return None
        return cls.from_bytes(content, path)

    @classmethod
    def from_bytes(cls, content: bytes, where: Path) -> Inputs:
        """Read what :meth:`to_bytes` wrote.

        :raises NewerSchemaError: if a newer farm_addon wrote it.
        :raises RecordError: if it cannot be read.
        """
        try:
            data = json.loads(content)
            if int(data["schema"]) > SCHEMA:
                raise NewerSchemaError(
                    f"'{where}' was written by a newer farm_addon", hint="update farm_addon"
                )
            return cls(
                job=str(data["job"]),
                attempt=int(data["attempt"]),
                scene=str(data["scene"]),
                build=BlenderBuild.from_json(data["build"]),
                files=tuple(map(InputFile.from_json, data["files"])),
                has_unsaved_edits=bool(data["has_unsaved_edits"]),
                datablocks=tuple((str(k), str(v)) for k, v in data["datablocks"].items()),
                was_saved_since=bool(data.get("was_saved_since", False)),
                rules=int(data["rules"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as ex:
            raise RecordError(f"'{where}' cannot be read: {ex!r}") from ex


class FileHasher:
    """Looks at files, each content once: many jobs share the same library.

    :param memory: of earlier runs; None for none.
    """

    def __init__(self, memory: HashMemory | None = None) -> None:
        self._known: dict[tuple[str, Stamp], str] = {}
        self._memory = memory

    def compare(self, path: Path, recorded: InputFile) -> bool:
        """Tell whether a file has the content that was recorded, whatever its stats are.

        :raises VolumeError: if it cannot be read, or changes while it is read.
        """
        return self._hash(path, self._memory)[0] == recorded.sha256

    def look(self, path: Path, recorded: RecordedPath, kind: str, owner: str) -> InputFile:
        """Stat and hash a file.

        :raises VolumeError: if it cannot be read, or changes while it is read.
        """
        sha256, stamp, looked_ns = self._hash(path, None)
        return InputFile(recorded, kind, owner, *stamp, sha256, looked_ns)

    def _hash(self, path: Path, memory: HashMemory | None) -> tuple[str, Stamp, int]:
        """Return a file's hash, its stamp, and when it was looked at."""
        looked_ns = time.time_ns()
        try:
            stamp = stamp_of(os.stat(path))
            sha256 = self._known.get((str(path), stamp)) or (
                memory.recall(str(path), stamp) if memory else ""
            )
            sha256 = sha256 or hash_file(path)
            after = stamp_of(os.stat(path))
        except OSError as ex:
            raise VolumeError(f"'{path}' cannot be read: {ex.strerror or ex}") from ex
        if stamp != after:
            raise VolumeError(
                f"'{path}' changed while it was read", hint="wait until it is saved, then try again"
            )
        self._known[str(path), stamp] = sha256
        if memory is not None:
            memory.remember(str(path), stamp, sha256, looked_ns)
        return sha256, stamp, looked_ns


def assert_unchanged(files: Sequence[InputFile], volume_root: Path) -> None:
    """Check that no file changed since it was looked at, after something else has read it.

    :raises VolumeError: naming the first one that did.
    """
    for recorded in files:
        path = recorded.path.on_this_computer(volume_root)
        try:
            is_same = path is not None and _same_stats(recorded, os.stat(path))
        except OSError:
            is_same = False
        if not is_same:
            raise VolumeError(
                f"'{recorded.path.text}' changed while its jobs were frozen",
                hint="wait until nobody saves it, then submit again",
            )


def is_surely_unchanged(recorded: InputFile, now: os.stat_result) -> bool:
    """Tell whether a file's stats alone prove that it has its recorded content."""
    settled = max(recorded.mtime_ns, recorded.ctime_ns) + SETTLED_NS < recorded.looked_ns
    return settled and _same_stats(recorded, now)


def _same_stats(recorded: InputFile, now: os.stat_result) -> bool:
    return stamp_of(now) == (
        recorded.size_bytes,
        recorded.mtime_ns,
        recorded.ctime_ns,
        recorded.inode,
    )
