# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Get through to the Manager: online access, another try, the local manager, its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import StringProperty

from ... import ADDON_ID
from .. import capture, command_lines, state, watching
from ..command_lines import Settings
from ..run import CommandLine, Run, Section
from ..translations import iface
from .verb import OnEnd, VerbOperator, do_nothing

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


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
        if not bpy.app.background and context.scene is not None:
            watching.follow(capture.capture(context))
        return {"FINISHED"}


class FARM_OT_reconnect(bpy.types.Operator):
    """Look at the volume and ask the Manager again, now"""

    bl_idname = "farm.reconnect"
    bl_label = "Reconnect"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there is a window in which anything is followed."""
        if bpy.app.background:
            cls.poll_message_set("Nothing is followed in background mode")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Start the follower anew."""
        watching.follow(capture.capture(context))
        return {"FINISHED"}


class _LocalManager(VerbOperator):
    """Starts or stops the local manager."""

    section = Section.VOLUME
    needs_release = False
    what = ""

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Start or stop it, then look at the farm again."""
        on_end = _look_again if self.is_from_button else do_nothing
        return [command_lines.local_manager(settings, self.what)], on_end


class FARM_OT_start_local(_LocalManager, bpy.types.Operator):
    """Start the manager that renders on this computer."""

    bl_idname = "farm.start_local"
    bl_label = "Start This Computer"
    bl_description = (
        "Start the manager that renders on this computer. It starts by itself when something "
        "is submitted, and leaves when it has nothing to do"
    )
    what = "start"

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Starting this computer's manager")

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return whether it runs."""
        if not result.get("is_running"):
            return iface("This computer's manager is not running")
        return iface("This computer is ready to render")


class FARM_OT_stop_local(_LocalManager, bpy.types.Operator):
    """Stop the manager that renders on this computer."""

    bl_idname = "farm.stop_local"
    bl_label = "Stop This Computer"
    bl_description = (
        "Stop the manager that renders on this computer. What it has begun goes on when it is"
        " started again"
    )
    what = "stop"

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Stopping this computer's manager")

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return whether it ran."""
        if result.get("was_running"):
            return iface("This computer renders no more")
        return iface("This computer's manager was not running")


class FARM_OT_open_manager(bpy.types.Operator):
    """Show the Manager's own page in the web browser"""

    bl_idname = "farm.open_manager"
    bl_label = "Open Manager"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether the Manager has a page."""
        if not page_of_manager():
            cls.poll_message_set("Only a Flamenco Manager has a page")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Open it."""
        bpy.ops.wm.url_open(url=page_of_manager())
        return {"FINISHED"}


class FARM_OT_show_preferences(bpy.types.Operator):
    """Show the extension's preferences: volume, Manager, certificates, extra headers"""

    bl_idname = "farm.show_preferences"
    bl_label = "Farm Preferences"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there are preferences to be shown."""
        assert context.preferences is not None
        if bpy.app.background or ADDON_ID not in context.preferences.addons:
            cls.poll_message_set("There are no preferences to show")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Open the window."""
        assert ADDON_ID is not None
        bpy.ops.preferences.addon_show(module=ADDON_ID)
        return {"FINISHED"}


class FARM_OT_dismiss_problem(bpy.types.Operator):
    """Do not say this again until another farm is chosen"""

    bl_idname = "farm.dismiss_problem"
    bl_label = "Dismiss"
    bl_options = {"INTERNAL"}

    key: StringProperty(  # type: ignore[valid-type]
        name="Warning", description="What kind of warning it is", options={"SKIP_SAVE"}
    )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Remember it for this session."""
        state.view().farm.dismissed.add(self.key)
        return {"FINISHED"}


def page_of_manager() -> str:
    """Return the address of the Manager's page, empty for the local manager."""
    manager = state.view().farm.manager
    if manager is None or manager.is_local:
        return ""
    is_page = manager.address.startswith(("http://", "https://"))
    return manager.address if is_page else ""


def _look_again(run: Run) -> None:
    """Look at the farm again; called by the pump."""
    watching.follow(capture.capture(bpy.context))


register, unregister = bpy.utils.register_classes_factory(
    (
        FARM_OT_allow_online,
        FARM_OT_reconnect,
        FARM_OT_start_local,
        FARM_OT_stop_local,
        FARM_OT_open_manager,
        FARM_OT_show_preferences,
        FARM_OT_dismiss_problem,
    )
)
