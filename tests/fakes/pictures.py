# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Picture files for tests: PNG of every kind by hand, other formats by OpenImageIO."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
PASSES = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)
)  # fmt: skip


def chunk(kind: bytes, payload: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(payload)) + kind + payload + _crc(kind + payload)


def _crc(data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(data))


def png(
    width: int = 16,
    height: int = 12,
    *,
    depth: int = 8,
    color_type: int = 6,
    is_interlaced: bool = False,
    filter_type: int = 0,
    texts: Sequence[tuple[bytes, bytes]] = (),
    idat_bytes: int = 50,
    rows: bytes | None = None,
) -> bytes:
    """Return a PNG file.

    :param idat_bytes: its pixels are cut into chunks of so many.
    :param rows: what is deflated as its pixels, instead of what belongs there.
    """
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, is_interlaced)
    data = zlib.compress(
        rows
        if rows is not None
        else pixel_rows(width, height, depth, color_type, is_interlaced, filter_type)
    )
    parts = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header)]
    parts += [chunk(b"tEXt", keyword + b"\0" + text) for keyword, text in texts]
    if color_type == 3:
        parts.append(chunk(b"PLTE", bytes(range(3 * 2 ** min(depth, 6)))))
    parts += [
        chunk(b"IDAT", data[start : start + idat_bytes])
        for start in range(0, len(data), idat_bytes)
    ]
    return b"".join([*parts, chunk(b"IEND", b"")])


def pixel_rows(
    width: int, height: int, depth: int, color_type: int, is_interlaced: bool, filter_type: int = 0
) -> bytes:
    """Return the rows of all passes, each with its filter type, before they are deflated."""
    rows = bytearray()
    for x, y, step_x, step_y in PASSES if is_interlaced else ((0, 0, 1, 1),):
        columns = len(range(x, width, step_x))
        row_bytes = (columns * CHANNELS[color_type] * depth + 7) // 8
        for row in range(y, height, step_y):
            if columns:
                # Bits of a palette's index stay inside the palette.
                rows += bytes([filter_type]) + bytes((row * 7 + i) % 64 for i in range(row_bytes))
    return bytes(rows)


def write_picture(
    path: Path,
    width: int = 24,
    height: int = 16,
    *,
    channel_names: Sequence[str] = ("R", "G", "B"),
    pixel_type: str = "uint8",
    level: float | None = None,
    texts: Mapping[str, str] | None = None,
    parts: int = 1,
    file_format: str = "",
) -> Path:
    """Write a picture with OpenImageIO; a gradient, or all of one level.

    :param file_format: OpenImageIO's name, where the path's extension lies.
    """
    import numpy
    import OpenImageIO as oiio

    names = list(channel_names)
    spec = oiio.ImageSpec(width, height, len(names), pixel_type)
    spec.channelnames = tuple(names)
    for name, text in (texts or {}).items():
        spec.attribute(name, text)
    pixels = numpy.linspace(0.05, 0.95, width * height * len(names), dtype=numpy.float32)
    if level is not None:
        pixels[:] = level
    pixels = pixels.reshape(height, width, len(names))
    output = oiio.ImageOutput.create(file_format or str(path))
    assert output, oiio.geterror()
    specs = [spec] * parts
    assert output.open(str(path), specs[0] if parts == 1 else tuple(specs)), output.geterror()
    for part in range(parts):
        if part:
            assert output.open(str(path), spec, "AppendSubimage"), output.geterror()
        assert output.write_image(pixels), output.geterror()
    assert output.close(), output.geterror()
    return path


def cineon(width: int = 24, height: int = 16) -> bytes:
    """Return a Cineon file as Blender lays it out: 10 bits per sample, three in a big-endian
    word."""
    header = bytearray(2048)
    struct.pack_into(">IIIII", header, 0, 0x802A5FD7, 2048, 1024, 0, 0)
    struct.pack_into(">I8s", header, 20, 2048 + 4 * width * height, b"V4.5")
    header[193] = 3
    for channel in range(3):
        at = 196 + 28 * channel
        header[at + 1 : at + 3] = bytes([channel + 1, 10])
        struct.pack_into(">II", header, at + 4, width, height)
    header[681] = 5
    words = (
        struct.pack(">I", ((x * 7 + y) % 1023 << 22) | (y % 1023 << 12) | (x % 1023 << 2))
        for y in range(height)
        for x in range(width)
    )
    return bytes(header) + b"".join(words)
