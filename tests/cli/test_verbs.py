# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every verb: what it prints, what it exits with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farm_addon import __version__
from farm_addon.cli.parser import COMMANDS, make_parser
from tests.cli.conftest import Cli
from tests.fakes.farm import file_facts, scene_facts


def deliver(cli: Cli, blend: Path) -> None:
    assert cli("plan", "release", "ep01", str(blend)) == 0
    assert cli("submit", "release", "ep01") == 0
    cli.manager.render()
    assert cli("harvest", "release", "ep01") == 0


def test_a_release_from_plan_to_archive(cli: Cli, blend: Path) -> None:
    assert cli("plan", "release", "ep01", str(blend)) == 0
    assert "pack_A" in cli.out
    assert "Release 'ep01' is planned: 2 added; 4 frames." in cli.out
    assert cli("submit", "release", "ep01") == 0
    assert "2 submitted" in cli.out
    assert cli("status", "release", "ep01") == 0
    assert "queued" in cli.out
    cli.manager.render()
    assert cli("status") == 0
    assert "2 completed" in cli.out
    assert cli("harvest", "release", "ep01") == 0
    dist = cli.root / "dist" / "ep01"
    assert cli.out.splitlines()[-1] == str(dist)
    assert len(list(dist.iterdir())) == 4
    assert cli("archive", "release", "ep01", "--yes") == 0
    archive = cli.root / "archives" / "ep01.tar.gz"
    assert cli.out.splitlines()[-1] == str(archive)
    assert cli("verify", "archive", "ep01") == 0
    assert cli("archive", "release", "ep01", "--yes") == 0
    assert archive.is_file()


def test_json_is_one_document_with_a_stable_shape(cli: Cli, blend: Path) -> None:
    document = cli.json("plan", "release", "ep01", str(blend))
    assert set(document) == {"verb", "exit_status", "result", "findings", "error"}
    assert document["verb"] == "plan release"
    assert document["result"]["add"] == ["pack_A", "pack_B"]
    row = document["result"]["scenes"][0]
    assert row.pop("needs_bytes") > 0
    assert row == {
        "scene": "A",
        "camera": "",
        "view_layer": "",
        "job": "pack_A",
        "frames": "1-3",
        "outputs": 3,
        "width_px": 64,
        "height_px": 36,
        "engine": "CYCLES",
        "format": "PNG",
        "ok": True,
        "file": str(blend),
        "frame_count": 3,
        "becomes": "new",
        "why": "",
        "names": [f"pack_A_00000{number}.png" for number in (1, 2, 3)],
    }
    assert cli.json("status", "release", "ep01")["result"]["jobs"][0]["state"] == "planned"


def test_the_document_goes_to_a_file_beside_the_talk(cli: Cli, blend: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    assert cli("plan", "release", "ep01", str(blend), "--json-out", str(target)) == 0
    assert json.loads(target.read_text())["exit_status"] == 0
    assert "is planned" in cli.out


def test_events_end_with_done_and_carry_rows(cli: Cli, blend: Path) -> None:
    events = cli.events("plan", "release", "ep01", str(blend))
    assert events[-1] == {"event": "done", "exit_status": 0}
    assert events[-2]["event"] == "result"
    rows = [one for one in events if one["event"] == "row"]
    assert [(one["table"], one["key"]) for one in rows] == [("scenes", "A"), ("scenes", "B")]


def test_findings_block_with_exit_1_and_write_nothing(cli: Cli, blend: Path) -> None:
    cli.freezer.facts[blend] = file_facts(str(blend), scene_facts("A", camera=None))
    assert cli("plan", "release", "ep01", str(blend)) == 1
    assert "error: Scene ‘A’: it has no camera" in cli.err
    assert not (cli.root / "releases").exists()
    (finding,) = cli.json("plan", "release", "ep01", str(blend))["findings"]
    assert finding["code"] == "no-camera"


def test_a_dry_run_writes_nothing(cli: Cli, blend: Path) -> None:
    before = sorted(cli.root.rglob("*"))
    assert cli("plan", "release", "ep01", str(blend), "--dry-run") == 0
    assert "would be planned" in cli.out
    assert sorted(cli.root.rglob("*")) == before
    assert cli("plan", "release", "ep01", str(blend)) == 0
    before = sorted(cli.root.rglob("*"))
    assert cli("submit", "release", "ep01", "--dry-run") == 0
    assert "freeze" in cli.out
    assert sorted(cli.root.rglob("*")) == before
    assert not cli.manager.stored


def test_a_bad_frame_exits_1_with_a_table(cli: Cli, blend: Path) -> None:
    cli("plan", "release", "ep01", str(blend))
    cli("submit", "release", "ep01")
    cli.manager.render()
    (cli.root / "releases/ep01/out/pack_A/000002.png").write_bytes(b"")
    assert cli("harvest", "release", "ep01") == 1
    assert "pack_A" in cli.out
    assert "it is empty" in cli.out
    assert "Nothing moved." in cli.out


def test_waiting_for_a_failed_job_exits_1(cli: Cli, blend: Path) -> None:
    from dataclasses import replace

    cli("plan", "release", "ep01", str(blend))

    def fail(what: str) -> None:
        for job in cli.manager.stored.values():
            cli.manager.stored[job.id] = replace(job, status="failed", activity="worker exploded")

    cli.manager.before_answer = fail
    assert cli("submit", "release", "ep01", "--wait") == 1
    assert "worker exploded" in cli.out


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("dance",),
        ("plan", "release"),
        ("plan", "release", "ep01"),
        ("plan", "release", "ep01", "missing.blend"),
        ("status", "release"),
        ("status", "release", "nobody"),
        ("harvest", "release", "../x"),
        ("submit", "release", "CON"),
        ("manager", "dance"),
    ],
)
def test_wrong_usage_exits_2_with_a_sentence(cli: Cli, argv: tuple[str, ...]) -> None:
    assert cli(*argv) == 2
    assert cli.err.startswith("farm: ")
    assert cli.out == ""


