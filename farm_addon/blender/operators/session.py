# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small things around the verbs: cancel, tick scenes, open folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import EnumProperty

from .. import capture, opening, state

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class FARM_OT_cancel(bpy.types.Operator):
    """Stop what is running. Nothing is lost; starting it again goes on where it stopped"""

    bl_idname = "farm.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether something runs that was not cancelled yet."""
        verb = state.view().verb
        if verb is None:
            cls.poll_message_set("Nothing is running")
        return verb is not None and not verb.run.is_cancelled

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Ask it to stop; its end arrives like any other."""
        verb = state.view().verb
        if verb is None:
            return {"CANCELLED"}
        verb.text = "Cancelling"
        verb.run.cancel()
        return {"FINISHED"}


class FARM_OT_open_folder(bpy.types.Operator):
    """Show the folder in the file manager"""

    bl_idname = "farm.open_folder"
    bl_label = "Open Folder"

    which: EnumProperty(  # type: ignore[valid-type]
        name="Folder",
        description="Which folder to open",
        items=(
            ("DELIVERY", "Delivery", "What the client gets: named frames"),
            ("ARCHIVES", "Archives", "Verified archives of finished releases"),
            ("RELEASE", "Release", "The release's working folder"),
        ),
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether a volume is chosen."""
        if not capture.volume(context):
            cls.poll_message_set("Choose the farm's volume first")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Open it, if it is there."""
        settings = capture.capture(context)
        folder = _folder(settings.volume_path, self.which, settings.release)
        return opening.open_for(self, str(folder))


def _folder(volume: Path, which: str, release: str) -> Path:
    if which == "ARCHIVES":
        return volume / "archives"
    if which == "RELEASE":
        return volume / "releases" / release
    return volume / "dist" / release


register, unregister = bpy.utils.register_classes_factory((FARM_OT_cancel, FARM_OT_open_folder))
