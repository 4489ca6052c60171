# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Set up and look at the volume."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import StringProperty

from ...core.errors import UsageError
from .. import capture, command_lines
from ..command_lines import Settings
from ..preferences import preferences
from ..properties.scene import file_settings
from ..run import CommandLine, Section
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
        return [command_lines.init(settings)], do_nothing

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return "Setting up the volume"

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return the farm's name."""
        name = result.get("name", "")
        return f"The volume of farm ‘{name}’ is ready" if name else "The volume is ready"


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
        return "Looking at the volume"

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many releases there are."""
        count = len(result.get("releases", ()))
        return f"The volume is ready, {count} release{'' if count == 1 else 's'} on it"


class FARM_OT_allow_online(bpy.types.Operator):
    """Let Blender contact other computers."""

    bl_idname = "farm.allow_online"
    bl_description = (
        "Let Blender and its extensions contact other computers. The same switch is in Blender's "
        "preferences, under System"
    )
    bl_label = "Allow Online Access"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether it is off and can be switched here."""
        if bpy.app.online_access:
            cls.poll_message_set("Online access is on")
            return False
        if bpy.app.online_access_override:
            cls.poll_message_set("Blender was started with --offline-mode")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Switch it on."""
        assert context.preferences is not None
        context.preferences.system.use_online_access = True
        return {"FINISHED"}


def _remember(context: bpy.types.Context, folder: str) -> None:
    """Keep the folder as the volume: in the preferences, or in the file where there are none."""
    settings = preferences(context)
    if settings is not None and not file_settings(context).volume:
        settings.volume = folder
    else:
        file_settings(context).volume = folder


register, unregister = bpy.utils.register_classes_factory(
    (FARM_OT_init_volume, FARM_OT_check_volume, FARM_OT_allow_online)
)
