# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the extension has in this Blender: threads, timers, handlers, child processes, classes.

Runs in Blender, beside ``driver.py``. Compare :func:`traces` before and after.
"""

import gc
import os
import threading
import types
from pathlib import Path

import bpy

PACKAGE = "bl_ext.user_default.farm_addon"
HEADERS_AND_MENUS = [
    name for name in dir(bpy.types) if "_HT_" in name or "_MT_" in name or "_PT_" in name
]


def traces() -> dict[str, int]:
    """Count everything that could be left behind."""
    return {
        "children": len(children()),
        "threads": len(threads()),
        "timers": len(timers()),
        "handlers": len(handlers()),
        "drawers": len(drawers()),
        "classes": sum("FARM_" in name for name in dir(bpy.types)),
        "properties": sum(
            hasattr(kind, "farm") for kind in (bpy.types.Scene, bpy.types.WindowManager)
        ),
    }


def children() -> list[int]:
    """Return the ids of this process's children, those that have ended and wait included."""
    own = str(os.getpid())
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[1] == own:
                found.append(int(folder.name))
    return found


def threads() -> list[str]:
    """Return the names of our threads."""
    return [one.name for one in threading.enumerate() if one.name.startswith("farm-")]


def timers() -> list[str]:
    """Return our functions that Blender's timers call, also those of modules that were reloaded."""
    found = []
    for one in gc.get_objects():
        if isinstance(one, types.FunctionType) and _is_ours(one):
            if bpy.app.timers.is_registered(one):
                found.append(f"{one.__module__}.{one.__qualname__}")
    return found


def handlers() -> list[str]:
    """Return our functions among Blender's handlers."""
    members = [getattr(bpy.app.handlers, name) for name in dir(bpy.app.handlers)]
    lists = [each for each in members if isinstance(each, list)]
    return [one.__qualname__ for each in lists for one in each if _is_ours(one)]


def drawers() -> list[str]:
    """Return our functions that were added to Blender's own headers, menus and panels."""
    found = []
    for name in HEADERS_AND_MENUS:
        kind = getattr(bpy.types, name, None)
        functions = getattr(getattr(kind, "draw", None), "_draw_funcs", ())
        found += [f"{name}: {one.__qualname__}" for one in functions if _is_ours(one)]
    return found


def _is_ours(function: object) -> bool:
    return str(getattr(function, "__module__", "")).startswith(PACKAGE)
