# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of the tab: scenes, findings. Only visible rows are drawn."""

from __future__ import annotations

from typing import Any

import bpy

from .parts import SEVERITY_ICONS, is_narrower, label

NARROW_PX = 280.0
"""Below this width, at scale 1, a row leaves out what kind of finding it is."""


class FARM_UL_findings(bpy.types.UIList):
    """What is wrong or odd."""

    def draw_item(
        self,
        context: Any,
        layout: bpy.types.UILayout,
        data: Any,
        item: Any,
        icon: Any,
        active_data: Any,
        active_property: Any,
        index: Any,
        flt_flag: Any,
    ) -> None:
        """Draw one finding in few words; the whole of it is shown below the list."""
        is_narrow = is_narrower(context, NARROW_PX)
        columns = layout if is_narrow else layout.split(factor=0.55)
        subject = columns.row()
        subject.alert = item.severity == "error"
        icon_name = SEVERITY_ICONS.get(item.severity, "DOT")
        label(subject, item.subject, icon_name, translate=False)
        if not is_narrow:
            columns.label(text=item.code.replace("-", " "))


register, unregister = bpy.utils.register_classes_factory((FARM_UL_findings,))
