# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm plan`` about a folder of files: told one by one, and one that is broken among them."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from farm_addon.core.errors import BlenderError
from farm_addon.core.planning.scene_facts import FileFacts
from tests.cli.conftest import Cli
from tests.cli.studio import Studio
from tests.fakes.farm import FakeFreezer, file_facts, scene_facts


@dataclass
class PickyFreezer(FakeFreezer):
    """Cannot open some files."""

    broken: set[str] = field(default_factory=set)

    def read(self, blend: Path) -> FileFacts:
        if blend.name in self.broken:
            raise BlenderError(f"'{blend}' is no .blend file", hint="save it again")
        return super().read(blend)


@pytest.fixture
def shots(cli: Cli, tmp_path: Path) -> Path:
    """A folder of three files and what is none."""
    cli.freezer = PickyFreezer()
    folder = tmp_path / "shots"
    for name in ("b.blend", "a.blend", "deep/c.blend", "a.blend1", ".hidden.blend", ".git/x.blend"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"BLENDER")
    return folder


def break_file(cli: Cli, name: str) -> None:
    assert isinstance(cli.freezer, PickyFreezer)
    cli.freezer.broken.add(name)


def test_a_folder_means_the_files_below_it_each_with_a_line(cli: Cli, shots: Path) -> None:
    assert cli("plan", "release", "ep01", str(shots)) == 0
    told = [line for line in cli.err.splitlines() if line.startswith("[")]
    assert told == [
        f"[1/3] {shots}/a.blend: 1 scene",
        f"[2/3] {shots}/b.blend: 1 scene",
        f"[3/3] {shots}/deep/c.blend: 1 scene",
    ]
    assert cli.out.splitlines()[-2:] == [
        "3 file(s): 3 ok.",
        "Release 'ep01' is planned: 3 added; 9 frames.",
    ]


def test_rows_of_several_files_have_keys_of_their_own(cli: Cli, shots: Path) -> None:
    events = cli.events("plan", "release", "ep01", str(shots))
    keys = [one["key"] for one in events if one["event"] == "row"]
    assert len(keys) == len(set(keys)) == 3
    last = [one for one in events if one["event"] == "progress" and one["topic"] == "read"][-1]
    assert (last["done"], last["total"]) == (3, 3)


def test_what_the_farm_keeps_on_its_volume_is_no_source(tmp_path: Path) -> None:
    studio = Studio(tmp_path / "volume")
    studio.bring_to("submitted")
    assert len(list(studio.root.rglob("*.blend"))) > 4
    studio.cli.freezer.facts[studio.chair] = file_facts(str(studio.chair))
    document = studio.cli.json("plan", "release", "all", str(studio.root), "--dry-run")
    files = [one["file"] for one in document["result"]["files"]]
    assert files == [f"shots/{name}.blend" for name in ("chair", "poster", "sh010", "sh020")]


def test_a_broken_file_is_named_and_the_others_are_looked_at(cli: Cli, shots: Path) -> None:
    break_file(cli, "a.blend")
    bad = shots / "deep/c.blend"
    cli.freezer.facts[bad] = file_facts(str(bad), scene_facts("S", camera=None))
    document = cli.json("plan", "release", "ep01", str(shots))
    assert document["exit_status"] == 1
    assert [one["code"] for one in document["findings"]] == ["unreadable-file", "no-camera"]
    assert document["findings"][0]["data"] == {"file": str(shots / "a.blend")}
    states = {Path(one["file"]).name: one["state"] for one in document["result"]["files"]}
    assert states == {"b.blend": "ok", "c.blend": "blocked", "a.blend": "failed"}
    assert not (cli.root / "releases/ep01").exists()
    assert cli("plan", "release", "ep01", str(shots)) == 1
    assert "3 file(s): 1 ok, 1 blocked, 1 failed." in cli.out


