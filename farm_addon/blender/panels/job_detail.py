# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The active job in full: its state in words, its last frame, and what its failed tasks said."""

from __future__ import annotations

import bpy

from .. import job_states, pictures
from ..operators.job_detail import job_page
from ..translations import iface
from ..view.job_detail import FailedTask, JobDetail
from ..view.job_table import STALE, JobLine
from ..view.reading import sentence
from . import text
from .job_list import is_narrow
from .parts import BOX_PX, draw_hint, draw_text, label, operator, wrapped

INDENT_PX = 6.0
LOG_PX, LOG_ROWS_MOST = BOX_PX - text.ICON_PX, 16
PICTURE_UNITS = 7.0
PICTURE_UNSEEN = 0.1


def draw_job(
    layout: bpy.types.UILayout, context: bpy.types.Context, line: JobLine, detail: JobDetail
) -> None:
    """Draw the active job, below a header with its name."""
    header, body = layout.panel("FARM_job_detail", default_closed=False)
    header.label(text=line.name_text, icon=line.icon, translate=False)  # type: ignore[arg-type]
    if body is None:
        return
    column = body.column()
    draw_text(column, context, state_sentence(line), "NONE", indent_px=INDENT_PX)
    if line.message:
        draw_text(column, context, sentence(line.message), "INFO", indent_px=INDENT_PX)
    if line.is_badged:
        _draw_badge(column, context, line)
    _draw_picture(body)
    _draw_ways(body, context)
    if detail.document is not None:
        for index, task in enumerate(detail.document.failed):
            _draw_task(body, context, index, task)
    elif detail.problem:
        draw_hint(body, context, detail.problem)


def state_sentence(line: JobLine) -> str:
    """Return how a job stands: state, attempt, frames, time left, whose it is."""
    parts = [iface(job_states.label(line.state)).capitalize()]
    if line.attempt > 1:
        parts.append(iface("attempt {count}").format(count=line.attempt))
    if line.total:
        parts.append(iface("{done} of {total} frames").format(done=line.done, total=line.total))
    if line.eta_text:
        parts.append(iface("{time} left").format(time=line.eta_text))
    if line.priority is not None:
        parts.append(iface("priority {number}").format(number=line.priority))
    if line.user:
        parts.append(iface("sent by {user}").format(user=line.user))
    return ", ".join(parts)


def _draw_badge(layout: bpy.types.UILayout, context: bpy.types.Context, line: JobLine) -> None:
    """Draw why the frames may not be what the scene is now, with the button that renders them."""
    is_stale = line.verdict == STALE
    template = iface("Stale: {reason}") if is_stale else iface("Perhaps stale: {reason}")
    words = template.format(reason=line.reason)
    icon = "FILE_REFRESH" if is_stale else "QUESTION"
    draw_text(layout, context, words, icon, indent_px=INDENT_PX)
    operator(layout, "farm.replace_jobs", "Replace This Job", "FILE_REFRESH").jobs = line.name


def _draw_picture(layout: bpy.types.UILayout) -> None:
    shown, coming = pictures.icons()
    if not shown:
        return
    row = layout.row()
    row.alignment = "CENTER"
    row.template_icon(shown, scale=PICTURE_UNITS)
    if coming:
        # Blender reads a picture when it is first drawn: too small to be noticed.
        row.template_icon(coming, scale=PICTURE_UNSEEN)


def _draw_ways(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    row = layout.row(align=True)
    has_words = not is_narrow(context)
    operator(row, "farm.open_job_output", "Folder" if has_words else "", "FILE_FOLDER")
    operator(row, "farm.open_job_frame", "Last Frame" if has_words else "", "FILE_IMAGE")
    if job_page(context):
        operator(row, "farm.open_job_page", "Web Page" if has_words else "", "URL")


def _draw_task(
    layout: bpy.types.UILayout, context: bpy.types.Context, index: int, task: FailedTask
) -> None:
    header, body = layout.panel(f"FARM_failed_task_{index}", default_closed=index > 0)
    row = header.row()
    row.alert = True
    words = iface("{task} on {worker}").format(task=task.task, worker=task.worker)
    row.label(text=words if task.worker else task.task, icon="ERROR", translate=False)
    operator(header, "farm.copy_job_log", "", "COPYDOWN", emboss=False).index = index
    if body is None:
        return
    if task.activity:
        draw_text(body, context, task.activity, "NONE", indent_px=INDENT_PX)
    lines = body.box().column(align=True)
    lines.scale_y = 0.7
    rows = [row for line in task.lines for row in wrapped(context, line, indent_px=LOG_PX)]
    for words in rows[-LOG_ROWS_MOST:]:
        label(lines, words, "NONE", translate=False)
    if not task.lines:
        lines.label(text="The Manager has no log of it")
