# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow the release's jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import bpy

from .. import command_lines, pump, state
from ..command_lines import Settings
from ..run import CommandLine, Run, Section
from ..state import Activity, View
from .verb import OnEnd, VerbOperator, do_nothing

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class FARM_OT_refresh(VerbOperator, bpy.types.Operator):
    """Ask how the release's jobs stand, and follow them until all have ended"""

    bl_idname = "farm.refresh"
    bl_label = "Refresh"
    section = Section.JOBS
    runs_beside = True

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Show the release once, or follow it."""
        is_watching = bool(self.is_from_button)
        return [command_lines.status(settings, is_watching=is_watching)], do_nothing

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return f"Following ‘{settings.release}’"

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many jobs there are."""
        return describe_jobs(result)

    def occupy(self, view: View, activity: Activity) -> None:
        """Replace the watcher."""
        _replace_watcher(view, activity)


class FARM_OT_unwatch(bpy.types.Operator):
    """Stop following the jobs. They go on rendering"""

    bl_idname = "farm.unwatch"
    bl_label = "Stop Following"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether anything is followed."""
        return state.view().watcher is not None

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Ask the watcher to stop."""
        watcher = state.view().watcher
        if watcher is not None:
            watcher.run.cancel()
        return {"FINISHED"}


def watch(settings: Settings) -> None:
    """Follow a release's jobs; called by what has just sent or delivered them."""
    view = state.view()
    line = command_lines.status(settings, is_watching=True)
    run = Run(Section.JOBS, f"Following ‘{settings.release}’", [line], view.launcher)
    _replace_watcher(view, Activity(run, describe_jobs, release=settings.release))
    pump.start()


def describe_jobs(result: Mapping[str, Any]) -> str:
    """Return how many jobs a status told of."""
    count = len(result.get("jobs", ()))
    return f"{count} job{'' if count == 1 else 's'}"


def _replace_watcher(view: View, activity: Activity) -> None:
    if view.watcher is not None:
        view.watcher.run.close()
    view.watcher = activity
    view.outcomes.pop(Section.JOBS, None)


register, unregister = bpy.utils.register_classes_factory((FARM_OT_refresh, FARM_OT_unwatch))
