# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm harvest`` and ``farm repair``: what they print, ask and exit with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

ALL = ["pack_A_000001.png", "pack_A_000002.png", "pack_A_000003.png", "pack_B.png"]


@pytest.fixture
def rendered(cli: Cli, blend: Path) -> Cli:
    """A release that is rendered."""
    assert cli("plan", "release", "ep01", str(blend)) == 0
    assert cli("submit", "release", "ep01") == 0
    cli.manager.render()
    return cli


def frame(cli: Cli, number: int) -> Path:
    return cli.root / "releases" / "ep01" / "out" / "pack_A" / f"{number:06d}.png"


def delivered(cli: Cli) -> list[str]:
    folder = cli.root / "dist" / "ep01"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_in_part_the_rest_is_told_and_the_exit_is_1(rendered: Cli) -> None:
    frame(rendered, 2).write_bytes(b"")
    assert rendered("harvest", "release", "ep01", "--partial") == 1
    assert "it is empty" in rendered.out
    assert "3 frame(s) of release 'ep01' were checked and delivered to" in rendered.out
    assert "farm repair release ep01" in rendered.out
    assert delivered(rendered) == [ALL[0], *ALL[2:]]


def test_a_bad_frame_is_repaired_and_the_rest_delivered(rendered: Cli) -> None:
    frame(rendered, 2).write_bytes(b"cut off")
    assert rendered("harvest", "release", "ep01", "--partial") == 1
    assert rendered("repair", "release", "ep01") == 0
    assert "1 frame(s) of 1 job(s) of release 'ep01' are being rendered again." in rendered.out
    assert rendered("repair", "release", "ep01") == 0
    assert "its repair is still queued" in rendered.out
    assert "Nothing of release 'ep01' is to be rendered again." in rendered.out
    rendered.manager.render()
    assert rendered("harvest", "release", "ep01") == 0
    assert delivered(rendered) == ALL


def test_a_repair_can_be_waited_for(rendered: Cli) -> None:
    frame(rendered, 2).unlink()

    def render_when_sent(what: str) -> None:
        if what.startswith("job "):
            rendered.manager.render()

    rendered.manager.before_answer = render_when_sent
    assert rendered("repair", "release", "ep01", "--wait") == 0
    assert "completed" in rendered.out
    assert frame(rendered, 2).is_file()


def test_a_repair_that_fails_exits_1(rendered: Cli) -> None:
    frame(rendered, 2).unlink()

    def fail_when_sent(what: str) -> None:
        for job in list(rendered.manager.stored.values()):
            if job.status == "queued" and what.startswith("job "):
                rendered.manager.stored[job.id] = replace(job, status="failed")

    rendered.manager.before_answer = fail_when_sent
    assert rendered("repair", "release", "ep01", "--wait") == 1
    assert "failed" in rendered.out


def test_frames_that_cannot_be_rendered_again_exit_1(rendered: Cli) -> None:
    frame(rendered, 2).unlink()
    (rendered.root / "releases" / "ep01" / "store" / "pack_A.blend").unlink()
    assert rendered("repair", "release", "ep01") == 1
    assert "its frozen file is not there any more" in rendered.out


def test_dry_runs_change_nothing(rendered: Cli) -> None:
    frame(rendered, 2).unlink()
    before = sorted(rendered.root.rglob("*"))
    assert rendered("harvest", "release", "ep01", "--partial", "--dry-run") == 1
    assert "3 frame(s) of release 'ep01' pass." in rendered.out
    assert rendered("repair", "release", "ep01", "--dry-run") == 0
    assert "would be rendered again" in rendered.out
    assert rendered("harvest", "release", "ep01", "--undo", "--dry-run") == 0
    assert sorted(rendered.root.rglob("*")) == before
    assert len(rendered.manager.stored) == 2


def test_replacing_is_asked_for_and_refused_where_nobody_can_be_asked(rendered: Cli) -> None:
    dist = rendered.root / "dist" / "ep01"
    dist.mkdir(parents=True)
    (dist / "pack_B.png").write_bytes(b"the client's own")
    assert rendered("harvest", "release", "ep01") == 1
    assert "'pack_B.png' is in dist/ep01 already" in rendered.out
    assert rendered("harvest", "release", "ep01", "--replace") == 2
    assert "Replace 1 file(s) in dist/ep01 ('pack_B.png')" in rendered.err
    assert (dist / "pack_B.png").read_bytes() == b"the client's own"
    assert rendered("harvest", "release", "ep01", "--replace", "--yes") == 0
    assert "1 file(s) that were there are kept in superseded/dist/" in rendered.out
    assert delivered(rendered) == ALL


