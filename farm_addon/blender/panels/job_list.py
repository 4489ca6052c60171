# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of jobs and the menus over it. Only visible rows are drawn, from prepared values."""

from __future__ import annotations

from typing import Any

import bpy

from .. import state
from ..properties.session import FARM_PG_session, session
from ..view.job_table import STALE
from .parts import operator

NARROW_PX = 260.0
"""Below this width, at scale 1, a row leaves out what the box below it tells as well."""
WIDE_PX = 400.0
"""From this width on there is room for the time that is left."""

NARROW, MEDIUM, WIDE = 0.8, 0.64, 0.6
"""Part of a row that is not its bar."""

BADGES = {STALE: "FILE_REFRESH"}
PERHAPS = "QUESTION"


class _Room:
    """How much room the rows that are being drawn have."""

    factor = MEDIUM


def is_narrow(context: bpy.types.Context) -> bool:
    """Tell whether the side bar is so narrow that buttons need rows of their own."""
    assert context.region is not None
    assert context.preferences is not None
    return context.region.width < NARROW_PX * context.preferences.system.ui_scale


def draw_list(
    layout: bpy.types.UILayout, context: bpy.types.Context, current: FARM_PG_session
) -> None:
    """Draw the list; how much room its rows have is found out once, not once for each of them."""
    assert context.region is not None
    assert context.preferences is not None
    width_px = context.region.width / context.preferences.system.ui_scale
    _Room.factor = NARROW if width_px < NARROW_PX else MEDIUM if width_px < WIDE_PX else WIDE
    layout.template_list(
        "FARM_UL_jobs", "", current, "jobs", current, "job_index", rows=4, maxrows=10
    )


class FARM_UL_jobs(bpy.types.UIList):
    """The jobs of the release."""

    def draw_item(
        self,
        context: Any,
        layout: Any,
        data: Any,
        item: Any,
        icon: Any,
        active_data: Any,
        active_property: Any,
        index: Any,
        flt_flag: Any,
    ) -> None:
        """Draw one job: tick, state, name, badge, bar."""
        name = item.name
        line = state.view().jobs.lines.get(name)
        row = layout.row(align=True)
        row.prop(item, "is_selected", text="")
        if line is None:
            row.label(text=name, translate=False)
            return
        factor = _Room.factor
        left = columns = row.split(factor=factor)
        is_badged, is_alarming = line.is_badged, line.is_alarming
        if is_badged or is_alarming:
            left = columns.row(align=True)
        words = left.row() if is_badged and is_alarming else left
        if is_alarming:
            words.alert = True
        words.label(text=line.name_text, icon=line.icon, translate=False)
        if is_badged:
            icon = BADGES.get(line.verdict, PERHAPS)
            left.operator("farm.show_job", text="", icon=icon, emboss=False).job = name
        bar = line.bar_text if factor == MEDIUM else line.bar_long if factor == WIDE else ""
        columns.progress(factor=line.fraction, text=bar)


class FARM_MT_job_sort(bpy.types.Menu):
    """The order of the jobs"""

    bl_label = "Sort Jobs"

    def draw(self, context: Any) -> None:
        """Draw the orders, and whether they are the other way round."""
        assert self.layout is not None
        current = session(context)
        self.layout.props_enum(current, "job_sort")
        self.layout.separator()
        self.layout.prop(current, "is_sort_reversed")


class FARM_MT_job_ticks(bpy.types.Menu):
    """What to tick at once"""

    bl_label = "Tick Jobs"

    def draw(self, context: Any) -> None:
        """Draw the choices."""
        assert self.layout is not None
        layout = self.layout
        for which, words, icon in (
            ("ALL", "All", "CHECKBOX_HLT"),
            ("NONE", "None", "CHECKBOX_DEHLT"),
            ("INVERT", "Invert", "ARROW_LEFTRIGHT"),
        ):
            operator(layout, "farm.tick_jobs", words, icon).which = which
        layout.separator()
        for which, words, icon in (
            ("FAILED", "Failed", "ERROR"),
            ("STALE", "Stale", "FILE_REFRESH"),
            ("UNFINISHED", "Unfinished", "SORTTIME"),
        ):
            operator(layout, "farm.tick_jobs", words, icon).which = which


class FARM_MT_job_more(bpy.types.Menu):
    """What else can be done to jobs"""

    bl_label = "More"

    def draw(self, context: Any) -> None:
        """Draw the choices."""
        assert self.layout is not None
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        operator(layout, "farm.pause_jobs", "Pause", "PAUSE")
        operator(layout, "farm.resume_jobs", "Resume", "PLAY")
        operator(layout, "farm.set_job_priority", "Priority…", "SORT_ASC")
        layout.separator()
        operator(layout, "farm.delete_jobs", "Delete from Manager…", "TRASH")


register, unregister = bpy.utils.register_classes_factory(
    (FARM_UL_jobs, FARM_MT_job_sort, FARM_MT_job_ticks, FARM_MT_job_more)
)
