# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Panel *Jobs*: how the release's jobs stand on the farm, and what can be done to them."""

from __future__ import annotations

import bpy

from .. import job_states, state
from ..job_targets import active_job, ticked_count
from ..properties.scene import file_settings
from ..properties.session import FARM_PG_session, session
from ..run import Section
from ..state import Ending, View
from ..translations import counted, iface
from ..view.job_filter import filter_problem
from . import job_detail
from .job_list import draw_list, is_narrow
from .parts import (
    FarmPanel,
    draw_activity,
    draw_hint,
    draw_outcome,
    draw_text,
    label,
    operator,
)
from .text import joined


class FARM_PT_jobs(FarmPanel, bpy.types.Panel):
    """The jobs of the release."""

    bl_label = "Jobs"

    def draw_in(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        """Draw filter, counts, rows, what can be done to them, and the active job in full."""
        view, current = state.view(), session(context)
        _draw_filter(layout, context, view, current)
        _draw_counts(layout, context, view)
        if not view.jobs.lines:
            return
        draw_list(layout, context, current)
        _draw_actions(layout, context, view, current)
        line = view.jobs.lines.get(active_job(current))
        if line is not None:
            job_detail.draw_job(layout, context, line, view.detail)


def _draw_filter(
    layout: bpy.types.UILayout, context: bpy.types.Context, view: View, current: FARM_PG_session
) -> None:
    row = layout.row(align=True)
    row.prop(current, "job_filter", text="", icon="VIEWZOOM", placeholder="Name or query")
    if current.job_filter:
        row.operator("farm.clear_job_filter", text="", icon="X")
    order = row.row(align=True)
    order.menu("FARM_MT_job_sort", text="", icon="SORTSIZE")
    order.prop(
        current,
        "is_sort_reversed",
        text="",
        icon="SORT_DESC" if current.is_sort_reversed else "SORT_ASC",
    )
    if view.watcher is None:
        operator(row, "farm.refresh", "", "PLAY").is_from_button = True
    else:
        row.operator("farm.unwatch", text="", icon="PAUSE")
    outcome = view.outcomes.get(Section.JOBS)
    if outcome is None or outcome.ending is not Ending.FAILED:
        return
    problem = filter_problem(current.job_filter, _uncapitalized(outcome.text), outcome.hint)
    if problem is None:
        draw_outcome(layout, context, view, Section.JOBS)
        return
    place = iface("At ‘{place}’: {problem}") if problem.place else iface("At the end: {problem}")
    column = layout.column()
    column.alert = True
    draw_text(column, context, place.format(place=problem.place, problem=problem.text), "ERROR")
    if problem.hint:
        draw_hint(layout, context, problem.hint)


def _draw_counts(layout: bpy.types.UILayout, context: bpy.types.Context, view: View) -> None:
    """Draw how many jobs are in which state, or why there are none."""
    jobs = view.jobs
    manager = view.farm.manager
    if manager is not None and not manager.answers and not manager.is_local and view.watcher:
        column = layout.column()
        column.alert = True
        words = iface("The Manager does not answer; the jobs are as they were when it last did")
        draw_text(column, context, words, "UNLINKED")
    if not jobs.lines:
        words, icon = _why_empty(view, file_settings(context).release.strip())
        draw_text(layout, context, words, icon)
        return
    counts = job_states.counts_text(jobs.states, iface)
    if jobs.release != file_settings(context).release.strip():
        template = iface("Jobs of ‘{release}’: {counts}")
        counts = template.format(release=jobs.release, counts=counts)
    draw_text(layout, context, joined(counts.split(" · ")), "NONE")
    shown, total = len(jobs.order), len(jobs.lines)
    if shown < total:
        words = iface("{shown} of {total} jobs match the filter")
        draw_hint(layout, context, words.format(shown=shown, total=total))


def _why_empty(view: View, release: str) -> tuple[str, str]:
    """Return why no job is known, and an icon."""
    if not release:
        return iface("Name a release to see its jobs"), "INFO"
    if release in view.farm.archived:
        words = iface("Release ‘{name}’ is archived; restore it, or choose another name")
        return words.format(name=release), "INFO"
    if view.watcher is not None:
        if view.jobs.is_settled:
            return iface("No jobs yet: submit the release"), "INFO"
        return iface("Asking…"), "SORTTIME"
    if view.following.is_paused:
        return iface("Following is paused"), "PAUSE"
    return iface("Press the play button to follow the release"), "INFO"


def _draw_actions(
    layout: bpy.types.UILayout, context: bpy.types.Context, view: View, current: FARM_PG_session
) -> None:
    """Draw what can be done to the ticked jobs, else to the active one."""
    column = layout.column(align=True)
    row = column.row(align=True)
    count = ticked_count(current)
    if count:
        words = counted(count, "{count} ticked job", "{count} ticked jobs")
        label(row, words, "CHECKBOX_HLT")
        operator(row, "farm.tick_jobs", "", "X").which = "NONE"
    else:
        label(row, iface("Active job"), "CHECKBOX_DEHLT")
    row.menu("FARM_MT_job_ticks", text="", icon="DOWNARROW_HLT")
    activity = view.activity(Section.ACTIONS)
    if activity is not None:
        draw_activity(column, activity)
        return
    row = column.row(align=True)
    operator(row, "farm.replace_jobs", "Replace", "FILE_REFRESH")
    operator(row, "farm.kill_jobs", "Cancel", "X")
    if is_narrow(context):
        row = column.row(align=True)
    operator(row, "farm.requeue_jobs", "Requeue", "LOOP_BACK")
    row.menu("FARM_MT_job_more", text="", icon="THREE_DOTS")
    draw_outcome(layout, context, view, Section.ACTIONS)


def _uncapitalized(text: str) -> str:
    return text[:1].lower() + text[1:]


register, unregister = bpy.utils.register_classes_factory((FARM_PT_jobs,))
