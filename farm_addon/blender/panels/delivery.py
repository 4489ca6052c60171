# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Panel *Harvest & Archive*: check and deliver the frames, then put the release away."""

from __future__ import annotations

from typing import Any

import bpy

from .. import state
from ..operators.delivery import IN_THE_WAY
from ..properties.scene import file_settings
from ..properties.session import FARM_PG_session, session
from ..run import Section
from ..state import View
from ..translations import counted, iface
from ..view.gate_table import BAD, DELIVERED, ICONS, OK, WAITING, GateLine, GateTable
from ..view.reading import sentence
from .parts import (
    BOX_PX,
    PRIMARY_HEIGHT,
    FarmPanel,
    draw_activity,
    draw_findings,
    draw_outcome,
    draw_text,
    is_narrower,
    label,
    operator,
)
from .text import joined

NARROW_PX = 280.0
"""Below this width, at scale 1, the button that delivers has room for a number only."""

_COUNTS = {
    BAD: ("{count} job is bad", "{count} jobs are bad"),
    WAITING: ("{count} job waits", "{count} jobs wait"),
    OK: ("{count} job is ready", "{count} jobs are ready"),
    DELIVERED: ("{count} job is delivered", "{count} jobs are delivered"),
}


class FARM_PT_delivery(FarmPanel, bpy.types.Panel):
    """Deliver the release and archive it."""

    bl_label = "Harvest & Archive"
    bl_options = {"DEFAULT_CLOSED"}

    def draw_in(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        """Draw the steps in their order, each with what it brought."""
        view, current = state.view(), session(context)
        gate = view.gate
        is_known = bool(gate.lines) and gate.release == file_settings(context).release.strip()
        activity = view.activity(Section.DELIVERY)
        if activity is not None:
            draw_activity(layout, activity)
        else:
            layout.operator("farm.check_frames", icon="VIEWZOOM")
            draw_outcome(layout, context, view, Section.DELIVERY)
        if is_known:
            _draw_gate(layout, context, gate, current)
        _draw_findings(layout, context, current)
        is_narrow = is_narrower(context, NARROW_PX)
        _draw_harvest(layout, gate if is_known else None, is_narrow=is_narrow)
        _draw_archive(layout, view)


def _draw_gate(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    gate: GateTable,
    current: FARM_PG_session,
) -> None:
    """Draw the verdicts, and one of them in full."""
    column = layout.column(align=True)
    column.template_list(
        "FARM_UL_gate", "", current, "gate", current, "gate_index", rows=3, maxrows=8
    )
    counts = [
        counted(gate.count(state_), *words)
        for state_, words in _COUNTS.items()
        if gate.count(state_)
    ]
    draw_text(layout, context, joined(counts), _worst_icon(gate))
    rows = current.gate
    if rows:
        line = gate.lines.get(rows[min(current.gate_index, len(rows) - 1)].name)
        if line is not None:
            _draw_job(layout.box().column(align=True), context, gate, line)


def _draw_job(
    column: bpy.types.UILayout, context: bpy.types.Context, gate: GateTable, line: GateLine
) -> None:
    """Draw one job's verdict in full: why, which frames, and what its files will be called."""
    draw_text(column, context, line.name, line.icon, indent_px=BOX_PX)
    problems = gate.problems(line.name, iface)
    if line.why and not problems:
        draw_text(column, context, sentence(line.why), "BLANK1", indent_px=BOX_PX)
    for problem in problems:
        draw_text(column, context, sentence(problem), "BLANK1", indent_px=BOX_PX)
    if line.expected:
        words = iface("{passed} of {expected} frames pass")
        words = words.format(passed=line.passed, expected=line.expected)
        draw_text(column, context, words, "BLANK1", indent_px=BOX_PX)
    if line.names:
        names = column.column(align=True)
        names.active = False
        more = " …" if line.expected > len(line.names) else ""
        words = ", ".join(line.names) + more
        draw_text(names, context, words, "FILE_IMAGE", indent_px=BOX_PX)


def _draw_findings(
    layout: bpy.types.UILayout, context: bpy.types.Context, current: FARM_PG_session
) -> None:
    draw_findings(layout, context, current.delivery_findings, "delivery")


def _draw_harvest(layout: bpy.types.UILayout, gate: GateTable | None, *, is_narrow: bool) -> None:
    """Draw what can be done with the frames, in the order in which it is done. The button that
    delivers stays where it is and says what it would deliver."""
    column = layout.column(align=True)
    repair = iface("Repair")
    if gate is not None and gate.failed:
        repair = counted(gate.failed, "Repair {count} Frame", "Repair {count} Frames")
    operator(column, "farm.repair", repair, "TOOL_SETTINGS")
    main = column.row(align=True)
    main.scale_y = PRIMARY_HEIGHT
    if gate is None or gate.is_whole or not gate.passed:
        harvest = iface("Harvest")
        if gate is not None and gate.is_whole:
            harvest = counted(gate.passed, "Harvest {count} Frame", "Harvest {count} Frames")
        operator(main, "farm.harvest", harvest, "IMPORT")
    else:
        template = iface("Harvest {count}") if is_narrow else iface("Harvest {count} That Passed")
        passed = template.format(count=gate.passed)
        operator(main, "farm.harvest_passed", passed, "IMPORT")
    main.menu("FARM_MT_harvest", text="", icon="DOWNARROW_HLT")
    if gate is not None and gate.codes[IN_THE_WAY]:
        words = iface("Replace Delivered Frames")
        operator(column, "farm.harvest_replacing", words, "FILE_REFRESH")
    row = layout.row(align=True)
    operator(row, "farm.show_contact_sheet", iface("Contact Sheet"), "IMGDISPLAY")
    operator(row, "farm.open_folder", "", "FILE_FOLDER").which = "DELIVERY"
    layout.separator()


def _draw_archive(layout: bpy.types.UILayout, view: View) -> None:
    row = layout.row(align=True)
    operator(row, "farm.archive", iface("Archive"), "PACKAGE")
    operator(row, "farm.open_folder", "", "FILE_FOLDER").which = "ARCHIVES"
    row.menu("FARM_MT_archives", text="", icon="DOWNARROW_HLT")


class FARM_MT_harvest(bpy.types.Menu):
    """Other ways to deliver, and the way back"""

    bl_label = "More Ways to Harvest"

    def draw(self, context: Any) -> None:
        """Draw what is not needed every day."""
        assert self.layout is not None
        self.layout.operator_context = "INVOKE_DEFAULT"
        self.layout.operator("farm.harvest", icon="IMPORT")
        self.layout.operator("farm.harvest_passed", icon="IMPORT")
        self.layout.operator("farm.harvest_replacing", icon="FILE_REFRESH")
        self.layout.separator()
        self.layout.operator("farm.undo_harvest", icon="LOOP_BACK")


class FARM_MT_archives(bpy.types.Menu):
    """Verify archives, bring releases back"""

    bl_label = "Archives"

    def draw(self, context: Any) -> None:
        """Draw what is done with archives."""
        assert self.layout is not None
        self.layout.menu("FARM_MT_verify_archive", icon="CHECKMARK")
        self.layout.menu("FARM_MT_restore", icon="RECOVER_LAST")


class FARM_MT_verify_archive(bpy.types.Menu):
    """Which archive to verify"""

    bl_label = "Verify Archive"

    def draw(self, context: Any) -> None:
        """Draw the archives of the volume."""
        assert self.layout is not None
        _draw_archives(self.layout, "farm.verify_archive")


class FARM_MT_restore(bpy.types.Menu):
    """Which release to bring back"""

    bl_label = "Restore"

    def draw(self, context: Any) -> None:
        """Draw the archives of the volume."""
        assert self.layout is not None
        _draw_archives(self.layout, "farm.restore")


MOST_ARCHIVES = 40
"""A menu of more would not fit a screen; the others are found by typing their name after F3."""


def _draw_archives(layout: bpy.types.UILayout, identifier: str) -> None:
    layout.operator_context = "INVOKE_DEFAULT"
    archived = state.view().farm.archived
    for name in archived[:MOST_ARCHIVES]:
        operator(layout, identifier, name, "PACKAGE", translate=False).archive = name
    if not archived:
        label(layout, iface("No release is archived on this volume"), "INFO")
    elif len(archived) > MOST_ARCHIVES:
        rest = len(archived) - MOST_ARCHIVES
        label(layout, counted(rest, "{count} more", "{count} more"), "BLANK1", translate=False)


def _worst_icon(gate: GateTable) -> str:
    return next((ICONS[state_] for state_ in _COUNTS if gate.count(state_)), "INFO")


register, unregister = bpy.utils.register_classes_factory(
    (FARM_MT_harvest, FARM_MT_verify_archive, FARM_MT_restore, FARM_MT_archives, FARM_PT_delivery)
)
