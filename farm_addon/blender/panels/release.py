# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Panel *Release*: the plan, and the button that submits it."""

from __future__ import annotations

import bpy

from ...core.planning.expansion import RenderUnit
from .. import state
from ..inside.scene_output import frame_size_px
from ..properties.findings import FARM_PG_findings
from ..properties.scene import FARM_PG_scene, file_settings
from ..properties.session import session
from ..run import Section
from ..state import Ending, View
from ..translations import OWN_CONTEXT, iface
from ..view.fixes import fixes_for
from ..view.names_preview import release_problem
from ..view.plan_table import BLOCKED, FRESH, LABELS, NEW, REPLACE
from ..view.reading import sentence
from ..view.sizes import size_text
from .parts import (
    BOX_PX,
    PRIMARY_HEIGHT,
    FarmPanel,
    draw_activity,
    draw_findings,
    draw_outcome,
    draw_text,
    is_narrower,
    operator,
    sub_panel,
)
from .plan_rows import RowFacts, draw_rows, engine_text, selected_row
from .plan_settings import draw_settings
from .text import joined

NARROW_PX = 300
"""Below this width, at scale 1, three buttons beside each other have no room for their words."""


class FARM_PT_release(FarmPanel, bpy.types.Panel):
    """The release that this file's scenes go into."""

    bl_label = "Release"
    bl_translation_context = OWN_CONTEXT

    def draw_in(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        """Draw name, rows, settings, the button, findings."""
        view, settings = state.view(), file_settings(context)
        _draw_name(layout, context, view, settings)
        _draw_expand(layout, context, settings)
        row = layout.row()
        facts = draw_rows(row, context, settings)
        _draw_row_buttons(row.column(align=True))
        selected = selected_row(context, settings)
        if selected is not None:
            _draw_selected(layout, context, facts, selected)
        body = sub_panel(layout, "farm_release_settings", "Settings")
        if body is not None:
            draw_settings(body, context, settings, facts, selected)
        _draw_submit(layout, context, view, settings)
        findings = session(context).release_findings
        draw_findings(layout, context, findings, "release")
        _draw_fixes(layout, context, findings)


def _draw_name(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    view: View,
    settings: FARM_PG_scene,
) -> None:
    """Draw the release's name, and what is wrong with it."""
    layout.prop(
        settings, "release", text="", icon="RENDERLAYERS", placeholder=iface("Name of the release")
    )
    name = settings.release.strip()
    if not name:
        return
    problem = release_problem(name, view.farm.releases, view.farm.archived, translate=iface)
    if problem is None:
        return
    column = layout.column()
    column.alert = True
    draw_text(column, context, problem.text, "ERROR")
    if problem.suggestion:
        words = iface("Use ‘{name}’").format(name=problem.suggestion)
        operator(layout, "farm.use_release", words, "CHECKMARK").name = problem.suggestion


def _draw_expand(
    layout: bpy.types.UILayout, context: bpy.types.Context, settings: FARM_PG_scene
) -> None:
    if is_narrower(context, NARROW_PX):
        layout.prop(settings, "expand", text="")
    else:
        layout.row(align=True).prop(settings, "expand", expand=True)


def _draw_row_buttons(column: bpy.types.UILayout) -> None:
    """Draw the buttons beside the list, where Blender's own lists have theirs."""
    operator(column, "farm.add_files", "", "ADD")
    column.separator()
    operator(column, "farm.tick_scenes", "", "CHECKBOX_HLT").is_included = True
    operator(column, "farm.tick_scenes", "", "CHECKBOX_DEHLT").is_included = False


def _draw_selected(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    facts: RowFacts,
    selected: tuple[bpy.types.Scene, RenderUnit],
) -> None:
    """Draw the selected row in full."""
    scene, unit = selected
    box = layout.box().column(align=True)
    key = (unit.scene, unit.camera, unit.view_layer)
    line = facts.line(key)
    title = facts.job(key, line) if facts.is_narrow else unit.text()
    draw_text(box, context, title, "SCENE_DATA", indent_px=BOX_PX)
    width, height = frame_size_px(scene.render)
    settings = scene.render.image_settings
    frames = facts.frames_of(scene)
    template = iface("Frame {frames}") if frames.isdigit() else iface("Frames {frames}")
    words = [
        template.format(frames=frames),
        f"{width} × {height}",
        engine_text(scene),
        settings.file_format.replace("_", " "),
    ]
    draw_text(box, context, joined(words), "BLANK1", indent_px=BOX_PX)
    if line is None or not line.becomes or facts.plan.is_outdated:
        unknown = box.column()
        unknown.active = False
        draw_text(unknown, context, iface("Not checked"), "QUESTION", indent_px=BOX_PX)
        return
    state_text = sentence(iface(LABELS[line.becomes]))
    why = f"{state_text}: {line.why}" if line.why else state_text
    draw_text(box, context, why, line.icon, indent_px=BOX_PX)


def _draw_submit(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    view: View,
    settings: FARM_PG_scene,
) -> None:
    """Draw the button, or what runs in its place; then what it would do, or did."""
    column = layout.column(align=True)
    column.operator("farm.check", text="Check", icon="VIEWZOOM")
    activity = view.activity(Section.RELEASE)
    if activity is not None:
        draw_activity(column, activity, height=PRIMARY_HEIGHT)
        return
    button = column.row(align=True)
    button.scale_y = PRIMARY_HEIGHT
    words = "Submit Paused" if settings.is_paused else "Submit to Release"
    button.operator("farm.submit", text=words, icon="RENDER_ANIMATION")
    plan = view.plan
    counts = plan_text(view)
    outcome = view.outcomes.get(Section.RELEASE)
    if counts and (outcome is None or outcome.ending is Ending.DONE):
        quiet = layout.column()
        quiet.active = not plan.is_outdated
        draw_text(quiet, context, counts, "ERROR" if plan.counts[BLOCKED] else "INFO")
    if plan.is_tight:
        alert = layout.column()
        alert.alert = True
        tight = iface("The frames need about {needed}, {free} are free on the volume").format(
            needed=size_text(plan.needs_bytes), free=size_text(plan.free_bytes)
        )
        draw_text(alert, context, tight, "ERROR")
    draw_outcome(layout, context, view, Section.RELEASE)


def plan_text(view: View) -> str:
    """Return what a submit would do: ``2 new · 1 will replace · 3 fresh``; empty before a check."""
    counts = view.plan.counts
    text = joined(
        f"{counts[what]} {iface(LABELS[what])}"
        for what in (NEW, REPLACE, FRESH, BLOCKED)
        if counts[what]
    )
    if text and view.plan.is_outdated:
        return iface("Changed since the check: {counts}").format(counts=text)
    return text


def _draw_fixes(
    layout: bpy.types.UILayout, context: bpy.types.Context, findings: FARM_PG_findings
) -> None:
    """Draw the buttons that help with the selected finding."""
    if not findings.items:
        return
    item = findings.items[min(findings.index, len(findings.items) - 1)]
    fixes = fixes_for(item.code, item.data)
    if not fixes:
        return
    row = layout.row(align=True)
    for fix in fixes:
        words = iface(fix.label).format(**fix.properties)
        properties = operator(row, fix.operator, words, fix.icon)
        for name, value in fix.properties.items():
            setattr(properties, name, value)


register, unregister = bpy.utils.register_classes_factory((FARM_PT_release,))
