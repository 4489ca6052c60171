# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Panel *Release*: the plan, and the button that submits it."""

from __future__ import annotations

import bpy

from .. import state
from ..properties.scene import file_settings, included_scenes
from ..properties.session import session
from ..run import Section
from .parts import FarmPanel, draw_activity, draw_findings, draw_outcome, operator


class FARM_PT_release(FarmPanel, bpy.types.Panel):
    """The release that this file's scenes go into."""

    bl_label = "Release"

    def draw_in(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        """Draw name, scenes, the button, findings."""
        view, current = state.view(), session(context)
        layout.prop(
            file_settings(context),
            "release",
            text="",
            icon="RENDERLAYERS",
            placeholder="Name of the release",
        )
        layout.template_list(
            "FARM_UL_scenes", "", bpy.data, "scenes", current, "scene_index", rows=4, maxrows=10
        )
        _draw_scene_bar(layout)
        column = layout.column()
        column.scale_y = 1.5
        activity = view.activity(Section.RELEASE)
        if activity is not None:
            draw_activity(column, activity)
        else:
            column.operator("farm.submit", text="Submit to Release", icon="RENDER_ANIMATION")
        draw_outcome(layout, context, view, Section.RELEASE)
        draw_findings(layout, context, current.release_findings, "release")


def _draw_scene_bar(layout: bpy.types.UILayout) -> None:
    row = layout.row()
    count = len(included_scenes())
    row.label(text=f"{count} scene{'' if count == 1 else 's'}")
    ticks = row.row(align=True)
    operator(ticks, "farm.tick_scenes", "", "CHECKBOX_HLT").is_included = True
    operator(ticks, "farm.tick_scenes", "", "CHECKBOX_DEHLT").is_included = False
    row.operator("farm.check", text="Check", icon="VIEWZOOM")


register, unregister = bpy.utils.register_classes_factory((FARM_PT_release,))
