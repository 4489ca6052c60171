# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cut a picture of the display to its tab and make it small; for ``screenshots.py``.

``SOURCE TARGET [LEFT LOWER WIDTH HEIGHT]``; runs in the environment that has OpenImageIO.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy
import OpenImageIO as oiio

STEP = 4
"""Colours are rounded to multiples of it: nobody sees that, and PNG packs it well."""
MARGIN_PX = 10


def main() -> int:
    """Cut, round, write."""
    source, target, *numbers = sys.argv[1:]
    picture: Any = oiio.ImageBuf(source).get_pixels(oiio.UINT8)
    pixels = picture[:, :, :3]
    if numbers:
        left, lower, width, height = map(int, numbers)
        top = pixels.shape[0] - lower - height
        pixels = pixels[max(0, top) : pixels.shape[0] - lower, left : left + width]
        pixels = pixels[: _used_height(pixels)]
    else:
        pixels = _smaller(pixels)
    rounded = (numpy.round(pixels / STEP) * STEP).clip(0, 255).astype(numpy.uint8)
    spec = oiio.ImageSpec(rounded.shape[1], rounded.shape[0], 3, oiio.UINT8)
    spec.attribute("png:compressionLevel", 9)
    out = oiio.ImageOutput.create(target)
    if out is None or not out.open(target, spec) or not out.write_image(rounded):
        print(oiio.geterror(), file=sys.stderr)
        return 1
    out.close()
    return 0


def _smaller(pixels: Any) -> Any:
    """Return a picture of the whole window at three fifths of its size."""
    height, width, channels = pixels.shape
    source = oiio.ImageBuf(oiio.ImageSpec(width, height, channels, oiio.UINT8))
    source.set_pixels(oiio.ROI(0, width, 0, height, 0, 1, 0, channels), pixels)
    roi = oiio.ROI(0, width * 3 // 5, 0, height * 3 // 5, 0, 1, 0, channels)
    return oiio.ImageBufAlgo.resize(source, roi=roi).get_pixels(oiio.UINT8)


def _used_height(pixels: Any) -> int:
    """Return how far down the panels reach: below, all rows but the tabs' are of one colour."""
    body = pixels[:, : int(pixels.shape[1] * 0.8)].astype(int)
    spread = numpy.ptp(body, axis=1).max(axis=1)
    used = numpy.nonzero(spread > STEP)[0]
    return int(min(pixels.shape[0], used[-1] + MARGIN_PX)) if len(used) else int(pixels.shape[0])


if __name__ == "__main__":
    sys.exit(main())
