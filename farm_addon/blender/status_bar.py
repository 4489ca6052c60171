# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status bar at the window's foot: how far what runs is, also when the tab is not open."""

from __future__ import annotations

import math

import bpy

from . import state
from .state import View
from .translations import iface
from .view.job_table import JobTable, duration_text

UNITS_PER_CHARACTER = 0.36
"""Mean width of a letter of the interface font; a unit is the height of a button."""
STEP_UNITS, MOST_UNITS = 4.0, 28.0


def draw(header: bpy.types.Header, context: bpy.types.Context) -> None:
    """Draw the running verb, else the release that is being rendered; called by Blender."""
    view, layout = state.view(), header.layout
    assert layout is not None
    if view.verb is not None:
        words = _verb_text(view)
        row = _room(layout, words)
        row.progress(factor=view.verb.fraction, text=words)
        row.operator("farm.cancel", text="", icon="CANCEL")
    elif is_rendering(view.jobs):
        words = rendering_text(view.jobs)
        fraction = view.jobs.done / view.jobs.total
        _room(layout, words).progress(factor=fraction, text=words)


def _room(layout: bpy.types.UILayout, words: str) -> bpy.types.UILayout:
    """Return a row that is wide enough for a text; it grows in steps, not with every letter."""
    row = layout.row(align=True)
    steps = math.ceil((len(words) * UNITS_PER_CHARACTER + 2.0) / STEP_UNITS)
    row.ui_units_x = min(MOST_UNITS, steps * STEP_UNITS)
    return row


def is_rendering(jobs: JobTable) -> bool:
    """Tell whether frames of the followed release are being rendered now."""
    return bool(jobs.total) and jobs.states["active"] > 0


def rendering_text(jobs: JobTable) -> str:
    """Return how far the release is: ``‘ep01’ 120 of 400 frames · 12 min``."""
    values = {"release": jobs.release, "done": jobs.done, "total": jobs.total}
    if jobs.eta_s is None:
        return iface("‘{release}’ {done} of {total} frames").format(**values)
    left = duration_text(jobs.eta_s, iface)
    return iface("‘{release}’ {done} of {total} frames · {time}").format(**values, time=left)


def _verb_text(view: View) -> str:
    assert view.verb is not None
    return iface(view.verb.text)


def register() -> None:
    """Add to the status bar."""
    bpy.types.STATUSBAR_HT_header.append(draw)  # type: ignore[arg-type]


def unregister() -> None:
    """Take it away."""
    bpy.types.STATUSBAR_HT_header.remove(draw)  # type: ignore[arg-type]
