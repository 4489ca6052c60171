# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of a frame in several sizes, by Blender's own image code: every Blender has that.

Inside Blender, in one that renders nothing. Tried with 4.2, 4.5 and 5.2: an OpenEXR file with
layers has no size before its pixels were asked for, so its header is read.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import bpy

from ...core.errors import BlenderError
from ...decoding.previews import QUALITY, Preview

_WINDOW = b"displayWindow\0box2i\0\x10\0\0\0"
_HEADER_BYTES = 64 * 1024


def write_previews(source: str, wanted: Sequence[Preview]) -> bool:
    """Write pictures of a frame, each whole or not at all.

    :param wanted: the largest first.
    :return: False where the frame cannot be read.
    :raises BlenderError: if a picture cannot be written.
    """
    try:
        image = bpy.data.images.load(source)
    except RuntimeError:
        return False
    scene = bpy.data.scenes.new("farm preview")
    try:
        in_blender: Any = image.size
        width_px, height_px = map(int, in_blender)
        size = (width_px, height_px) if width_px and height_px else _size_in_header(source)
        if size is None:
            return False
        _save_as_jpeg(scene)
        for one in wanted:
            image.scale(*one.fitting(*size))
            _save(image, scene, one.target)
    finally:
        bpy.data.scenes.remove(scene)
        bpy.data.images.remove(image)
    return True


def _save_as_jpeg(scene: bpy.types.Scene) -> None:
    """Set a scene up to save JPEGs of pictures as they are; linear ones get the sRGB curve."""
    settings: Any = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"
    settings.file_format = "JPEG"
    settings.quality = QUALITY
    views: Any = scene.view_settings
    with suppress(TypeError):  # a studio's own colour management may have no such view
        views.view_transform = "Standard"


def _save(image: bpy.types.Image, scene: bpy.types.Scene, target: Path) -> None:
    partial = target.with_name(f".{os.getpid()}.{target.name}")
    try:
        image.save_render(str(partial), scene=scene)
        os.replace(partial, target)
    except (RuntimeError, OSError) as ex:
        raise BlenderError(f"'{target}' cannot be written: {ex}") from ex
    finally:
        partial.unlink(missing_ok=True)


def _size_in_header(source: str) -> tuple[int, int] | None:
    """Return what the header of an OpenEXR file promises."""
    with open(source, "rb") as file:
        header = file.read(_HEADER_BYTES)
    start = header.find(_WINDOW) + len(_WINDOW)
    if start < len(_WINDOW) or len(header) < start + 16:
        return None
    left, top, right, bottom = struct.unpack_from("<4i", header, start)
    size = right - left + 1, bottom - top + 1
    return size if min(size) > 0 and max(size) <= 1 << 16 else None
