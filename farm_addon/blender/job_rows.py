# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the rows of Blender's list in step with the order of the jobs, a few at a time.

Row i shows ``view.jobs.order[i]``. What is selected belongs to a job, not to a place: it moves with
its name. What was shown last is remembered here, since reading names back costs more than writing
them. No bpy: what is written to may be anything like a collection of Blender's, as in the tests.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from .view.job_table import JobTable

STRIDE = 256
"""Rows between two looks at the clock; they take about a third of a millisecond."""
REMOVAL_IN_ROWS = 50
"""Blender takes as long to remove one row of many as to add so many; then all are made anew."""


class JobRow(Protocol):
    """A row of Blender's list."""

    name: str
    is_selected: bool


class Rows(Protocol):
    """Blender's collection of rows."""

    def __len__(self) -> int: ...
    def __getitem__(self, places: slice) -> Sequence[JobRow]: ...
    def add(self) -> JobRow: ...
    def remove(self, index: int) -> None: ...
    def clear(self) -> None: ...
    def foreach_get(self, attribute: str, values: list[bool]) -> None: ...


class RowsOwner(Protocol):
    """What the rows belong to: ``WindowManager.farm``."""

    jobs: Rows
    job_index: int


class JobRows:
    """What the list shows, as far as it is known here.

    :ivar names: of the rows, in their order; ``flags``: whether they are selected.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._forget()

    def _forget(self) -> None:
        self.names: list[str] = []
        self.flags: list[bool] = []
        self._selected: set[str] = set()
        self._active = ""
        self._index = 0
        self._place = 0
        self._version: int | None = None
        self._is_done = True

    def sync(self, jobs: JobTable, owner: RowsOwner, deadline_s: float) -> bool:
        """Bring the rows to the order of the jobs.

        :param deadline_s: when to stop, by the clock; at least some rows are done each time.
        :return: whether all are as they should be; otherwise call it again.
        """
        if len(owner.jobs) != len(self.names):
            self._start_afresh(owner)
        if self._version != jobs.version:
            self._version, self._place, self._is_done = jobs.version, 0, False
        if self._is_done:
            return True
        self._learn_selection(owner)
        self._is_done = self._write(jobs.order, owner.jobs, deadline_s)
        if self._is_done:
            self._selected.intersection_update(jobs.order)
        self._show_active(owner)
        return self._is_done

    def _start_afresh(self, owner: RowsOwner) -> None:
        """Drop rows that somebody else has changed, as opening a file may."""
        owner.jobs.clear()
        owner.job_index = 0
        self._forget()

    def _learn_selection(self, owner: RowsOwner) -> None:
        """See what the artist has selected since the last time."""
        flags = [False] * len(self.names)
        owner.jobs.foreach_get("is_selected", flags)
        if flags != self.flags:
            for name, is_selected, was in zip(self.names, flags, self.flags, strict=True):
                if is_selected != was:
                    (self._selected.add if is_selected else self._selected.discard)(name)
            self.flags = flags
        if owner.job_index != self._index or not self._active:
            self._index = owner.job_index
            self._active = self.names[self._index] if self._index < len(self.names) else ""

    def _write(self, order: Sequence[str], rows: Rows, deadline_s: float) -> bool:
        surplus = len(self.names) - len(order)
        if surplus * REMOVAL_IN_ROWS > len(order):
            rows.clear()
            self.names.clear()
            self.flags.clear()
            self._place = 0
        while self._place < len(order):
            end = min(len(order), self._place + STRIDE)
            self._write_rows(order[self._place : end], rows)
            self._place = end
            if end < len(order) and self._clock() >= deadline_s:
                return False
        while len(self.names) > len(order):
            self.names.pop()
            self.flags.pop()
            rows.remove(len(self.names))
            if self._clock() >= deadline_s:
                return len(self.names) == len(order)
        return True

    def _write_rows(self, names: Sequence[str], rows: Rows) -> None:
        """Write rows from the current place on: those that are there, then new ones."""
        start = self._place
        # One slice, since finding a single row by its number takes longer the further it is.
        there = rows[start : min(start + len(names), len(self.names))]
        for place, (row, name) in enumerate(zip(there, names, strict=False), start):
            if self.names[place] != name:
                row.name = self.names[place] = name
            is_selected = name in self._selected
            if self.flags[place] != is_selected:
                row.is_selected = self.flags[place] = is_selected
        for name in names[len(there) :]:
            row = rows.add()
            row.name = name
            is_selected = name in self._selected
            if is_selected:
                row.is_selected = True
            self.names.append(name)
            self.flags.append(is_selected)

    def _show_active(self, owner: RowsOwner) -> None:
        """Let the active row be that of the same job as before."""
        if self._index < len(self.names) and self.names[self._index] == self._active:
            return
        if self._active in self.names:
            self._index = self.names.index(self._active)
        else:
            self._index = max(0, min(self._index, len(self.names) - 1))
            if self._is_done:
                self._active = self.names[self._index] if self.names else ""
        if owner.job_index != self._index:
            owner.job_index = self._index
