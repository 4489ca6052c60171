# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes PNG pictures into memory, so that whoever made them decides how they reach the disk."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from .png_chunks import SIGNATURE

_RGB = 2
_UP = b"\x02"
_COMPRESSION = 6


def encode_png(pixels: Any) -> bytes:
    """Return a PNG file.

    :param pixels: numpy array of bytes, rows × columns × 3, sRGB.
    """
    height, width, _ = pixels.shape
    # Each byte less the one above it: what mostly is one colour becomes mostly zeros.
    differences = pixels.copy()
    differences[1:] -= pixels[:-1]
    rows = b"".join(_UP + row.tobytes() for row in differences)
    header = struct.pack(">IIBBBBB", width, height, 8, _RGB, 0, 0, 0)
    return b"".join(
        (
            SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"sRGB", b"\0"),
            _chunk(b"IDAT", zlib.compress(rows, _COMPRESSION)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, payload: bytes) -> bytes:
    checksum = zlib.crc32(payload, zlib.crc32(kind))
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", checksum)
