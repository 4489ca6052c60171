# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tick rows of the list of jobs, and show one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import EnumProperty, StringProperty

from .. import state
from ..job_targets import row_names, set_ticks
from ..properties.session import session
from ..translations import iface
from ..view.job_table import FRESH, STALE, JobLine

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

WHICH = (
    ("ALL", "All", "Every job that the list shows"),
    ("NONE", "None", "No job"),
    ("INVERT", "Invert", "The jobs that are not ticked now"),
    ("FAILED", "Failed", "The jobs that failed or that get nowhere any more"),
    ("STALE", "Stale", "The jobs that something they depend on has made stale"),
    ("UNFINISHED", "Unfinished", "The jobs that wait or render"),
)
FAILED = frozenset({"failed", "stalled"})
UNFINISHED = frozenset(
    {"active", "queued", "requeueing", "under-construction", "paused", "pause-requested"}
)


class FARM_OT_tick_jobs(bpy.types.Operator):
    """Tick jobs of the list, for the buttons below it"""

    bl_idname = "farm.tick_jobs"
    bl_label = "Tick Jobs"

    which: EnumProperty(  # type: ignore[valid-type]
        name="Which", description="Which of the jobs that are shown to tick", items=WHICH
    )

    @classmethod
    def description(
        cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties
    ) -> str:
        """Return what the button ticks."""
        which = properties.which
        if which == "INVERT":
            return iface("Tick what is not ticked, and untick what is")
        if which == "NONE":
            return iface("Untick all jobs")
        what = next(text for identifier, _, text in WHICH if identifier == which)
        return iface("Tick {what}, and nothing else").format(what=_lower(iface(what)))

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there are jobs."""
        if not len(session(context).jobs):
            cls.poll_message_set("No job is shown")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Tick them."""
        current = session(context)
        if self.which in ("ALL", "NONE"):
            flags = [self.which == "ALL"] * len(current.jobs)
        elif self.which == "INVERT":
            flags = [False] * len(current.jobs)
            current.jobs.foreach_get("is_selected", flags)
            flags = [not is_ticked for is_ticked in flags]
        else:
            lines = state.view().jobs.lines
            which = self.which  # Asking Blender ten thousand times takes a tenth of a second.
            flags = [_is_meant(which, lines.get(name)) for name in row_names(current)]
        set_ticks(current, flags)
        return {"FINISHED"}


class FARM_OT_show_job(bpy.types.Operator):
    """Show this job below the list"""

    bl_idname = "farm.show_job"
    bl_label = "Show Job"
    bl_options = {"INTERNAL"}

    job: StringProperty(  # type: ignore[valid-type]
        name="Job", description="Name of the job to show"
    )

    @classmethod
    def description(
        cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties
    ) -> str:
        """Return why the job has a badge."""
        line = state.view().jobs.lines.get(properties.job)
        if line is None or line.verdict in ("", FRESH):
            return ""
        if line.verdict == STALE:
            return iface("Stale: {reason}").format(reason=line.reason)
        return iface("Perhaps stale: {reason}").format(reason=line.reason)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Make it the active one."""
        current = session(context)
        index = current.jobs.find(self.job)
        if index < 0:
            self.report({"WARNING"}, "The list does not show this job")
            return {"CANCELLED"}
        current.job_index = index
        return {"FINISHED"}


def _is_meant(which: str, line: JobLine | None) -> bool:
    if line is None:
        return False
    if which == "STALE":
        return line.verdict == STALE
    return line.state in (FAILED if which == "FAILED" else UNFINISHED)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


register, unregister = bpy.utils.register_classes_factory((FARM_OT_tick_jobs, FARM_OT_show_job))
