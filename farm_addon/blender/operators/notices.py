# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put a notice away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import IntProperty

from .. import redraw, state

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class FARM_OT_dismiss_notice(bpy.types.Operator):
    """Put this notice away"""

    bl_idname = "farm.dismiss_notice"
    bl_label = "Dismiss Notice"
    bl_options = {"INTERNAL"}

    index: IntProperty(  # type: ignore[valid-type]
        name="Notice",
        description="Which one, counted from the newest; -1 for all",
        default=-1,
        min=-1,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether there is any."""
        if not state.view().notices:
            cls.poll_message_set("There is no notice")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Put it away."""
        notices = state.view().notices
        if self.index < 0:
            notices.clear()
        elif self.index < len(notices):
            del notices[self.index]
        redraw.redraw_tab()
        return {"FINISHED"}


register, unregister = bpy.utils.register_classes_factory((FARM_OT_dismiss_notice,))
