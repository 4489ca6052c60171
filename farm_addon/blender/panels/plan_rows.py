# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the release: scenes of the open file, or their cameras or view layers.

Only visible rows are drawn, so each may ask Blender for what it shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import bpy

from ...core.planning.expansion import RenderUnit
from .. import state
from ..inside.scene_output import frame_size_px
from ..plan_choices import job_template
from ..properties.scene import (
    SCENES,
    FARM_PG_scene,
    file_settings,
    own_scene,
    own_scenes,
    scene_settings,
)
from ..properties.session import session
from ..translations import iface
from ..units import is_picked
from ..view.names_preview import job_name
from ..view.plan_table import Key, PlanLine, PlanTable
from .parts import operator

WIDE_PX = 430
"""From this width on, at scale 1, rows have room for size and engine."""
NARROW_PX = 270
"""Below this width, at scale 1, rows have no room for frames."""

MOST_ROWS = 6
"""A longer list is scrolled, so that the button below stays in sight."""

ENGINES = {
    "CYCLES": "Cycles",
    "BLENDER_EEVEE": "EEVEE",
    "BLENDER_EEVEE_NEXT": "EEVEE",
    "BLENDER_WORKBENCH": "Workbench",
}


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What all rows of one drawing have in common.

    :param stem: the .blend's name without its ending.
    :param frames: what was chosen instead of the scenes' own frames, or empty.
    :param is_single: the file has one row only.
    """

    plan: PlanTable
    release: str
    stem: str
    template: str
    frames: str
    is_single: bool
    is_wide: bool
    is_narrow: bool

    def line(self, unit: Key) -> PlanLine | None:
        """Return what the last check said about a row."""
        return self.plan.lines.get(unit)

    def job(self, unit: Key, line: PlanLine | None) -> str:
        """Return what a row's job is called: as the last check said, else as it would be now.

        :param line: what the check said.
        """
        if line is not None and line.job and not self.plan.is_outdated:
            return line.job
        return job_name(self.release, self.stem, self.template, unit, self.is_single)

    def frames_of(self, scene: bpy.types.Scene) -> str:
        """Return which frames a scene's jobs render."""
        return self.frames or frames_text(scene)


def row_facts(context: bpy.types.Context) -> RowFacts:
    """Take what the rows have in common out of Blender."""
    settings = file_settings(context)
    assert context.region is not None
    assert context.preferences is not None
    width = context.region.width / context.preferences.system.ui_scale
    return RowFacts(
        plan=state.view().plan,
        release=settings.release.strip() or "release",
        stem=PurePath(bpy.data.filepath).stem,
        template=job_template(context, settings),
        frames=iface("markers") if settings.uses_markers else settings.frames.strip(),
        is_single=_is_single(context, settings),
        is_wide=width >= WIDE_PX,
        is_narrow=width < NARROW_PX,
    )


def _is_single(context: bpy.types.Context, settings: FARM_PG_scene) -> bool:
    if settings.expand != SCENES:
        return len(session(context).units) == 1
    return len(bpy.data.scenes) == 1 or len(own_scenes()) == 1


class _Shared:
    """The facts of the drawing that goes on; Blender draws one panel at a time."""

    facts: RowFacts | None = None


def draw_rows(
    layout: bpy.types.UILayout, context: bpy.types.Context, settings: FARM_PG_scene
) -> RowFacts:
    """Draw the list; return what its rows have in common."""
    current = session(context)
    _Shared.facts = facts = row_facts(context)
    if settings.expand == SCENES:
        rows: Any = ("FARM_UL_scenes", "", bpy.data, "scenes", current, "scene_index")
    else:
        rows = ("FARM_UL_units", "", current, "units", current, "unit_index")
    layout.template_list(*rows, rows=3, maxrows=MOST_ROWS)
    return facts


def selected_row(
    context: bpy.types.Context, settings: FARM_PG_scene
) -> tuple[bpy.types.Scene, RenderUnit] | None:
    """Return the row that is selected in the list, or None."""
    current = session(context)
    if settings.expand == SCENES:
        if not 0 <= current.scene_index < len(bpy.data.scenes):
            return None
        scene = bpy.data.scenes[current.scene_index]
        return None if scene.library is not None else (scene, RenderUnit(scene.name))
    if not 0 <= current.unit_index < len(current.units):
        return None
    unit = _unit(current.units[current.unit_index])
    found = own_scene(unit.scene)
    return None if found is None else (found, unit)


