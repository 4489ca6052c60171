# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm plan release`` and everything that can be chosen."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from farm_addon.core.planning.scene_facts import Marker
from farm_addon.core.ports import WorkerTag
from tests.cli.conftest import Cli
from tests.fakes.farm import file_facts, scene_facts

TAG_ID = "3a5d1f0e-0000-4000-8000-0123456789ab"


class Terminal(io.StringIO):
    """A person who has made up their mind."""

    def isatty(self) -> bool:
        return True


def chair(cli: Cli, *scenes: object) -> Path:
    """Add a file of two cameras: ``oak/chair.blend``."""
    path = cli.root / "oak" / "chair.blend"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"BLENDER")
    scene = scene_facts(
        "Main",
        cameras=("Front", "Side"),
        view_layers=("Back", "Fore"),
        markers=(Marker(1, "0_0_0"), Marker(3, "0_30_15")),
    )
    cli.freezer.facts[path] = file_facts(str(path), scene)
    return path


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("".join(f"{line}\n" for line in lines)))


def planned_jobs(cli: Cli) -> list[dict[str, object]]:
    journal = (cli.root / "releases/ep01/journal.jsonl").read_text().splitlines()
    return [job for line in journal for job in json.loads(line).get("jobs", ())]


def test_cameras_frames_facts_and_templates_reach_the_plan(cli: Cli) -> None:
    blend = chair(cli)
    words = ["--expand", "cameras", "--frames", "1-9x4", "--facts", "{material}/{object}.blend"]
    words += ["--job-name", "{object}_{material}_{camera}", "--chunk-size", "2"]
    words += ["--dist-name", "{job}.{frame:04d}.{ext}", "--priority", "60", "--outputs"]
    assert cli("plan", "release", "ep01", str(blend), *words) == 0
    assert "chair_oak_Front" in cli.out
    assert "camera" in cli.out.splitlines()[0]
    assert cli.out.splitlines()[-2] == "chair_oak_Side.0009.png"
    assert cli.out.splitlines()[-1] == "Release 'ep01' is planned: 2 added; 6 frames."
    first, second = planned_jobs(cli)
    assert (first["camera"], second["camera"]) == ("Front", "Side")
    assert first["facts"] == {"material": "oak", "object": "chair"}
    assert (first["frames"], first["chunk_size"], first["priority"]) == ("1,5,9", 2, 60)


def test_the_document_lists_every_output(cli: Cli) -> None:
    document = cli.json(
        "plan", "release", "ep01", str(chair(cli)), "--expand", "view-layers", "--frames", "2"
    )
    assert document["result"]["outputs"] == {
        "chair_Main_Back": ["chair_Main_Back.png"],
        "chair_Main_Fore": ["chair_Main_Fore.png"],
    }
    assert [row["view_layer"] for row in document["result"]["scenes"]] == ["Back", "Fore"]


def test_rows_of_one_scene_have_keys_of_their_own(cli: Cli) -> None:
    events = cli.events("plan", "release", "ep01", str(chair(cli)), "--expand", "cameras")
    rows = [one for one in events if one["event"] == "row"]
    assert [one["key"] for one in rows] == ["Main/Front", "Main/Side"]


def test_frames_are_named_by_a_file_or_by_markers(cli: Cli, tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("frame,frame_name,side\n3,0_30_15,left\n8,0_80_15,left\n")
    blend = str(chair(cli))
    document = cli.json("plan", "release", "ep01", blend, "--frame-names", str(names))
    assert document["result"]["outputs"] == {"chair": ["chair_0_30_15.png", "chair_0_80_15.png"]}
    document = cli.json("plan", "release", "ep01", blend, "--frame-names", "markers")
    assert document["result"]["outputs"] == {"chair": ["chair_0_0_0.png", "chair_0_30_15.png"]}
    assert document["result"]["replace"] == ["chair"]
    assert "frame names" in document["result"]["changes"]["chair"]
    names.write_text("frame,frame_name\n3,a\n3,b\n")
    assert cli("plan", "release", "ep01", blend, "--frame-names", str(names)) == 2
    assert "line 3" in cli.err


def test_a_worker_tag_is_found_by_its_name(cli: Cli, blend: Path) -> None:
    cli.manager.tags = (WorkerTag(TAG_ID, "GPU"), WorkerTag("x", "big memory"))
    assert cli("plan", "release", "ep01", str(blend), "--worker-tag", "gpu") == 0
    assert {job["worker_tag"] for job in planned_jobs(cli)} == {TAG_ID}
    assert cli("plan", "release", "ep02", str(blend), "--worker-tag", "tpu") == 2
    assert "no Worker tag 'tpu'" in cli.err
    assert "'GPU', 'big memory'" in cli.err


def test_a_worker_tags_uuid_is_taken_as_it_is_and_nobody_is_asked(cli: Cli, blend: Path) -> None:
    cli.manager.tags = ()
    words = ["--worker-tag", TAG_ID, "--manager", "http://nobody.example.org", "--offline"]
    assert cli("plan", "release", "ep01", str(blend), *words) == 0
    assert {job["worker_tag"] for job in planned_jobs(cli)} == {TAG_ID}


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--expand", "worlds"], "invalid choice"),
        (["--frames", "ten"], "no frame and no range"),
        (["--job-name", "{file.stem}"], "at character 6"),
        (["--dist-name", "{job}_{frame:9999d}.{ext}"], "at character 14"),
        (["--dist-name", "{nobody}.{ext}"], "no field ‘nobody’"),
        (["--facts", "{a}{b}.blend"], "something between"),
        (["--frame-names", "nowhere.csv"], "cannot be read"),
        (["--chunk-size", "0"], "below 1"),
        (["--chunk-size", "9" * 20], "above 1000000"),
    ],
)
def test_a_choice_that_makes_no_sense_exits_2_before_blender_is_started(
    cli: Cli, blend: Path, words: list[str], problem: str
) -> None:
    assert cli("plan", "release", "ep01", str(blend), *words) == 2
    assert problem in cli.err
    assert cli.freezer.reads == []
    assert not (cli.root / "releases").exists()


