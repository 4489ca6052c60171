# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that several panels draw: the strip of a running verb, its outcome, notices, findings, text
that fits, collapsible rooms.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import blf
import bpy

from ..properties.findings import FARM_PG_findings
from ..run import Section
from ..state import Activity, Ending, View
from ..translations import iface
from ..view.reading import sentence
from . import text

if TYPE_CHECKING:
    Base = bpy.types.Panel
else:
    Base = object  # Blender wants its own class last among the bases of what it registers.

ENDING_ICONS = {Ending.DONE: "CHECKMARK", Ending.FAILED: "ERROR", Ending.CANCELLED: "X"}

SEVERITY_ICONS = {"error": "CANCEL", "warning": "ERROR", "info": "INFO"}

BOX_PX = 14.0
"""What a box's edges take of the width at scale 1."""

PRIMARY_HEIGHT = 1.5
"""``scale_y`` of the button that a panel is there for."""

_INTERFACE_FONT = 0


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


def draw_activity(layout: bpy.types.UILayout, activity: Activity, *, height: float = 1.0) -> None:
    """Draw the strip that stands in a button's place while its verb runs.

    :param height: as ``scale_y`` of the button.
    """
    row = layout.row(align=True)
    row.scale_y = height
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
        draw_hint(layout, context, outcome.hint)


def draw_hint(
    layout: bpy.types.UILayout, context: bpy.types.Context, words: str, *, indent_px: float = 0.0
) -> None:
    """Draw what to do about something, quieter than the thing itself."""
    hint = layout.column()
    hint.active = False
    draw_text(hint, context, words, "BLANK1", indent_px=indent_px)


def draw_notices(layout: bpy.types.UILayout, context: bpy.types.Context, view: View) -> None:
    """Draw what happened while the artist worked on, each with a button that takes it away."""
    for index, notice in enumerate(view.notices):
        box = layout.box()
        row = box.row()
        words = row.column()
        draw_text(words, context, notice.sentence(iface), notice.icon, indent_px=BOX_PX + 24)
        operator(row, "farm.dismiss_notice", "", "X", emboss=False).index = index


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
    icon = SEVERITY_ICONS.get(item.severity, "DOT")
    draw_text(box, context, f"{item.subject}: {item.message}.", icon, indent_px=BOX_PX)
    if item.fix:
        draw_text(box, context, f"{sentence(item.fix)}.", "LIGHT", indent_px=BOX_PX)


def draw_text(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    words: str,
    icon: str,
    *,
    indent_px: float = 0.0,
) -> None:
    """Draw a text in as many lines as the side bar's width asks for, an icon before the first.

    :param words: in the artist's language already.
    :param indent_px: what boxes and buttons beside it take of the width, at scale 1.
    """
    column = layout.column(align=True)
    column.scale_y = 0.75
    if icon == "NONE":
        indent_px -= text.ICON_PX
    for index, line in enumerate(wrapped(context, words, indent_px=indent_px)):
        label(column, line, "BLANK1" if index and icon != "NONE" else icon)


def wrapped(context: bpy.types.Context, words: str, *, indent_px: float = 0.0) -> tuple[str, ...]:
    """Return a text in lines that fit beside an icon in the region's width."""
    region, preferences = context.region, context.preferences
    assert region is not None
    assert preferences is not None
    scale = preferences.system.ui_scale
    points = preferences.ui_styles[0].widget.points
    return _wrapped(words, text.room_px(region.width, scale, indent_px), points * scale)


def is_narrower(context: bpy.types.Context, width_px: float) -> bool:
    """Tell whether the region is narrower than this at scale 1."""
    assert context.region is not None
    assert context.preferences is not None
    return context.region.width < width_px * context.preferences.system.ui_scale


def fits(context: bpy.types.Context, words: str, *, indent_px: float = 0.0) -> bool:
    """Tell whether a text fits beside an icon in one line."""
    return len(wrapped(context, words, indent_px=indent_px)) == 1


@lru_cache(maxsize=512)
def _wrapped(words: str, room_px: float, size_px: float) -> tuple[str, ...]:
    blf.size(_INTERFACE_FONT, size_px)
    return text.wrap(words, room_px, lambda part: blf.dimensions(_INTERFACE_FONT, part)[0])


def sub_panel(
    layout: bpy.types.UILayout, name: str, words: str, *, icon: str = "NONE", is_open: bool = False
) -> bpy.types.UILayout | None:
    """Draw a room of a panel that can be opened and closed; Blender remembers which.

    :param name: identifies the room; ``words``: its title, translated by Blender.
    :param is_open: whether it is open at first.
    :return: where to draw what is inside; None while it is closed.
    """
    header, body = layout.panel(name, default_closed=not is_open)
    label(header, words, icon)
    return body


def label(layout: bpy.types.UILayout, words: str, icon: str, *, translate: bool = True) -> None:
    """Draw a label with an icon by its name, which the type checker cannot follow.

    :param translate: whether Blender looks the words up; names and what was put together are not.
    """
    name: Any = icon
    layout.label(text=words, icon=name, translate=translate)


def operator(
    layout: bpy.types.UILayout,
    identifier: str,
    words: str,
    icon: str = "NONE",
    *,
    emboss: bool = True,
    translate: bool = True,
) -> Any:
    """Draw an operator's button; return its properties, which the type checker does not know."""
    name: Any = icon
    return layout.operator(identifier, text=words, icon=name, emboss=emboss, translate=translate)
