# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask about the active job while somebody can see the answer: a chore of the app timer.

The small child that answers runs beside the others (``Section.DETAIL``). Another active job makes
what runs for the last one useless: it is let go without waiting for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy

from . import capture, job_commands, pictures, redraw, state
from .job_targets import active_job
from .properties.session import session
from .run import Run, Section
from .state import Activity, View
from .view.job_detail import Progress
from .view.job_table import JobLine

RENDERING = frozenset({"active", "queued", "requeueing", "stalled"})
"""States in which there may be news of a job although its row stays as it is."""


class _Shown:
    """The document whose picture was shown last."""

    document: object = None


def attend(view: View, now_s: float) -> bool:
    """Look at the active job, and ask about it where that is due; called at every tick.

    :return: whether a look is due soon although nothing runs.
    """
    context = bpy.context
    job = active_job(session(context))
    line = view.jobs.lines.get(job)
    release = view.jobs.release if line is not None else ""
    if view.detail.look_at(release, job if line is not None else "", now_s):
        view.retire(view.beside.get(Section.DETAIL))
        pictures.clear()
        _Shown.document = None
        view.has_changed = True
    _show_picture(view, now_s)
    is_settling = pictures.is_settling()
    if is_settling and pictures.settle(now_s):
        view.has_changed = True
    if line is None:
        return is_settling
    if Section.DETAIL in view.beside or not is_tab_open(context):
        return is_settling
    progress = Progress(line.state, line.attempt, line.done, line.state in RENDERING)
    if view.detail.is_due(progress, now_s):
        _ask(view, context, line)
        view.detail.asked(progress, now_s)
    return is_settling or view.detail.is_new


def is_tab_open(context: bpy.types.Context) -> bool:
    """Tell whether a side bar shows the tab: what nobody sees need not be asked."""
    manager = context.window_manager
    assert manager is not None
    return any(
        redraw.shows_tab(region)
        for window in manager.windows
        for area in window.screen.areas
        if area.type == "VIEW_3D"
        for region in area.regions
        if region.type == "UI"
    )


def _show_picture(view: View, now_s: float) -> None:
    """Load the picture that was told of, once."""
    document = view.detail.document
    if document is None or document is _Shown.document:
        return
    _Shown.document = document
    pictures.show(document.picture, now_s)
    view.has_changed = True


def _ask(view: View, context: bpy.types.Context, line: JobLine) -> None:
    settings = capture.capture(context)
    release = view.jobs.release
    picture = pictures.next_file()
    run = Run(
        Section.DETAIL,
        line.name,
        [job_commands.job_detail(settings, release, line.name, picture)],
        view.launcher,
        environment=settings.environment,
    )
    view.put_beside(Activity(run, _describe, release=release))


def _describe(result: Mapping[str, Any]) -> str:
    return str(result.get("job", ""))


def register() -> None:
    """Look at the active job at every tick; nobody sees one in the background."""
    if not bpy.app.background:
        state.view().chores.append(attend)


def unregister() -> None:
    """Look no more. The view goes with its chores; when Blender quits it has gone already."""
    _Shown.document = None
