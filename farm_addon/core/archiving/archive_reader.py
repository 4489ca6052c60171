# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads an archive and trusts nothing in it: what it holds must be just what we would have written.

Every file's name is judged before its content is read, every size is held against what the label
promised, and the checksum list at the end must be the one that follows from the contents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from ..errors import NewerSchemaError, RecordError, VolumeError
from ..storage.disk import told
from ..storage.disk_steps import open_unbuffered
from .archive_label import LABEL_BYTES_MAX, ArchiveLabel
from .gzip_reader import DamagedError, GzipReader
from .member_names import DIST, LABEL_NAME, RELEASE, SUMS_NAME, MemberNames
from .tar_header import Entry, OddEntryError, decode_header, padding

Take = Callable[[str, Entry, Iterable[memoryview]], None]
"""Takes one file: its name below the archive's top folder, its header, its content in pieces, all
of which must be taken."""

_SHRINK_MAX = 300
"""Deflating at the level that we use shrinks nothing more than 230-fold."""
_SLACK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ArchiveContent:
    """What an archive holds.

    :param sums: SHA-256 by name below the archive's top folder, the checksum list not among them.
    :param sha256: of the archive itself; ``archive_bytes`` is its size.
    """

    label: ArchiveLabel
    sums: dict[str, str]
    sha256: str
    archive_bytes: int


def read_label(path: Path, top: str) -> ArchiveLabel:
    """Read the beginning of an archive: whose it is.

    :raises VolumeError: as :func:`read_archive`.
    """
    with _Refusing(path), open_unbuffered(path, "rb") as file, GzipReader(file) as content:
        return _Reading(path, top, content, _drop).label()


def read_archive(
    path: Path,
    top: str,
    on_bytes: Callable[[int], None],
    take: Take | None = None,
    on_label: Callable[[ArchiveLabel], None] | None = None,
) -> ArchiveContent:
    """Read a whole archive and compare every file with the checksum list inside.

    :param top: name of the archive's top folder, which is the release's.
    :param on_bytes: told how many bytes of content were read, after each piece.
    :param take: takes each file, before its checksum is known; it may raise.
    :param on_label: called with the label before anything else is read; it may raise.
    :raises VolumeError: naming the first thing that is wrong.
    """
    with _Refusing(path), open_unbuffered(path, "rb") as file, GzipReader(file) as content:
        reading = _Reading(path, top, content, on_bytes)
        label = reading.label()
        if on_label is not None:
            on_label(label)
        reading.files(label, take or _exhaust)
        return ArchiveContent(label, reading.sums, content.sha256(), content.read_bytes)


class _Refusing(told):
    """Turns what is wrong with an archive into one sentence that names it."""

    def __init__(self, path: Path) -> None:
        super().__init__("read", path)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        ex: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(ex, DamagedError):
            raise VolumeError(f"the archive '{self._path}' is damaged: {ex}") from ex
        if isinstance(ex, OddEntryError):
            raise VolumeError(f"the archive '{self._path}' is refused: {ex}") from ex
        super().__exit__(kind, ex, traceback)


