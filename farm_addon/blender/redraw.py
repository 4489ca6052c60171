# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Have drawn again what shows something of ours, and nothing else."""

from __future__ import annotations

import bpy

TAB = "Farm"
_HIDDEN_PX = 1
"""A side bar that is closed is so wide."""


def redraw_tab() -> None:
    """Draw the side bars of 3D Views again where they show our tab."""
    manager = bpy.context.window_manager
    assert manager is not None
    for window in manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI" and shows_tab(region):
                        region.tag_redraw()


def redraw_status_bar() -> None:
    """Draw the status bar again.

    No area of a screen holds it, so Python cannot tag it. But it draws itself again whenever
    somebody publishes that a window shows another view layer; nothing else listens to that.
    Source: ``statusbar_header_region_message_subscribe`` in Blender's ``space_statusbar.cc``.
    """
    bpy.msgbus.publish_rna(key=(bpy.types.Window, "view_layer"))  # type: ignore[arg-type]


def shows_tab(region: bpy.types.Region) -> bool:
    """Tell whether a side bar is open on our tab. Older Blenders do not tell which tab it is."""
    category = getattr(region, "active_panel_category", TAB)
    return region.width > _HIDDEN_PX and category in (TAB, "UNSUPPORTED")
