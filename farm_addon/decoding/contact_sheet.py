# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One picture that shows many: a grid of frames with their names. Needs OpenImageIO and numpy.

The labels use the font that comes with OpenImageIO's wheel; where there is none they are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from .images import load_openimageio
from .png_encoder import encode_png
from .thumbnail import size_of, thumbnail

T = TypeVar("T")

_FONT = "DroidSans"
_TITLE_FONT = "DroidSans-Bold"
_LABEL_SIZE_PX = 15
_TITLE_SIZE_PX = 26
_MARGIN_PX = 32
_GAP_PX = 18
_LABEL_ROOM_PX = 30
_TITLE_ROOM_PX = 60
_MAX_CELL_PX = 320
_MIN_CELL_PX = 160
_SHEET_ASPECT = 1.6
# Grey levels in sRGB, 0 to 1.
_BACKGROUND, _CELL, _LABEL, _TITLE = 0.105, 0.145, 0.72, 0.93


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of the sheet.

    :param label: shown below it.
    :param group: where there are too many, each group is shown by about as many: a job's name.
    """

    path: Path
    label: str
    group: str = ""


def sample_evenly(items: Sequence[T], count: int) -> list[T]:
    """Return at most ``count`` items, the first and the last among them, evenly spread."""
    if count >= len(items):
        return list(items)
    if count <= 1:
        return list(items[:count])
    return [items[round(i * (len(items) - 1) / (count - 1))] for i in range(count)]


def make_contact_sheet(
    pictures: Sequence[Picture], *, title: str = "", max_pictures: int = 48
) -> bytes:
    """Return a PNG file that shows the pictures in a grid, in their order.

    :param pictures: at least one; one that cannot be read is shown as an empty cell.
    :param max_pictures: where there are more, an even sample of each group is shown.
    :raises ValueError: if there are no pictures.
    :raises MissingLibraryError: if OpenImageIO is not installed.
    """
    if not pictures:
        raise ValueError("a contact sheet needs at least one picture")
    shown = _sampled(pictures, max_pictures)
    sheet = _Sheet(_Grid.fitting(shown, has_title=bool(title)))
    if title:
        sheet.write(title, _MARGIN_PX, _MARGIN_PX + _TITLE_SIZE_PX, _TITLE_SIZE_PX, _TITLE)
    for index, picture in enumerate(shown):
        sheet.show(index, picture)
    return encode_png(sheet.pixels())


def _sampled(pictures: Sequence[Picture], max_pictures: int) -> list[Picture]:
    if len(pictures) <= max_pictures:
        return list(pictures)
    groups: dict[str, list[Picture]] = {}
    for picture in pictures:
        groups.setdefault(picture.group, []).append(picture)
    chosen = sample_evenly(list(groups), max_pictures)
    shares: dict[str, int] = {}
    room = max_pictures
    # From the smallest group on: what one does not need is left to the others.
    for left, group in zip(
        range(len(chosen), 0, -1), sorted(chosen, key=lambda one: len(groups[one])), strict=True
    ):
        shares[group] = min(len(groups[group]), room // left)
        room -= shares[group]
    return [one for group in chosen for one in sample_evenly(groups[group], shares[group])]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the cells are; sizes in pixels."""

    columns: int
    rows: int
    cell_width: int
    cell_height: int
    top: int

    @classmethod
    def fitting(cls, pictures: Sequence[Picture], *, has_title: bool) -> _Grid:
        """Choose cells of the pictures' own shape, and a sheet that is a little wider than high."""
        sizes = [size for picture in pictures if (size := size_of(picture.path))]
        aspects = sorted(width / height for width, height in sizes)
        aspect = min(4.0, max(0.5, aspects[len(aspects) // 2])) if aspects else _SHEET_ASPECT
        longest = max((max(size) for size in sizes), default=_MAX_CELL_PX)
        cell = min(_MAX_CELL_PX, max(_MIN_CELL_PX, longest))
        width = round(cell * min(1.0, aspect))
        height = round(cell / max(1.0, aspect))
        room = (width + _GAP_PX) / (height + _LABEL_ROOM_PX + _GAP_PX)
        columns = round(math.sqrt(len(pictures) * _SHEET_ASPECT / room))
        columns = min(len(pictures), max(1, columns))
        rows = -(-len(pictures) // columns)
        return cls(columns, rows, width, height, _MARGIN_PX + _TITLE_ROOM_PX * has_title)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole sheet."""
        width = 2 * _MARGIN_PX + self.columns * (self.cell_width + _GAP_PX) - _GAP_PX
        row = self.cell_height + _LABEL_ROOM_PX + _GAP_PX
        return width, self.top + self.rows * row - _GAP_PX + _MARGIN_PX // 2

    def corner(self, index: int) -> tuple[int, int]:
        """Return left and top of a cell."""
        row, column = divmod(index, self.columns)
        return (
            _MARGIN_PX + column * (self.cell_width + _GAP_PX),
            self.top + row * (self.cell_height + _LABEL_ROOM_PX + _GAP_PX),
        )


class _Sheet:
    """The picture that is being made."""

    def __init__(self, grid: _Grid) -> None:
        self._oiio = load_openimageio()
        self._grid = grid
        width, height = grid.size
        self._canvas = self._oiio.ImageBuf(self._oiio.ImageSpec(width, height, 3, self._oiio.FLOAT))
        self._oiio.ImageBufAlgo.fill(self._canvas, (_BACKGROUND,) * 3)
        self._has_font = self._width("x", _LABEL_SIZE_PX) > 0

    def pixels(self) -> Any:
        """Return the sheet as bytes, rows × columns × 3."""
        import numpy

        floats = self._canvas.get_pixels(self._oiio.FLOAT)
        return (numpy.clip(floats, 0.0, 1.0) * 255.0 + 0.5).astype(numpy.uint8)

    def show(self, index: int, picture: Picture) -> None:
        """Put a picture into its cell and its label below."""
        oiio, grid = self._oiio, self._grid
        left, top = grid.corner(index)
        cell = oiio.ROI(left, left + grid.cell_width, top, top + grid.cell_height)
        oiio.ImageBufAlgo.fill(self._canvas, (_CELL,) * 3, roi=cell)
        small = thumbnail(picture.path, grid.cell_width, grid.cell_height, _CELL)
        label = picture.label
        if small is None:
            label += " (cannot be read)"
        else:
            height, width = small.shape[:2]
            x = left + (grid.cell_width - width) // 2
            y = top + (grid.cell_height - height) // 2
            self._canvas.set_pixels(oiio.ROI(x, x + width, y, y + height), small)
        baseline = top + grid.cell_height + _LABEL_SIZE_PX + 5
        self.write(self._shortened(label), left + 1, baseline, _LABEL_SIZE_PX, _LABEL)

    def write(self, text: str, x: int, baseline: int, size_px: int, level: float) -> None:
        """Write one line of text, if there is a font."""
        if self._has_font:
            font = _TITLE_FONT if size_px == _TITLE_SIZE_PX else _FONT
            self._oiio.ImageBufAlgo.render_text(
                self._canvas, x, baseline, text, size_px, font, (level,) * 3
            )

    def _shortened(self, label: str) -> str:
        """Take letters out of the middle until a label fits: both ends tell frames apart."""
        label = "".join(letter if letter.isprintable() else "?" for letter in label)
        text, left_out = label, 0
        while left_out < len(label) - 2 and self._width(text, _LABEL_SIZE_PX) > (
            self._grid.cell_width
        ):
            left_out += 1
            kept = len(label) - left_out
            text = f"{label[: kept // 2]}…{label[len(label) - (kept - kept // 2) :]}"
        return text

    def _width(self, text: str, size_px: int) -> int:
        roi = self._oiio.ImageBufAlgo.text_size(text, size_px, _FONT)
        return int(roi.width) if roi.defined else 0
