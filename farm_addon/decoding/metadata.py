# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender writes beside the pixels.

Measured with 4.2, 4.5 and 5.2: the stamp's entries are called ``Note``, ``Frame``, ``Scene`` … in
PNG and OpenEXR, ``Blender:Note`` … in JPEG.
"""

from __future__ import annotations

from collections.abc import Mapping

MAX_ENTRIES = 64
MAX_TEXT_CHARACTERS = 4096

_PREFIX = "Blender:"


def plain_name(name: str) -> str:
    """Return an entry's name as PNG and OpenEXR have it."""
    return name.removeprefix(_PREFIX)


def note_of(metadata: Mapping[str, str]) -> str:
    """Return the stamp note, or nothing where there is none."""
    return metadata.get("Note", "")
