# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks the chunks of a PNG file and verifies their checksums, in a fixed amount of memory.

The quick first stage before a frame is decoded: it finds files that were cut off or hit by a single
bit error, at about the speed at which they can be read.

Source: Portable Network Graphics (PNG) Specification, third edition, section 5.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from collections.abc import Callable
from typing import BinaryIO

SIGNATURE = b"\x89PNG\r\n\x1a\n"

TakeChunk = Callable[[bytes, memoryview], None]
"""Called with the type and the payload of a chunk, or a piece of it; the memory is used again."""

_ROOM_BYTES = _WINDOW_BYTES = 1 << 17
_AROUND_BYTES = 12  # length and type before the payload, the checksum behind it
_HEAD = struct.Struct(">I4s")
_CHECKSUM = struct.Struct(">I")

_idle: list[memoryview] = []
"""Memory of walks that are over: new pages cost more than the checksums in them."""


class PngError(ValueError):
    """A file is no PNG, or a damaged one. Its text says how, about "it"."""


def walk_chunks(file: BinaryIO, take: TakeChunk | None = None) -> None:
    """Verify the checksum of every chunk up to ``IEND``, with which the file has to end.

    :param file: unbuffered, at its beginning.
    :param take: given each chunk whose checksum is right; of one that is larger than the window
        all pieces, before their checksum is known.
    :raises PngError: at the first thing that is wrong.
    :raises OSError: as reading does.
    """
    try:
        memory = _idle.pop()
    except IndexError:
        memory = memoryview(mmap.mmap(-1, _ROOM_BYTES + _WINDOW_BYTES))
    try:
        _walk(_Window(file, memory), take)
    finally:
        _idle.append(memory)


def _walk(window: _Window, take: TakeChunk | None) -> None:
    view = window.view
    start, end = window.read_on(_ROOM_BYTES)
    if view[start : start + len(SIGNATURE)] != SIGNATURE:
        raise PngError("it is no PNG")
    start += len(SIGNATURE)
    kind = b""
    # Blender's chunks are 8 KiB: this loop makes no calls that it can do without.
    crc32, read_head, read_checksum = zlib.crc32, _HEAD.unpack_from, _CHECKSUM.unpack_from
    while kind != b"IEND":
        if start + _AROUND_BYTES > end:
            start, end = window.read_on(start, _AROUND_BYTES)
        length, kind = read_head(view, start)
        stop = start + 8 + length
        if stop + 4 > end:
            _check_kind(kind, window.offset + start)
            if length > _ROOM_BYTES - _AROUND_BYTES:
                start, end = window.walk_large_chunk(start, length, kind, take)
                continue
            start, end = window.read_on(start, length + _AROUND_BYTES)
            stop = start + 8 + length
        if crc32(view[start + 4 : stop]) != read_checksum(view, stop)[0]:
            _check_kind(kind, window.offset + start)
            raise _wrong_checksum(kind, window.offset + start)
        if take is not None:
            _check_kind(kind, window.offset + start)
            take(kind, view[start + 8 : stop])
        start = stop + 4
    rest = window.count_rest(start)
    if rest:
        raise PngError(f"{rest} bytes follow its end")


class _Window:
    """A part of a file in memory, which moves towards its end.

    It begins with room for what is left of the part before, so that every read goes to the
    beginning of a page: copying to elsewhere takes three times as long.

    :param view: the memory, whole pages.
    :ivar offset: where in the file the memory would begin.
    """

    def __init__(self, file: BinaryIO, view: memoryview) -> None:
        self._file = file
        self.view = view
        self.offset = -_ROOM_BYTES
        self._end = _ROOM_BYTES

    def read_on(self, start: int, wanted: int = 0) -> tuple[int, int]:
        """Read the next part of the file.

        :param start: what is there from here on, at most the room in front, is kept.
        :return: where that begins now, and where what was read ends.
        :raises PngError: if that is less than wanted.
        """
        left = self._end - start
        kept = _ROOM_BYTES - left
        self.view[kept:_ROOM_BYTES] = self.view[start : self._end]
        self.offset += start - kept
        self._end = _ROOM_BYTES
        while read := self._file.readinto(self.view[self._end :]):  # type: ignore[attr-defined]
            self._end += read
        if kept + wanted > self._end:
            size = self.offset + self._end
            raise PngError(f"it ends after {size} bytes, in the middle of the picture")
        return kept, self._end

    def walk_large_chunk(
        self, start: int, length: int, kind: bytes, take: TakeChunk | None
    ) -> tuple[int, int]:
        """Verify a chunk that may not fit.

        :return: start and end of what follows it in memory.
        """
        position = self.offset + start
        computed = zlib.crc32(kind)
        start += 8
        while length:
            if start == self._end:
                start, _ = self.read_on(start, 1)
            piece = self.view[start : min(self._end, start + length)]
            computed = zlib.crc32(piece, computed)
            if take is not None:
                take(kind, piece)
            start += len(piece)
            length -= len(piece)
        if start + 4 > self._end:
            start, _ = self.read_on(start, 4)
        if computed != _CHECKSUM.unpack_from(self.view, start)[0]:
            raise _wrong_checksum(kind, position)
        return start + 4, self._end

    def count_rest(self, start: int) -> int:
        """Return how many bytes follow; they are gone afterwards."""
        count = self._end - start
        while True:
            start, end = self.read_on(self._end)
            if start == end:
                return count
            count += end - start


def _check_kind(kind: bytes, position: int) -> None:
    if not (kind.isalpha() and kind.isascii()):
        raise PngError(f"it is damaged at byte {position}: no chunk begins there")


def _wrong_checksum(kind: bytes, position: int) -> PngError:
    name = kind.decode("ascii")
    return PngError(f"it is damaged: the checksum of {name} at byte {position} is wrong")
