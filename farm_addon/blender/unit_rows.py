# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the list of cameras or view layers like the file, at the pump's ticks.

Blender has no list of a file's cameras that could be shown, so there is one in the session. Nobody
is told when a camera is renamed or linked without a handler that runs at every edit; so the file
is looked at once a second while the list is shown: a millisecond for 5,000 objects. In a file with
very many more a change of the number of objects is what is noticed.
"""

from __future__ import annotations

import bpy

from ..core.planning.expansion import RenderUnit
from . import state, units
from .properties.scene import CAMERAS, SCENES, file_settings
from .properties.session import session
from .state import View

LOOK_EVERY_S = 1.0
OBJECTS_LOOKED_AT = 15_000
"""Above this many objects their names are read only when their number has changed."""


class UnitRows:
    """Brings ``WindowManager.farm.units`` to what the file has."""

    def __init__(self) -> None:
        self._next_look_s = 0.0
        self._shown: list[RenderUnit] = []
        self._counts: tuple[object, ...] = ()

    def __call__(self, view: View, now_s: float) -> bool:
        """Look whether the rows are those of the file; called by the pump.

        :return: whether it wants to be called again although nothing runs.
        """
        if bpy.context.scene is None:
            return False
        expand = file_settings(bpy.context).expand
        if expand == SCENES:
            self._counts = ()
            self._show([])
            return False
        counts = _counts(expand)
        if now_s >= self._next_look_s or counts != self._counts:
            self._next_look_s = now_s + LOOK_EVERY_S
            is_small = expand != CAMERAS or len(bpy.data.objects) <= OBJECTS_LOOKED_AT
            if is_small or counts != self._counts:
                self._counts = counts
                self._show(units.all_units(expand))
        return True

    def _show(self, wanted: list[RenderUnit]) -> None:
        rows = session(bpy.context).units
        if wanted == self._shown and len(rows) == len(wanted):
            return
        self._shown = wanted
        rows.clear()
        for unit in wanted:
            row = rows.add()
            row.name = unit.camera or unit.view_layer or unit.scene
            row.scene, row.camera, row.view_layer = unit.scene, unit.camera, unit.view_layer


def _counts(expand: str) -> tuple[object, ...]:
    return (expand, len(bpy.data.scenes), len(bpy.data.objects), len(bpy.data.cameras))


def register() -> None:
    """Let the pump look after the rows."""
    state.view().chores.append(UnitRows())


def unregister() -> None:
    """Nothing: the view goes, and its chores with it."""
