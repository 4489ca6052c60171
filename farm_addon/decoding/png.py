# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decodes PNG files with the standard library alone: where there is no OpenImageIO.

Inflating the pixels proves that they can be decoded, since a PNG needs no more than that: every
row's filter type, and as many bytes as its size asks for. What the pixels look like is not told:
that would take undoing the filters, byte by byte.

Source: Portable Network Graphics (PNG) Specification, third edition, sections 7, 10 and 11.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from ..core.ports import FrameVerdict
from .metadata import MAX_ENTRIES, MAX_TEXT_CHARACTERS, note_of
from .plain_file import reason_not_to_read
from .png_chunks import SIGNATURE, PngError, walk_chunks

_INFLATE_BYTES = 1 << 20
_LAST_FILTER_TYPE = 4
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PALETTE = 3
_ADAM7 = (
    # first column, first row, column step, row step of each pass
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


@dataclass(frozen=True, slots=True)
class PngHeader:
    """What the first chunk says.

    :param depth_bits: per sample.
    :param color_type: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA.
    """

    width_px: int
    height_px: int
    depth_bits: int
    color_type: int
    is_interlaced: bool

    @classmethod
    def read(cls, payload: memoryview) -> PngHeader:
        """Read the payload of ``IHDR``."""
        if len(payload) != 13:
            raise PngError("its header has the wrong length")
        width, height, depth, color_type, compression, filters, interlace = struct.unpack(
            ">IIBBBBB", payload
        )
        is_known = depth in _DEPTHS.get(color_type, ()) and interlace in (0, 1)
        if not is_known or compression or filters or not 0 < width < 1 << 31 > height > 0:
            raise PngError("its header makes no sense")
        return cls(width, height, depth, color_type, bool(interlace))

    @property
    def channels(self) -> int:
        """Samples per pixel as they are stored; 1 for a palette."""
        return _CHANNELS[self.color_type]

    def rows(self) -> list[tuple[int, int]]:
        """Return bytes per row (with its filter type) and number of rows, for each pass."""
        passes = _ADAM7 if self.is_interlaced else ((0, 0, 1, 1),)
        spans = []
        for first_x, first_y, step_x, step_y in passes:
            columns = -(-max(0, self.width_px - first_x) // step_x)
            rows = -(-max(0, self.height_px - first_y) // step_y)
            if columns and rows:
                spans.append((1 + -(-columns * self.channels * self.depth_bits // 8), rows))
        return spans


def decode_png(path: Path) -> FrameVerdict:
    """Decode a PNG file fully, in pure Python; anything else is a verdict with a problem."""
    reason = reason_not_to_read(path)
    if reason:
        return FrameVerdict(path, reason)
    picture = _Picture()
    problem = ""
    beginning = b""
    try:
        with open(path, "rb", buffering=0) as file:
            beginning = file.read(len(SIGNATURE))
            file.seek(0)
            walk_chunks(file, picture.take)
        picture.finish()
    except OSError as ex:
        problem = f"it cannot be read: {ex.strerror or ex}"
    except PngError as ex:
        problem = str(ex)
    header = picture.header
    return FrameVerdict(
        path,
        problem,
        format_name="png" if beginning == SIGNATURE else "",
        width_px=header.width_px if header else 0,
        height_px=header.height_px if header else 0,
        channels=header.channels if header else 0,
        note=note_of(picture.metadata),
        metadata=picture.metadata,
    )


class _Picture:
    """Takes the chunks of a file in their order; of large ones, pieces."""

    def __init__(self) -> None:
        self.header: PngHeader | None = None
        self.metadata: dict[str, str] = {}
        self._pixels: _Pixels | None = None
        self._has_palette = False
        self._last_kind = b""

    def take(self, kind: bytes, payload: memoryview) -> None:
        """Take the next chunk, or the next piece of it.

        :raises PngError: if it cannot be where it is, or what it is.
        """
        if self.header is None:
            if kind != b"IHDR":
                raise PngError("it does not begin with a header")
            self.header = PngHeader.read(payload)
        elif kind == b"IHDR":
            raise PngError("it has two headers")
        elif kind == b"PLTE":
            self._has_palette = True
        elif kind == b"IDAT":
            self._take_pixels(self.header, payload)
        elif kind == b"tEXt" and len(self.metadata) < MAX_ENTRIES:
            name, text = _read_text(payload)
            self.metadata[name] = text
        self._last_kind = kind

    def finish(self) -> None:
        """Say that no chunk follows.

        :raises PngError: if something is missing.
        """
        if self._pixels is None:
            raise PngError("it has no pixels")
        self._pixels.finish()

    def _take_pixels(self, header: PngHeader, payload: memoryview) -> None:
        if self._pixels is None:
            if header.color_type == _PALETTE and not self._has_palette:
                raise PngError("its palette is missing")
            self._pixels = _Pixels(header)
        elif self._last_kind != b"IDAT":
            raise PngError("its pixels are not together")
        self._pixels.feed(payload)


class _Pixels:
    """Inflates the pixels without keeping them, and checks every row's filter type."""

    def __init__(self, header: PngHeader) -> None:
        self._inflater = zlib.decompressobj()
        self._spans = header.rows()
        self._position = 0  # in the first of the spans

    def feed(self, payload: memoryview) -> None:
        """Take the payload of the next ``IDAT``."""
        if self._inflater.eof:
            raise PngError("more follows the end of its pixels")
        left: bytes | memoryview = payload
        try:
            while True:
                part = self._inflater.decompress(left, _INFLATE_BYTES)
                left = self._inflater.unconsumed_tail
                self._check(part)
                if not left and len(part) < _INFLATE_BYTES:
                    return
        except zlib.error as ex:
            raise PngError("its pixels cannot be inflated") from ex

    def finish(self) -> None:
        """Say that no more comes."""
        if not self._inflater.eof or self._spans:
            raise PngError("it has fewer pixels than its header says")

    def _check(self, part: bytes) -> None:
        while part:
            if not self._spans:
                raise PngError("it has more pixels than its header says")
            row_bytes, rows = self._spans[0]
            taken = part[: row_bytes * rows - self._position]
            filter_types = taken[-self._position % row_bytes :: row_bytes]
            if filter_types and max(filter_types) > _LAST_FILTER_TYPE:
                raise PngError("a row of its pixels has an unknown filter")
            self._position += len(taken)
            part = part[len(taken) :]
            if self._position == row_bytes * rows:
                del self._spans[0]
                self._position = 0


def _read_text(payload: memoryview) -> tuple[str, str]:
    """Return keyword and text of a ``tEXt`` chunk."""
    keyword, _, text = bytes(payload[: 4 * MAX_TEXT_CHARACTERS]).partition(b"\0")
    try:
        value = text.decode("utf-8")  # what Blender writes, whatever the standard says
    except UnicodeDecodeError:
        value = text.decode("latin-1")
    return keyword.decode("latin-1"), value[:MAX_TEXT_CHARACTERS]
