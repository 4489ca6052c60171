# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our entries in Blender's own menus."""

from __future__ import annotations

from typing import Any

import bpy


def draw_render_menu(menu: Any, context: bpy.types.Context) -> None:
    """Draw the entries of the menu *Render*; called by Blender."""
    layout = menu.layout
    layout.separator()
    layout.operator("farm.submit", icon="RENDER_ANIMATION")
    layout.operator("farm.check", text="Check for the Farm", icon="VIEWZOOM")


def _menu() -> Any:
    """Return the menu *Render*; the type checker knows another kind of function for it."""
    return bpy.types.TOPBAR_MT_render


def register() -> None:
    """Add the entries."""
    _menu().append(draw_render_menu)


def unregister() -> None:
    """Take the entries away."""
    _menu().remove(draw_render_menu)
