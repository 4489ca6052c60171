# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Panel *Harvest & Archive*: check and deliver the frames, then put the release away."""

from __future__ import annotations

import bpy

from .. import state
from ..properties.session import session
from ..run import Section
from .parts import FarmPanel, draw_activity, draw_findings, draw_outcome, operator


class FARM_PT_delivery(FarmPanel, bpy.types.Panel):
    """Deliver the release and archive it."""

    bl_label = "Harvest & Archive"

    def draw_in(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        """Draw the two buttons, how the last one went, and the ways to the folders."""
        view = state.view()
        activity = view.activity(Section.DELIVERY)
        top = layout.column()
        top.scale_y = 1.2
        if activity is not None:
            draw_activity(top, activity)
        else:
            row = top.row(align=True)
            row.operator("farm.harvest", icon="IMPORT")
            row.operator("farm.archive", icon="PACKAGE")
        folders = layout.row(align=True)
        operator(folders, "farm.open_folder", "Delivery", "FILE_FOLDER").which = "DELIVERY"
        operator(folders, "farm.open_folder", "Archives", "FILE_FOLDER").which = "ARCHIVES"
        draw_outcome(layout, context, view, Section.DELIVERY)
        draw_findings(layout, context, session(context).delivery_findings, "delivery")


register, unregister = bpy.utils.register_classes_factory((FARM_PT_delivery,))
