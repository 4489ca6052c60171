# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm plan``: what submit will make of each row, before it does."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.cli.studio import Studio
from tests.fakes.farm import file_facts, scene_facts


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """The release ep01, rendered."""
    studio = Studio(tmp_path / "volume")
    studio.bring_to("rendered")
    return studio


def rows_of(cli: Cli, *words: str) -> dict[str, dict[str, Any]]:
    events = cli.events("plan", "release", "ep01", *words)
    rows = [one for one in events if one["event"] == "row" and one["table"] == "scenes"]
    return {one["key"]: one["values"] for one in rows}


def becomes(cli: Cli, *words: str) -> dict[str, tuple[str, str]]:
    rows = rows_of(cli, *words, "--dry-run")
    return {key: (row["becomes"], row["why"]) for key, row in rows.items()}


def snapshot(cli: Cli, folder: Path, source: Path, **members: Any) -> str:
    """Save a snapshot of a session as the panel does."""
    folder.mkdir(exist_ok=True)
    copy, sidecar = folder / "copy.blend", folder / "copy.json"
    copy.write_bytes(b"BLENDER copy")
    cli.freezer.facts[copy] = cli.freezer.facts[source]
    facts = {"schema": 1, "snapshot": str(copy), "source": str(source), "unsaved_edits": False}
    text = {**facts, "dirty_images": [], "color_config": "", **members}
    sidecar.write_text(json.dumps(text))
    return str(sidecar)


def test_a_row_tells_frames_names_and_room(cli: Cli, blend: Path) -> None:
    row = rows_of(cli, str(blend), "--dry-run")["A"]
    assert (row["becomes"], row["why"], row["ok"]) == ("new", "", True)
    assert (row["frames"], row["frame_count"]) == ("1-3", 3)
    assert row["names"] == [f"pack_A_00000{number}.png" for number in (1, 2, 3)]
    assert 3 * 64 * 36 < row["needs_bytes"] < 3 * 64 * 36 * 16
    result = cli.json("plan", "release", "ep01", str(blend), "--dry-run")["result"]
    assert result["needs_bytes"] == sum(one["needs_bytes"] for one in result["scenes"])
    assert result["free_bytes"] > 0
    assert not (cli.root / "releases").exists() or not list((cli.root / "releases").iterdir())


def test_an_unchanged_file_is_fresh_and_needs_nothing(studio: Studio) -> None:
    row = rows_of(studio.cli, str(studio.blends[0]), "--dry-run")["sh010"]
    assert (row["becomes"], row["why"], row["needs_bytes"]) == ("fresh", "", 0)


def test_the_forecast_is_what_submit_then_does(studio: Studio) -> None:
    studio.chair.write_bytes(b"a better chair")
    blends = [str(blend) for blend in studio.blends]
    rows = rows_of(studio.cli, *blends, "--dry-run")
    told = {row["job"]: (row["becomes"], row["why"]) for row in rows.values()}
    changed = ("replace", "'shots/chair.blend' changed")
    assert told == {"sh010": changed, "sh020": changed, "poster": ("fresh", "")}
    result = studio.cli.json("submit", "release", "ep01")["result"]
    assert (result["posted"], result["skipped"]) == (["sh010", "sh020"], ["poster"])


def test_another_plan_replaces_and_says_what_differs(studio: Studio) -> None:
    told = becomes(studio.cli, str(studio.blends[0]), "--frames", "1-2")
    assert told == {"sh010": ("replace", "planned differently: frames 1-3 → 1,2")}
    assert studio.cli.json("submit", "release", "ep01", "--dry-run")["result"]["skipped"] == [
        "sh010",
        "sh020",
        "poster",
    ]


def test_a_session_without_unsaved_edits_is_fresh(studio: Studio, tmp_path: Path) -> None:
    sidecar = snapshot(studio.cli, tmp_path / "snap", studio.blends[0])
    assert becomes(studio.cli, "--snapshot", sidecar) == {"sh010": ("fresh", "")}
    assert studio.cli("plan", "release", "ep01", "--snapshot", sidecar) == 0
    assert becomes(studio.cli, "--snapshot", sidecar) == {"sh010": ("fresh", "")}


def test_unsaved_edits_replace(studio: Studio, tmp_path: Path) -> None:
    sidecar = snapshot(studio.cli, tmp_path / "snap", studio.blends[0], unsaved_edits=True)
    told = {"sh010": ("replace", "it has unsaved edits")}
    assert becomes(studio.cli, "--snapshot", sidecar) == told
    assert studio.cli("plan", "release", "ep01", "--snapshot", sidecar) == 0
    (one,) = [
        one
        for one in studio.cli.json("submit", "release", "ep01", "--dry-run")["result"]["decisions"]
        if one["job"] == "sh010"
    ]
    assert (one["needs"], one["reason"]) == ("freeze", "it has unsaved edits")


