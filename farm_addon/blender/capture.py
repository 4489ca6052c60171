# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take what the artist chose out of Blender, as plain values."""

from __future__ import annotations

import os
import sys

import bpy

from .child_environment import child_environment
from .command_lines import Settings
from .preferences import preferences
from .properties.scene import file_settings
from .run import NOTHING_MORE

LOCAL = "local"


def capture(context: bpy.types.Context) -> Settings:
    """Return what is chosen now; nothing is read from disk."""
    choice = preferences(context)
    return Settings(
        volume=volume(context),
        release=release(context),
        manager=manager(context),
        blender=bpy.app.binary_path or sys.executable,
        is_online=bool(bpy.app.online_access),
        environment=child_environment(choice) if choice is not None else NOTHING_MORE,
    )


def volume(context: bpy.types.Context) -> str:
    """Return the volume: the file's own, else the one in the preferences; absolute, or empty."""
    chosen = file_settings(context).volume.strip()
    if not chosen:
        settings = preferences(context)
        chosen = settings.volume.strip() if settings is not None else ""
    return os.path.abspath(bpy.path.abspath(chosen)) if chosen else ""


def release(context: bpy.types.Context) -> str:
    """Return the name of the release, or nothing."""
    name: str = file_settings(context).release
    return name.strip()


def manager(context: bpy.types.Context) -> str:
    """Return the Manager's address, ``local``, or nothing for what the volume says."""
    settings = preferences(context)
    if settings is None or settings.manager == "VOLUME":
        return ""
    return LOCAL if settings.manager == "LOCAL" else settings.manager_url.strip()
