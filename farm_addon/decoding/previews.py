# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of a frame in several sizes, as JPEG files. :func:`write_previews` needs OpenImageIO."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .images import load_openimageio
from .thumbnail import thumbnail

QUALITY = 85
_BACKGROUND = 0.2
"""Grey level in sRGB behind what is transparent: JPEG has no alpha."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture that is wanted.

    :param target: the JPEG file; its folder must exist.
    :param width_px: at most; so is ``height_px``.
    """

    target: Path
    width_px: int
    height_px: int

    def fitting(self, width_px: int, height_px: int) -> tuple[int, int]:
        """Return the size of a picture that fits; smaller ones are not enlarged."""
        scale = min(1.0, self.width_px / width_px, self.height_px / height_px)
        return max(1, round(width_px * scale)), max(1, round(height_px * scale))


def write_previews(source: Path, wanted: Sequence[Preview]) -> bool:
    """Write pictures of a frame, each whole or not at all.

    Scene-linear frames are shown with the sRGB curve, as by Blender's view *Standard*.

    :param wanted: the largest first; at least one.
    :return: False where the frame cannot be read.
    :raises MissingLibraryError: without OpenImageIO.
    :raises OSError: if a picture cannot be written.
    """
    first = wanted[0]
    pixels = thumbnail(source, first.width_px, first.height_px, _BACKGROUND, may_enlarge=False)
    if pixels is None:
        return False
    oiio = load_openimageio()
    height, width = pixels.shape[:2]
    largest = oiio.ImageBuf(oiio.ImageSpec(width, height, 3, oiio.FLOAT))
    largest.set_pixels(oiio.ROI(0, width, 0, height), pixels)
    for one in wanted:
        fitting = one.fitting(width, height)
        scaled = largest if fitting == (width, height) else _resized(oiio, largest, fitting)
        _write_jpeg(oiio, scaled, one.target)
    return True


def _resized(oiio: Any, image: Any, size: tuple[int, int]) -> Any:
    roi = oiio.ROI(0, size[0], 0, size[1], 0, 1, 0, 3)
    return oiio.ImageBufAlgo.resize(image, filtername="triangle", roi=roi)


def _write_jpeg(oiio: Any, image: Any, target: Path) -> None:
    partial = target.with_name(f".{os.getpid()}.{target.name}")
    spec = oiio.ImageSpec(image.spec().width, image.spec().height, 3, oiio.UINT8)
    spec.attribute("Compression", f"jpeg:{QUALITY}")
    try:
        output = oiio.ImageOutput.create(str(partial))
        is_written = output is not None and output.open(str(partial), spec)
        if not is_written or not output.write_image(image.get_pixels(oiio.UINT8)):
            raise OSError(f"'{target}' cannot be written: {oiio.geterror()}")
        output.close()
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
