# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, replace and stop the follower and its small companion that looks for stale jobs.

Both run in windows only, and by themselves only where the volume is the artist's own choice: a
file from elsewhere must not make this computer read a folder, or ask a Manager, unasked.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import bpy

from . import alarm, capture, command_lines, state
from .command_lines import Settings
from .following import Step, Wish
from .preferences import preferences
from .properties.scene import file_settings
from .properties.session import session
from .run import Run, Section
from .state import Activity, View
from .translations import counted, iface
from .view.job_filter import query_of

FRESHNESS_DELAY_S = 2.0
"""After a file was opened or saved, the look at staleness waits so long for the next one."""


def follow(settings: Settings) -> None:
    """Follow what is chosen from now on; called by the button and by what has just sent jobs."""
    view = state.view()
    view.following.click(settings.volume)
    view.following.running = None
    alarm.wake()


def stop_following() -> None:
    """Stop following until the artist says otherwise, or chooses another release."""
    view = state.view()
    view.following.is_paused = True
    view.stop_watching()
    alarm.wake()


def may_follow(context: bpy.types.Context, settings: Settings) -> bool:
    """Tell whether the choice may be acted on without a click."""
    if settings.volume in state.view().following.allowed:
        return True
    choice = preferences(context)
    if choice is None or not choice.follow_automatically:
        return False
    return not file_settings(context).volume.strip()


def wish(context: bpy.types.Context) -> Wish | None:
    """Return what should be followed now, None for nothing."""
    assert context.scene is not None
    settings = capture.capture(context)
    is_manager_known = settings.manager not in ("", capture.LOCAL)
    if not (settings.volume or is_manager_known) or not may_follow(context, settings):
        return None
    return Wish(
        _line(context, settings),
        settings.environment,
        settings.volume,
        settings.release if settings.volume else "",
        settings.manager,
    )


def attend(view: View, now_s: float) -> bool:
    """Start and stop what is due.

    :return: whether something is still to come, so that the timer must go on.
    """
    if bpy.context.scene is None:
        return True  # no window is open: nothing can be said about what is chosen
    _see_place(view)
    wanted = wish(bpy.context)
    following = view.following
    step = following.step(wanted, now_s)
    if step is not Step.NOTHING:
        view.stop_watching()
    if step is Step.START and wanted is not None:
        _start(view, wanted, now_s)
    elif wanted is None and view.watcher is None and view.jobs.release:
        _forget_release(view)
    is_due = _look_for_stale(view, wanted, now_s)
    return is_due or following.is_waiting(wanted)


def _see_place(view: View) -> None:
    """Forget what was told where another volume or Manager is chosen now."""
    place = capture.volume(bpy.context), capture.manager(bpy.context)
    if view.place not in (None, place):
        view.forget_farm()
        view.has_changed = True
    view.place = place


def expect_freshness(delay_s: float = FRESHNESS_DELAY_S) -> None:
    """Look whether jobs are stale, after a moment without another call."""
    state.view().freshness_due_s = time.monotonic() + delay_s
    alarm.wake()


def _line(context: bpy.types.Context, settings: Settings) -> tuple[str, ...]:
    choice, shown = preferences(context), session(context)
    return command_lines.follow(
        settings,
        query=query_of(shown.job_filter),
        sort=f"{'-' if shown.is_sort_reversed else ''}{shown.job_sort}",
        interval_s=choice.update_interval_s if choice is not None else 0.0,
    )


def _start(view: View, wanted: Wish, now_s: float) -> None:
    name = wanted.release
    title = iface("Following ‘{release}’").format(release=name) if name else iface("The farm")
    run = Run(Section.JOBS, title, [wanted.line], view.launcher, environment=wanted.environment)
    is_other = name != view.jobs.release
    view.watch(Activity(run, _describe, release=name, text=title))
    view.following.started(wanted, now_s)
    if is_other:
        view.news.forget()
        if name and view.freshness_due_s is None:
            view.freshness_due_s = now_s + FRESHNESS_DELAY_S


def _forget_release(view: View) -> None:
    if not capture.release(bpy.context):
        view.jobs.forget()
        view.news.forget()


def _look_for_stale(view: View, wanted: Wish | None, now_s: float) -> bool:
    """Start the look at staleness where it is due; tell whether it is to come."""
    if view.freshness_due_s is None:
        return False
    if wanted is None or not wanted.release:
        view.freshness_due_s = None
        return False
    if now_s < view.freshness_due_s:
        return True
    view.freshness_due_s = None
    settings = capture.capture(bpy.context)
    run = Run(
        Section.FRESHNESS,
        iface("Comparing ‘{release}’ with its files").format(release=wanted.release),
        [command_lines.freshness(settings)],
        view.launcher,
        environment=settings.environment,
    )
    view.put_beside(Activity(run, _describe, release=wanted.release))
    return False


def _describe(result: Mapping[str, Any]) -> str:
    return counted(len(result.get("jobs", ())), "{count} job", "{count} jobs")
