# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive's format: a ``.tar.gz`` that plain ``tar xzf`` opens, with a checksum list inside.

Each file is a gzip member of its own (a gzip file may have any number of them, RFC 1952 §2.2), so
that content that is compressed already (frames) is stored and the rest is deflated. The last file
is ``SHA256SUMS`` in the format of ``sha256sum``; check it after unpacking with
``sha256sum -c SHA256SUMS``.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tarfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ..errors import VolumeError

SUMS_NAME = "SHA256SUMS"
_CHUNK_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 16
_GZIP = 31  # zlib's word for a gzip member
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """One file to archive.

    :param name: inside the archive, with forward slashes, below the archive's top folder.
    """

    path: Path
    name: PurePosixPath


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """One file as it was archived.

    :param mtime_ns: when it was read, to see whether it changed since.
    """

    member: ArchiveMember
    size_bytes: int
    mtime_ns: int
    sha256: str


class HashingWriter:
    """Writes to a binary file and hashes what passes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    def write(self, data: bytes) -> None:
        """Write some bytes."""
        self._file.write(data)
        self._digest.update(data)
        self.size_bytes += len(data)

    def sha256(self) -> str:
        """Return the hash of all that was written, hexadecimal."""
        return self._digest.hexdigest()


def write_archive(
    output: BinaryIO,
    top: str,
    members: Iterable[ArchiveMember],
    on_bytes: Callable[[int], None],
) -> tuple[list[ArchivedFile], str]:
    """Write the archive of some files.

    :param output: an open file; the caller syncs it.
    :param top: name of the folder that everything lies in.
    :param on_bytes: told how many bytes of content were read, after each piece.
    :return: the files, and the archive's own SHA-256.
    :raises VolumeError: if a file cannot be read, or changes while it is read.
    """
    writer = HashingWriter(output)
    done: list[ArchivedFile] = []
    for member in members:
        done.append(_write_member(writer, top, member, on_bytes))
    sums = "".join(f"{one.sha256}  {one.member.name}\n" for one in done).encode()
    info = tarfile.TarInfo(f"{top}/{SUMS_NAME}")
    info.size, info.mode = len(sums), 0o644
    _write_gzip(writer, [_header(info), sums, _padding(len(sums)), b"\0" * (2 * _BLOCK)], 6)
    return done, writer.sha256()


def _write_member(
    writer: HashingWriter, top: str, member: ArchiveMember, on_bytes: Callable[[int], None]
) -> ArchivedFile:
    try:
        with open(member.path, "rb") as file:
            before = os.fstat(file.fileno())
            info = tarfile.TarInfo(f"{top}/{member.name}")
            info.size, info.mtime, info.mode = before.st_size, int(before.st_mtime), 0o644
            sha256 = _write_content(writer, info, file, on_bytes)
            after = os.fstat(file.fileno())
    except OSError as ex:
        raise VolumeError(f"'{member.path}' cannot be archived: {ex.strerror or ex}") from ex
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise VolumeError(f"'{member.path}' changed while it was archived")
    return ArchivedFile(member, before.st_size, before.st_mtime_ns, sha256)


def _write_content(
    writer: HashingWriter, info: tarfile.TarInfo, file: BinaryIO, on_bytes: Callable[[int], None]
) -> str:
    digest = hashlib.sha256()
    sample = file.read(_SAMPLE_BYTES)
    file.seek(0)
    deflate = zlib.compressobj(_level(sample), zlib.DEFLATED, _GZIP)
    writer.write(deflate.compress(_header(info)))
    left = info.size
    while left:
        piece = file.read(min(_CHUNK_BYTES, left))
        if not piece:
            raise VolumeError(f"'{info.name}' became shorter while it was archived")
        left -= len(piece)
        digest.update(piece)
        writer.write(deflate.compress(piece))
        on_bytes(len(piece))
    writer.write(deflate.compress(_padding(info.size)))
    writer.write(deflate.flush())
    return digest.hexdigest()


def _write_gzip(writer: HashingWriter, pieces: Iterable[bytes], level: int) -> None:
    deflate = zlib.compressobj(level, zlib.DEFLATED, _GZIP)
    for piece in pieces:
        writer.write(deflate.compress(piece))
    writer.write(deflate.flush())


def _level(sample: bytes) -> int:
    """Return 0 (store) for content that hardly shrinks, else the fastest level that deflates."""
    return 1 if len(zlib.compress(sample, 1)) < len(sample) * 0.95 else 0


def _header(info: tarfile.TarInfo) -> bytes:
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")


def _padding(size_bytes: int) -> bytes:
    return b"\0" * (-size_bytes % _BLOCK)


def verify_archive(path: Path, top: str, on_bytes: Callable[[int], None]) -> dict[str, str]:
    """Read a whole archive again and compare every file with the checksum list inside.

    :param on_bytes: told how many bytes of content were read.
    :return: SHA-256 by name inside the archive.
    :raises VolumeError: naming the first thing that is wrong.
    """
    try:
        # tarfile's own "r|gz" stops after the first gzip member; the gzip module reads them all.
        with gzip.open(path) as content, tarfile.open(fileobj=content, mode="r|") as archive:
            found, listed = _read_all(archive, path, top, on_bytes)
    except (OSError, EOFError, tarfile.TarError, zlib.error, UnicodeDecodeError) as ex:
        raise VolumeError(f"the archive '{path}' is damaged: {ex}") from ex
    if listed is None:
        raise VolumeError(f"the archive '{path}' has no {SUMS_NAME}")
    if found != listed:
        odd = sorted(set(found.items()) ^ set(listed.items()))
        raise VolumeError(
            f"the archive '{path}' is damaged: '{odd[0][0]}' does not match its checksum"
        )
    return found


def _read_all(
    archive: tarfile.TarFile, path: Path, top: str, on_bytes: Callable[[int], None]
) -> tuple[dict[str, str], dict[str, str] | None]:
    found: dict[str, str] = {}
    listed: dict[str, str] | None = None
    for info in archive:
        name = info.name.removeprefix(f"{top}/")
        file = archive.extractfile(info) if info.isreg() else None
        if file is None or name == info.name or ".." in PurePosixPath(name).parts or name in found:
            raise VolumeError(f"the archive '{path}' holds the odd entry '{info.name}'")
        if name == SUMS_NAME:
            listed = _parse_sums(file.read().decode())
            continue
        digest = hashlib.sha256()
        while piece := file.read(_CHUNK_BYTES):
            digest.update(piece)
            on_bytes(len(piece))
        found[name] = digest.hexdigest()
    return found, listed


def _parse_sums(text: str) -> dict[str, str]:
    sums: dict[str, str] = {}
    for line in text.splitlines():
        sha256, _, name = line.partition("  ")
        sums[name] = sha256
    return sums