def test_a_bad_name_exits_2_before_blender_is_started(cli: Cli, blend: Path) -> None:
    assert cli("plan", "release", "ep/01", str(blend)) == 2
    assert "try: ep_01" in cli.err
    assert cli.freezer.reads == []


def test_a_name_is_the_same_in_each_unicode_form(cli: Cli, blend: Path) -> None:
    cli.freezer.facts[blend] = file_facts(str(blend), scene_facts("Ku\u0308che"))
    words = ["--scenes", "K\xfcche"]
    result = cli.json("plan", "release", "Fru\u0308hling", str(blend), *words)["result"]
    assert (result["release"], result["add"]) == ("Fr\xfchling", ["pack"])
    assert cli("plan", "release", "ep01", str(blend), "--scenes", "") == 2
    assert "no scene matches ''" in cli.err


def test_names_that_are_no_text_can_be_told(cli: Cli, tmp_path: Path) -> None:
    odd = "/x/\udcff/\x1b[2J.blend"
    path = tmp_path / "odd.blend"
    path.write_bytes(b"BLENDER")
    cli.freezer.facts[path] = file_facts(odd, scene_facts("\udcfe\n"), saved_with=(9, 0, 0))
    assert cli("plan", "release", "ep01", str(path)) == 1
    assert all(line.isprintable() for line in (cli.out + cli.err).split("\n"))
    document = cli.json("plan", "release", "ep01", str(path), "--json-out", str(tmp_path / "j"))
    assert cli.out.isascii()
    assert document["findings"][0]["subject"] == f"File ‘{odd}’"
    assert (tmp_path / "j").read_text() == cli.out
    events = cli.events("plan", "release", "ep01", str(path))
    assert events[-1] == {"event": "done", "exit_status": 1}
    assert cli.out.encode()
    assert cli("plan", "release", "ep01", str(path), "--scenes", "x\x1b") == 2
    assert all(line.isprintable() for line in cli.err.split("\n"))


def test_planning_again_shows_what_changes(cli: Cli, blend: Path) -> None:
    assert cli("plan", "release", "ep01", str(blend)) == 0
    scenes = scene_facts("A", frame_end=9), scene_facts("C")
    cli.freezer.facts[blend] = file_facts(str(blend), *scenes)
    assert cli("plan", "release", "ep01", str(blend)) == 0
    last_cells = {line.split()[0]: line.split("  ")[-1].strip() for line in cli.out.splitlines()}
    assert last_cells["pack_A"] == "replace: frames 1-3 → 1-9"
    assert last_cells["pack_C"] == "add"
    assert last_cells["pack_B"] == "drop"
    assert cli.out.splitlines()[-1].endswith("1 added, 1 replaced, 1 dropped; 12 frames.")
    assert cli("plan", "release", "ep01", str(blend)) == 0
    assert cli.out.splitlines()[-1].endswith("2 unchanged; 0 frames.")


def test_one_file_named_twice_is_planned_once(cli: Cli, blend: Path) -> None:
    document = cli.json("plan", "release", "ep01", str(blend), str(blend))
    assert document["exit_status"] == 0
    assert document["result"]["add"] == ["pack_A", "pack_B"]


