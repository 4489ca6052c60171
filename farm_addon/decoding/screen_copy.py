# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of a picture that is quick to show. Needs OpenImageIO and numpy."""

from __future__ import annotations

from pathlib import Path

from .images import load_openimageio
from .thumbnail import thumbnail

_BACKGROUND = 0.105
_QUALITY = 88


def write_screen_copy(source: Path, target: Path, *, max_width_px: int, max_height_px: int) -> bool:
    """Write a JPEG of a picture, scaled to fit.

    :param target: on this computer, not on a volume: it is written in place.
    :return: False where the picture cannot be read.
    :raises MissingLibraryError: without OpenImageIO.
    :raises OSError: if it cannot be written.
    """
    import numpy

    pixels = thumbnail(source, max_width_px, max_height_px, _BACKGROUND)
    if pixels is None:
        return False
    oiio = load_openimageio()
    bytes_ = numpy.ascontiguousarray(numpy.round(pixels * 255.0).astype(numpy.uint8))
    height, width, channels = bytes_.shape
    spec = oiio.ImageSpec(width, height, channels, oiio.UINT8)
    spec.attribute("Compression", f"jpeg:{_QUALITY}")
    # Blender takes what says nothing for sRGB.
    output = oiio.ImageOutput.create(str(target))
    is_written = output is not None and output.open(str(target), spec)
    is_written = is_written and output.write_image(bytes_) and output.close()
    if not is_written:
        reason = output.geterror() if output is not None else oiio.geterror()
        raise OSError(reason or "the picture cannot be written")
    return True
