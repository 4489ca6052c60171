# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Headers that promise too much are refused, and cost no memory."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from farm_addon.decoding.limits import MAX_PIXELS, Promise, reason_to_refuse, rows_per_chunk
from farm_addon.decoding.signatures import declared_size, format_by_signature
from tests.fakes.pictures import png, write_picture

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1 << 20

WATCHED = """
import resource, sys
from pathlib import Path
from farm_addon.decoding.images import decode_file, load_openimageio
load_openimageio()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
problem = decode_file(Path(sys.argv[1])).problem
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(grown // 1024, problem)
"""


@pytest.mark.parametrize(
    ("promise", "size_bytes", "words"),
    [
        (Promise("png", 40_000, 40_000, 3), 1 << 30, "more than can be checked"),
        (Promise("png", 0, 10, 3), 1000, "makes no sense"),
        (Promise("png", 10, -1, 3), 1000, "makes no sense"),
        (Promise("openexr", 64, 64, 5000, 2, 16), MEGABYTE, "5000 channels"),
        (Promise("png", 30_000, 30_000, 4), 50_000, "more than its 50000 bytes can hold"),
        (Promise("jpeg2000", 20_000, 20_000, 3), 50 * MEGABYTE, "too many for its format"),
        (Promise("webp", 30_000, 30_000, 4), 50 * MEGABYTE, "too many for its format"),
        (Promise("openexr", 65_536, 4096, 100, 4, 256), 1 << 30, "unpacked at once"),
    ],
)
def test_too_much_is_refused(promise: Promise, size_bytes: int, words: str) -> None:
    assert words in reason_to_refuse(promise, size_bytes)


@pytest.mark.parametrize(
    ("promise", "size_bytes"),
    [
        (Promise("openexr", 32_768, 32_768, 4, 2, 16), 200 * MEGABYTE),
        (Promise("openexr", 7680, 4320, 120, 4, 32), 900 * MEGABYTE),
        (Promise("openexr", 6144, 4096, 4, 2, 32), 33_890),  # black, with DWAA
        (Promise("png", 6144, 4096, 4), 660_000),
        (Promise("jpeg", 6144, 4096, 3), 393_857),
        (Promise("jpeg2000", 8192, 8192, 4), 300),
        (Promise("webp", 16_383, 16_383, 4), 2000),
    ],
)
def test_what_blender_writes_passes(promise: Promise, size_bytes: int) -> None:
    assert reason_to_refuse(promise, size_bytes) == ""


def test_as_many_pixels_as_can_be_checked_can_be_promised() -> None:
    assert reason_to_refuse(Promise("png", 1 << 15, MAX_PIXELS >> 15, 1), 1 << 30) == ""


def test_unknown_compression_counts_as_the_one_with_the_largest_chunks() -> None:
    assert rows_per_chunk("zip") == 16
    assert rows_per_chunk("of another century") == rows_per_chunk("dwab") == 256


# --- headers read before a decoder is asked -------------------------------------------------------


def codestream(width: int, height: int, channels: int = 3) -> bytes:
    size = struct.pack(">IIIIIIIIH", width, height, 0, 0, width, height, 0, 0, channels)
    return b"\xff\x4f\xff\x51" + struct.pack(">HH", 38 + 3 * channels, 0) + size + bytes(50)


def extended_webp(width: int, height: int) -> bytes:
    canvas = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + canvas
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def test_sizes_are_read_from_headers() -> None:
    assert declared_size("jpeg2000", codestream(640, 360)) == (640, 360, 3)
    boxed = b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60) + codestream(70_000, 5, 4)
    assert format_by_signature(boxed) == "jpeg2000"
    assert declared_size("jpeg2000", boxed) == (70_000, 5, 4)
    assert declared_size("webp", extended_webp(65_000, 2)) == (65_000, 2, 4)


@pytest.mark.parametrize("name", ["jpeg2000", "webp", "png", ""])
def test_size_that_cannot_be_read_is_none(name: str) -> None:
    for beginning in (b"", b"\xff\x4f\xff\x51", b"RIFF\0\0\0\0WEBPVP8X", b"x" * 100):
        assert declared_size(name, beginning) is None


# --- in one process each, whose memory is looked at -----------------------------------------------


def large_png(size: int) -> bytes:
    data = png(8, 8)
    header = b"IHDR" + struct.pack(">II", size, size) + data[24:29]
    return data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]


def many_channels(folder: Path) -> bytes:
    import OpenImageIO as oiio

    limit = oiio.get_int_attribute("limits:channels")
    oiio.attribute("limits:channels", 4000)
    try:
        names = [f"c{number:04d}" for number in range(3000)]
        return write_picture(
            folder / "many.exr", 4, 4, channel_names=names, pixel_type="half"
        ).read_bytes()
    finally:
        oiio.attribute("limits:channels", limit)


@pytest.mark.skipif(sys.platform == "win32", reason="the resource module is POSIX")
def test_bombs_cost_no_memory(tmp_path: Path) -> None:
    pytest.importorskip("OpenImageIO")
    bombs = {
        "gigapixels.png": large_png(65_000),
        "large.png": large_png(30_000),
        "gigapixels.jp2": codestream(60_000, 60_000),
        "large.jp2": codestream(30_000, 30_000),
        "large.webp": extended_webp(30_000, 30_000),
        "many.exr": many_channels(tmp_path),
    }
    for name, content in bombs.items():
        path = tmp_path / name
        path.write_bytes(content)
        run = subprocess.run(
            [sys.executable, "-c", WATCHED, str(path)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=60,
        )
        grown_mb, _, problem = run.stdout.strip().partition(" ")
        assert problem, (name, run.stderr)
        assert int(grown_mb) < 100, (name, problem)