def test_what_was_delivered_is_left_alone_and_says_so(studio: Studio) -> None:
    studio.run("harvest", "release", "ep01")
    studio.chair.write_bytes(b"a better chair")
    state, why = becomes(studio.cli, str(studio.blends[0]))["sh010"]
    assert state == "fresh"
    assert why == "its frames are delivered; replace it, since 'shots/chair.blend' changed"
    assert studio.cli.json("submit", "release", "ep01")["result"]["posted"] == []


def test_a_row_that_is_blocked_says_why(cli: Cli, blend: Path) -> None:
    scenes = scene_facts("A", camera=None), scene_facts("B", frame_start=-2)
    cli.freezer.facts[blend] = file_facts(str(blend), *scenes)
    told = becomes(cli, str(blend))
    assert told["A"] == ("blocked", "it has no camera")
    assert told["B"][0] == "blocked"
    assert rows_of(cli, str(blend), "--dry-run")["B"]["frame_count"] == 6


def test_a_plan_that_is_written_tells_the_same(cli: Cli, blend: Path) -> None:
    assert rows_of(cli, str(blend), "--dry-run") == rows_of(cli, str(blend))


def test_a_library_that_all_share_is_read_once(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.chair.write_bytes(b"a better chair")
    read: list[Path] = []
    real = __import__("farm_addon.core.release.inputs", fromlist=["hash_file"]).hash_file

    def hash_file(path: Path) -> str:
        read.append(path)
        return str(real(path))

    monkeypatch.setattr("farm_addon.core.release.inputs.hash_file", hash_file)
    assert studio.cli("plan", "release", "ep01", *map(str, studio.blends), "--dry-run") == 0
    assert read.count(studio.chair) == 1


def test_a_file_that_was_touched_is_read_in_one_run_alone(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    blend = studio.blends[0]
    read: list[Path] = []
    real = __import__("farm_addon.core.release.inputs", fromlist=["hash_file"]).hash_file

    def hash_file(path: Path) -> str:
        read.append(path)
        return str(real(path))

    monkeypatch.setattr("farm_addon.core.release.inputs.hash_file", hash_file)
    os.utime(blend, ns=(1, 1))
    # Its time of change is now: it counts as settled only when some time has passed.
    monkeypatch.setattr("farm_addon.core.release.hash_memory.SETTLED_NS", -10_000_000_000)
    for _run in range(3):
        assert becomes(studio.cli, str(blend)) == {"sh010": ("fresh", "")}
    assert read.count(blend) == 1


# --- picks ----------------------------------------------------------------------------------------


def picked(cli: Cli, folder: Path, source: Path, *picks: dict[str, str]) -> dict[str, Any]:
    sidecar = snapshot(cli, folder, source, picks=list(picks))
    return cli.json("plan", "release", "ep01", "--snapshot", sidecar)


def test_only_what_is_picked_is_planned(cli: Cli, blend: Path, tmp_path: Path) -> None:
    assert picked(cli, tmp_path / "s", blend, {"scene": "B"})["result"]["add"] == ["pack_B"]
    result = picked(cli, tmp_path / "s", blend, {"scene": "A"})["result"]
    assert (result["add"], result["drop"]) == (["pack_A"], [])  # B stays as it is


def test_scenes_and_cameras_are_picked_side_by_side(cli: Cli, blend: Path, tmp_path: Path) -> None:
    scenes = scene_facts("A", cameras=("Front", "Side")), scene_facts("B")
    cli.freezer.facts[blend] = file_facts(str(blend), *scenes)
    picks = {"scene": "A", "camera": "Side"}, {"scene": "B"}
    result = picked(cli, tmp_path / "s", blend, *picks)["result"]
    assert result["add"] == ["pack_A_Side", "pack_B"]
    result = picked(cli, tmp_path / "s", blend, {"scene": "A", "camera": "Front"})["result"]
    assert (result["add"], result["drop"]) == (["pack_A_Front"], [])
    result = picked(cli, tmp_path / "s", blend, {"scene": "A"})["result"]
    assert result["add"] == ["pack_A"]
    assert result["drop"] == ["pack_A_Side", "pack_A_Front"]  # A is parted otherwise now


def test_a_pick_that_is_not_there_is_a_finding(cli: Cli, blend: Path, tmp_path: Path) -> None:
    picks = {"scene": "A", "camera": "Gone"}, {"scene": "B"}
    document = picked(cli, tmp_path / "s", blend, *picks)
    assert document["exit_status"] == 1
    assert "no camera ‘Gone’" in str([one["message"] for one in document["findings"]])


def test_nothing_picked_is_refused(cli: Cli, blend: Path, tmp_path: Path) -> None:
    document = picked(cli, tmp_path / "s", blend)
    assert document["exit_status"] == 2
    assert "picked" in document["error"]["message"]