def test_broken_files_can_be_left_out(cli: Cli, shots: Path) -> None:
    assert cli("plan", "release", "ep01", str(shots)) == 0
    break_file(cli, "a.blend")
    bad = shots / "deep/c.blend"
    cli.freezer.facts[bad] = file_facts(str(bad), scene_facts("S", camera=None), scene_facts("T"))
    words = ("plan", "release", "ep01", str(shots), "--skip-broken", "--frames", "1-2")
    document = cli.json(*words)
    assert document["exit_status"] == 0
    assert [one["severity"] for one in document["findings"]] == ["error", "error"]
    result = document["result"]
    assert (result["replace"], result["drop"], result["add"]) == (["b"], [], [])
    becomes = {row["job"]: row["becomes"] for row in result["scenes"]}
    assert becomes["b"] == "new"
    assert {becomes[job] for job in becomes if job != "b"} == {"blocked"}


def test_nothing_is_left_where_all_files_are_broken(cli: Cli, shots: Path) -> None:
    for name in ("a.blend", "b.blend", "c.blend"):
        break_file(cli, name)
    assert cli("plan", "release", "ep01", str(shots), "--skip-broken") == 1
    assert "3 file(s): 3 failed." in cli.out
    assert "was not planned" in cli.out


def test_the_only_file_fails_as_it_did(cli: Cli, shots: Path) -> None:
    break_file(cli, "a.blend")
    assert cli("plan", "release", "ep01", str(shots / "a.blend")) == 1
    assert "is no .blend file" in cli.err
    assert "save it again" in cli.err


def test_an_empty_folder_is_refused(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert cli("plan", "release", "ep01", str(tmp_path / "empty")) == 2
    assert "no .blend file in the folder" in cli.err


# --- and then -------------------------------------------------------------------------------------


def test_a_folder_is_planned_and_submitted_at_once(cli: Cli, shots: Path) -> None:
    assert cli("plan", "release", "ep01", str(shots), "--submit") == 0
    names = sorted(job.name for job in cli.manager.stored.values())
    assert names == ["ep01/a", "ep01/b", "ep01/c"]
    assert "Release 'ep01' is planned: 3 added; 9 frames." in cli.out
    assert cli.out.splitlines()[-1].endswith(": 3 submitted.")
    assert "freezing 1 job(s) of c.blend" in cli.err
    document = cli.json("plan", "release", "ep01", str(shots), "--submit")
    assert document["result"]["submission"]["skipped"] == ["a", "b", "c"]


def test_nothing_is_submitted_of_a_plan_that_is_blocked_or_tried(cli: Cli, shots: Path) -> None:
    assert cli("plan", "release", "ep01", str(shots), "--submit", "--dry-run") == 0
    break_file(cli, "a.blend")
    assert cli("plan", "release", "ep01", str(shots), "--submit") == 1
    assert cli.manager.stored == {}
    assert cli("plan", "release", "ep01", str(shots), "--submit", "--skip-broken") == 0
    assert len(cli.manager.stored) == 2


def test_waiting_needs_a_submission(cli: Cli, shots: Path) -> None:
    assert cli("plan", "release", "ep01", str(shots), "--wait") == 2
    assert cli("plan", "release", "ep01", str(shots), "--submit", "--wait", "--paused") == 2


def test_a_folder_that_cannot_be_looked_into_is_told_like_a_broken_file(
    cli: Cli, shots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def closed(place: str) -> Any:
        if Path(place).name == "deep":
            raise PermissionError(errno.EACCES, "Permission denied", str(place))
        return scandir(place)

    monkeypatch.setattr(os, "scandir", closed)
    document = cli.json("plan", "release", "ep01", str(shots))
    assert document["exit_status"] == 1
    states = {Path(one["file"]).name: one["state"] for one in document["result"]["files"]}
    assert states == {"a.blend": "ok", "b.blend": "ok", "deep": "failed"}
    assert cli("plan", "release", "ep01", str(shots)) == 1
    assert "deep: failed: the folder cannot be looked into: Permission denied" in cli.err
