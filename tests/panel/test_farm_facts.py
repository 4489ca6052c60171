# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The farm in one line, from what the follower tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.blender.view.farm_facts import FarmFacts, summaries
from farm_addon.blender.view.sizes import size_text

MANAGER = {
    "address": "http://farm:8080",
    "is_local": False,
    "answers": True,
    "version": "3.9",
    "storage": "/mnt/farm",
    "workers_awake": 3,
    "workers_total": 4,
    "message": "",
    "hint": "",
}
VOLUME = {
    "root": "/mnt/farm",
    "name": "studio",
    "is_volume": True,
    "is_writable": True,
    "free_bytes": 1_200_000_000_000,
    "total_bytes": 4_000_000_000_000,
    "message": "",
    "hint": "",
}


def told(**tables: object) -> FarmFacts:
    facts = FarmFacts()
    facts.take_row("farm", "manager", MANAGER | tables.get("manager", {}))  # type: ignore[operator]
    facts.take_row("farm", "volume", VOLUME | tables.get("volume", {}))  # type: ignore[operator]
    return facts


def test_a_farm_is_one_line_that_comes_in_several_lengths() -> None:
    lines = summaries(told(), "/mnt/farm")
    assert lines[0] == "Farm ‘studio’ · Flamenco 3.9 · 3 of 4 Workers awake · 1.2 TB free"
    assert lines[-1] == "studio · 3/4 · 1.2 TB"
    assert [len(line) for line in lines] == sorted((len(line) for line in lines), reverse=True)


def test_this_computer_is_a_farm_that_starts_when_needed() -> None:
    facts = told(manager={"is_local": True, "answers": False, "version": ""})
    line = summaries(facts, "/mnt/farm")[0]
    assert line == "Farm ‘studio’ · This Computer · starts when needed · 1.2 TB free"
    facts = told(manager={"is_local": True})
    assert summaries(facts, "/mnt/farm")[0] == "Farm ‘studio’ · This Computer · 1.2 TB free"


def test_another_volume_is_not_taken_for_the_chosen_one() -> None:
    assert summaries(told(), "/mnt/other")[0] == "Flamenco 3.9 · 3 of 4 Workers awake"


def test_nothing_told_is_no_line() -> None:
    assert summaries(FarmFacts(), "/mnt/farm") == ()


def test_a_line_is_put_together_in_the_artists_language() -> None:
    german = {"{size} free": "{size} frei", "Farm ‘{name}’": "Farm ‚{name}‘"}
    line = summaries(told(), "/mnt/farm", lambda text: german.get(text, text))[0]
    assert line.startswith("Farm ‚studio‘")
    assert line.endswith("1.2 TB frei")


def test_workers_that_work_come_first_and_vanished_ones_go() -> None:
    facts = FarmFacts()
    for key, name, status in (("1", "b", "asleep"), ("2", "c", "awake"), ("3", "a", "error")):
        facts.take_row("workers", key, {"name": name, "status": status})
    assert [worker.name for worker in facts.shown_workers(9)] == ["c", "a", "b"]
    assert [worker.name for worker in facts.shown_workers(1)] == ["c"]
    facts.take_row("workers", "2", None)
    assert [worker.name for worker in facts.shown_workers(9)] == ["a", "b"]


def test_a_release_that_is_archived_changes_lists() -> None:
    facts = FarmFacts()
    facts.take_row("releases", "ep01", {"state": "open", "jobs": 3})
    facts.take_row("releases", "Ep00", {"state": "archived", "jobs": 0})
    assert (facts.releases, facts.archived) == ({"ep01": 3}, ["Ep00"])
    facts.take_row("releases", "ep01", {"state": "archived", "jobs": 3})
    assert (facts.releases, facts.archived) == ({}, ["Ep00", "ep01"])
    facts.take_row("releases", "Ep00", {"state": "open", "jobs": 2})
    facts.take_row("releases", "ep01", None)
    assert (facts.releases, facts.archived) == ({"Ep00": 2}, [])


def test_setting_a_folder_up_makes_it_a_volume_at_once() -> None:
    facts = told(volume={"is_volume": False, "name": ""})
    facts.take_result("init", {"volume": "/mnt/farm", "name": "demo"})
    volume = facts.of_volume("/mnt/farm")
    assert volume is not None
    assert (volume.name, volume.is_volume) == ("demo", True)


def test_forgetting_leaves_nothing() -> None:
    facts = told()
    facts.take_row("workers", "1", {"name": "a", "status": "awake"})
    facts.take_row("releases", "ep01", {"state": "archived"})
    facts.take_row("farm", "release", {"is_over": True})
    facts.dismissed.add("room")
    facts.forget()
    assert facts == FarmFacts()


RUBBISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(
    st.sampled_from(["farm", "workers", "releases", "jobs"]),
    st.sampled_from(["manager", "volume", "release", "x"]),
    st.dictionaries(st.sampled_from([*MANAGER, *VOLUME, "status", "state", "jobs"]), RUBBISH)
    | st.none(),
)
def test_rubbish_does_no_harm(table: str, key: str, values: dict[str, object] | None) -> None:
    facts = told()
    facts.take_row(table, key, values)
    assert all(isinstance(line, str) for line in summaries(facts, "/mnt/farm"))
    facts.shown_workers(3)


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 B"),
        (12, "12 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1_234_000, "1.2 MB"),
        (99_960_000, "100 MB"),
        (999_600_000, "1.0 GB"),
        (1_200_000_000_000, "1.2 TB"),
        (5_000_000_000_000_000_000, "5000 PB"),
        (-5, "0 B"),
    ],
)
def test_sizes_are_told_as_file_browsers_do(size_bytes: int, text: str) -> None:
    assert size_text(size_bytes) == text
