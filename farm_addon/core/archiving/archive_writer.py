# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes an archive: a ``.tar.gz`` that plain ``tar xzf`` opens, with a checksum list inside.

First comes ``ARCHIVE.json``, last ``SHA256SUMS`` in the format of ``sha256sum``; check everything
after unpacking with ``sha256sum -c SHA256SUMS``.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import VolumeError
from ..storage.disk import volume_error
from ..storage.disk_steps import open_unbuffered
from .archive_label import ArchiveLabel
from .gzip_writer import BUFFER_BYTES, GzipWriter
from .member_names import LABEL_NAME, SUMS_NAME
from .tar_header import END, Entry, encode_header, padding

_SMALL_BYTES = 1 << 16
"""Up to so much is read at once; opening a file for more takes longer than reading so little."""


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """One file to archive.

    :param path: where it is now.
    :param name: inside the archive, with forward slashes, below the archive's top folder.
    :param size_bytes: as it was found; so is ``mtime_ns``.
    """

    path: str
    name: str
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """One file as it was archived."""

    member: ArchiveMember
    sha256: str


def write_archive(
    output: BinaryIO,
    label: ArchiveLabel,
    members: Sequence[ArchiveMember],
    on_bytes: Callable[[int], None],
) -> list[ArchivedFile]:
    """Write the archive of some files.

    :param output: open for writing, unbuffered; the caller syncs it.
    :param on_bytes: told how many bytes of content were read, after each piece.
    :raises VolumeError: if a file cannot be read, or has another size than was said. One that
        changes otherwise while it is read is for the caller to notice, when all is written.
    :raises OSError: if the archive cannot be written.
    """
    top = label.release
    content = label.to_bytes()
    with GzipWriter(output) as writer:
        _write_bytes(writer, f"{top}/{LABEL_NAME}", content)
        done = [_write_file(writer, top, member, on_bytes) for member in members]
        lines = [f"{hashlib.sha256(content).hexdigest()}  {LABEL_NAME}\n"]
        lines += [f"{one.sha256}  {one.member.name}\n" for one in done]
        writer.end_member()
        _write_bytes(writer, f"{top}/{SUMS_NAME}", "".join(lines).encode())
        writer.write(END)
    return done


def _write_bytes(writer: GzipWriter, name: str, content: bytes) -> None:
    writer.write(encode_header(Entry(name, len(content), 0)))
    writer.write(content)
    writer.write(bytes(padding(len(content))))


def _write_file(
    writer: GzipWriter, top: str, member: ArchiveMember, on_bytes: Callable[[int], None]
) -> ArchivedFile:
    """Write one file. Small ones share a gzip member, as long as there is room for a whole one."""
    entry = Entry(f"{top}/{member.name}", member.size_bytes, member.mtime_ns // 1_000_000_000)
    head, tail = encode_header(entry), bytes(padding(member.size_bytes))
    total_bytes = len(head) + member.size_bytes + len(tail)
    if total_bytes > writer.room_bytes:
        writer.end_member()
    if member.size_bytes <= _SMALL_BYTES:
        content = _read_small(member)
        sha256 = hashlib.sha256(content).hexdigest()
        writer.write(b"".join((head, content, tail)))
        on_bytes(member.size_bytes)
    else:
        writer.write(head)
        sha256 = _copy(writer, member, on_bytes)
        writer.write(tail)
    if total_bytes > BUFFER_BYTES:
        writer.end_member()
    return ArchivedFile(member, sha256)


def _read_small(member: ArchiveMember) -> bytes:
    try:
        handle = os.open(member.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            content = os.read(handle, member.size_bytes + 1)
        finally:
            os.close(handle)
    except OSError as ex:
        raise volume_error("archived", Path(member.path), ex) from ex
    if len(content) != member.size_bytes:
        raise VolumeError(f"'{member.path}' changed while it was archived")
    return content


def _copy(writer: GzipWriter, member: ArchiveMember, on_bytes: Callable[[int], None]) -> str:
    """Copy a file into the archive; return its SHA-256."""
    digest = hashlib.sha256()
    with _open(member) as file:
        left = member.size_bytes
        while left:
            room = writer.room(left)
            _fill(room, file, member)
            digest.update(room)
            left -= len(room)
            on_bytes(len(room))
        if file.read(1):
            raise VolumeError(f"'{member.path}' changed while it was archived")
    return digest.hexdigest()


def _open(member: ArchiveMember) -> BinaryIO:
    try:
        return open_unbuffered(Path(member.path), "rb")
    except OSError as ex:
        raise volume_error("archived", Path(member.path), ex) from ex


def _fill(room: memoryview, file: BinaryIO, member: ArchiveMember) -> None:
    """Read into some room until it is full. Errors of the archive's own disk never come here."""
    filled = 0
    while filled < len(room):
        try:
            got = file.readinto(room[filled:])  # type: ignore[attr-defined]
        except OSError as ex:
            raise volume_error("archived", Path(member.path), ex) from ex
        if not got:
            raise VolumeError(f"'{member.path}' changed while it was archived")
        filled += got
