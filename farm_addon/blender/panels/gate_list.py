# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of the gate's verdicts. Only visible rows are drawn, from prepared values."""

from __future__ import annotations

from typing import Any

import bpy

from .. import state
from ..translations import counted, iface
from ..view.gate_table import BAD, LABELS, OK, GateLine

NARROW_PX = 250.0
"""Below this width, at scale 1, a row tells a number in place of words."""


class FARM_UL_gate(bpy.types.UIList):
    """The jobs of the release, as the gate judged their frames."""

    def draw_item(
        self,
        context: Any,
        layout: Any,
        data: Any,
        item: Any,
        icon: Any,
        active_data: Any,
        active_property: Any,
        index: Any,
        flt_flag: Any,
    ) -> None:
        """Draw one job: state, name, frames."""
        name = item.name
        line = state.view().gate.lines.get(name)
        if line is None:
            layout.label(text=name, translate=False)
            return
        is_narrow = context.region.width < NARROW_PX * context.preferences.system.ui_scale
        columns = layout.split(factor=0.78 if is_narrow else 0.62)
        left = columns
        if line.state == BAD:
            left = columns.row()
            left.alert = True
        left.label(text=name, icon=line.icon, translate=False)
        right = columns.row()
        right.alignment = "RIGHT"
        right.label(text=short_text(line) if is_narrow else verdict_text(line), translate=False)


def short_text(line: GateLine) -> str:
    """Return how many frames are bad or ready; the icon says which of the two."""
    count = line.problems if line.state == BAD else line.passed
    return str(count) if line.state in (BAD, OK) else ""


def verdict_text(line: GateLine) -> str:
    """Return a verdict in a word or two."""
    if line.state == BAD and line.problems:
        return counted(line.problems, "{count} bad", "{count} bad")
    if line.state == OK:
        return counted(line.passed, "{count} frame", "{count} frames")
    return iface(LABELS.get(line.state, line.state))


register, unregister = bpy.utils.register_classes_factory((FARM_UL_gate,))