def test_a_delivery_is_taken_back(rendered: Cli) -> None:
    assert rendered("harvest", "release", "ep01", "--undo") == 0
    assert rendered.out == "Nothing of release 'ep01' is delivered.\n"
    rendered("harvest", "release", "ep01")
    assert rendered("harvest", "release", "ep01", "--undo") == 0
    assert rendered.out.splitlines() == [
        "The last delivery of release 'ep01' was taken back.",
        "4 file(s) of 2 job(s) are frames of out/ again.",
    ]
    assert delivered(rendered) == []
    assert frame(rendered, 1).is_file()


@pytest.mark.parametrize("option", ["--partial", "--replace", "--dist-name={job}.{ext}"])
def test_undo_takes_no_other_choice(rendered: Cli, option: str) -> None:
    assert rendered("harvest", "release", "ep01", "--undo", option) == 2


def test_an_undo_that_cannot_be_is_refused_with_the_file(rendered: Cli) -> None:
    rendered("harvest", "release", "ep01")
    (rendered.root / "dist" / "ep01" / "pack_B.png").unlink()
    assert rendered("harvest", "release", "ep01", "--undo") == 1
    assert "'pack_B.png' is not in dist any more" in rendered.err


def test_a_template_names_the_delivery(rendered: Cli) -> None:
    template = "{release}_{job}.{frame:04d}.{ext}"
    assert rendered("harvest", "release", "ep01", "--dist-name", template) == 0
    assert delivered(rendered)[0] == "ep01_pack_A.0001.png"


def test_another_template_renames_what_is_delivered_and_back(rendered: Cli) -> None:
    rendered("harvest", "release", "ep01")
    again = ("harvest", "release", "ep01", "--replace", "--dist-name", "{job}.{frame}.{ext}")
    assert rendered(*again, "--dry-run") == 0
    assert "4 file(s) in dist/ep01 would get other names." in rendered.out
    assert rendered(*again) == 0
    assert rendered.out == "4 file(s) in dist/ep01 have other names now.\n"
    undo = ("harvest", "release", "ep01", "--undo")
    assert rendered(*undo, "--dry-run") == 0
    assert "4 file(s) in dist/ep01 would have their former names again." in rendered.out
    assert rendered.json(*undo)["result"]["renamed"] == 4
    assert delivered(rendered)[0] == "pack_A_000001.png"


def test_a_folder_in_the_way_is_to_be_moved_and_nothing_else_advised(rendered: Cli) -> None:
    (rendered.root / "dist" / "ep01" / "pack_B.png").mkdir(parents=True)
    assert rendered("harvest", "release", "ep01", "--replace", "--yes") == 1
    assert "'pack_B.png' in dist/ep01 is no plain file, and has to be moved away" in rendered.out
    assert "farm " not in rendered.out


def test_a_template_that_does_not_do_moves_nothing(rendered: Cli) -> None:
    assert rendered("harvest", "release", "ep01", "--dist-name", "{job}.{ext}") == 1
    assert "would both be delivered as ‘pack_A.png’" in rendered.err
    assert rendered("harvest", "release", "ep01", "--dist-name", "{job") != 0
    assert delivered(rendered) == []


def test_the_document_has_problems_warnings_and_skipped_jobs(rendered: Cli) -> None:
    frame(rendered, 2).write_bytes(b"")
    (frame(rendered, 1).parent / "notes.txt").write_text("x")
    document = rendered.json("harvest", "release", "ep01", "--partial")
    result = document["result"]
    assert document["exit_status"] == 1
    assert (result["frames"], result["jobs"], result["skipped"]) == (3, ["pack_A", "pack_B"], [])
    (problem,) = result["problems"]
    assert problem == {
        "job": "pack_A",
        "frame": 2,
        "view": "",
        "path": "releases/ep01/out/pack_A/000002.png",
        "problem": "it is empty",
        "code": "empty",
    }
    assert [one["code"] for one in result["warnings"]] == ["foreign-files"]
    assert [one["code"] for one in document["findings"]] == ["foreign-files"]
    report = json.loads((rendered.root / "releases/ep01/reports/harvest.json").read_text())
    assert report["problems"] == result["problems"]


def test_the_document_of_a_repair_lists_jobs_and_frames(rendered: Cli) -> None:
    frame(rendered, 2).unlink()
    result = rendered.json("repair", "release", "ep01")["result"]
    assert result["posted"] == [{"job": "pack_A", "frames": "2"}]
    assert [one["code"] for one in result["problems"]] == ["missing"]
    assert result["manager"] == "the local manager of mia on ws12"


