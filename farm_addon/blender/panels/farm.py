# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Panel *Farm*: one line while all is well; what is wrong and the button that helps otherwise."""

from __future__ import annotations

from typing import Any

import bpy

from ... import __version__
from .. import capture, state
from ..command_lines import Settings
from ..preferences import preferences
from ..properties.scene import file_settings
from ..run import Section
from ..state import Ending, View
from ..translations import counted, iface
from ..view.farm_facts import FarmFacts, summaries
from ..view.farm_problems import Problem, find_problem, offered_storage
from ..view.reading import sentence
from ..view.sizes import size_text
from .parts import (
    FarmPanel,
    draw_activity,
    draw_hint,
    draw_notices,
    draw_outcome,
    draw_text,
    fits,
    label,
    operator,
    sub_panel,
)

MOST_WORKERS = 12
"""More are counted: the Manager's page lists them all."""


class FARM_PT_farm(FarmPanel, bpy.types.Panel):
    """Where releases live and who renders them."""

    bl_label = "Farm"

    def draw_header_preset(self, context: bpy.types.Context) -> None:
        """Draw the way to the preferences."""
        assert self.layout is not None
        operator(self.layout, "farm.show_preferences", "", "PREFERENCES", emboss=False)

    def draw_in(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        """Draw how the farm is, then a room for each kind of detail."""
        view, settings = state.view(), capture.capture(context)
        draw_notices(layout, context, view)
        problem = find_problem(view.farm, settings, needs_bytes=view.plan.needs_bytes)
        activity = view.activity(Section.VOLUME)
        if activity is not None:
            draw_activity(layout, activity)
        elif problem is not None:
            _draw_problem(layout, context, problem)
        else:
            _draw_summary(layout, context, view, settings)
        outcome = view.outcomes.get(Section.VOLUME)
        if outcome is not None and outcome.ending is not Ending.DONE:
            draw_outcome(layout, context, view, Section.VOLUME)
        body = sub_panel(layout, "FARM_PT_farm_settings", "Settings")
        if body is not None:
            _draw_settings(body, context, view, settings)
        if view.farm.workers:
            body = sub_panel(layout, "FARM_PT_farm_workers", "Workers")
            if body is not None:
                _draw_workers(body, view.farm)


def _draw_problem(layout: bpy.types.UILayout, context: bpy.types.Context, problem: Problem) -> None:
    words = iface(problem.template).format(**problem.values)
    row = layout.row()
    column = row.column()
    column.alert = not problem.is_warning
    indent_px = 24.0 if problem.is_warning else 0.0
    draw_text(column, context, words, "ERROR", indent_px=indent_px)
    if problem.is_warning:
        operator(row, "farm.dismiss_problem", "", "X", emboss=False).key = problem.key
    if problem.hint:
        draw_hint(layout, context, sentence(problem.hint))
    button = layout.row()
    button.operator_context = "INVOKE_DEFAULT"
    operator(button, problem.operator, iface(problem.label), problem.icon)


def _draw_summary(
    layout: bpy.types.UILayout, context: bpy.types.Context, view: View, settings: Settings
) -> None:
    """Draw the farm in one line, as much of it as fits."""
    facts = view.farm
    lines = summaries(facts, settings.volume, iface)
    if lines:
        line = next((one for one in lines if fits(context, one)), lines[-1])
        is_local = facts.manager is not None and facts.manager.is_local
        draw_text(layout, context, line, "DESKTOP" if is_local else "NETWORK_DRIVE")
    elif view.watcher is not None:
        label(layout, iface("Looking at the farm…"), "SORTTIME")
    else:
        row = layout.row()
        label(row, iface("Not connected"), "UNLINKED")
        operator(row, "farm.reconnect", iface("Connect"), "LINKED")


def _draw_settings(
    layout: bpy.types.UILayout, context: bpy.types.Context, view: View, settings: Settings
) -> None:
    layout.use_property_split = True
    layout.use_property_decorate = False
    chosen = preferences(context)
    column = layout.column()
    if chosen is not None:
        column.prop(chosen, "volume")
    column.prop(file_settings(context), "volume", text="In This File", placeholder="As Above")
    storage = offered_storage(view.farm, settings.volume)
    if storage:
        words = iface("Use {folder}").format(folder=storage)
        operator(layout, "farm.use_storage", words, "NETWORK_DRIVE", translate=False)
    if chosen is not None:
        column = layout.column()
        column.prop(chosen, "manager")
        if chosen.manager == "URL":
            column.prop(chosen, "manager_url")
    _draw_buttons(layout, view.farm)
    _draw_facts(layout, view, settings)


def _draw_buttons(layout: bpy.types.UILayout, facts: FarmFacts) -> None:
    row = layout.row(align=True)
    operator(row, "farm.reconnect", iface("Look Again"), "FILE_REFRESH")
    manager = facts.manager
    if manager is not None and not manager.is_local:
        operator(row, "farm.open_manager", iface("Web Page"), "URL")
    elif manager is not None and manager.answers:
        operator(row, "farm.stop_local", iface("Stop"), "SNAP_FACE")
    else:
        operator(row, "farm.start_local", iface("Start"), "PLAY")
    operator(row, "farm.open_volume", "", "FILE_FOLDER")


def _draw_facts(layout: bpy.types.UILayout, view: View, settings: Settings) -> None:
    """Draw versions and room, a name and a value a row."""
    column = layout.column(align=True)
    column.active = False
    volume, manager = view.farm.of_volume(settings.volume), view.farm.manager
    if manager is not None and manager.version:
        what = "This Computer" if manager.is_local else "Flamenco"
        _fact(column, what, manager.version)
    _fact(column, "Extension", __version__)
    _fact(column, "Blender", bpy.app.version_string)
    if volume is not None and volume.total_bytes:
        words = iface("{free} of {total}")
        sizes = {"free": size_text(volume.free_bytes), "total": size_text(volume.total_bytes)}
        _fact(column, "Free", words.format(**sizes))
    if view.plan.needs_bytes:
        words = iface("about {size}")
        _fact(column, "Plan Needs", words.format(size=size_text(view.plan.needs_bytes)))


def _fact(column: bpy.types.UILayout, name: str, value: str) -> None:
    row = column.split(factor=0.4)
    left: Any = row.column()
    left.alignment = "RIGHT"
    label(left, name, "NONE")
    label(row, value, "NONE", translate=False)


def _draw_workers(layout: bpy.types.UILayout, facts: FarmFacts) -> None:
    column = layout.column(align=True)
    for worker in facts.shown_workers(MOST_WORKERS):
        row = column.split(factor=0.65)
        label(row, worker.name, worker.icon, translate=False)
        right = row.row()
        right.alignment = "RIGHT"
        label(right, iface(worker.status), "NONE", translate=False)
    rest = len(facts.workers) - MOST_WORKERS
    if rest > 0:
        label(column, counted(rest, "{count} more", "{count} more"), "BLANK1", translate=False)


register, unregister = bpy.utils.register_classes_factory((FARM_PT_farm,))
