# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outside files that datablocks stand for: libraries, images, fonts, sounds, clips, caches.

Inside Blender. What is packed is not outside. What never reaches a pixel (the file that a text was
read from, or that a datablock was once appended from) is passed over.
"""

from __future__ import annotations

from typing import Any

import bpy

from .labels import label, text_of
from .paths import numbered_files, tile_files
from .survey import Survey

_IMAGE_KINDS = {"FILE": "image", "TILED": "image", "SEQUENCE": "image-sequence", "MOVIE": "movie"}


def survey_data(survey: Survey) -> None:
    """Add what all datablocks of the open file stand for."""
    for library in bpy.data.libraries:
        _survey_library(survey, library)
    for image in bpy.data.images:
        _survey_image(survey, image)
    for font in bpy.data.fonts:
        _survey_packable(survey, font, "font")
    for sound in bpy.data.sounds:
        _survey_packable(survey, sound, "sound")
    _survey_never_packed(survey)
    for datablock in bpy.data.user_map():
        origin = datablock.library_weak_reference
        if origin is not None:
            survey.pass_over(text_of(origin, "filepath"), datablock.library)
    for text in bpy.data.texts:
        survey.pass_over(text.filepath, text.library)
    for brush in bpy.data.brushes:
        # Gone from Blender 5.0 on.
        survey.pass_over(getattr(brush, "icon_filepath", ""), brush.library)


def _survey_never_packed(survey: Survey) -> None:
    for clip in bpy.data.movieclips:
        _survey_files(survey, clip, "movie-clip", is_sequence=clip.source == "SEQUENCE")
    for volume in bpy.data.volumes:
        if volume.packed_file is None:
            _survey_files(survey, volume, "volume", is_sequence=volume.is_sequence)
    for cache in bpy.data.cache_files:
        _survey_files(survey, cache, "cache-file", is_sequence=cache.is_sequence)
        for layer in cache.layers:
            survey.add_path(layer.filepath, "cache-file", label(cache), cache)


def _survey_packable(survey: Survey, datablock: Any, kind: str) -> None:
    path = survey.pass_over(datablock.filepath, datablock.library)
    if path and datablock.filepath != "<builtin>" and datablock.packed_file is None:
        survey.add([path], kind, label(datablock), datablock)


def _survey_files(survey: Survey, datablock: Any, kind: str, *, is_sequence: bool) -> None:
    path = survey.pass_over(datablock.filepath, datablock.library)
    if path:
        files = numbered_files(path) if is_sequence else [path]
        survey.add(files, kind, label(datablock), datablock)


def _survey_library(survey: Survey, library: bpy.types.Library) -> None:
    # A library's path is relative to the open file, whoever brought it in.
    path = survey.pass_over(text_of(library, "filepath"), None)
    is_archive = bool(getattr(library, "is_archive", False))  # packed linked data, 5.0
    if path and not is_archive and library.packed_file is None:
        survey.add([path], "library", label(library), library)


def is_packed(image: bpy.types.Image) -> bool:
    """Tell whether all files of an image are inside the .blend."""
    count = len(image.tiles) if image.source == "TILED" else 1
    return len(image.packed_files) >= count


def _survey_image(survey: Survey, image: bpy.types.Image) -> None:
    path = survey.pass_over(image.filepath, image.library)
    kind = _IMAGE_KINDS.get(image.source)
    if not path or kind is None or image.type in ("RENDER_RESULT", "COMPOSITING"):
        return
    if kind == "image" and is_packed(image):
        return
    files = [path]
    if image.source == "TILED":
        files = tile_files(path, [tile.number for tile in image.tiles])
    elif image.source == "SEQUENCE":
        files = numbered_files(path)
    if image.use_multiview and image.views_format == "INDIVIDUAL":
        # One file per eye; which ones, Blender knows only when it loads them.
        kind = "other"
    survey.add(files, kind, label(image), image)
