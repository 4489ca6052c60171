# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tick what becomes a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty, StringProperty

from ...core.planning.expansion import RenderUnit
from .. import state
from ..properties.scene import file_settings
from ..translations import iface
from ..units import pick, pick_all
from ..view.plan_table import BLOCKED, FRESH, NEW, REPLACE

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


EXPLANATIONS = {
    NEW: "A new job of the release",
    REPLACE: "The release has this job, and it will be replaced",
    FRESH: "Submitted already and unchanged since, so it is skipped",
    BLOCKED: "It cannot be rendered as it is",
}


class FARM_OT_tick_row(bpy.types.Operator):
    """Make this camera or view layer a job of the release, or leave it out"""

    bl_idname = "farm.tick_row"
    bl_label = "Tick Row"
    bl_options = {"REGISTER", "UNDO"}

    scene: StringProperty(  # type: ignore[valid-type]
        name="Scene", description="Scene that the row is of"
    )
    camera: StringProperty(  # type: ignore[valid-type]
        name="Camera", description="Camera of the row, or empty", options={"SKIP_SAVE"}
    )
    view_layer: StringProperty(  # type: ignore[valid-type]
        name="View Layer", description="View layer of the row, or empty", options={"SKIP_SAVE"}
    )
    is_included: BoolProperty(  # type: ignore[valid-type]
        name="Tick", description="Tick the row; otherwise untick it", default=True
    )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Tick or untick it."""
        unit = RenderUnit(self.scene, self.camera, self.view_layer)
        expand = file_settings(context).expand
        if not pick(unit, is_picked=self.is_included, expand=expand):
            words = iface("This file has no scene ‘{scene}’ of its own")
            self.report({"ERROR"}, words.format(scene=self.scene))
            return {"CANCELLED"}
        return {"FINISHED"}


class FARM_OT_tick_scenes(bpy.types.Operator):
    """Tick or untick all rows of the file"""

    bl_idname = "farm.tick_scenes"
    bl_label = "Tick All Rows"
    bl_options = {"REGISTER", "UNDO"}

    is_included: BoolProperty(  # type: ignore[valid-type]
        name="Tick", description="Tick all rows; otherwise untick them", default=True
    )

    @classmethod
    def description(
        cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties
    ) -> str:
        """Return which way it goes."""
        if properties.is_included:
            return "Tick all rows"
        return "Untick all rows"

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Tick or untick."""
        pick_all(is_picked=self.is_included)
        return {"FINISHED"}


class FARM_OT_explain_row(bpy.types.Operator):
    """Tell what becomes of this row, and why"""

    bl_idname = "farm.explain_row"
    bl_label = "Explain Row"
    bl_options = {"INTERNAL"}

    scene: StringProperty(  # type: ignore[valid-type]
        name="Scene", description="Scene that the row is of"
    )
    camera: StringProperty(  # type: ignore[valid-type]
        name="Camera", description="Camera of the row, or empty", options={"SKIP_SAVE"}
    )
    view_layer: StringProperty(  # type: ignore[valid-type]
        name="View Layer", description="View layer of the row, or empty", options={"SKIP_SAVE"}
    )

    @classmethod
    def description(
        cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties
    ) -> str:
        """Return what becomes of the row, as a tooltip."""
        return _explanation(properties)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Tell it in the status bar."""
        self.report({"INFO"}, _explanation(self))
        return {"FINISHED"}


def _explanation(row: Any) -> str:
    line = state.view().plan.line(row.scene, row.camera, row.view_layer)
    if line is None or not line.becomes:
        return "Nobody has checked this row yet"
    words = iface(EXPLANATIONS[line.becomes])
    return f"{words}: {line.why}" if line.why else words


register, unregister = bpy.utils.register_classes_factory(
    (FARM_OT_tick_row, FARM_OT_tick_scenes, FARM_OT_explain_row)
)
