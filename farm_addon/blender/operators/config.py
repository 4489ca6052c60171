# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons of the preferences page: extra headers, and the command line's configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import IntProperty

from ...core.errors import UsageError
from .. import capture, command_lines
from ..child_environment import url_problem, whole_environment
from ..command_lines import Settings
from ..preferences import preferences
from ..run import CommandLine, Run, Section
from ..state import Activity, View
from ..translations import counted, iface
from .verb import OnEnd, VerbOperator

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class FARM_OT_add_header(bpy.types.Operator):
    """Send one more header with every request to the Manager."""

    bl_idname = "farm.add_header"
    bl_label = "Add Header"
    bl_description = (
        "Send one more header with every request to the Manager, such as a token that the "
        "studio's proxy asks for"
    )
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there are preferences to keep it in."""
        return _has_preferences(cls, context)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Add an empty one."""
        settings = preferences(context)
        assert settings is not None
        settings.headers.add()
        _mark_changed(context)
        return {"FINISHED"}


class FARM_OT_remove_header(bpy.types.Operator):
    """Send this header no more"""

    bl_idname = "farm.remove_header"
    bl_label = "Remove Header"
    bl_options = {"INTERNAL"}

    index: IntProperty(  # type: ignore[valid-type]
        name="Header", description="Which header, from 0 on", min=0, options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there are preferences that it is kept in."""
        return _has_preferences(cls, context)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Remove it."""
        settings = preferences(context)
        assert settings is not None
        if self.index >= len(settings.headers):
            self.report(
                {"ERROR"},
                iface("There is no extra header {number}").format(number=self.index + 1),
            )
            return {"CANCELLED"}
        settings.headers.remove(self.index)
        _mark_changed(context)
        return {"FINISHED"}


class FARM_OT_save_config(VerbOperator, bpy.types.Operator):
    """Write the preferences that the command line needs too into the user's configuration."""

    bl_idname = "farm.save_config"
    bl_label = "Use on the Command Line Too"
    bl_description = (
        "Let the command line on this computer use the Manager, certificates, headers and "
        "rendering of these preferences too. They are written into config.toml, which only you "
        "can read"
    )
    section = Section.CONFIG
    needs_release = False
    runs_beside = True

    @classmethod
    def why_not(cls, context: bpy.types.Context) -> str:
        """Return why it cannot start, or nothing."""
        settings = preferences(context)
        if settings is None:
            return "The extension is not enabled in Blender's preferences"
        if settings.manager == "URL" and url_problem(settings.manager_url):
            return "The address of the Manager must be corrected first"
        return ""

    def captured(self, context: bpy.types.Context) -> Settings:
        """Return what is chosen now; what is not set is told too, so that it is forgotten."""
        settings = preferences(context)
        if settings is None:
            raise UsageError("the extension is not enabled in Blender's preferences")
        environment = {**whole_environment(settings), "FARM_MANAGER": ""}
        return replace(capture.capture(context), environment=environment)

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Write the file."""
        return [command_lines.save_config(settings)], _redraw_preferences

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Writing the configuration")

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how much was new."""
        count = len(result.get("changed", ()))
        if not count:
            return iface("The command line uses these preferences already")
        return counted(
            count,
            "The command line has {count} new setting",
            "The command line has {count} new settings",
        )

    def occupy(self, view: View, activity: Activity) -> None:
        """Let it run beside whatever else runs."""
        view.put_beside(activity)


def _redraw_preferences(run: Run) -> None:
    """Show how it ended: the tab's own redraws do not reach the preferences."""
    manager = bpy.context.window_manager
    assert manager is not None
    for window in manager.windows:
        for area in window.screen.areas:
            if area.type == "PREFERENCES":
                area.tag_redraw()


def _has_preferences(operator: type[bpy.types.Operator], context: bpy.types.Context) -> bool:
    if preferences(context) is not None:
        return True
    operator.poll_message_set("The extension is not enabled in Blender's preferences")
    return False


def _mark_changed(context: bpy.types.Context) -> None:
    """Let Blender save its preferences; only what is changed in a field does so by itself."""
    assert context.preferences is not None
    context.preferences.is_dirty = True


register, unregister = bpy.utils.register_classes_factory(
    (FARM_OT_add_header, FARM_OT_remove_header, FARM_OT_save_config)
)
