# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check and submit what is ticked of the open file, or other files, to the release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import CollectionProperty, StringProperty

from ... import user_folders
from ...core.errors import UsageError
from ...core.planning.expansion import RenderUnit
from .. import command_lines, state
from ..command_lines import PlanChoices, Settings
from ..job_targets import jobs_file
from ..plan_choices import plan_choices
from ..properties.scene import file_settings, own_scenes, scene_settings
from ..run import CommandLine, Run, Section
from ..snapshot import Snapshot, save_snapshot
from ..state import Activity, View
from ..translations import counted, iface
from ..units import pick_values, picked_units
from ..view.names_preview import frames_problem, release_problem
from .jobs import watch
from .verb import OnEnd, VerbOperator

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

SAVING = "Saving a copy of the open file"


@dataclass(slots=True)
class _Order:
    """What was ordered by a click, to be carried out once the window says so: saving the copy is
    the one thing that the window waits for.

    :param snapshot: the copy, once it is saved.
    """

    settings: Settings
    choices: PlanChoices
    units: Sequence[RenderUnit]
    is_check: bool
    is_paused: bool
    is_interactive: bool
    jobs_file: Path
    snapshot: Snapshot | None = None

    def prepare(self) -> list[CommandLine]:
        """Save a copy of the open file; return the command lines that work with it.

        :raises FarmError: if it cannot be saved.
        """
        with _in_a_window():
            self.snapshot = save_snapshot(
                user_folders.snapshots(),
                counts_as_edited=bpy.app.background,
                picks=pick_values(self.units),
            )
        scenes = list(dict.fromkeys(unit.scene for unit in self.units))
        plan = command_lines.plan(
            self.settings,
            self.snapshot.sidecar,
            scenes,
            self.choices,
            is_dry_run=self.is_check,
            jobs_file=None if self.is_check else self.jobs_file,
        )
        if self.is_check:
            return [plan]
        paused = self.is_paused
        return [plan, command_lines.submit(self.settings, self.jobs_file, is_paused=paused)]

    def finish(self, run: Run) -> None:
        """Let the copy go, and follow the jobs. Where the plan was written but not all of it sent,
        unsaved edits stay: submitting the release again goes on with them."""
        snapshot = self.snapshot
        is_needed = run.exit_status != 0 and run.started > 1
        if snapshot is not None and not (is_needed and snapshot.has_unsaved_edits):
            snapshot.remove()
        if run.exit_status == 0 and self.is_interactive and not self.is_check:
            watch(self.settings)


class _ReleaseOperator(VerbOperator):
    """A verb that plans something into the release."""

    section = Section.RELEASE

    @classmethod
    def why_not(cls, context: bpy.types.Context) -> str:
        """Return why it cannot start, or nothing."""
        reason = super().why_not(context)
        if reason:
            return reason
        farm, settings = state.view().farm, file_settings(context)
        problem = release_problem(
            settings.release.strip(), farm.releases, farm.archived, translate=iface
        )
        return problem.text if problem is not None else frames_problem(settings.frames.strip())


class _OpenFileOperator(_ReleaseOperator):
    """A verb about what is ticked of the open file."""

    is_check = False

    @classmethod
    def why_not(cls, context: bpy.types.Context) -> str:
        """Return why it cannot start, or nothing."""
        reason = super().why_not(context)
        if not reason and not any(scene_settings(one).is_included for one in own_scenes()):
            reason = "Tick at least one scene"
        return reason

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Order a copy of the open file; what is ticked is decided now.

        :raises UsageError: if nothing is.
        """
        context = bpy.context
        units = picked_units(context)
        if not units:
            raise UsageError("nothing is ticked", hint="tick at least one row")
        self._order = _Order(
            settings,
            plan_choices(context),
            units,
            is_check=self.is_check,
            is_paused=file_settings(context).is_paused,
            is_interactive=bool(self.is_from_button),
            jobs_file=jobs_file(),
        )
        return [], self._order.finish

    def occupy(self, view: View, activity: Activity) -> None:
        """Announce that a copy is saved, and let the pump save it once that is drawn."""
        super().occupy(view, activity)
        activity.run.prepare = self._order.prepare
        activity.text = SAVING
        view.plan.begin()


class FARM_OT_check(_OpenFileOperator, bpy.types.Operator):
    """Look for everything that would go wrong on the farm. Nothing is written or sent"""

    bl_idname = "farm.check"
    bl_label = "Check"
    is_check = True

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return "Checking the scenes"

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many rows can be rendered."""
        rows = result.get("scenes", ())
        is_expanded = any(row.get("camera") or row.get("view_layer") for row in rows)
        if is_expanded:
            return counted(
                len(rows), "{count} job ready for the farm", "{count} jobs ready for the farm"
            )
        return counted(
            len(rows), "{count} scene ready for the farm", "{count} scenes ready for the farm"
        )


