# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decodes frames with the OpenImageIO that Blender brings. Inside Blender.

Official builds from 4.5 on have it for their Python, distributions only perhaps. In the bpy wheel
it lies in a folder that is not on the path. It goes before one that is installed beside the wheel,
since it reads more (AVIF from 5.2 on, JPEG 2000), and its library is in this process anyway.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import bpy

from ...core.ports import FrameVerdict
from ...decoding.decoder import LocalDecoder


def seems_to_have_openimageio() -> bool:
    """Tell whether it can be found here; it is not imported."""
    _complete_path()
    return all(importlib.util.find_spec(name) is not None for name in ("OpenImageIO", "numpy"))


def decode_files(paths: Sequence[str]) -> Iterator[FrameVerdict]:
    """Yield one verdict per path, in order."""
    yield from LocalDecoder().decode([Path(path) for path in paths])


def format_names() -> list[str]:
    """Return the formats that can be decoded here, in OpenImageIO's words."""
    return sorted(LocalDecoder().format_names())


def _complete_path() -> None:
    """In the bpy wheel, let Python find first what Blender brings for its own."""
    if bpy.app.binary_path:
        return
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    home = Path(bpy.utils.resource_path("LOCAL"), "python")
    for folder in (home / "lib" / version / "site-packages", home / "lib" / "site-packages"):
        if (folder / "OpenImageIO").is_dir() and os.fspath(folder) not in sys.path:
            sys.path.insert(0, os.fspath(folder))
