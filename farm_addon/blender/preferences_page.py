# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the preferences: the few things that everybody sets, then rooms for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from . import state
from .child_environment import template_problem, url_problem
from .panels import text
from .run import Section
from .state import Ending

if TYPE_CHECKING:
    from .preferences import FARM_AP_preferences


def draw(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    settings: FARM_AP_preferences,
    *,
    needs_online: bool,
) -> None:
    """Draw the page.

    :param needs_online: the Manager cannot be asked before online access is allowed.
    """
    layout.use_property_split = True
    layout.use_property_decorate = False
    layout.prop(settings, "volume")
    layout.prop(settings, "manager")
    if settings.manager == "URL":
        layout.prop(settings, "manager_url")
        _draw_problem(layout, context, url_problem(settings.manager_url))
    if needs_online:
        row = layout.row()
        row.label(text="Online access is off", icon="INTERNET_OFFLINE")
        row.operator("farm.allow_online", icon="INTERNET")
    header, body = layout.panel("farm_preferences_connection", default_closed=True)
    header.label(text="Secure Connection")
    if body:
        _draw_connection(body, context, settings)
    header, body = layout.panel("farm_preferences_local", default_closed=True)
    header.label(text="Rendering on This Computer")
    if body:
        body.prop(settings, "local_slots")
        body.prop(settings, "local_blender")
    header, body = layout.panel("farm_preferences_names", default_closed=True)
    header.label(text="Names")
    if body:
        for name in ("job_name", "dist_name"):
            body.prop(settings, name, placeholder="Default")
            _draw_problem(body, context, template_problem(getattr(settings, name)))
    header, body = layout.panel("farm_preferences_updates", default_closed=True)
    header.label(text="Updates")
    if body:
        body.prop(settings, "follow_automatically")
        body.prop(settings, "update_interval_s")
    _draw_config(layout, context)


def _draw_connection(
    layout: bpy.types.UILayout, context: bpy.types.Context, settings: FARM_AP_preferences
) -> None:
    layout.prop(settings, "ca_file")
    split = layout.split(factor=0.4)
    left = split.row()
    left.alignment = "RIGHT"
    left.label(text="Extra Headers")
    column = split.column()
    for index, header in enumerate(settings.headers):
        row = column.row(align=True)
        row.use_property_split = False
        row.prop(header, "name", text="", placeholder="Name")
        row.prop(header, "value", text="", placeholder="Value")
        button: Any = row.operator("farm.remove_header", text="", icon="X")
        button.index = index
    column.operator("farm.add_header", icon="ADD")
    if settings.headers and settings.manager != "URL":
        layout.prop(settings, "manager_url", text="Headers Go To")
        _draw_problem(layout, context, url_problem(settings.manager_url))


def _draw_config(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    view = state.view()
    layout.operator("farm.save_config", icon="CONSOLE")
    running = view.beside.get(Section.CONFIG)
    outcome = view.outcomes.get(Section.CONFIG)
    if running is not None:
        layout.label(text=running.text, icon="TIME")
    elif outcome is not None and outcome.ending is Ending.DONE:
        layout.label(text=outcome.text, icon="CHECKMARK")
    elif outcome is not None:
        _draw_problem(layout, context, ". ".join(filter(None, (outcome.text, outcome.hint))))


def _draw_problem(layout: bpy.types.UILayout, context: bpy.types.Context, problem: str) -> None:
    if not problem:
        return
    assert context.region is not None
    assert context.preferences is not None
    width = text.columns(context.region.width, context.preferences.system.ui_scale)
    column = layout.column(align=True)
    column.alert = True
    column.scale_y = 0.75
    for index, line in enumerate(text.lines(problem, width)):
        column.label(text=line, icon="BLANK1" if index else "ERROR")
