# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The room *Settings* of the panel *Release*: how the jobs are rendered and called."""

from __future__ import annotations

from pathlib import PurePath

import bpy

from ...core.planning.expansion import RenderUnit
from ...core.planning.scene_facts import Marker
from ..inside.labels import text_of
from ..plan_choices import dist_template
from ..properties.scene import FARM_PG_scene
from ..translations import iface
from ..view.names_preview import (
    NamedFrames,
    delivered_names,
    dist_template_problem,
    first_frames,
    first_of_range,
    frames_problem,
    job_template_problem,
    marked_frames,
)
from .parts import BOX_PX, draw_text, label
from .plan_rows import RowFacts

MARKERS_MAX = 2_000
"""Above this many markers names are not previewed."""


def draw_settings(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    settings: FARM_PG_scene,
    facts: RowFacts,
    selected: tuple[bpy.types.Scene, RenderUnit] | None,
) -> None:
    """Draw the settings, and the names of the selected row's files."""
    layout.use_property_split = True
    layout.use_property_decorate = False
    _draw_frames(layout, context, settings)
    column = layout.column(align=True)
    _draw_switched(column, settings, "uses_chunk_size", "chunk_size", "Chunk Size")
    _draw_switched(column, settings, "uses_priority", "priority", "Priority")
    layout.prop(settings, "worker_tag", placeholder=iface("Any Worker"))
    layout.prop(settings, "is_paused")
    column = layout.column(align=True)
    column.prop(settings, "job_name", placeholder=_shown(facts.template, "{file}_{scene}"))
    template = dist_template(context, settings)
    column.prop(settings, "dist_name", placeholder=_shown(template, "{job}_{frame:06d}.{ext}"))
    problem = job_template_problem(facts.template) or dist_template_problem(template)
    if problem:
        _draw_problem(layout, context, problem)
    elif selected is not None:
        _draw_names(layout, context, settings, facts, selected, template)


def _draw_frames(
    layout: bpy.types.UILayout, context: bpy.types.Context, settings: FARM_PG_scene
) -> None:
    column = layout.column(align=True)
    column.prop(settings, "frames", placeholder=iface("Scene Range"))
    column.prop(settings, "uses_markers")
    problem = frames_problem(settings.frames.strip())
    if problem:
        _draw_problem(layout, context, problem)


def _draw_switched(
    layout: bpy.types.UILayout, settings: FARM_PG_scene, switch: str, name: str, words: str
) -> None:
    """Draw a value that is the farm's own unless its box is ticked."""
    row = layout.row(align=True, heading=words)
    row.prop(settings, switch, text="")
    value = row.row(align=True)
    value.active = bool(getattr(settings, switch))
    value.prop(settings, name, text="")


def _draw_names(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    settings: FARM_PG_scene,
    facts: RowFacts,
    selected: tuple[bpy.types.Scene, RenderUnit],
    template: str,
) -> None:
    """Draw the first three names of what the selected row delivers."""
    scene, unit = selected
    key = (unit.scene, unit.camera, unit.view_layer)
    names, problem = delivered_names(
        facts.release,
        PurePath(bpy.data.filepath).stem,
        template,
        facts.job(key, facts.line(key)) or unit.scene,
        key,
        scene.render.file_extension,
        _frames(scene, settings),
    )
    box = layout.box().column(align=True)
    for name in names:
        row = box.row()
        row.scale_y = 0.75
        label(row, name, "FILE_IMAGE")
    if problem:
        _draw_problem(box, context, problem, indent_px=BOX_PX)
    elif not names:
        label(box, iface("No frames to name"), "INFO")


def _frames(scene: bpy.types.Scene, settings: FARM_PG_scene) -> NamedFrames:
    chosen = settings.frames.strip()
    start, end, step = scene.frame_start, scene.frame_end, scene.frame_step
    if settings.uses_markers and len(scene.timeline_markers) <= MARKERS_MAX:
        markers = sorted(
            (marker.frame, text_of(marker), marker.camera is not None)
            for marker in scene.timeline_markers
        )
        return marked_frames(tuple(Marker(*one) for one in markers), start, end, step, chosen)
    return NamedFrames(first_frames(chosen) if chosen else first_of_range(start, end, step))


def _draw_problem(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    problem: str,
    *,
    indent_px: float = 0.0,
) -> None:
    column = layout.column()
    column.alert = True
    draw_text(column, context, problem, "ERROR", indent_px=indent_px)


def _shown(template: str, default: str) -> str:
    return template or default
