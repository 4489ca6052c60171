# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Headers that promise too much: refused before memory is taken for them.

A picture is read in blocks of rows, so its size alone costs nothing; but some decoders take the
whole picture at once, a chunk of an OpenEXR file is unpacked whole, and a small file can promise
hours of work.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_PIXELS = 1 << 30
MAX_CHANNELS = 1024
MAX_PARTS = 1024
MAX_BYTES_AT_ONCE = 2 << 30
_MAX_SAMPLES_PER_BYTE = 20_000
"""What compresses best, one colour in OpenEXR with DWAB, has a third of that."""

_BYTES_PER_SAMPLE_AT_ONCE = {"jpeg2000": 4, "webp": 2, "heif": 2, "targa": 1}
"""Decoders that take the whole picture at once (measured with OpenImageIO 3.2); their formats pack
one colour into almost nothing, so the size of the file says nothing about them."""

_ROWS_PER_CHUNK = {
    **dict.fromkeys(("none", "rle", "zips"), 1),
    **dict.fromkeys(("zip", "pxr24"), 16),
    **dict.fromkeys(("piz", "b44", "b44a", "dwaa"), 32),
    "dwab": 256,
}
_MOST_ROWS_PER_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Promise:
    """What a header says about one part of a file.

    :param sample_bytes: of the largest channel, unpacked.
    :param rows_at_once: that are unpacked together: of a chunk or a tile; 1 where it is not known.
    """

    format_name: str
    width_px: int
    height_px: int
    channels: int
    sample_bytes: int = 1
    rows_at_once: int = 1

    @property
    def samples(self) -> int:
        """How many values its pixels have."""
        return self.width_px * self.height_px * self.channels


def rows_per_chunk(compression: str) -> int:
    """Return how many rows an OpenEXR file packs together.

    Source: OpenEXR, "OpenEXR File Layout", table of compression methods.
    """
    return _ROWS_PER_CHUNK.get(compression, _MOST_ROWS_PER_CHUNK)


def reason_to_refuse(promise: Promise, size_bytes: int) -> str:
    """Return why a part of a file must not be decoded, or nothing.

    :param size_bytes: of the whole file.
    """
    size = f"{promise.width_px} × {promise.height_px} pixels"
    if promise.width_px < 1 or promise.height_px < 1 or promise.channels < 1:
        return "its header makes no sense"
    if promise.channels > MAX_CHANNELS:
        return f"its header promises {promise.channels} channels, more than {MAX_CHANNELS}"
    if promise.width_px * promise.height_px > MAX_PIXELS:
        return f"its header promises {size}, more than can be checked"
    at_once = _BYTES_PER_SAMPLE_AT_ONCE.get(promise.format_name)
    if at_once is not None:
        is_too_much = promise.samples * at_once > MAX_BYTES_AT_ONCE
        return f"its header promises {size}, too many for its format" if is_too_much else ""
    if promise.samples > size_bytes * _MAX_SAMPLES_PER_BYTE:
        return f"its header promises {size}, more than its {size_bytes} bytes can hold"
    row_bytes = promise.width_px * promise.channels * promise.sample_bytes
    if row_bytes * promise.rows_at_once > MAX_BYTES_AT_ONCE:
        return f"its header promises {size} that have to be unpacked at once"
    return ""
