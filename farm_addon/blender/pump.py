# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one app timer: brings what children said to the screen, a few milliseconds at a time.

It ticks while something runs, is followed or is about to be, and takes itself away when nothing
is. Whoever changes what should run wakes it (:mod:`.alarm`). In the background there is no timer:
operators run their children to the end (:func:`run_to_end`).
"""

from __future__ import annotations

import contextlib
import logging
import math
import time

import bpy

from . import alarm, redraw, state, watching
from .apply import apply_message
from .job_rows import JobRows
from .properties.session import FARM_PG_session, session
from .state import Activity, View

log = logging.getLogger(__name__)

TICK_S = 0.005
"""Time that one tick may take; ``DRAIN_S`` of it go to messages, the rest to the rows."""
DRAIN_S = 0.003
BUSY_S = 0.1
BACKLOG_S = 0.02
"""Until the next tick where this one had to leave something: thousands of rows are shown soon,
and the window still has three quarters of its time."""
WATCHING_S = 1.0
STUMBLED_S = 10.0
"""After an error of its own the timer waits so long."""
TURN = 32
"""Messages of one child before the next one gets its turn."""


class _Slot:
    """What the list of jobs shows in this Blender, and whether a tick was asked for since the last
    one began: what a verb's end orders must not wait for a timer that just decides to end."""

    rows = JobRows()
    is_rung = False


def start() -> None:
    """See to it that the timer ticks; it ends by itself when nothing runs."""
    _Slot.is_rung = True
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
        with _window():
            return _tick(state.view(), time.perf_counter())
    except Exception:
        log.exception("the farm's timer stumbled")
        return STUMBLED_S


def row_names() -> list[str]:
    """Return the names of the list's rows in their order, without asking Blender."""
    return _Slot.rows.names


def run_to_end(view: View, activity: Activity) -> int:
    """Apply an activity's messages until it is over, blocking; for Blender without a window.

    :return: the exit status. The child ends with this function, also when it is interrupted.
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
    view.jobs.tidy()
    _Slot.rows.sync(view.jobs, current, math.inf)
    return activity.run.exit_status or 0


def _window() -> contextlib.AbstractContextManager[object]:
    """Return a context that has a window, and so a scene: with several windows open, or just after
    a file was opened, a timer's own may have none."""
    manager = bpy.context.window_manager
    if bpy.context.window is not None or manager is None or not manager.windows:
        return contextlib.nullcontext()
    return bpy.context.temp_override(window=manager.windows[0])


def _tick(view: View, began_s: float) -> float | None:
    now_s = time.monotonic()
    _Slot.is_rung = False
    is_expected = watching.attend(view, now_s)
    is_through = drain(view, began_s + DRAIN_S)
    view.jobs.tidy()
    view.has_changed |= view.news.look(view.jobs, view.notices)
    is_in_step = _Slot.rows.sync(view.jobs, session(bpy.context), began_s + TICK_S)
    view.is_behind = False
    wants = [chore(view, now_s) for chore in view.chores]
    if view.has_changed:
        view.has_changed = False
        redraw.redraw_tab()
        redraw.redraw_status_bar()
    if not is_through or not is_in_step or view.is_behind:
        return BACKLOG_S
    is_busy = view.verb is not None or view.beside or view.retired
    if is_busy or _Slot.is_rung or view.following.is_changing(now_s):
        return BUSY_S
    return WATCHING_S if is_expected or view.watcher is not None or any(wants) else None


def drain(view: View, deadline_s: float) -> bool:
    """Apply messages until none is there or the time is up.

    :param deadline_s: by ``time.perf_counter()``.
    :return: whether none is left.
    """
    current = session(bpy.context)
    _drain_retired(view)
    waiting = view.running()
    while waiting:
        still: list[Activity] = []
        for activity in waiting:
            if _take_turn(view, current, activity):
                still.append(activity)
            if time.perf_counter() > deadline_s:
                return False
        waiting = still
    return True


def _take_turn(view: View, current: FARM_PG_session, activity: Activity) -> bool:
    """Apply some messages of an activity; tell whether there may be more."""
    for _ in range(TURN):
        if activity.run.is_over:
            return False
        message = activity.run.take()
        if message is None:
            return False
        apply_message(view, current, activity, message)
        view.has_changed = True
    return True


def _drain_retired(view: View) -> None:
    """Hear those out that were asked to stop; they are mute, so that little comes."""
    for run in list(view.retired):
        for _ in range(TURN):
            if run.take() is None:
                break
        if run.is_over:
            view.retired.remove(run)


def register() -> None:
    """Let the timer be woken, and wake it once: a release may be chosen already."""
    _Slot.rows = JobRows()
    if not bpy.app.background:
        alarm.set_bell(start)
        start()


def unregister() -> None:
    """Take the timer away."""
    alarm.set_bell(None)
    stop()
