# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the list follow the order of the jobs; what is selected follows the names."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.blender.job_rows import STRIDE, JobRows
from farm_addon.blender.view.job_table import JobTable


@dataclass
class Row:
    name: str = ""
    is_selected: bool = False


@dataclass
class Rows:
    """Like a collection of Blender's; notes how often it was cleared, and how much was written."""

    items: list[Row] = field(default_factory=list)
    cleared: int = 0

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, places: slice) -> Sequence[Row]:
        return self.items[places]

    def add(self) -> Row:
        self.items.append(Row())
        return self.items[-1]

    def remove(self, index: int) -> None:
        del self.items[index]

    def clear(self) -> None:
        self.items.clear()
        self.cleared += 1

    def foreach_get(self, attribute: str, values: list[bool]) -> None:
        values[:] = [getattr(item, attribute) for item in self.items]


@dataclass
class Owner:
    jobs: Rows = field(default_factory=Rows)
    job_index: int = 0

    @property
    def names(self) -> list[str]:
        return [item.name for item in self.jobs.items]

    @property
    def selected(self) -> list[str]:
        return [item.name for item in self.jobs.items if item.is_selected]

    def select(self, *names: str) -> None:
        for item in self.jobs.items:
            item.is_selected = item.name in names

    def activate(self, name: str) -> None:
        self.job_index = self.names.index(name)

    @property
    def active(self) -> str:
        return self.names[self.job_index]


class Clock:
    """Goes on by a second each time it is looked at."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        self.now_s += 1.0
        return self.now_s


def table(names: Sequence[str]) -> JobTable:
    jobs = JobTable()
    jobs.begin("ep01")
    jobs.take_order(0, tuple(names), len(names))
    return jobs


def show(jobs: JobTable, names: Sequence[str]) -> None:
    jobs.take_order(0, tuple(names), len(names))


def synced(names: Sequence[str]) -> tuple[JobRows, JobTable, Owner]:
    rows, jobs, owner = JobRows(), table(names), Owner()
    assert rows.sync(jobs, owner, math.inf)
    return rows, jobs, owner


def test_rows_get_the_names_in_order() -> None:
    rows, jobs, owner = synced(["a", "b", "c"])
    assert owner.names == ["a", "b", "c"]
    show(jobs, ["c", "a"])
    assert rows.sync(jobs, owner, math.inf)
    assert owner.names == ["c", "a"]


def test_selection_and_active_row_move_with_the_names() -> None:
    rows, jobs, owner = synced(["a", "b", "c", "d"])
    owner.select("b", "d")
    owner.activate("c")
    show(jobs, ["d", "c", "b", "a"])
    assert rows.sync(jobs, owner, math.inf)
    assert (owner.selected, owner.active) == (["d", "b"], "c")


def test_what_is_no_longer_shown_is_not_selected_when_it_comes_back() -> None:
    rows, jobs, owner = synced(["a", "b", "c"])
    owner.select("a", "b")
    show(jobs, ["b", "c"])
    rows.sync(jobs, owner, math.inf)
    show(jobs, ["a", "b", "c"])
    rows.sync(jobs, owner, math.inf)
    assert owner.selected == ["b"]


def test_where_the_active_job_goes_its_neighbour_is_active() -> None:
    rows, jobs, owner = synced(["a", "b", "c"])
    owner.activate("c")
    show(jobs, ["a", "b"])
    rows.sync(jobs, owner, math.inf)
    assert owner.active == "b"
    show(jobs, [])
    rows.sync(jobs, owner, math.inf)
    assert owner.job_index == 0


def test_much_is_written_in_slices() -> None:
    names = [f"job_{number:05}" for number in range(STRIDE * 5)]
    clock = Clock()
    rows, jobs, owner = JobRows(clock), table(names), Owner()
    ticks = 0
    while not rows.sync(jobs, owner, deadline_s=clock.now_s):
        ticks += 1
        assert len(owner.jobs) == STRIDE * ticks
    assert ticks == 4
    assert owner.names == names


def test_what_is_selected_between_two_slices_is_kept() -> None:
    names = [f"job_{number:05}" for number in range(STRIDE * 4)]
    clock = Clock()
    rows, jobs, owner = JobRows(clock), table(names), Owner()
    assert rows.sync(jobs, owner, math.inf)
    owner.select(names[3])
    show(jobs, names[::-1])
    assert not rows.sync(jobs, owner, deadline_s=clock.now_s)
    owner.jobs.items[1].is_selected = True
    wanted = {names[3], owner.names[1]}
    owner.job_index = 2
    active = owner.active
    while not rows.sync(jobs, owner, deadline_s=clock.now_s):
        pass
    assert owner.names == names[::-1]
    assert set(owner.selected) == wanted
    assert owner.active == active


def test_an_order_that_changes_halfway_is_followed() -> None:
    names = [f"job_{number:05}" for number in range(STRIDE * 3)]
    clock = Clock()
    rows, jobs, owner = JobRows(clock), table(names), Owner()
    rows.sync(jobs, owner, deadline_s=clock.now_s)
    show(jobs, names[::-1])
    while not rows.sync(jobs, owner, deadline_s=clock.now_s):
        pass
    assert owner.names == names[::-1]


def test_many_surplus_rows_are_not_removed_one_by_one() -> None:
    names = [f"job_{number:05}" for number in range(1000)]
    rows, jobs, owner = synced(names)
    owner.select(names[7])
    show(jobs, names[:10])
    assert rows.sync(jobs, owner, math.inf)
    assert (owner.names, owner.selected, owner.jobs.cleared) == (names[:10], [names[7]], 1)
    show(jobs, names)
    rows.sync(jobs, owner, math.inf)
    show(jobs, names[:-3])
    rows.sync(jobs, owner, math.inf)
    assert (owner.names, owner.jobs.cleared) == (names[:-3], 1)


def test_rows_that_somebody_else_changed_are_made_anew() -> None:
    rows, jobs, owner = synced(["a", "b", "c"])
    owner.jobs.items.append(Row("from another day", is_selected=True))
    rows.sync(jobs, owner, math.inf)
    assert (owner.names, owner.selected) == (["a", "b", "c"], [])


def test_nothing_is_written_while_the_order_stays() -> None:
    rows, jobs, owner = synced(["a", "b"])
    owner.jobs.items[0].name = "written by nobody"
    assert rows.sync(jobs, owner, math.inf)
    assert owner.names == ["written by nobody", "b"]


@pytest.mark.parametrize("seed", range(5))
def test_ten_thousand_rows_keep_their_selection(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"job_{number:05}" for number in range(10_000)]
    rows, jobs, owner = synced(names)
    chosen = set(chance.sample(names, 500))
    owner.select(*chosen)
    chance.shuffle(names)
    show(jobs, names)
    assert rows.sync(jobs, owner, math.inf)
    assert owner.names == names
    assert set(owner.selected) == chosen


NAME = st.sampled_from([f"j{number}" for number in range(12)])
STEP = st.tuples(st.lists(NAME, unique=True), st.sets(NAME))


@given(st.lists(STEP, min_size=1))
def test_any_row_of_orders_and_selections(steps: list[tuple[list[str], set[str]]]) -> None:
    rows, jobs, owner = JobRows(), JobTable(), Owner()
    jobs.begin("ep01")
    selected: set[str] = set()
    for names, chosen in steps:
        show(jobs, names)
        assert rows.sync(jobs, owner, math.inf)
        assert owner.names == names
        assert set(owner.selected) == selected & set(names)
        owner.select(*chosen)
        selected = chosen & set(names)
