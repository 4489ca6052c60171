# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that a task writes: find them by name, judge them by decoding.

Source of the names: flamenco.md §6.3 (measured with Blender 5.2).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ..core.formats import output_format
from ..core.ports import FrameDecoder

_IMAGE_EXTENSIONS = frozenset(
    ".png .jpg .jpeg .exr .tif .tiff .webp .bmp .hdr .tga .jp2 .j2c .cin .dpx .rgb .avif".split()
)


class OutputNames:
    """The names of the files that Blender writes for an output path.

    :param output: with ``######`` and separators as ``/``.
    :param extension: with its dot; empty where any will do.
    """

    def __init__(self, output: str, extension: str) -> None:
        path = PurePosixPath(output)
        self.folder = Path(str(path.parent))
        stem = path.stem if path.suffix.lower() in _IMAGE_EXTENSIONS else path.name
        runs = list(re.finditer("#+", stem))
        start, end = runs[-1].span() if runs else (len(stem), len(stem))
        digits = end - start or 4
        extension_pattern = re.escape(extension) if extension else r"\.\w+"
        self._pattern = re.compile(
            re.escape(stem[:start])
            + rf"(?P<frame>\d{{{digits},}})"
            + re.escape(stem[end:])
            + rf"(\D[^/\\]*)?{extension_pattern}",
            re.IGNORECASE | re.ASCII,
        )

    def files(self, frames: Iterable[int]) -> dict[int, list[Path]]:
        """Return the files that are there for some frames, one list per frame, sorted.

        With several views, or two names that Blender would not tell apart, a frame has several.
        """
        found: dict[int, list[Path]] = {frame: [] for frame in frames}
        try:
            names = sorted(entry.name for entry in os.scandir(self.folder) if entry.is_file())
        except (FileNotFoundError, NotADirectoryError):
            return found
        for name in names:
            match = self._pattern.fullmatch(name)
            if match and int(match["frame"]) in found:
                found[int(match["frame"])].append(self.folder / name)
        return found


def broken_files(
    paths: Iterable[Path], file_format: str, decoder: FrameDecoder
) -> list[tuple[Path, str]]:
    """Return the files that are no frames, each with the reason.

    A format that nobody here can decode is judged by size alone: an empty file is no frame.

    :param file_format: Blender's API identifier; empty where it is not known.
    """
    known = output_format(file_format)
    is_decodable = known is None or (
        bool(known.decoder_name) and decoder.can_decode(known.decoder_name)
    )
    if is_decodable:
        return [(one.path, one.problem) for one in decoder.decode(list(paths)) if one.problem]
    return [(path, "the file is empty") for path in paths if path.stat().st_size == 0]
