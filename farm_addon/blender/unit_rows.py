# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the list of cameras or view layers like the file, at the pump's ticks.

Blender has no list of a file's cameras that could be shown, so there is one in the session. Nobody
is told when a camera is renamed or linked without a handler that runs at every edit; so the file
is looked at once a second while the list is shown: a millisecond for 5,000 objects, and never more
than some at a tick. In a file with very many more a change of the number of objects is what is
noticed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import bpy

from ..core.planning.expansion import RenderUnit
from . import state, units
from .properties.scene import CAMERAS, SCENES, file_settings
from .properties.session import session
from .state import View

LOOK_EVERY_S = 1.0
OBJECTS_LOOKED_AT = 15_000
"""Above this many objects their names are read only when their number has changed."""
SLICE_S = 0.002
"""Time that one tick may take."""
STRIDE = 64
"""Rows between two looks at the clock."""
_END = object()


class UnitRows:
    """Brings ``WindowManager.farm.units`` to what the file has."""

    def __init__(self) -> None:
        self._next_look_s = 0.0
        self._shown: list[RenderUnit] = []
        self._counts: tuple[object, ...] = ()
        self._work: Iterator[None] | None = None

    def __call__(self, view: View, now_s: float) -> bool:
        """Look whether the rows are those of the file; called by the pump.

        :return: whether it wants to be called again although nothing runs.
        """
        if bpy.context.scene is None:
            return False
        expand = file_settings(bpy.context).expand
        counts = () if expand == SCENES else _counts(expand)
        if self._is_due(expand, counts, now_s):
            self._next_look_s = now_s + LOOK_EVERY_S
            self._counts = counts
            self._work = self._bring(view, expand)
        if self._work is not None:
            deadline_s = time.perf_counter() + SLICE_S
            while time.perf_counter() < deadline_s:
                if next(self._work, _END) is _END:
                    self._work = None
                    break
            view.is_behind |= self._work is not None
        return expand != SCENES or self._work is not None

    def _is_due(self, expand: str, counts: tuple[object, ...], now_s: float) -> bool:
        """Tell whether the file is to be looked at from the start."""
        if counts != self._counts:
            return True
        if expand == SCENES:
            return self._work is None and bool(len(session(bpy.context).units))
        is_small = expand != CAMERAS or len(bpy.data.objects) <= OBJECTS_LOOKED_AT
        return self._work is None and is_small and now_s >= self._next_look_s

    def _bring(self, view: View, expand: str) -> Iterator[None]:
        """Read what the file has and write the rows, a little between two yields."""
        wanted: list[RenderUnit] = []
        if expand != SCENES:
            for piece in units.units_in_pieces(expand):
                wanted += piece
                yield
        if wanted == self._shown and len(session(bpy.context).units) == len(wanted):
            return
        self._shown = wanted
        view.has_changed = True
        session(bpy.context).units.clear()
        for start in range(0, len(wanted), STRIDE):
            rows = session(bpy.context).units
            for unit in wanted[start : start + STRIDE]:
                row = rows.add()
                row.name = unit.camera or unit.view_layer or unit.scene
                row.scene, row.camera, row.view_layer = unit.scene, unit.camera, unit.view_layer
            yield


def _counts(expand: str) -> tuple[object, ...]:
    return (expand, len(bpy.data.scenes), len(bpy.data.objects), len(bpy.data.cameras))


def register() -> None:
    """Let the pump look after the rows."""
    state.view().chores.append(UnitRows())


def unregister() -> None:
    """Nothing: the view goes, and its chores with it."""
