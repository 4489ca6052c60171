# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Panel *Jobs*: how the release's jobs stand on the farm."""

from __future__ import annotations

import bpy

from .. import job_states, state
from ..properties.scene import file_settings
from ..properties.session import FARM_PG_job, session
from ..run import Section
from ..state import Ending
from .parts import FarmPanel, draw_outcome, draw_text, label


class FARM_PT_jobs(FarmPanel, bpy.types.Panel):
    """The jobs of the release."""

    bl_label = "Jobs"

    def draw_in(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        """Draw counts, rows, and the selected job in words."""
        view, current = state.view(), session(context)
        row = layout.row()
        row.label(text=_headline(view, file_settings(context).release))
        if view.watcher is None:
            row.operator("farm.refresh", text="", icon="FILE_REFRESH")
        else:
            row.operator("farm.unwatch", text="", icon="PAUSE")
        layout.template_list(
            "FARM_UL_jobs", "", current, "jobs", current, "job_index", rows=4, maxrows=10
        )
        if current.jobs:
            job = current.jobs[min(current.job_index, len(current.jobs) - 1)]
            _draw_job(layout, context, job)
        outcome = view.outcomes.get(Section.JOBS)
        if outcome is not None and outcome.ending is Ending.FAILED:
            draw_outcome(layout, context, view, Section.JOBS)


def _headline(view: state.View, release: str) -> str:
    if view.jobs_release and view.jobs_release != release.strip():
        return f"Jobs of ‘{view.jobs_release}’: {view.job_counts}"
    return view.job_counts or ("Asking…" if view.watcher else "No jobs known yet")


def _draw_job(layout: bpy.types.UILayout, context: bpy.types.Context, job: FARM_PG_job) -> None:
    box = layout.box().column(align=True)
    attempt = f", attempt {job.attempt}" if job.attempt > 1 else ""
    frames = f", {job.done} of {job.total} frames" if job.total else ""
    label(box, job.name, job_states.icon(job.state))
    label(box, f"{job_states.label(job.state).capitalize()}{attempt}{frames}", "BLANK1")
    if job.message:
        draw_text(box, context, job.message, "BLANK1")


register, unregister = bpy.utils.register_classes_factory((FARM_PT_jobs,))
