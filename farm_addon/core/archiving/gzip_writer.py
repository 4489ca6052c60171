# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes gzip quickly: content that is compressed already is stored, the rest is deflated.

A gzip file may have any number of members (RFC 1952 §2.2), each with its own choice. A stored one
needs no compressor: five bytes before each 65,535 bytes (RFC 1951 §3.2.4) and a checksum at its
end. So content is read straight into the places that it has in the archive, and while one thread
reads and hashes, another one sums up and writes.
"""

from __future__ import annotations

import struct
import zlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import BinaryIO

from ..storage.disk_steps import write_all

_PART_BYTES = 65535
_PARTS = 16
_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
_PART_HEAD = struct.Struct("<BHH")
_TAIL = struct.Struct("<BHHII")
_STRIDE = _PART_HEAD.size + _PART_BYTES

BUFFER_BYTES = _PARTS * _PART_BYTES
_BUFFERS = 4
_SAMPLE_BYTES = 4096
_WORTH_IT = 0.8
"""Deflating is slow: it must save a fifth."""
_LEVEL = 1
_GZIP = 31  # zlib's word for a gzip member


class _Buffer:
    """Room for one MB, laid out as stored deflate blocks."""

    def __init__(self) -> None:
        self.memory = bytearray(len(_HEAD) + _PARTS * _STRIDE + _TAIL.size)
        self._view = memoryview(self.memory)
        self.size_bytes = 0

    @property
    def room_bytes(self) -> int:
        return BUFFER_BYTES - self.size_bytes

    def room(self, size_bytes: int) -> memoryview:
        """Return the next room for content, at most so much; it counts as used."""
        part, offset = divmod(self.size_bytes, _PART_BYTES)
        start = len(_HEAD) + part * _STRIDE + _PART_HEAD.size + offset
        size_bytes = min(size_bytes, _PART_BYTES - offset)
        self.size_bytes += size_bytes
        return self._view[start : start + size_bytes]

    def parts(self) -> list[memoryview]:
        """Return the content, and write what stands before each part of it."""
        parts = []
        for part in range(-(-self.size_bytes // _PART_BYTES)):
            size_bytes = min(_PART_BYTES, self.size_bytes - part * _PART_BYTES)
            start = len(_HEAD) + part * _STRIDE
            _PART_HEAD.pack_into(self.memory, start, 0, size_bytes, size_bytes ^ 0xFFFF)
            start += _PART_HEAD.size
            parts.append(self._view[start : start + size_bytes])
        return parts

    def stored(self, checksum: int | None, size_bytes: int, *, is_first: bool) -> memoryview:
        """Return the stored form of the content, after :meth:`parts`.

        :param checksum: of the whole member, with its size, where this is its end.
        """
        start, end = (
            0,
            len(_HEAD) + self.size_bytes + _PART_HEAD.size * -(-self.size_bytes // _PART_BYTES),
        )
        if is_first:
            self.memory[: len(_HEAD)] = _HEAD
        else:
            start = len(_HEAD)
        if checksum is not None:
            _TAIL.pack_into(self.memory, end, 1, 0, 0xFFFF, checksum, size_bytes & 0xFFFFFFFF)
            end += _TAIL.size
        return self._view[start:end]


class _Member:
    """One gzip member while it is written; by the writing thread alone."""

    def __init__(self) -> None:
        self._deflate: zlib._Compress | None = None
        self._checksum = self._size_bytes = 0
        self._is_new = True

    def encode(self, buffer: _Buffer, *, is_last: bool) -> bytes | memoryview:
        """Return what is to be written for a buffer of content."""
        parts = buffer.parts()
        is_first, self._is_new = self._is_new, False
        if is_first and _is_worth_it(parts):
            self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
        if self._deflate is not None:
            pieces = [self._deflate.compress(part) for part in parts]
            return b"".join([*pieces, self._deflate.flush()] if is_last else pieces)
        for part in parts:
            self._checksum = zlib.crc32(part, self._checksum)
        self._size_bytes += buffer.size_bytes
        checksum = self._checksum if is_last else None
        return buffer.stored(checksum, self._size_bytes, is_first=is_first)


def _is_worth_it(parts: list[memoryview]) -> bool:
    """Tell by a sample from its middle whether content shrinks when it is deflated."""
    part = parts[len(parts) // 2] if parts else memoryview(b"")
    start = max(0, (len(part) - _SAMPLE_BYTES) // 2)
    sample = part[start : start + _SAMPLE_BYTES]
    return len(zlib.compress(sample, _LEVEL)) < len(sample) * _WORTH_IT


class GzipWriter:
    """Writes one gzip file, member by member. A context manager: leaving it writes what is left.

    An error of the disk is raised by whichever method is called next, or on leaving.

    :param file: open for writing, unbuffered; it is not closed.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._thread = ThreadPoolExecutor(1, "farm archive")
        self._free = [_Buffer() for _ in range(_BUFFERS)]
        self._under_way: deque[tuple[_Buffer, Future[None]]] = deque()
        self._buffer = self._free.pop()
        self._member = _Member()

    def __enter__(self) -> GzipWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        ex: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.end_member()
                while self._under_way:
                    self._reclaim()
        finally:
            self._thread.shutdown(cancel_futures=True)

    @property
    def room_bytes(self) -> int:
        """How much more goes into the member's buffer, 0 to :data:`BUFFER_BYTES`."""
        return self._buffer.room_bytes

    def write(self, data: bytes) -> None:
        """Add some bytes."""
        view = memoryview(data)
        while view:
            room = self.room(len(view))
            room[:] = view[: len(room)]
            view = view[len(room) :]

    def room(self, size_bytes: int) -> memoryview:
        """Return room for up to so many bytes, at least one, which the caller fills at once."""
        if not self._buffer.room_bytes:
            self._hand_over(is_last=False)
        return self._buffer.room(size_bytes)

    def end_member(self) -> None:
        """End the gzip member, unless nothing was added since the last one ended."""
        if self._buffer.size_bytes:
            self._hand_over(is_last=True)
            self._member = _Member()

    def _hand_over(self, *, is_last: bool) -> None:
        """Let the other thread write what is in the buffer, and go on with another one."""
        future = self._thread.submit(self._write, self._buffer, self._member, is_last)
        self._under_way.append((self._buffer, future))
        if not self._free:
            self._reclaim()
        self._buffer = self._free.pop()

    def _reclaim(self) -> None:
        buffer, future = self._under_way.popleft()
        future.result()
        buffer.size_bytes = 0
        self._free.append(buffer)

    def _write(self, buffer: _Buffer, member: _Member, is_last: bool) -> None:
        write_all(self._file, member.encode(buffer, is_last=is_last))
