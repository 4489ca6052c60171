# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damage that decoders do not notice, told from the bytes of a file.

Pages that were never written read as zeros: after a crash, or where a disk was full. Packed pixels
never hold so many zeros: the longest run in a frame that Blender 4.5 wrote, black and 6144 × 4096
pixels large, was of 482 bytes. Where pixels lie unpacked, black looks the same, and nothing can be
told.

Sources: Kodak, "Cineon Image File Format", section 2 (offset 20: the size of the file);
Truevision, "TGA File Format Specification 2.0", file footer, which Blender has written since 4.2.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from .tiff_strips import has_damaged_strip

_PAGE_BYTES = 4096
_ZEROS = bytes(_PAGE_BYTES)
_TAIL_BYTES = 64
_WINDOW_BYTES = 1 << 20

_PACKED = frozenset(("jpeg", "webp", "jpeg2000", "heif"))
_PACKED_BY = {
    "openexr": frozenset(("rle", "piz", "dwaa", "dwab")),
    "tiff": frozenset(("packbits", "lzw")),
    "sgi": frozenset(("rle",)),
    "targa": frozenset(("rle",)),
}
"""ZIP and its kin are not here: they have checksums. B44 leaves 32-bit channels as they are."""

_TARGA_END = b"TRUEVISION-XFILE.\0"
_CINEON_HEADER_BYTES = 2048


def find_damage(path: Path, format_name: str, compression: str) -> str:
    """Return what is wrong with a file, or nothing.

    :param format_name: OpenImageIO's word.
    :param compression: OpenImageIO's word, or empty.
    :raises OSError: as opening and reading do.
    """
    with open(path, "rb", buffering=0) as file:
        size_bytes = os.fstat(file.fileno()).st_size
        if format_name == "cineon":
            return _judge_cineon(file.read(_CINEON_HEADER_BYTES), size_bytes)
        if format_name == "targa" and not _ends_with(file, _TARGA_END, size_bytes):
            return "its end is missing"
        if format_name == "tiff" and has_damaged_strip(file):
            return "its pixels cannot be inflated"
        if format_name in _PACKED and _ends_with(file, bytes(_TAIL_BYTES), size_bytes):
            return "its end was never written: it is zeros"
        if format_name in _PACKED or compression in _PACKED_BY.get(format_name, ()):
            return _judge_zeros(file)
    return ""


def _judge_cineon(header: bytes, size_bytes: int) -> str:
    is_big_endian = header.startswith(b"\x80\x2a\x5f\xd7")
    promised = int.from_bytes(header[20:24], "big" if is_big_endian else "little")
    return "" if size_bytes == promised else f"it has {size_bytes} bytes instead of {promised}"


def _ends_with(file: BinaryIO, ending: bytes, size_bytes: int) -> bool:
    file.seek(max(0, size_bytes - len(ending)))
    return file.read(len(ending)) == ending


def _judge_zeros(file: BinaryIO) -> str:
    file.seek(0)
    position = 0
    overlap = b""
    while window := file.read(_WINDOW_BYTES):
        seen = overlap + window
        at = seen.find(_ZEROS)
        if at >= 0:
            return f"a part of it was never written: zeros from byte {position + at} on"
        overlap = seen[1 - _PAGE_BYTES :]
        position += len(seen) - len(overlap)
    return ""
