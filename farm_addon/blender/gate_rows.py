# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the list of the gate's verdicts like the view's table, a slice at each tick of the pump."""

from __future__ import annotations

import time

import bpy

from . import state
from .properties.session import session
from .state import View

SLICE_S = 0.002
"""Time that one tick may take for it."""
_AT_ONCE = 64
"""So many rows are written between two looks at the clock."""


class GateRows:
    """Brings ``WindowManager.farm.gate`` to the order of ``view.gate``: its rows are names."""

    def __init__(self) -> None:
        self._version = -1
        self._order: list[str] = []
        self._position = 0
        self._names: list[str] = []

    def __call__(self, view: View, now_s: float) -> bool:
        """Write what differs, as far as the time goes; called by the pump.

        :return: whether rows are left to be written.
        """
        rows = session(bpy.context).gate
        if len(rows) != len(self._names):  # somebody else cleared it: another file was loaded
            rows.clear()
            self._names, self._version = [], -1
        if view.gate.version != self._version:
            self._version, self._order, self._position = view.gate.version, view.gate.order, 0
        elif self._position == len(self._order) == len(self._names):
            return False
        deadline_s = time.perf_counter() + SLICE_S
        view.has_changed = True
        while not self._write_some() and time.perf_counter() < deadline_s:
            pass
        view.is_behind |= not self._is_done()
        return not self._is_done()

    def _is_done(self) -> bool:
        return self._position == len(self._order) == len(self._names)

    def _write_some(self) -> bool:
        """Write some rows; return whether all are right."""
        current = session(bpy.context)
        rows, names = current.gate, self._names
        end = min(self._position + _AT_ONCE, len(self._order))
        for index in range(self._position, end):
            name = self._order[index]
            if index == len(names):
                rows.add().name = name
                names.append(name)
            elif names[index] != name:
                rows[index].name = names[index] = name
        self._position = end
        if end < len(self._order):
            return False
        for _count in range(min(_AT_ONCE, len(names) - end)):
            rows.remove(len(names) - 1)
            names.pop()
        if self._is_done():
            current.gate_index = min(current.gate_index, max(0, len(names) - 1))
        return self._is_done()


def register() -> None:
    """Have the pump call it."""
    state.view().chores.append(GateRows())


def unregister() -> None:
    """Nothing: the view goes, and its chores with it."""