class _Reading:
    """One pass over an archive."""

    def __init__(
        self, path: Path, top: str, content: GzipReader, on_bytes: Callable[[int], None]
    ) -> None:
        self._path, self._top, self._content, self._on_bytes = path, top, content, on_bytes
        self._names = MemberNames()
        self._size_bytes = 0
        self.sums: dict[str, str] = {}

    def label(self) -> ArchiveLabel:
        """Read the first file, which is the label."""
        name, entry = self._next_entry() or ("", Entry("", 0, 0))
        if name.startswith((f"{RELEASE}/", f"{DIST}/")):
            raise VolumeError(
                f"the archive '{self._path}' was written by a farm_addon before 0.2.0, which gave"
                " it no label; it is neither verified nor restored",
                hint=f"unpack it where there is room: tar xzf '{self._path}' && cd '{self._top}'"
                f" && sha256sum -c {SUMS_NAME}",
            )
        if name != LABEL_NAME or entry.size_bytes > LABEL_BYTES_MAX:
            raise OddEntryError(f"it does not begin with '{LABEL_NAME}'")
        content = b"".join(self._pieces(name, entry))
        try:
            label = ArchiveLabel.from_bytes(content)
        except NewerSchemaError as ex:
            raise NewerSchemaError(f"the archive '{self._path}': {ex}", hint=ex.hint) from ex
        except RecordError as ex:
            raise OddEntryError(str(ex)) from ex
        if label.release != self._top:
            raise OddEntryError(f"it is that of release {label.release!r}")
        return label

    def files(self, label: ArchiveLabel, take: Take) -> None:
        """Read all other files; the checksum list is the last one."""
        count = self._size_bytes = 0
        while found := self._next_entry():
            name, entry = found
            if name == SUMS_NAME:
                self._compare_sums(entry)
                if (count, self._size_bytes) != (label.files, label.size_bytes):
                    raise DamagedError("it does not hold as much as its label says")
                return
            count += 1
            self._size_bytes += entry.size_bytes
            if count > label.files or self._size_bytes > label.size_bytes:
                raise DamagedError("it holds more than its label says")
            take(name, entry, self._pieces(name, entry))
            if name not in self.sums:
                raise ValueError(f"the content of '{name}' was not taken")
        raise DamagedError(f"it has no '{SUMS_NAME}'")

    def _next_entry(self) -> tuple[str, Entry] | None:
        entry = decode_header(self._content.read)
        if entry is None:
            return None
        top, slash, name = entry.name.partition("/")
        shown = entry.name.encode("unicode_escape").decode()
        if top != self._top or not slash:
            raise OddEntryError(f"'{shown}' does not lie in its folder '{self._top}'")
        problem = self._names.add(name)
        if problem:
            raise OddEntryError(f"'{shown}': {problem}")
        return name, entry

    def _pieces(self, name: str, entry: Entry) -> Iterator[memoryview]:
        """Yield a file's content, and note its checksum when all of it was taken."""
        digest = hashlib.sha256()
        content = self._content
        for piece in content.pieces(entry.size_bytes):
            digest.update(piece)
            self._on_bytes(len(piece))
            yield piece
        if any(content.read(padding(entry.size_bytes))):
            raise OddEntryError(f"something is hidden after '{name}'")
        self._refuse_bomb(entry)
        self.sums[name] = digest.hexdigest()

    def _refuse_bomb(self, entry: Entry) -> None:
        content = self._content
        if content.members > len(self.sums) + 2:
            raise OddEntryError("it is in more pieces than it has files")
        shrunk = max(self._size_bytes, entry.size_bytes) - _SLACK_BYTES
        if shrunk > _SHRINK_MAX * content.read_bytes:
            raise OddEntryError("what is in it shrank more than anything that we would write")

    def _compare_sums(self, entry: Entry) -> None:
        """Compare the checksum list with the one that follows from the contents, and be done."""
        expected = "".join(f"{sha256}  {name}\n" for name, sha256 in self.sums.items()).encode()
        if entry.size_bytes > 2 * len(expected) + LABEL_BYTES_MAX:
            raise OddEntryError(f"its '{SUMS_NAME}' is endless")
        listed = self._content.read(entry.size_bytes)
        if listed != expected:
            raise DamagedError(_difference(listed, expected))
        self._content.read(padding(entry.size_bytes))
        if decode_header(self._content.read) is not None or not self._content.is_at_end():
            raise OddEntryError(f"something follows its '{SUMS_NAME}'")


def _difference(listed: bytes, expected: bytes) -> str:
    """Say which file it is that the checksum list does not agree with."""
    theirs, ours = set(listed.splitlines()), set(expected.splitlines())
    odd = sorted((theirs ^ ours) or ours, key=lambda line: line.partition(b"  ")[2])
    name = odd[0].partition(b"  ")[2][:200].decode(errors="backslashreplace")
    return f"'{name}' does not match its checksum in '{SUMS_NAME}'"


def _exhaust(_name: str, _entry: Entry, pieces: Iterable[memoryview]) -> None:
    for _ in pieces:
        pass


def _drop(_size_bytes: int) -> None:
    """Count nothing."""
