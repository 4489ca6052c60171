# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow the release's jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import bpy

from .. import capture, command_lines, state, watching
from ..command_lines import Settings
from ..properties.session import session
from ..run import CommandLine, Section
from ..state import Activity, View
from ..translations import counted, iface
from .verb import OnEnd, VerbOperator, do_nothing

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class FARM_OT_refresh(VerbOperator, bpy.types.Operator):
    """Follow how the release's jobs stand. A script asks once"""

    bl_idname = "farm.refresh"
    bl_description = "Follow how the release's jobs stand"
    bl_label = "Follow Jobs"
    section = Section.JOBS
    runs_beside = True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Follow from now on; a script waits for one answer."""
        if not self.is_from_button:
            return super().execute(context)
        watching.follow(capture.capture(context))
        return {"FINISHED"}

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Show the release once."""
        return [command_lines.status(settings)], do_nothing

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Looking at ‘{release}’").format(release=settings.release)

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many jobs there are."""
        return counted(len(result.get("jobs", ())), "{count} job", "{count} jobs")

    def occupy(self, view: View, activity: Activity) -> None:
        """Take the follower's place; in a window that is started again afterwards."""
        view.stop_watching()
        view.watch(activity)


class FARM_OT_unwatch(bpy.types.Operator):
    """Stop following the jobs. They go on rendering"""

    bl_idname = "farm.unwatch"
    bl_label = "Stop Following"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether anything is followed."""
        if state.view().watcher is None:
            cls.poll_message_set("Nothing is followed")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Let the follower stop."""
        watching.stop_following()
        return {"FINISHED"}


class FARM_OT_clear_job_filter(bpy.types.Operator):
    """Show all jobs of the release"""

    bl_idname = "farm.clear_job_filter"
    bl_label = "Clear Filter"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there is a filter."""
        return bool(session(context).job_filter)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Clear it."""
        session(context).job_filter = ""
        return {"FINISHED"}


def watch(settings: Settings) -> None:
    """Follow a release's jobs; called by what has just sent or delivered them."""
    watching.follow(settings)


register, unregister = bpy.utils.register_classes_factory(
    (FARM_OT_refresh, FARM_OT_unwatch, FARM_OT_clear_job_filter)
)