def test_wrong_usage_is_an_event_too(cli: Cli) -> None:
    events = cli.events("plan", "release", "ep01")
    assert [one["event"] for one in events] == ["error", "done"]
    assert events[-1]["exit_status"] == 2


def test_a_folder_that_is_no_volume_is_refused(tmp_path: Path) -> None:
    cli = Cli(tmp_path / "nothing here")
    assert cli("status") in (1, 2)
    assert "farm init" in cli.err


def test_ctrl_c_exits_130_and_says_how_to_go_on(cli: Cli, blend: Path) -> None:
    cli("plan", "release", "ep01", str(blend))

    def interrupt(what: str) -> None:
        raise KeyboardInterrupt

    cli.manager.before_answer = interrupt
    assert cli("submit", "release", "ep01") == 130
    assert "run it again" in cli.err


def test_archiving_without_a_terminal_wants_a_yes(cli: Cli, blend: Path) -> None:
    deliver(cli, blend)
    assert cli("archive", "release", "ep01") == 2
    assert "--yes" in cli.err
    assert (cli.root / "releases" / "ep01").is_dir()


def test_a_remote_manager_is_not_asked_when_blender_is_offline(cli: Cli, blend: Path) -> None:
    status = cli(
        "submit", "release", "ep01", "--manager", "http://farm.example.org:8080", "--offline"
    )
    assert status == 2
    cli("plan", "release", "ep01", str(blend))
    assert (
        cli("submit", "release", "ep01", "--manager", "http://farm.example.org:8080", "--offline")
        == 1
    )
    assert "may not go online" in cli.err


def test_a_file_that_cannot_be_written_is_said_before_anything_is_done(
    cli: Cli, blend: Path
) -> None:
    status = cli("plan", "release", "ep01", str(blend), "--json-out", "/nowhere/x.json")
    assert status == 2
    assert "cannot be written" in cli.err
    assert not (cli.root / "releases").exists()


def test_a_path_through_a_parent_folder_is_recorded_as_what_it_is(
    cli: Cli, blend: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cli.root / "sub").mkdir()
    inside = cli.root / "shots.blend"
    inside.write_bytes(b"BLENDER")
    monkeypatch.chdir(cli.root / "sub")
    assert cli("plan", "release", "ep01", "../shots.blend") == 0
    assert cli("status", "release", "ep01") == 0
    journal = (cli.root / "releases/ep01/journal.jsonl").read_text()
    assert '"source":{"volume":"shots.blend"}' in journal


def test_making_a_volume_again_with_other_values_is_refused(cli: Cli) -> None:
    assert cli("init", str(cli.root)) == 0
    assert cli("init", str(cli.root), "--name", "Other") == 2
    assert "is a volume already" in cli.err
    assert cli("init", str(cli.root), "--manager", "http://farm:8080") == 2


def test_every_verb_has_help(cli: Cli) -> None:
    for command in COMMANDS:
        verb = command.__name__.rpartition(".")[2].replace("_", "-")
        assert cli(verb, "--help") == 0
        assert "usage: farm" in cli.out
    assert cli("--version") == 0
    assert __version__ in cli.out
    assert make_parser().prog == "farm"


def test_shared_options_stand_before_or_after_the_verb(cli: Cli, blend: Path) -> None:
    assert cli("--json", "plan", "release", "ep01", str(blend)) == 0
    document = json.loads(cli.out)
    assert document["verb"] == "plan release"
    assert document["result"]["add"]
