# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that several panels draw: the strip of a running verb, its outcome, a list of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from ..properties.findings import FARM_PG_findings
from ..run import Section
from ..state import Activity, Ending, View
from . import text

if TYPE_CHECKING:
    Base = bpy.types.Panel
else:
    Base = object  # Blender wants its own class last among the bases of what it registers.

ENDING_ICONS = {Ending.DONE: "CHECKMARK", Ending.FAILED: "ERROR", Ending.CANCELLED: "X"}


class FarmPanel(Base):
    """The place of every panel: tab Farm in the 3D View's side bar."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Farm"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel; called by Blender, often."""
        assert self.layout is not None
        self.draw_in(self.layout, context)

    def draw_in(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        """Draw the panel into its layout. Reads what is prepared; touches no file or network."""
        raise NotImplementedError


def draw_activity(layout: bpy.types.UILayout, activity: Activity) -> None:
    """Draw the strip that stands in a button's place while its verb runs."""
    row = layout.row(align=True)
    row.progress(factor=activity.fraction, text=activity.text)
    row.operator("farm.cancel", text="", icon="CANCEL")


def draw_outcome(
    layout: bpy.types.UILayout, context: bpy.types.Context, view: View, section: Section
) -> None:
    """Draw how a section's last run ended, with what to do about it."""
    outcome = view.outcomes.get(section)
    if outcome is None:
        return
    column = layout.column()
    column.alert = outcome.ending is Ending.FAILED
    draw_text(column, context, outcome.text, ENDING_ICONS[outcome.ending])
    if outcome.hint:
        hint = layout.column()
        hint.active = False
        draw_text(hint, context, outcome.hint, "BLANK1")


def draw_findings(
    layout: bpy.types.UILayout, context: bpy.types.Context, findings: FARM_PG_findings, name: str
) -> None:
    """Draw a list of findings and the selected one in full."""
    if not findings.items:
        return
    column = layout.column(align=True)
    column.template_list(
        "FARM_UL_findings", name, findings, "items", findings, "index", rows=2, maxrows=6
    )
    item = findings.items[min(findings.index, len(findings.items) - 1)]
    box = column.box().column()
    draw_text(box, context, f"{item.subject}: {item.message}.", "BLANK1")
    if item.fix:
        draw_text(box, context, f"{item.fix[:1].upper()}{item.fix[1:]}.", "LIGHT")


def draw_text(
    layout: bpy.types.UILayout, context: bpy.types.Context, words: str, icon: str
) -> None:
    """Draw a text in as many lines as the side bar's width asks for, an icon before the first."""
    assert context.region is not None
    assert context.preferences is not None
    width = text.columns(context.region.width, context.preferences.system.ui_scale)
    column = layout.column(align=True)
    column.scale_y = 0.75
    for index, line in enumerate(text.lines(words, width)):
        label(column, line, "BLANK1" if index else icon)


def label(layout: bpy.types.UILayout, words: str, icon: str) -> None:
    """Draw a label with an icon by its name, which the type checker cannot follow."""
    name: Any = icon
    layout.label(text=words, icon=name)


def operator(layout: bpy.types.UILayout, identifier: str, words: str, icon: str = "NONE") -> Any:
    """Draw an operator's button; return its properties, which the type checker does not know."""
    name: Any = icon
    return layout.operator(identifier, text=words, icon=name)
