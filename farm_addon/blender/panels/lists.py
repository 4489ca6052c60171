# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three lists of the tab: scenes, findings, jobs. Only visible rows are drawn."""

from __future__ import annotations

from typing import Any

import bpy

from .. import job_states, state
from ..properties.scene import scene_settings
from ..properties.session import FARM_PG_job
from .parts import label

SEVERITY_ICONS = {"error": "CANCEL", "warning": "ERROR", "info": "INFO"}
VERDICT_ICONS = {None: "BLANK1", True: "CHECKMARK", False: "CANCEL"}


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
        """Draw one scene: tick, name, frames, verdict of the last check."""
        row = layout.row(align=True)
        row.prop(scene_settings(item), "is_included", text="")
        columns = row.split(factor=0.5)
        columns.active = scene_settings(item).is_included
        columns.label(text=item.name)
        right = columns.row()
        right.alignment = "RIGHT"
        right.label(text=frames_text(item))
        label(right, "", VERDICT_ICONS[state.view().scenes.get(item.name)])

    def filter_items(self, context: Any, data: Any, property: Any) -> Any:
        """Leave out scenes of linked libraries; filter by name as every list does."""
        scenes = getattr(data, property)
        shown = self.bitflag_filter_item
        flags = [shown] * len(scenes)
        if self.filter_name:
            flags = bpy.types.UI_UL_list.filter_items_by_name(self.filter_name, shown, scenes)
        for index, scene in enumerate(scenes):
            if scene.library is not None:
                flags[index] = 0
        return flags, []


class FARM_UL_findings(bpy.types.UIList):
    """What is wrong or odd."""

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
        """Draw one finding in few words; the whole of it is shown below the list."""
        columns = layout.split(factor=0.6)
        subject = columns.row()
        subject.alert = item.severity == "error"
        label(subject, item.subject, SEVERITY_ICONS.get(item.severity, "DOT"))
        columns.label(text=item.code.replace("-", " "))


class FARM_UL_jobs(bpy.types.UIList):
    """The jobs of the release."""

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
        """Draw one job: state, name, bar."""
        columns = layout.split(factor=0.64)
        name = columns.row()
        name.alert = item.state == "failed"
        label(name, item.name, job_states.icon(item.state))
        columns.progress(factor=fraction(item), text=bar_text(item))


def frames_text(scene: bpy.types.Scene) -> str:
    """Return a scene's frames: ``1–48``, ``1–48 ×2``, ``12``."""
    if scene.frame_start == scene.frame_end:
        return str(scene.frame_start)
    step = f" ×{scene.frame_step}" if scene.frame_step > 1 else ""
    return f"{scene.frame_start}–{scene.frame_end}{step}"


def fraction(job: FARM_PG_job) -> float:
    """Return how much of a job is done, 0 to 1."""
    return min(1.0, job.done / job.total) if job.total else 0.0


def bar_text(job: FARM_PG_job) -> str:
    """Return what stands in a job's bar: its frames while it renders, else its state."""
    if job.state == "active" and job.total:
        return f"{job.done} / {job.total}"
    return job_states.label(job.state)


register, unregister = bpy.utils.register_classes_factory(
    (FARM_UL_scenes, FARM_UL_findings, FARM_UL_jobs)
)
