# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decodes image files with OpenImageIO, fully: every pixel of every part of a file is read.

What it finds was measured with 3.0 and 3.2 and is told in docs/formats.md. Where it misses
damage that the bytes of a file give away, they are looked at first: checksums of PNG, and what
:mod:`.damage` knows. It tells what a file is, whatever its name says.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..core.errors import MissingLibraryError
from ..core.ports import FrameVerdict
from .damage import find_damage
from .limits import MAX_PARTS, Promise, reason_to_refuse, rows_per_chunk
from .metadata import MAX_ENTRIES, MAX_TEXT_CHARACTERS, note_of, plain_name
from .pixel_facts import PixelFacts
from .plain_file import reason_not_to_read
from .png_chunks import PngError, walk_chunks
from .signatures import BEGINNING_BYTES, declared_size, format_by_signature

_BLOCK_BYTES = 16 << 20
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


def version() -> str:
    """Return OpenImageIO's version."""
    return str(load_openimageio().VERSION_STRING)


def decode_file(path: Path) -> FrameVerdict:
    """Decode a file, fully; whatever is wrong with it is told by the verdict.

    May be called from several threads at once; they let go of Python's lock while they decode.

    :raises MissingLibraryError: if OpenImageIO is not installed.
    """
    oiio = load_openimageio()
    verdict = _verdict_without_asking(path)
    if verdict is not None:
        return verdict
    # Colours as they are in the file, not multiplied with alpha: quicker, and black means black.
    config = oiio.ImageSpec()
    config.attribute("oiio:UnassociatedAlpha", 1)
    image = oiio.ImageInput.open(str(path), config)
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
    format_name = ""
    try:
        with open(path, "rb", buffering=0) as file:
            beginning = file.read(BEGINNING_BYTES)
            format_name = format_by_signature(beginning)
            if format_name == "png":
                file.seek(0)
                walk_chunks(file)
            size_bytes = os.fstat(file.fileno()).st_size
    except OSError as ex:
        return FrameVerdict(path, f"it cannot be read: {ex.strerror or ex}")
    except PngError as ex:
        return FrameVerdict(path, str(ex), format_name)
    if format_name and format_name not in format_names():
        return FrameVerdict(path, f"it is {format_name}, which cannot be decoded here", format_name)
    declared = declared_size(format_name, beginning)
    reason = reason_to_refuse(Promise(format_name, *declared), size_bytes) if declared else ""
    return FrameVerdict(path, reason, format_name) if reason else None


def _read(oiio: Any, image: Any, path: Path) -> FrameVerdict:
    spec = image.spec()
    metadata = _metadata(spec)
    facts = PixelFacts()
    problem = next(_problems(oiio, image, path, facts), "")
    return FrameVerdict(
        path,
        problem=_sentence(problem, path) if problem else "",
        format_name=image.format_name(),
        width_px=spec.width,
        height_px=spec.height,
        channels=spec.nchannels,
        note=note_of(metadata),
        metadata=metadata,
        is_black=facts.is_black and not problem,
        bad_pixels=facts.bad_pixels,
        pixels_digest="" if problem else facts.digest,
    )


def _problems(oiio: Any, image: Any, path: Path, facts: PixelFacts) -> Iterator[str]:
    """Read all parts of a file and yield what is wrong with them."""
    try:
        yield from _damage(image, path)
        size_bytes = os.stat(path).st_size
    except OSError as ex:
        yield f"it cannot be read: {ex.strerror or ex}"
        return
    part = 0
    while image.seek_subimage(part, 0):
        spec = image.spec()
        promise = _promise(image.format_name(), spec)
        yield from _refusals(part, spec, promise, size_bytes)
        part_name = spec.get_string_attribute("oiio:subimagename")
        facts.begin_part(spec.width, spec.height, spec.channelnames, part_name)
        for pixels in _blocks(oiio, image, part, spec, promise):
            said = image.geterror()
            if said or pixels is None:
                yield said or "its pixels cannot be decoded"
            facts.take(pixels)
        part += 1
    # Seeking past the last part is an error to OpenImageIO; one left untold would be printed.
    said = image.geterror()
    if not part:
        yield said or "it holds no picture"


def _damage(image: Any, path: Path) -> Iterator[str]:
    """Yield what the bytes of a file tell, before its pixels are decoded."""
    compression = image.spec().get_string_attribute("compression").partition(":")[0]
    said = find_damage(path, image.format_name(), compression)
    if said:
        yield said


def _promise(format_name: str, spec: Any) -> Promise:
    rows = spec.tile_height or 1
    if format_name == "openexr" and not spec.tile_width:
        rows = rows_per_chunk(spec.get_string_attribute("compression").partition(":")[0])
    sample_bytes = spec.format.basesize()
    return Promise(format_name, spec.width, spec.height, spec.nchannels, sample_bytes, rows)


def _refusals(part: int, spec: Any, promise: Promise, size_bytes: int) -> Iterator[str]:
    """Yield why a part must not be decoded; nothing was allocated for its pixels yet."""
    if part == MAX_PARTS:
        yield f"it has more than {MAX_PARTS} parts"
    if spec.deep or spec.depth > 1:
        yield "it is a deep picture, which Blender does not render"
    reason = reason_to_refuse(promise, size_bytes)
    if reason:
        yield reason


def _blocks(oiio: Any, image: Any, part: int, spec: Any, promise: Promise) -> Iterator[Any]:
    """Read a part in blocks of rows, so that a huge picture does not take its size in memory."""
    row_bytes = spec.width * spec.nchannels * promise.sample_bytes
    together = promise.rows_at_once
    rows = max(1, _BLOCK_BYTES // (row_bytes * together)) * together
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
