# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's own list of jobs: ten thousand rows in step with their order, a few at a time."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from types import ModuleType

import bpy
import pytest

import farm_addon
from farm_addon.blender.job_rows import JobRows
from farm_addon.blender.properties.session import FARM_PG_session, session
from farm_addon.blender.view.job_table import JobTable

COUNT = 10_000


@pytest.fixture
def registered() -> Iterator[ModuleType]:
    """Register the extension, and take it away again."""
    farm_addon.register()
    yield farm_addon
    farm_addon.unregister()


def many(names: list[str]) -> JobTable:
    jobs = JobTable()
    jobs.begin("ep01")
    show(jobs, names)
    return jobs


def show(jobs: JobTable, names: list[str]) -> None:
    for start in range(0, len(names), 1000):
        jobs.take_order(start, tuple(names[start : start + 1000]), len(names))


def names_of(owner: FARM_PG_session) -> list[str]:
    return [row.name for row in owner.jobs]


def selected(owner: FARM_PG_session) -> set[str]:
    return {row.name for row in owner.jobs if row.is_selected}


def test_ten_thousand_rows_are_written_sorted_and_cut_in_slices(registered: ModuleType) -> None:
    owner, rows = session(bpy.context), JobRows()
    names = [f"job_{number:05}" for number in range(COUNT)]
    jobs = many(names)
    ticks = 1
    while not rows.sync(jobs, owner, time.perf_counter() + 0.004):
        ticks += 1
        # However slow the computer is, some rows come with each tick.
        assert len(owner.jobs) >= 256 * (ticks - 1)
    assert names_of(owner) == names

    chosen = {names[5], names[9000]}
    for index in (5, 9000):
        owner.jobs[index].is_selected = True
    owner.job_index = 7000
    random.Random(1).shuffle(names)
    show(jobs, names)
    while not rows.sync(jobs, owner, time.perf_counter() + 0.004):
        pass
    assert names_of(owner) == names
    assert selected(owner) == chosen
    assert owner.jobs[owner.job_index].name == "job_07000"

    few = sorted(chosen | {"job_07000"})
    show(jobs, few)
    assert rows.sync(jobs, owner, math.inf)
    assert (names_of(owner), selected(owner)) == (few, chosen)
    assert owner.jobs[owner.job_index].name == "job_07000"


def test_rows_that_a_file_brought_are_made_anew(registered: ModuleType) -> None:
    owner, rows = session(bpy.context), JobRows()
    owner.jobs.add().name = "from another day"
    assert rows.sync(many(["a", "b"]), owner, math.inf)
    assert names_of(owner) == ["a", "b"]
