# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decodes image files with OpenImageIO, fully: every pixel of every part of a file is read.

What it finds was measured with 3.0 and 3.2: truncated, empty and made-up files of every format
that Blender writes and it reads; bit errors in PNG and in OpenEXR with ZIP compression, Blender's
default. It does not miss the last bytes of a PNG, so that format's checksums are looked at first.
A bit error in the pixels of a JPEG, WebP, BMP or HDR cannot be noticed: they carry no checksum. It
tells what a file is, whatever its name says.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..core.errors import MissingLibraryError
from ..core.ports import FrameVerdict
from .metadata import MAX_ENTRIES, MAX_TEXT_CHARACTERS, note_of, plain_name
from .plain_file import reason_not_to_read
from .png import SIGNATURE, PngError, check_checksums

_BLOCK_BYTES = 64 << 20
_MAX_SENTENCE_CHARACTERS = 200
_UNKNOWN = "could not find a format reader"


def is_available() -> bool:
    """Tell whether OpenImageIO, and numpy which it needs, can be found; neither is imported."""
    return all(importlib.util.find_spec(name) is not None for name in ("OpenImageIO", "numpy"))


def load_openimageio() -> Any:
    """Import OpenImageIO.

    :raises MissingLibraryError: if it cannot be.
    """
    try:
        import numpy  # noqa: F401 - OpenImageIO hands out pixels as its arrays
        import OpenImageIO
    except ImportError as ex:
        raise MissingLibraryError(ex.name or "OpenImageIO", "to decode frames") from ex
    return OpenImageIO


def format_names() -> frozenset[str]:
    """Return the names of the formats that can be read here."""
    oiio = load_openimageio()
    return frozenset(oiio.get_string_attribute("input_format_list").split(","))


def decode_file(path: Path) -> FrameVerdict:
    """Decode a file, fully; whatever is wrong with it is told by the verdict.

    May be called from several threads at once.

    :raises MissingLibraryError: if OpenImageIO is not installed.
    """
    oiio = load_openimageio()
    verdict = _verdict_without_asking(path)
    if verdict is not None:
        return verdict
    image = oiio.ImageInput.open(str(path))
    if image is None:
        return FrameVerdict(path, _sentence(oiio.geterror(), path))
    try:
        return _read(oiio, image, path)
    finally:
        image.close()


def _verdict_without_asking(path: Path) -> FrameVerdict | None:
    """Return what can be told without OpenImageIO, or None where it is to be asked.

    A damaged PNG is not given to it: libpng would print to stderr on its own.
    """
    reason = reason_not_to_read(path)
    if reason:
        return FrameVerdict(path, reason)
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return FrameVerdict(path, "its path is no valid text")
    try:
        with open(path, "rb") as file:
            beginning = file.read(len(SIGNATURE))
            if beginning == SIGNATURE:
                check_checksums(beginning + file.read())
    except OSError as ex:
        return FrameVerdict(path, f"it cannot be read: {ex.strerror or ex}")
    except PngError as ex:
        return FrameVerdict(path, str(ex), "png")
    return None


def _read(oiio: Any, image: Any, path: Path) -> FrameVerdict:
    spec = image.spec()
    metadata = _metadata(spec)
    problem = next(_problems(oiio, image), "")
    return FrameVerdict(
        path,
        problem=_sentence(problem, path) if problem else "",
        format_name=image.format_name(),
        width_px=spec.width,
        height_px=spec.height,
        channels=spec.nchannels,
        note=note_of(metadata),
        metadata=metadata,
    )


def _problems(oiio: Any, image: Any) -> Iterator[str]:
    """Read all parts of a file and yield what OpenImageIO says is wrong with them."""
    part = 0
    while image.seek_subimage(part, 0):
        spec = image.spec()
        blocks = _deep(image, part) if spec.deep else _blocks(oiio, image, part, spec)
        for pixels in blocks:
            said = image.geterror()
            if said or pixels is None:
                yield said or "its pixels cannot be decoded"
        part += 1
    # Seeking past the last part is an error to OpenImageIO; one left untold would be printed.
    said = image.geterror()
    if not part:
        yield said or "it holds no picture"


def _blocks(oiio: Any, image: Any, part: int, spec: Any) -> Iterator[Any]:
    """Read a part in blocks of rows, so that a huge picture does not take its size in memory."""
    row_bytes = max(1, spec.width * spec.nchannels * 4)
    height = spec.tile_height or 64
    rows = max(1, _BLOCK_BYTES // (row_bytes * height)) * height
    bottom = spec.y + spec.height
    for top in range(spec.y, bottom, rows):
        end = min(top + rows, bottom)
        if spec.tile_width:
            right = spec.x + spec.width
            yield image.read_tiles(
                part, 0, spec.x, right, top, end, 0, 1, 0, spec.nchannels, oiio.UNKNOWN
            )
        else:
            yield image.read_scanlines(part, 0, top, end, 0, 0, spec.nchannels, oiio.UNKNOWN)


def _deep(image: Any, part: int) -> Iterator[Any]:
    yield image.read_native_deep_image(part, 0)


def _metadata(spec: Any) -> dict[str, str]:
    """Return the texts of a file, a bounded number of them."""
    texts: dict[str, str] = {}
    for attribute in spec.extra_attribs:
        if len(texts) == MAX_ENTRIES:
            break
        if isinstance(attribute.value, str):
            texts[plain_name(attribute.name)] = attribute.value[:MAX_TEXT_CHARACTERS]
    return texts


def _sentence(said: str, path: Path) -> str:
    """Make one clean line of what OpenImageIO says, without the path that it may repeat."""
    if _UNKNOWN in said:
        return "it is no picture of a known format"
    lines = said.replace(f'"{path}"', "it").replace(str(path), "it").splitlines()
    line = " ".join(lines[0].split()) if lines else "it cannot be decoded"
    for ending in ("(it)", ".", ":"):
        line = line.removesuffix(ending).rstrip()
    return line[:_MAX_SENTENCE_CHARACTERS]
