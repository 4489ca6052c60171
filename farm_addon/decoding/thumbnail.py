# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of frames, as a screen shows them. Needs OpenImageIO and numpy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .images import load_openimageio
from .plain_file import reason_not_to_read

_MAX_ENLARGEMENT = 2.0
_LINEAR_FORMATS = ("openexr", "hdr")


def size_of(path: Path) -> tuple[int, int] | None:
    """Return a picture's width and height from its header; None where it has no readable one."""
    image = _open(path)
    if image is None:
        return None
    spec = image.spec()
    image.close()
    return spec.width, spec.height


def thumbnail(
    path: Path,
    max_width_px: int,
    max_height_px: int,
    background: float,
    *,
    may_enlarge: bool = True,
) -> Any:
    """Return a picture scaled to fit, or None where it cannot be read.

    Scene-linear files (OpenEXR, HDR) are shown with the sRGB curve and no view transform.

    :param background: grey level, 0 to 1 in sRGB, behind what is transparent.
    :param may_enlarge: a small picture may get up to twice its size.
    :return: numpy array of floats, rows × columns × 3, 0 to 1 in sRGB.
    """
    oiio = load_openimageio()
    image = _open(path)
    if image is None:
        return None
    is_linear = image.format_name() in _LINEAR_FORMATS
    names = list(image.spec().channelnames)
    image.close()
    full = oiio.ImageBuf(str(path))
    if not full.read(force=True, convert=oiio.FLOAT):
        full.geterror()  # one left untold would be printed
        return None
    channels = tuple(names.index(name) for name in _shown_channels(names))
    shown = oiio.ImageBufAlgo.channels(full, channels)
    limit = _MAX_ENLARGEMENT if may_enlarge else 1.0
    pixels = _scaled(oiio, shown, max_width_px, max_height_px, limit).get_pixels(oiio.FLOAT)
    return _for_screen(pixels, is_linear, background)


def _open(path: Path) -> Any:
    if reason_not_to_read(path):
        return None
    oiio = load_openimageio()
    image = oiio.ImageInput.open(str(path))
    if image is None:
        oiio.geterror()
    return image


def _shown_channels(names: Sequence[str]) -> list[str]:
    """Choose what to look at: the combined pass of a file with layers, else the first colours."""
    for layer in sorted(
        {name.removesuffix("R") for name in names if name.split(".")[-1] == "R"},
        key=lambda layer: ("Combined" not in layer, layer),
    ):
        wanted = [f"{layer}{color}" for color in "RGB"]
        if set(wanted) <= set(names):
            alpha = f"{layer}A"
            return [*wanted, alpha] if alpha in names else wanted
    if len(names) >= 3:
        return list(names[:4])
    return [names[0]] * 3 + list(names[1:])


def _scaled(oiio: Any, image: Any, max_width_px: int, max_height_px: int, limit: float) -> Any:
    width, height = image.spec().width, image.spec().height
    scale = min(max_width_px / width, max_height_px / height, limit)
    roi = oiio.ROI(
        0, max(1, round(width * scale)), 0, max(1, round(height * scale)), 0, 1, 0, image.nchannels
    )
    # A cropped picture begins elsewhere than at its display window's corner.
    image.specmod().x = image.specmod().y = 0
    image.specmod().full_x = image.specmod().full_y = 0
    image.specmod().full_width, image.specmod().full_height = width, height
    # A filter without negative lobes: others leave dark rings around what is cut out.
    return oiio.ImageBufAlgo.resize(image, filtername="triangle", roi=roi)


def _for_screen(pixels: Any, is_linear: bool, background: float) -> Any:
    """Lay pixels with associated alpha over the background, in sRGB."""
    import numpy

    color = numpy.nan_to_num(pixels[:, :, :3], posinf=1.0)
    behind = _to_linear(background) if is_linear else background
    if pixels.shape[2] > 3:
        color = color + (1.0 - numpy.clip(pixels[:, :, 3:4], 0.0, 1.0)) * behind
    color = numpy.clip(color, 0.0, 1.0)
    if is_linear:
        color = numpy.where(
            color <= 0.0031308, color * 12.92, 1.055 * numpy.power(color, 1 / 2.4) - 0.055
        )
    return color


def _to_linear(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
