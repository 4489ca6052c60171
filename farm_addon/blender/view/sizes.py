# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes of files in words (no bpy here)."""

from __future__ import annotations


def size_text(size_bytes: int) -> str:
    """Return a size as file browsers write it: decimal units, three figures at most."""
    size, units = float(max(0, size_bytes)), ["B", "kB", "MB", "GB", "TB", "PB"]
    unit = units.pop(0)
    if size < 1000:
        return f"{size:.0f} {unit}"
    while size >= 999.5 and units:
        size, unit = size / 1000, units.pop(0)
    return f"{size:.0f} {unit}" if size >= 99.95 else f"{size:.1f} {unit}"