class FARM_UL_scenes(bpy.types.UIList):
    """The scenes of the file, with ticks."""

    def draw_item(
        self,
        context: Any,
        layout: bpy.types.UILayout,
        data: Any,
        item: Any,
        icon: Any,
        active_data: Any,
        active_property: Any,
        index: Any,
        flt_flag: Any,
    ) -> None:
        """Draw one scene: tick, job, frames, what becomes of it."""
        settings, name = scene_settings(item), item.name
        row = layout.row(align=True)
        row.prop(settings, "is_included", text="")
        _draw_row(row, item, (name, "", ""), name, is_active=settings.is_included)

    def filter_items(self, context: Any, data: Any, property: Any) -> Any:
        """Leave out scenes of linked libraries; filter by name as every list does."""
        if not self.filter_name and not bpy.data.libraries:
            return [], []
        scenes = getattr(data, property)
        shown = self.bitflag_filter_item
        flags = [shown] * len(scenes)
        if self.filter_name:
            flags = bpy.types.UI_UL_list.filter_items_by_name(self.filter_name, shown, scenes)
        for index, scene in enumerate(scenes):
            if scene.library is not None:
                flags[index] = 0
        return flags, []


class FARM_UL_units(bpy.types.UIList):
    """The cameras or view layers of the file, with ticks."""

    def draw_item(
        self,
        context: Any,
        layout: bpy.types.UILayout,
        data: Any,
        item: Any,
        icon: Any,
        active_data: Any,
        active_property: Any,
        index: Any,
        flt_flag: Any,
    ) -> None:
        """Draw one camera or view layer: tick, job, frames, what becomes of it."""
        unit = _unit(item)
        scene = own_scene(unit.scene)
        if scene is None:
            layout.label(text=item.name)
            return
        row = layout.row(align=True)
        is_active = is_picked(scene, unit)
        tick = "CHECKBOX_HLT" if is_active else "CHECKBOX_DEHLT"
        button = operator(row, "farm.tick_row", "", tick, emboss=False)
        button.scene, button.camera, button.view_layer = unit.scene, unit.camera, unit.view_layer
        button.is_included = not is_active
        key = (unit.scene, unit.camera, unit.view_layer)
        _draw_row(row, scene, key, item.name, is_active=is_active)


def _draw_row(
    row: bpy.types.UILayout, scene: bpy.types.Scene, unit: Key, name: str, *, is_active: bool
) -> None:
    """Draw what follows a row's tick.

    :param name: what it is called where its job has no name yet.
    """
    facts = _Shared.facts
    if facts is None:
        return
    line = facts.line(unit)
    columns = row.split(factor=0.4 if facts.is_wide else 0.82 if facts.is_narrow else 0.6)
    if not is_active:
        columns.active = False
    words = name if facts.is_narrow else facts.job(unit, line) or name
    columns.label(text=words, translate=False)
    if facts.is_wide:
        width, height = frame_size_px(scene.render)
        columns = columns.split(factor=0.36)
        columns.label(text=f"{width} × {height}", translate=False)
        columns = columns.split(factor=0.5)
        columns.label(text=engine_text(scene), translate=False)
    right = columns.row(align=True)
    right.alignment = "RIGHT"
    if not facts.is_narrow:
        right.label(text=facts.frames_of(scene), translate=False)
    if line is not None and line.becomes:
        _draw_state(right, unit, line, is_outdated=facts.plan.is_outdated)
    elif facts.plan.lines:
        right.label(text="", icon="BLANK1")


def _draw_state(
    layout: bpy.types.UILayout, unit: Key, line: PlanLine, *, is_outdated: bool
) -> None:
    """Draw what becomes of a row, with why in its tooltip."""
    if is_outdated:
        layout = layout.row(align=True)
        layout.active = False
    button = operator(layout, "farm.explain_row", "", line.icon, emboss=False)
    button.scene, camera, view_layer = unit
    if camera:
        button.camera = camera
    if view_layer:
        button.view_layer = view_layer


def _unit(row: Any) -> RenderUnit:
    return RenderUnit(row.scene, row.camera, row.view_layer)


def frames_text(scene: bpy.types.Scene) -> str:
    """Return a scene's frames: ``1–48``, ``1–48 ×2``, ``12``."""
    start, end = scene.frame_start, scene.frame_end
    if start == end:
        return str(start)
    step = f" ×{scene.frame_step}" if scene.frame_step > 1 else ""
    return f"{start}–{end}{step}"


def engine_text(scene: bpy.types.Scene) -> str:
    """Return what people call a scene's render engine."""
    engine = scene.render.engine
    return ENGINES.get(engine) or engine.replace("_", " ").title()


register, unregister = bpy.utils.register_classes_factory((FARM_UL_scenes, FARM_UL_units))