class FARM_OT_submit(_OpenFileOperator, bpy.types.Operator):
    """Make what is ticked jobs of the release, and send them."""

    bl_idname = "farm.submit"
    bl_description = (
        "Make each ticked row a job of the release, as the scenes are now, and send the jobs to "
        "the Manager. The open file is neither saved nor changed"
    )
    bl_label = "Submit to Release"

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Submitting ‘{release}’").format(release=settings.release)

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many jobs were sent, and how many had no need to."""
        return describe_submission(result)


class FARM_OT_add_files(_ReleaseOperator, bpy.types.Operator):
    """Plan other .blend files into the release and submit it."""

    bl_idname = "farm.add_files"
    bl_label = "Add Files to Release"
    bl_description = (
        "Make all scenes of other .blend files jobs of this release too, with the same settings, "
        "and send the jobs to the Manager. Without a chosen file, all files of the folder are taken"
    )

    directory: StringProperty(  # type: ignore[valid-type]
        name="Folder",
        description="Folder of the files; all .blend files in it and below where none is chosen",
        subtype="DIR_PATH",
        options={"SKIP_SAVE", "HIDDEN"},
    )
    files: CollectionProperty(  # type: ignore[valid-type]
        type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE", "HIDDEN"}
    )
    # Without this, Blender would write the open file's name into the browser: taken for a choice.
    filename: StringProperty(  # type: ignore[valid-type]
        name="File", subtype="FILE_NAME", options={"SKIP_SAVE", "HIDDEN"}
    )
    filter_glob: StringProperty(  # type: ignore[valid-type]
        name="Filter",
        description="Files that are shown",
        default="*.blend",
        options={"HIDDEN"},
    )

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Let the artist choose files."""
        self.is_from_button = not bpy.app.background
        if self.directory or bpy.app.background:
            return self.execute(context)
        assert context.window_manager is not None
        self.filename = ""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Plan the files, then freeze and send the release."""
        if not self.directory:
            raise UsageError("no file is chosen", hint="choose .blend files, or a folder of them")
        folder = Path(bpy.path.abspath(self.directory))
        files = [folder / file.name for file in self.files if file.name] or [folder]
        choices, is_paused = plan_choices(bpy.context), file_settings(bpy.context).is_paused
        names = jobs_file()
        lines = [
            command_lines.plan_files(settings, files, choices, jobs_file=names),
            command_lines.submit(settings, names, is_paused=is_paused),
        ]
        is_interactive = bool(self.is_from_button)

        def follow(run: Run) -> None:
            if is_interactive and run.exit_status == 0:
                watch(settings)

        return lines, follow

    def occupy(self, view: View, activity: Activity) -> None:
        """Keep scenes of other files out of the rows of the open one."""
        super().occupy(view, activity)
        view.plan.let_pass()

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Adding files to ‘{release}’").format(release=settings.release)

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many jobs were sent, and how many had no need to."""
        return describe_submission(result)


class FARM_OT_use_release(bpy.types.Operator):
    """Give the release a name that is allowed."""

    bl_idname = "farm.use_release"
    bl_label = "Use This Name"
    bl_description = "Name the release like this"
    bl_options = {"REGISTER", "UNDO"}

    name: StringProperty(  # type: ignore[valid-type]
        name="Name", description="Name of the release", maxlen=64
    )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Name it."""
        file_settings(context).release = self.name
        return {"FINISHED"}


def describe_submission(result: Mapping[str, Any]) -> str:
    """Return how many jobs were sent, and how many had no need to."""
    sent = len(result.get("posted", ())) + len(result.get("found", ()))
    parts = [counted(sent, "{count} job submitted", "{count} jobs submitted")] if sent else []
    requeued = len(result.get("requeued", ()))
    unchanged = len(result.get("skipped", ())) - requeued
    if requeued:
        parts.append(iface("{count} queued again").format(count=requeued))
    if unchanged > 0:
        parts.append(iface("{count} unchanged").format(count=unchanged))
    return ", ".join(parts) or "Nothing to submit"


def _in_a_window() -> Any:
    """Return a context of the first window, which a timer does not have by itself."""
    manager = bpy.context.window_manager
    assert manager is not None
    window = bpy.context.window or next(iter(manager.windows), None)
    return bpy.context.temp_override(window=window)


_register_classes, _unregister_classes = bpy.utils.register_classes_factory(
    (FARM_OT_check, FARM_OT_submit, FARM_OT_add_files, FARM_OT_use_release)
)


class _WarmUp:
    """Loads what saving a copy needs at a quiet moment, rather than after a click."""

    def __init__(self) -> None:
        self._is_done = False

    def __call__(self, view: View, now_s: float) -> bool:
        """Load it once; called by the pump."""
        if not self._is_done:
            self._is_done = True
            user_folders.load()
        return False


def register() -> None:
    """Register the operators, and load what they need later on."""
    _register_classes()
    state.view().chores.append(_WarmUp())


def unregister() -> None:
    """Unregister the operators."""
    _unregister_classes()
