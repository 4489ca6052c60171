# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's output formats: what they are called where, and what can be said about their files.

Source: flamenco.md §6.1 (names that Blender's ``--render-format`` knows, and files written,
measured with Blender 5.2), traps.md 27 (formats that carry the stamp note).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """One value of ``ImageFormatSettings.file_format``.

    :param api_name: the identifier in Blender's Python API.
    :param command_line_name: the name for ``--render-format`` and Flamenco's ``format``.
    :param extension: of the files written, with its dot; empty for video.
    :param decoder_name: what OpenImageIO calls the format of such a file, whether or not the one
        that is here can decode it; empty for video.
    :param carries_note: whether Blender writes the stamp note into the file's metadata.
    """

    api_name: str
    command_line_name: str
    extension: str
    decoder_name: str = ""
    carries_note: bool = False

    @property
    def is_video(self) -> bool:
        """Whether the format is a movie, which the farm's job type cannot render."""
        return not self.extension


_ALL = (
    OutputFormat("PNG", "PNG", ".png", "png", carries_note=True),
    OutputFormat("JPEG", "JPEG", ".jpg", "jpeg", carries_note=True),
    OutputFormat("OPEN_EXR", "OPEN_EXR", ".exr", "openexr", carries_note=True),
    OutputFormat(
        "OPEN_EXR_MULTILAYER", "OPEN_EXR_MULTILAYER", ".exr", "openexr", carries_note=True
    ),
    OutputFormat("TIFF", "TIFF", ".tif", "tiff"),
    OutputFormat("WEBP", "WEBP", ".webp", "webp"),
    OutputFormat("BMP", "BMP", ".bmp", "bmp"),
    OutputFormat("HDR", "HDR", ".hdr", "hdr"),
    OutputFormat("TARGA", "TGA", ".tga", "targa"),
    OutputFormat("TARGA_RAW", "RAWTGA", ".tga", "targa"),
    OutputFormat("JPEG2000", "JP2", ".jp2", "jpeg2000"),
    OutputFormat("CINEON", "CINEON", ".cin", "cineon"),
    OutputFormat("DPX", "DPX", ".dpx", "dpx"),
    OutputFormat("IRIS", "IRIS", ".rgb", "sgi"),
    OutputFormat("AVIF", "AVIF", ".avif", "heif"),
    OutputFormat("FFMPEG", "FFMPEG", ""),
    OutputFormat("AVI_RAW", "AVIRAW", ""),
    OutputFormat("AVI_JPEG", "AVIJPEG", ""),
)

_BY_API_NAME = {output_format.api_name: output_format for output_format in _ALL}


def output_format(api_name: str) -> OutputFormat | None:
    """Look a format up by Blender's identifier; None for one that is not known here."""
    return _BY_API_NAME.get(api_name)


def format_for_command_line(name: str) -> OutputFormat | None:
    """Look a format up by its ``--render-format`` name; None for one that Blender would ignore."""
    aliases = {"EXR": "OPEN_EXR", "MULTILAYER": "OPEN_EXR_MULTILAYER"}
    wanted = aliases.get(name, name)
    return next((one for one in _ALL if one.command_line_name == wanted), None)
