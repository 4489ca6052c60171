# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the volume, set it up, look at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import StringProperty

from ...core.errors import UsageError
from .. import capture, command_lines, opening, state, watching
from ..command_lines import Settings
from ..preferences import preferences
from ..properties.scene import file_settings
from ..run import CommandLine, Run, Section
from ..translations import counted, iface
from ..view.farm_problems import offered_storage
from .verb import OnEnd, VerbOperator, do_nothing

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class FARM_OT_init_volume(VerbOperator, bpy.types.Operator):
    """Make the chosen folder the volume of a farm. What lies in it stays as it is"""

    bl_idname = "farm.init_volume"
    bl_label = "Set Up Volume"
    section = Section.VOLUME
    needs_release = False

    directory: StringProperty(  # type: ignore[valid-type]
        name="Folder",
        description="Folder that becomes the volume. Empty: the one that is chosen already",
        subtype="DIR_PATH",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def why_not(cls, context: bpy.types.Context) -> str:
        """Return why it cannot start, or nothing; a folder may be chosen in the file browser."""
        return super().why_not(context) if capture.volume(context) else ""

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Set up the chosen folder; without one, let the artist choose."""
        self.is_from_button = not bpy.app.background
        if bpy.app.background or self.directory or capture.volume(context):
            return self.execute(context)
        assert context.window_manager is not None
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Remember the folder, then set it up."""
        if self.directory:
            _remember(context, self.directory)
        return super().execute(context)

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Make the folder a volume."""
        if not settings.volume:
            raise UsageError("no folder is chosen", hint="choose the farm's volume first")
        on_end = _look_again if self.is_from_button else do_nothing
        return [command_lines.init(settings)], on_end

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Setting up the volume")

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return the farm's name."""
        name = result.get("name", "")
        if not name:
            return iface("The volume is ready")
        return iface("The volume of farm ‘{name}’ is ready").format(name=name)


class FARM_OT_check_volume(VerbOperator, bpy.types.Operator):
    """See whether the volume can be used, and what is on it"""

    bl_idname = "farm.check_volume"
    bl_label = "Check Volume"
    section = Section.VOLUME
    needs_release = False

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Show how all releases stand."""
        return [command_lines.volume_status(settings)], do_nothing

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Looking at the volume")

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many releases there are."""
        count = len(result.get("releases", ()))
        one, many = (
            "The volume is ready, {count} release on it",
            "The volume is ready, {count} releases on it",
        )
        return counted(count, one, many)


class FARM_OT_choose_volume(bpy.types.Operator):
    """Choose the folder that all computers of the farm share"""

    bl_idname = "farm.choose_volume"
    bl_label = "Choose Volume"

    directory: StringProperty(  # type: ignore[valid-type]
        name="Folder",
        description="Folder of the farm, as this computer sees it",
        subtype="DIR_PATH",
        options={"SKIP_SAVE"},
    )

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Let the artist choose."""
        if bpy.app.background or self.directory:
            return self.execute(context)
        assert context.window_manager is not None
        self.directory = capture.volume(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Remember the folder."""
        if not self.directory:
            self.report({"ERROR"}, iface("No folder is chosen"))
            return {"CANCELLED"}
        _take(context, self.directory)
        return {"FINISHED"}


class FARM_OT_use_storage(bpy.types.Operator):
    """Make the Manager's own shared storage the volume, since every Worker reaches that"""

    bl_idname = "farm.use_storage"
    bl_label = "Use the Manager's Storage"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether the Manager has told of another folder than the volume."""
        if not offered_storage(state.view().farm, capture.volume(context)):
            cls.poll_message_set("The Manager has told of no other folder")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Choose it."""
        _take(context, offered_storage(state.view().farm, capture.volume(context)))
        return {"FINISHED"}


class FARM_OT_open_volume(bpy.types.Operator):
    """Show the volume's folder in the file manager"""

    bl_idname = "farm.open_volume"
    bl_label = "Open Volume"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether a volume is chosen."""
        if not capture.volume(context):
            cls.poll_message_set("Choose the farm's volume first")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Open it, if it is there."""
        return opening.open_for(self, capture.volume(context))


def _take(context: bpy.types.Context, folder: str) -> None:
    """Make a folder the volume, because the artist said so, and look at it at once."""
    _remember(context, folder)
    if not bpy.app.background:
        watching.follow(capture.capture(context))


def _remember(context: bpy.types.Context, folder: str) -> None:
    """Keep the folder as the volume: in the preferences, or in the file where there are none."""
    settings = preferences(context)
    if settings is not None and not file_settings(context).volume:
        settings.volume = folder
    else:
        file_settings(context).volume = folder


def _look_again(run: Run) -> None:
    """Look at the farm again; called by the pump."""
    watching.follow(capture.capture(bpy.context))


register, unregister = bpy.utils.register_classes_factory(
    (
        FARM_OT_choose_volume,
        FARM_OT_use_storage,
        FARM_OT_init_volume,
        FARM_OT_check_volume,
        FARM_OT_open_volume,
    )
)
