# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""PNG files made and read by hand, so that what Blender wrote is judged by something else."""

import random
import struct
import zlib
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def write_png(path: Path, seed: int, size_px: int = 8) -> Path:
    """Write an opaque picture of coloured squares; each seed gives another one."""
    chance = random.Random(seed)
    rows = b"".join(b"\0" + chance.randbytes(3 * size_px) for _ in range(size_px))
    header = struct.pack(">IIBBBBB", size_px, size_px, 8, 2, 0, 0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    path.write_bytes(SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks))
    return path


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_chunks(path: Path) -> list[tuple[str, bytes]]:
    """Return the chunks of a PNG file; damage is an error."""
    content = path.read_bytes()
    assert content.startswith(SIGNATURE), path
    chunks, at = [], len(SIGNATURE)
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", content, at + 8 + length)
        assert checksum == zlib.crc32(kind + data), path
        chunks.append((kind.decode("ascii"), data))
        at += 12 + length
    assert chunks[-1][0] == "IEND", path
    return chunks


def png_size_px(path: Path) -> tuple[int, int]:
    """Return width and height as the header has them."""
    width, height = struct.unpack_from(">II", png_chunks(path)[0][1])
    return width, height


def png_pixels(path: Path) -> bytes:
    """Return what is compared when pixels are compared: the inflated, still filtered rows."""
    return zlib.decompress(b"".join(data for kind, data in png_chunks(path) if kind == "IDAT"))


def png_texts(path: Path) -> dict[str, str]:
    """Return the text metadata of a PNG file."""
    texts = {}
    for kind, data in png_chunks(path):
        if kind == "tEXt":
            key, _, value = data.partition(b"\0")
            texts[key.decode("latin-1")] = value.decode("utf-8")
        elif kind == "zTXt":
            key, _, value = data.partition(b"\0")
            texts[key.decode("latin-1")] = zlib.decompress(value[1:]).decode("utf-8")
        elif kind == "iTXt":
            key, _, rest = data.partition(b"\0")
            is_packed, _, text = rest[0], rest[1], rest[2:].split(b"\0", 2)[2]
            texts[key.decode()] = (zlib.decompress(text) if is_packed else text).decode("utf-8")
    return texts
