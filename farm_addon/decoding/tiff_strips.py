# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the strips of a TIFF file that is packed with Deflate, whose checksum tells of any damage.

OpenImageIO does not ask for it everywhere: 3.0 takes most damaged strips for whole ones, 3.2 the
last one where it has fewer rows than the others.

Source: TIFF Revision 6.0, sections 2 and 3; Adobe Photoshop TIFF Technical Notes (Deflate).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

_PIECE_BYTES = 1 << 20
_MAX_STRIPS = 1 << 20
_DEFLATE = (8, 32946)
_COMPRESSION, _OFFSETS, _BYTE_COUNTS = 259, 273, 279
_TYPES = {3: "H", 4: "I"}


def has_damaged_strip(file: BinaryIO) -> bool:
    """Tell whether a strip of the first picture cannot be inflated.

    :param file: a classic TIFF file; of others, and where there are no strips, nothing is said.
    :raises OSError: as reading does.
    """
    try:
        for offset, count in _strips(file):
            file.seek(offset)
            if not _inflates(file, count):
                return True
    except (struct.error, KeyError):
        return True
    return False


def _strips(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield where each strip that is packed with Deflate begins, and how long it is.

    :raises struct.error, KeyError: if the directory is damaged.
    """
    file.seek(0)
    head = file.read(8)
    order = ">" if head.startswith(b"MM") else "<"
    magic, start = struct.unpack(f"{order}2xHI", head)
    if magic != 42:
        return
    file.seek(start)
    (count,) = struct.unpack(f"{order}H", file.read(2))
    entries = {}
    for tag, kind, values, place in struct.iter_unpack(f"{order}HHI4s", file.read(12 * count)):
        entries[tag] = (kind, values, place)
    if _OFFSETS not in entries:
        return
    (compression,) = _values(file, order, *entries[_COMPRESSION])
    if compression in _DEFLATE:
        offsets = _values(file, order, *entries[_OFFSETS])
        counts = _values(file, order, *entries[_BYTE_COUNTS])
        if len(offsets) != len(counts):
            raise struct.error("there is not one length for each strip")
        yield from zip(offsets, counts, strict=True)


def _values(file: BinaryIO, order: str, kind: int, count: int, place: bytes) -> tuple[int, ...]:
    if not 0 < count <= _MAX_STRIPS:
        raise struct.error("there are too many strips")
    layout = struct.Struct(f"{order}{count}{_TYPES[kind]}")
    if layout.size <= len(place):
        return layout.unpack(place[: layout.size])
    file.seek(struct.unpack(f"{order}I", place)[0])
    return layout.unpack(file.read(layout.size))


def _inflates(file: BinaryIO, count: int) -> bool:
    inflater = zlib.decompressobj()
    try:
        while count and not inflater.eof:
            piece = file.read(min(count, _PIECE_BYTES))
            if not piece:
                return False
            count -= len(piece)
            while piece:
                inflater.decompress(piece, _PIECE_BYTES)
                piece = inflater.unconsumed_tail
    except zlib.error:
        return False
    return inflater.eof
