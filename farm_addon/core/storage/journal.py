# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release's two files: the header ``release.json`` and the journal ``journal.jsonl``.

The journal holds one JSON object per line and is appended to, until it is long and one event with
the whole state replaces it; the lines before are kept. A last line without its newline was torn by
a crash: readers pass over it, the next writer cuts it off.
"""

from __future__ import annotations

import io
import json
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import NewerSchemaError, RecordError
from ..names import fold
from .disk import told
from .files import Files

SCHEMA = 2
"""The newest that is known here."""
STATE_SCHEMA = 2
"""From this on the journal may begin with a ``state``. Whoever does not know that event would pass
over it and see an empty release, so the header says 2 before such a journal is there."""

_TAIL_BYTES = 1 << 16
_decode = json.JSONDecoder().raw_decode
_BACKUP = "restore it from a backup of the volume"


@dataclass(frozen=True, slots=True)
class Header:
    """What ``release.json`` says.

    :param release_id: UUID.
    :param name: the release's name, and the name of the folder that the header lies in.
    :param created: when, RFC 3339 in UTC.
    :param settings: of the plan.
    :param schema: the oldest that whoever reads this release must know; never lowered.
    """

    release_id: str
    name: str
    created: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    schema: int = 1

    def write(self, files: Files, path: Path) -> None:
        """Write it.

        :raises NewerSchemaError: if the one that is there is newer; it stays as it is.
        """
        schema = max(self.schema, _read_object(path)["schema"] if path.exists() else 1)
        data = {
            "schema": schema,
            "release_id": self.release_id,
            "name": self.name,
            "created": self.created,
            "settings": dict(self.settings),
        }
        files.write_atomic(path, _encode(data, indent=1))

    @classmethod
    def read(cls, path: Path) -> Header:
        """Read it.

        :raises NewerSchemaError: if a newer farm_addon wrote it.
        :raises RecordError: if it cannot be understood, or is another release's.
        :raises VolumeError: if it cannot be read.
        """
        data = _read_object(path)
        try:
            header = cls(
                release_id=str(uuid.UUID(data["release_id"])),
                name=data["name"],
                created=str(data["created"]),
                settings=dict(data["settings"]),
                schema=int(data["schema"]),
            )
            is_own = fold(header.name) == fold(path.parent.name)
        except (KeyError, TypeError, ValueError, AttributeError) as ex:
            raise RecordError(f"'{path}' is not as expected ({ex!r})", hint=_BACKUP) from ex
        if not is_own:
            raise RecordError(
                f"'{path}' says that it belongs to release '{header.name}'",
                hint="give the folder its name back",
            )
        return header


class Journal:
    """A release's journal.

    Write it only while holding the release's lock. Appending costs the same at any length.
    """

    def __init__(self, files: Files, path: Path) -> None:
        self._files = files
        self._path = path
        self._is_whole = False

    def append(self, event: Mapping[str, Any]) -> None:
        """Add one event; it is on the disk when this returns."""
        self.append_many((event,))

    def append_many(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Add some events with one write. A crash may leave the first few of them."""
        data = b"".join(_encode(event) for event in events)
        if not data:
            return
        if not self._is_whole:
            self._cut_torn_line()
        self._is_whole = False  # until the write is known to be complete
        self._files.append(self._path, data)
        self._is_whole = True

    def replace(
        self, event: Mapping[str, Any], kept: Path, assert_held: Callable[[], None]
    ) -> None:
        """Put one event in the place of all events, which are kept elsewhere, byte by byte.

        Stopped anywhere, the journal is the old one or the new one, and ``kept`` is written anew by
        the next call.

        :param kept: what the journal held; it is overwritten. Its folder exists.
        :param assert_held: called right before: what others add from then on would be lost.
        """
        self._files.write_atomic(kept, self._whole_lines())
        assert_held()
        self._is_whole = False
        self._files.write_atomic(self._path, _encode(event))
        self._is_whole = True

    def read(self) -> list[dict[str, Any]]:
        """Return all events, as :meth:`events` yields them."""
        return list(self.events())

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield all events, oldest first; none where there is no journal yet.

        One at a time, since a long journal's events take many times the room of its lines.

        :raises RecordError: at a line, other than a torn last one, that cannot be understood.
        """
        for number, line in enumerate(io.BytesIO(self._whole_lines()), 1):
            yield self._parse(line[:-1], number)

    def _whole_lines(self) -> bytes:
        with told("read", self._path):
            try:
                content = self._path.read_bytes()
            except FileNotFoundError:
                return b""
        return content[: content.rfind(b"\n") + 1]

    def _parse(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            text = line.decode()
            event, end = _decode(text)
        except (ValueError, RecursionError) as ex:
            raise self._damaged(number) from ex
        if end != len(text) or not isinstance(event, dict):
            raise self._damaged(number)
        return event

    def _damaged(self, number: int) -> RecordError:
        return RecordError(f"line {number} of '{self._path}' is damaged", hint=_BACKUP)

    def _cut_torn_line(self) -> None:
        """Cut off a last line that a crash left without its newline."""
        with told("read", self._path):
            try:
                file = open(self._path, "rb")
            except FileNotFoundError:
                return
            with file:
                size_bytes = file.seek(0, os.SEEK_END)
                whole_bytes = _end_of_last_line(file, size_bytes)
        if whole_bytes < size_bytes:
            self._files.truncate(self._path, whole_bytes)


def _end_of_last_line(file: BinaryIO, size_bytes: int) -> int:
    """Return how many bytes there are up to the last newline, with it; reads the end alone."""
    end = size_bytes
    while end > 0:
        start = max(0, end - _TAIL_BYTES)
        file.seek(start)
        position = file.read(end - start).rfind(b"\n")
        if position >= 0:
            return start + position + 1
        end = start
    return 0


def _read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object of a header that is not newer than we are."""
    with told("read", path):
        content = path.read_bytes()
    try:
        data = json.loads(content.decode())
        schema = data["schema"]
        is_newer = schema > SCHEMA
    except (ValueError, KeyError, TypeError, RecursionError) as ex:
        raise RecordError(f"'{path}' cannot be understood ({ex!r})", hint=_BACKUP) from ex
    if is_newer:
        raise NewerSchemaError(
            f"'{path}' was written by a newer farm_addon (schema {schema}, known here: {SCHEMA})",
            hint="update farm_addon",
        )
    return dict(data)


def _encode(data: Mapping[str, Any], indent: int | None = None) -> bytes:
    """Return one JSON object and a newline, in UTF-8."""
    separators = (",", ":") if indent is None else (",", ": ")

    def dump(*, ensure_ascii: bool) -> str:
        return json.dumps(
            data,
            ensure_ascii=ensure_ascii,
            allow_nan=False,
            indent=indent,
            separators=separators,
        )

    try:
        return dump(ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # a path of this computer that is not Unicode
        return dump(ensure_ascii=True).encode() + b"\n"
