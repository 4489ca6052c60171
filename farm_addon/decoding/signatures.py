# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the first bytes of a file say before any decoder is asked.

Only formats that need it: those that not every OpenImageIO reads, and those whose decoders take
memory for the whole picture while they open it.

Sources: ISO/IEC 15444-1 annexes A.5 and I (JPEG 2000), ISO/IEC 23008-12 and AV1 Image File Format
1.1 (brands), WebP Container Specification, "Extended File Format".
"""

from __future__ import annotations

from .png_chunks import SIGNATURE as PNG_SIGNATURE

BEGINNING_BYTES = 1 << 16
"""How much of a file is looked at."""

_JP2_BOX = b"\0\0\0\x0cjP  \r\n\x87\n"
_CODESTREAM = b"\xff\x4f\xff\x51"  # start of codestream, then the size marker
_HEIF_BRANDS = frozenset((b"avif", b"avis", b"heic", b"heix", b"mif1", b"miaf"))


def format_by_signature(beginning: bytes) -> str:
    """Return a file's format in OpenImageIO's words, or nothing where it is none of these."""
    if beginning.startswith(PNG_SIGNATURE):
        return "png"
    if beginning.startswith(b"RIFF") and beginning[8:12] == b"WEBP":
        return "webp"
    if beginning.startswith((_JP2_BOX, _CODESTREAM)):
        return "jpeg2000"
    if beginning[4:8] == b"ftyp" and beginning[8:12] in _HEIF_BRANDS:
        return "heif"
    return ""


def declared_size(format_name: str, beginning: bytes) -> tuple[int, int, int] | None:
    """Return width, height and channels that the header of a WebP or JPEG 2000 file promises.

    :return: None for other formats, and where the header cannot be found.
    """
    if format_name == "webp" and beginning[12:16] == b"VP8X" and len(beginning) >= 30:
        width = int.from_bytes(beginning[24:27], "little") + 1
        height = int.from_bytes(beginning[27:30], "little") + 1
        return width, height, 4
    if format_name == "jpeg2000":
        return _size_of_codestream(beginning)
    return None


def _size_of_codestream(beginning: bytes) -> tuple[int, int, int] | None:
    start = beginning.find(_CODESTREAM)
    if start < 0 or len(beginning) < start + 42:
        return None
    right, bottom, left, top = (
        int.from_bytes(beginning[start + at : start + at + 4], "big") for at in (8, 12, 16, 20)
    )
    channels = int.from_bytes(beginning[start + 40 : start + 42], "big")
    return right - left, bottom - top, channels
