# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one app timer: brings what children said to the screen, a few milliseconds at a time."""

from __future__ import annotations

import logging
import time

import bpy

from . import state
from .apply import apply_message, refresh_counts
from .properties.session import session
from .state import Activity, View

log = logging.getLogger(__name__)

DRAIN_S = 0.005
"""Time that one tick may take."""
BUSY_S = 0.1
WATCHING_S = 1.0


def start() -> None:
    """See to it that the timer ticks; it ends by itself when nothing runs."""
    if not bpy.app.timers.is_registered(tick):
        bpy.app.timers.register(tick, first_interval=BUSY_S, persistent=True)


def stop() -> None:
    """Take the timer away."""
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)


def tick() -> float | None:
    """Apply what has come; called by Blender.

    :return: seconds until the next tick, or None when nothing is left to wait for.
    """
    try:
        view = state.view()
        deadline_s = time.perf_counter() + DRAIN_S
        if _drain(view, deadline_s):
            refresh_counts(view)
            _redraw()
        if view.verb is not None or (view.watcher and time.perf_counter() > deadline_s):
            return BUSY_S
        return WATCHING_S if view.watcher is not None else None
    except Exception:
        log.exception("the farm's timer stumbled")
        return WATCHING_S


def run_to_end(view: View, activity: Activity) -> int:
    """Apply an activity's messages until it is over, blocking; for Blender without a window.

    :return: its exit status.
    """
    current = session(bpy.context)
    try:
        while not activity.run.is_over:
            message = activity.run.take(timeout_s=0.2)
            if message is not None:
                apply_message(view, current, activity, message)
    finally:
        activity.run.close()
        view.let_go(activity)
    refresh_counts(view)
    return activity.run.exit_status or 0


def _drain(view: View, deadline_s: float) -> bool:
    """Apply messages until none is there or the time is up; tell whether there was any."""
    has_changed = False
    for activity in (view.verb, view.watcher):
        while activity is not None and not activity.run.is_over:
            message = activity.run.take()
            if message is None:
                break
            apply_message(view, session(bpy.context), activity, message)
            has_changed = True
            if time.perf_counter() > deadline_s:
                return True
    return has_changed


def _redraw() -> None:
    """Redraw the side bars of 3D Views, where the tab is."""
    manager = bpy.context.window_manager
    assert manager is not None
    for window in manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()


def register() -> None:
    """Nothing yet: operators start the timer."""


def unregister() -> None:
    """Take the timer away."""
    stop()