def test_frames_are_rows_of_the_event_stream(rendered: Cli) -> None:
    frame(rendered, 2).unlink()
    events = rendered.events("harvest", "release", "ep01")
    rows = [one for one in events if one["event"] == "row"]
    *gates, frames = rows
    gate = next(one for one in gates if one["values"]["problems"])
    assert (frames["table"], frames["values"]["code"]) == ("frames", "missing")
    assert (gate["table"], gate["key"]) == ("gate", gate["values"]["job"])
    assert gate["values"]["state"] == "bad"
    assert events[-1] == {"event": "done", "exit_status": 1}


# --- the verdict on each job ----------------------------------------------------------------------


def gate_of(cli: Cli, *words: str) -> dict[str, tuple[str, int, int, int, str]]:
    """Return state, expected, passed, problems and reason of each job."""
    events = cli.events("harvest", "release", "ep01", *words)
    rows = [one["values"] for one in events if one["event"] == "row" and one["table"] == "gate"]
    keys = ("state", "expected", "passed", "problems", "why")
    return {row["job"]: tuple(row[key] for key in keys) for row in rows}


def test_a_dry_run_tells_the_verdict_on_each_job_and_its_names(rendered: Cli) -> None:
    frame(rendered, 2).write_bytes(b"")
    assert gate_of(rendered, "--dry-run") == {
        "pack_A": ("bad", 3, 2, 1, "frame 2: it is empty"),
        "pack_B": ("ok", 1, 1, 0, ""),
    }
    document = rendered.json("harvest", "release", "ep01", "--dry-run")
    assert [one["names"] for one in document["result"]["gate"]] == [ALL[:3], ALL[3:]]
    assert delivered(rendered) == []


def test_the_names_of_the_verdict_follow_the_template(rendered: Cli) -> None:
    words = ("--dry-run", "--dist-name", "x_{job}.{frame}.{ext}")
    document = rendered.json("harvest", "release", "ep01", *words)
    assert document["result"]["gate"][1]["names"] == ["x_pack_B.1.png"]


def test_a_harvest_tells_what_it_delivered(rendered: Cli) -> None:
    assert gate_of(rendered) == {
        "pack_A": ("delivered", 3, 3, 0, ""),
        "pack_B": ("delivered", 1, 1, 0, ""),
    }
    assert gate_of(rendered, "--dry-run")["pack_A"] == ("delivered", 3, 3, 0, "")


def test_delivered_in_part_counts_what_lies_in_dist(rendered: Cli) -> None:
    frame(rendered, 2).unlink()
    bad = ("bad", 3, 2, 1, "frame 2: it is missing")
    assert gate_of(rendered, "--partial")["pack_A"] == bad
    assert gate_of(rendered, "--dry-run")["pack_A"] == bad


def test_a_job_that_still_renders_waits_in_a_dry_run(rendered: Cli) -> None:
    frame(rendered, 2).unlink()
    stored = rendered.manager.stored
    (job,) = [one for one in stored.values() if one.name == "ep01/pack_A"]
    stored[job.id] = replace(job, status="active")
    why = "it is still active"
    assert gate_of(rendered, "--dry-run")["pack_A"] == ("waiting", 3, 2, 1, why)
    assert gate_of(rendered, "--partial")["pack_A"][0::4] == ("waiting", why)


def test_jobs_that_were_never_sent_wait_and_the_others_are_looked_at(
    rendered: Cli, tmp_path: Path
) -> None:
    late = tmp_path / "late.blend"
    late.write_bytes(b"BLENDER")
    assert rendered("plan", "release", "ep01", str(late)) == 0
    waits = ("waiting", 3, 0, 0, "it was never submitted")
    gate = gate_of(rendered, "--dry-run")
    assert (gate["late"], gate["pack_B"]) == (waits, ("ok", 1, 1, 0, ""))
    assert rendered("harvest", "release", "ep01", "--dry-run") == 1
    assert gate_of(rendered) == {"late": waits}  # nothing was decoded
    assert delivered(rendered) == []


def test_a_delivery_that_is_named_is_taken_back_once(rendered: Cli) -> None:
    frame(rendered, 2).unlink()
    first = rendered.json("harvest", "release", "ep01", "--partial")["result"]["delivery"]
    frame(rendered, 2).write_bytes(frame_again(rendered))
    second = rendered.json("harvest", "release", "ep01")["result"]["delivery"]
    assert first != second
    words = ("harvest", "release", "ep01", "--undo", "--delivery", second)
    assert rendered.json(*words)["result"]["undone"] == second
    assert rendered.json(*words)["result"]["undone"] == ""
    assert delivered(rendered) == [ALL[0], *ALL[2:]]
    assert rendered("harvest", "release", "ep01", "--delivery", second) == 2


def frame_again(cli: Cli) -> bytes:
    """Return what a Worker would write for a frame of pack_A once more."""
    folder = cli.root / "dist" / "ep01"
    return (folder / ALL[0]).read_bytes()
