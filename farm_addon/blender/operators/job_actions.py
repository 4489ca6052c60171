# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replace, cancel, requeue, pause and delete jobs; give them another priority."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import IntProperty, StringProperty

from ...core.errors import UsageError
from .. import job_commands, state
from ..command_lines import Settings
from ..job_targets import active_line, jobs_file, meant_jobs
from ..properties.scene import file_settings
from ..properties.session import session
from ..run import CommandLine, Run, Section
from ..state import Activity, View
from ..translations import counted, iface
from ..view.job_words import join_names, named, owners, owners_text, split_names
from .job_counts import describe_counts, number
from .verb import OnEnd, VerbOperator

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class _JobsOperator(VerbOperator):
    """A verb about the ticked jobs, else the active one; a script names them."""

    section = Section.ACTIONS

    jobs: StringProperty(  # type: ignore[valid-type]
        name="Jobs",
        description="Names of the jobs, one a line or between commas. Empty: the jobs that are "
        "ticked in the list, else the active one",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def why_not(cls, context: bpy.types.Context) -> str:
        """Return why it cannot start, or nothing."""
        shown = state.view().jobs.release
        if shown and len(session(context).jobs):
            if shown != file_settings(context).release.strip():
                return "The list still shows another release"
        elif not bpy.app.background:
            return "No job is shown"
        return super().why_not(context)

    def names(self, context: bpy.types.Context) -> list[str]:
        """Return the jobs that are meant.

        :raises UsageError: if there are none.
        """
        names = split_names(self.jobs) or meant_jobs(context)
        if not names:
            raise UsageError(
                "no job is named", hint="tick jobs in the list, or name them in 'jobs'"
            )
        return names

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Run the verb about the jobs, whose names stand in a file."""
        self._names, self._path = self.names(bpy.context), jobs_file()
        path = self._path

        def remove(run: Run) -> None:
            path.unlink(missing_ok=True)

        return [self.line(settings, path, len(self._names))], remove

    def occupy(self, view: View, activity: Activity) -> None:
        """Have the jobs' names written before the verb starts, in a thread."""
        path, names = self._path, self._names
        activity.run.write = lambda: job_commands.write_jobs_file(path, names)
        super().occupy(view, activity)

    def line(self, settings: Settings, path: Path, count: int) -> CommandLine:
        """Return the command line about the jobs that stand in a file."""
        raise NotImplementedError


class _AskingOperator(_JobsOperator):
    """Asks first, and names what it is about to do."""

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask; what was named then is what is done, whatever is ticked meanwhile."""
        if bpy.app.background:
            return self.execute(context)
        self.is_from_button = True
        names = self.names(context)
        self.jobs = join_names(names)
        title, button = self.question(len(names))
        assert context.window_manager is not None
        return context.window_manager.invoke_confirm(
            self,
            event,
            title=title,
            message="\n".join(filter(None, [named(names, iface), *self.warnings(names)])),
            confirm_text=button,
            icon="WARNING",
        )

    def question(self, count: int) -> tuple[str, str]:
        """Return the question, and what its button says."""
        raise NotImplementedError

    def consequence(self) -> str:
        """Return what follows, in a sentence."""
        raise NotImplementedError

    def warnings(self, names: Sequence[str]) -> list[str]:
        """Return what follows, and whose jobs are touched besides one's own."""
        lines = state.view().jobs.lines
        others = owners_text(owners(names, lines, getpass.getuser()), iface)
        whose = iface("Other people's jobs are among them: {owners}").format(owners=others)
        return [self.consequence(), whose if others else ""]


class FARM_OT_replace_jobs(_AskingOperator, bpy.types.Operator):
    """Render the jobs anew, as their files are now"""

    bl_idname = "farm.replace_jobs"
    bl_description = (
        "Render the ticked jobs anew, as their files are now: freeze them again, cancel what still "
        "renders, and send them as their next attempt. What was rendered is kept aside"
    )
    bl_label = "Replace"

    def question(self, count: int) -> tuple[str, str]:
        """Return the question, and what its button says."""
        return counted(count, "Replace {count} Job?", "Replace {count} Jobs?"), iface("Replace")

    def consequence(self) -> str:
        """Return what follows."""
        return iface("All their frames are rendered again; the earlier ones are kept aside.")

    def line(self, settings: Settings, path: Path, count: int) -> CommandLine:
        """Replace them."""
        return job_commands.replace(settings, path)

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Replacing jobs")

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many were sent."""
        count = len(result.get("posted", ())) + len(result.get("found", ()))
        if not count:
            return iface("Nothing to replace: the jobs were replaced already")
        return counted(count, "{count} job replaced", "{count} jobs replaced")


class FARM_OT_kill_jobs(_AskingOperator, bpy.types.Operator):
    """Cancel the jobs on the farm"""

    bl_idname = "farm.kill_jobs"
    bl_description = (
        "Cancel the ticked jobs on the farm. What they have rendered stays; Requeue lets them go on"
    )
    bl_label = "Cancel Jobs"

    def question(self, count: int) -> tuple[str, str]:
        """Return the question, and what its button says."""
        title = counted(count, "Cancel {count} Job?", "Cancel {count} Jobs?")
        # Blender's own button beside it says ‘Cancel’ and means the opposite.
        return title, iface("Stop Rendering")

    def consequence(self) -> str:
        """Return what follows."""
        return iface("Workers stop within seconds. Frames that are rendered stay.")

    def line(self, settings: Settings, path: Path, count: int) -> CommandLine:
        """Cancel them."""
        return job_commands.kill(settings, path, count, deletes=False)

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Cancelling jobs")

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many were cancelled."""
        return describe_counts(result)


class FARM_OT_delete_jobs(_AskingOperator, bpy.types.Operator):
    """Cancel the jobs and have the Manager forget them"""

    bl_idname = "farm.delete_jobs"
    bl_description = (
        "Cancel the ticked jobs and delete them from the Manager, with their logs. What they have "
        "rendered stays on the volume"
    )
    bl_label = "Delete from Manager"

    def question(self, count: int) -> tuple[str, str]:
        """Return the question, and what its button says."""
        title = counted(
            count, "Delete {count} Job from the Manager?", "Delete {count} Jobs from the Manager?"
        )
        return title, counted(count, "Delete {count} Job", "Delete {count} Jobs")

    def consequence(self) -> str:
        """Return what follows."""
        return iface("What still renders is cancelled, and logs are lost. Frames stay.")

    def line(self, settings: Settings, path: Path, count: int) -> CommandLine:
        """Cancel and delete them."""
        return job_commands.kill(settings, path, count, deletes=True)

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Deleting jobs from the Manager")

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many were deleted."""
        count = number(result.get("deleted", 0))
        deleted = counted(count, "{count} job deleted", "{count} jobs deleted") if count else ""
        return ", ".join(filter(None, [deleted, describe_counts(result)]))


class FARM_OT_requeue_jobs(_JobsOperator, bpy.types.Operator):
    """Queue failed, stalled and cancelled jobs again"""

    bl_idname = "farm.requeue_jobs"
    bl_description = (
        "Queue those of the ticked jobs again that failed, stalled, or were cancelled or paused. "
        "Frames that are rendered already are kept"
    )
    bl_label = "Requeue Failed"

    def line(self, settings: Settings, path: Path, count: int) -> CommandLine:
        """Queue them again."""
        return job_commands.requeue(settings, path, count)

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Queueing jobs again")

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many were queued."""
        return describe_counts(result, ("{count} job queued again", "{count} jobs queued again"))


class FARM_OT_pause_jobs(_JobsOperator, bpy.types.Operator):
    """Let no Worker begin another task of the jobs"""

    bl_idname = "farm.pause_jobs"
    bl_description = (
        "Pause the ticked jobs: tasks that run go on to their end, and no other one is begun. "
        "Needs Flamenco 3.6 or later"
    )
    bl_label = "Pause"

    def line(self, settings: Settings, path: Path, count: int) -> CommandLine:
        """Pause them."""
        return job_commands.pause(settings, path, count)

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Pausing jobs")

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many were paused."""
        return describe_counts(result, ("{count} job paused", "{count} jobs paused"))


class FARM_OT_resume_jobs(_JobsOperator, bpy.types.Operator):
    """Let paused jobs go on"""

    bl_idname = "farm.resume_jobs"
    bl_label = "Resume"

    def line(self, settings: Settings, path: Path, count: int) -> CommandLine:
        """Let them go on."""
        return job_commands.resume(settings, path, count)

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Resuming jobs")

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many go on."""
        return describe_counts(result, ("{count} job resumed", "{count} jobs resumed"))


class FARM_OT_set_job_priority(_JobsOperator, bpy.types.Operator):
    """Let jobs be rendered earlier or later than others"""

    bl_idname = "farm.set_job_priority"
    bl_description = (
        "Let the ticked jobs be rendered earlier or later than others. Tasks that run already go on"
    )
    bl_label = "Job Priority"

    priority: IntProperty(  # type: ignore[valid-type]
        name="Priority",
        description="Jobs with a higher number are rendered first",
        default=50,
        min=0,
        max=100,
        options={"SKIP_SAVE"},
    )

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask for the number."""
        if bpy.app.background:
            return self.execute(context)
        self.is_from_button = True
        names = self.names(context)
        self.jobs = join_names(names)
        line = active_line(session(context))
        if line is not None and line.priority is not None:
            self.priority = line.priority
        assert context.window_manager is not None
        return context.window_manager.invoke_props_dialog(
            self,
            width=260,
            title=counted(len(names), "Priority of {count} Job", "Priority of {count} Jobs"),
            confirm_text=iface("Set Priority"),
        )

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the slider."""
        assert self.layout is not None
        self.layout.label(text=named(split_names(self.jobs), iface), translate=False)
        self.layout.prop(self, "priority", slider=True)

    def line(self, settings: Settings, path: Path, count: int) -> CommandLine:
        """Change it."""
        return job_commands.priority(settings, path, count, self.priority)

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Changing priorities")

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many were changed."""
        return describe_counts(
            result, ("{count} job has another priority", "{count} jobs have another priority")
        )


register, unregister = bpy.utils.register_classes_factory(
    (
        FARM_OT_replace_jobs,
        FARM_OT_kill_jobs,
        FARM_OT_delete_jobs,
        FARM_OT_requeue_jobs,
        FARM_OT_pause_jobs,
        FARM_OT_resume_jobs,
        FARM_OT_set_job_priority,
    )
)
