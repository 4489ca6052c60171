# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``farm doctor`` finds, and what it advises."""

from __future__ import annotations

import shutil
import time
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from farm_addon.core import health
from farm_addon.core.errors import BlenderError, ManagerUnreachableError, VolumeError
from farm_addon.core.health import Condition, check_blender, check_manager, check_volume
from farm_addon.core.ports import Manager, ManagerAddress, RemoteWorker
from farm_addon.core.volume import FarmConfig
from farm_addon.core.workspace import Workspace
from tests.cli.conftest import Cli
from tests.core.conftest import open_workspace
from tests.fakes.farm import BUILD, FakeDecoder, FakeManager

AWAKE = RemoteWorker("w1", "node1", "awake")
ASLEEP = RemoteWorker("w2", "node2", "asleep")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "volume")


def by_subject(checks: Any) -> dict[str, health.Check]:
    return {check.subject: check for check in checks}


def conditions(checks: Any) -> dict[str, str]:
    return {check.subject: check.condition.value for check in checks}


def test_a_volume_that_is_well_keeps_no_trace_of_the_trial(workspace: Workspace) -> None:
    before = sorted(workspace.volume.root.iterdir())
    assert conditions(check_volume(workspace))["volume"] == "ok"
    assert sorted(workspace.volume.root.iterdir()) == before


def test_a_volume_that_cannot_be_written_is_an_error(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise VolumeError("'/mnt/farm' cannot be written: it is read-only")

    monkeypatch.setattr(type(workspace.files), "open_new", refuse)
    (check,) = check_volume(workspace)
    assert (check.condition, bool(check.fix)) == (Condition.ERROR, True)
    assert "read-only" in check.message


@pytest.mark.parametrize(
    ("free_gb", "wanted"), [(0.5, Condition.ERROR), (20, Condition.WARNING), (500, Condition.OK)]
)
def test_free_space_is_judged(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, free_gb: float, wanted: Condition
) -> None:
    usage = namedtuple("usage", "total used free")
    total = int(1e12)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(total, 0, int(free_gb * 1e9)))
    check = by_subject(check_volume(workspace))["free space"]
    assert check.condition is wanted
    assert bool(check.fix) is (wanted is not Condition.OK)


@pytest.mark.parametrize(
    ("ahead_s", "wanted"),
    [(0.0, Condition.OK), (-30.0, Condition.WARNING), (4000.0, Condition.ERROR)],
)
def test_the_clock_that_dates_files_is_compared_with_ours(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, ahead_s: float, wanted: Condition
) -> None:
    now_s = time.time() - ahead_s
    monkeypatch.setattr(health.time, "time", lambda: now_s)
    check = by_subject(check_volume(workspace))["clock"]
    assert check.condition is wanted
    assert ("behind" if ahead_s < 0 else "ahead" if ahead_s else "agrees") in check.message


def test_a_manager_that_sees_the_volume_is_well(workspace: Workspace) -> None:
    root = workspace.volume.root
    manager = FakeManager(storage=str(root.parent), known_workers=(AWAKE, ASLEEP))
    checks = by_subject(check_manager(workspace, manager.address, lambda: manager))
    assert {check.condition for check in checks.values()} == {Condition.OK}
    assert checks["Workers"].message == "1 of 2 are awake"


def test_a_manager_that_does_not_answer_is_one_error(workspace: Workspace) -> None:
    def ask() -> Manager:
        raise ManagerUnreachableError("no answer", hint="look at its computer")

    (check,) = check_manager(workspace, ManagerAddress(url="http://farm:8080"), ask)
    assert (check.condition, check.fix) == (Condition.ERROR, "look at its computer")


def test_storage_that_this_computer_does_not_see_is_an_error(workspace: Workspace) -> None:
    manager = FakeManager(storage="/nowhere/at/all", known_workers=(AWAKE,))
    check = by_subject(check_manager(workspace, manager.address, lambda: manager))["storage"]
    assert check.condition is Condition.ERROR
    assert "/nowhere/at/all" in check.message


def test_storage_elsewhere_and_sleeping_workers_are_warnings(
    workspace: Workspace, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    manager = FakeManager(storage=str(elsewhere), known_workers=(ASLEEP,))
    found = conditions(check_manager(workspace, manager.address, lambda: manager))
    assert found == {"Manager": "ok", "Workers": "warning", "storage": "warning"}


def test_a_blender_newer_than_the_farm_is_an_error(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "volume")
    config = workspace.volume.config_file
    config.write_text(config.read_text().replace('blender = ""', 'blender = "4.2"'))
    old = Workspace(
        workspace.volume,
        FarmConfig.read(workspace.volume),
        workspace.files,
        workspace.reporter,
        "mia",
        "ws12",
    )
    check = by_subject(check_blender(old, lambda: BUILD, FakeDecoder))["Blender"]
    assert check.condition is Condition.ERROR
    assert "4.2" in check.fix


def test_no_blender_and_a_poor_decoder_say_what_to_install(workspace: Workspace) -> None:
    def none() -> Any:
        raise BlenderError("no Blender was found", hint="name one with --blender")

    found = by_subject(check_blender(workspace, none, FakeDecoder))
    assert found["Blender"].fix == "name one with --blender"
    assert found["decoder"].condition is Condition.WARNING
    assert "jpeg" in found["decoder"].message


def test_the_verb_prints_each_check_and_exits_with_1_where_one_failed(cli: Cli) -> None:
    cli.manager.storage = "/nowhere/at/all"
    assert cli("doctor") == 1
    assert "storage" in cli.out
    assert "two-way variable" in cli.out
    cli.manager.storage = str(cli.root)
    document = cli.json("doctor")
    assert document["exit_status"] == 0
    subjects = [check["subject"] for check in document["result"]["checks"]]
    assert subjects == [
        "volume",
        "free space",
        "clock",
        "Manager",
        "Workers",
        "storage",
        "Blender",
        "decoder",
    ]