# --- asking -------------------------------------------------------------------------------------


def test_without_a_name_it_asks_and_shows_the_defaults(
    cli: Cli, blend: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "ep01", str(blend), "", "", "", "", "", "", "")
    assert cli("plan", "release") == 0
    for shown in (
        "The scenes are: A, B.",
        "[*]",
        "[the scenes' own]",
        "Frames per task [1]",
        "Priority (0 to 100) [50]",
        "Worker tag [none]",
        "[the default]",
        "Write this plan? [y]",
    ):
        assert shown in cli.err
    assert cli.out.splitlines()[-1] == "Release 'ep01' is planned: 2 added; 4 frames."
    assert len(planned_jobs(cli)) == 2


def test_what_was_said_is_not_asked_for(
    cli: Cli, blend: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "ep01", str(blend), "", "", "", "", "", "y")
    assert cli("plan", "release", "--scenes", "B") == 0
    assert "stand for any" not in cli.err
    assert [job["scene"] for job in planned_jobs(cli)] == ["B"]


def test_answers_are_taken_and_bad_ones_asked_again(
    cli: Cli, blend: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = chair(cli)
    cli.manager.tags = (WorkerTag(TAG_ID, "gpu"),)
    answer(
        monkeypatch,
        *("../x", "ep01"),
        *("nowhere.blend", f"'{path.parent}/*.blend'"),
        *("Z*", "M*"),
        *("worlds", "cameras"),
        *("ten", "1-9x4"),
        *("0", "two", "2"),
        *("101", "60"),
        *("tpu", "gpu"),
        *("{job.x}", "{job}.{frame}.{ext}"),
        "yes",
    )
    assert cli("plan", "release") == 0
    for problem in (
        "is no name for a release",
        "there is no file 'nowhere.blend'",
        "no scene matches 'Z*'",
        "none of scenes, cameras, view-layers",
        "is no frame and no range",
        "is below 1",
        "is no whole number",
        "not between 0 and 100",
        "no Worker tag 'tpu'",
        "no attributes",
    ):
        assert problem in cli.err
    first, second = planned_jobs(cli)
    assert [first["camera"], second["camera"]] == ["Front", "Side"]
    assert (first["frames"], first["chunk_size"], first["priority"]) == ("1,5,9", 2, 60)
    assert (first["worker_tag"], first["dist_name"]) == (TAG_ID, "{job}.{frame}.{ext}")


@pytest.mark.parametrize("last", ["n", "", None])
def test_a_no_or_nobody_leaves_everything_as_it_is(
    cli: Cli, blend: Path, monkeypatch: pytest.MonkeyPatch, last: str | None
) -> None:
    answers = ["ep01", str(blend), "", "", "", "", "", ""]
    answer(monkeypatch, *answers, *(["n"] if last == "n" else []))
    if last == "":
        monkeypatch.setattr(sys, "stdin", Terminal("ep01\n"))
    assert cli("plan", "release") == 1
    assert "nothing was done" in cli.err
    assert not (cli.root / "releases").exists()


@pytest.mark.parametrize("words", [["--json"], ["--events"], ["--yes"]])
def test_nobody_is_asked_where_nobody_would_answer(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    answer(monkeypatch, "ep01")
    assert cli("plan", "release", *words) == 2
    monkeypatch.setattr(sys, "stdin", io.StringIO("ep01\n"))
    assert cli("plan", "release") == 2
    assert "farm plan release NAME FILE.blend" in cli.err


def test_asking_for_a_release_that_exists_names_it(
    cli: Cli, blend: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("plan", "release", "ep01", str(blend)) == 0
    answer(monkeypatch, "ep01", str(blend), "", "", "", "", "", "")
    assert cli("plan", "release") == 0
    assert "The releases are: ep01." in cli.err
    assert cli.out.splitlines()[-1].endswith("2 unchanged; 0 frames.")


def test_a_snapshot_needs_no_files_to_be_asked_for(
    cli: Cli, blend: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.blend"
    copy.write_bytes(b"BLENDER")
    cli.freezer.facts[copy] = file_facts(str(copy), scene_facts("A"))
    description = {
        "schema": 1,
        "snapshot": str(copy),
        "source": str(blend),
        "unsaved_edits": True,
        "dirty_images": [],
        "color_config": "",
    }
    (tmp_path / "copy.json").write_text(json.dumps(description))
    answer(monkeypatch, "ep01", "", "", "", "", "", "", "y")
    assert cli("plan", "release", "--snapshot", str(tmp_path / "copy.json")) == 0
    (job,) = planned_jobs(cli)
    assert (job["name"], job["snapshot"], job["has_unsaved_edits"]) == ("pack", str(copy), True)
