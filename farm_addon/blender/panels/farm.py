# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Panel *Farm*: which volume, which Manager, and whether they can be used."""

from __future__ import annotations

import bpy

from .. import capture, state
from ..preferences import FARM_AP_preferences, needs_online_access, preferences
from ..properties.scene import file_settings
from ..run import Section
from .parts import FarmPanel, draw_activity, draw_outcome


class FARM_PT_farm(FarmPanel, bpy.types.Panel):
    """Where releases live and who renders them."""

    bl_label = "Farm"

    def draw_in(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        """Draw what is chosen, then what the volume said."""
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = preferences(context)
        column = layout.column(align=True)
        if settings is not None:
            column.prop(settings, "volume")
        column.prop(file_settings(context), "volume", text="In This File", placeholder="as above")
        if settings is not None:
            _draw_manager(layout, settings)
        view = state.view()
        activity = view.activity(Section.VOLUME)
        if activity is not None:
            draw_activity(layout, activity)
            return
        row = layout.row(align=True)
        row.operator("farm.init_volume", text="Set Up", icon="NEWFOLDER")
        row.operator("farm.check_volume", text="Check", icon="FILE_REFRESH")
        if not capture.volume(context):
            layout.label(text="Choose a folder for the farm", icon="INFO")
        draw_outcome(layout, context, view, Section.VOLUME)


def _draw_manager(layout: bpy.types.UILayout, settings: FARM_AP_preferences) -> None:
    column = layout.column(align=True)
    column.prop(settings, "manager")
    if settings.manager == "URL":
        column.prop(settings, "manager_url")
    if needs_online_access(settings):
        row = layout.row()
        row.label(text="Online access is off", icon="INTERNET_OFFLINE")
        row.operator("farm.allow_online", text="Allow")


register, unregister = bpy.utils.register_classes_factory((FARM_PT_farm,))
