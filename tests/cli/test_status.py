# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm status``: options, events and the document of one job."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from farm_addon.cli.output import ORDER_SLICE, EventReporter
from farm_addon.core.ports import JobPicture, RemoteTask
from tests.cli.conftest import Cli


@pytest.fixture
def sent(cli: Cli, blend: Path) -> Cli:
    """``pack_A`` and ``pack_B``, with the local manager."""
    assert cli("plan", "release", "ep01", str(blend), "--yes") == 0, cli.err
    assert cli("submit", "release", "ep01") == 0, cli.err
    return cli


def orders(events: list[dict[str, Any]]) -> list[list[str]]:
    return [event["keys"] for event in events if event["event"] == "order"]


def keys(events: list[dict[str, Any]], table: str) -> list[str]:
    return [one["key"] for one in events if one["event"] == "row" and one["table"] == table]


def interrupt_at(cli: Cli, waits: int) -> None:
    def interrupt(count: int) -> None:
        if count == waits:
            raise KeyboardInterrupt

    cli.clock.on_wait = interrupt


def test_rows_and_their_order_are_told(sent: Cli) -> None:
    events = sent.events("status", "release", "ep01", "--sort=-plan")
    assert keys(events, "jobs") == ["pack_A", "pack_B"]
    assert orders(events) == [["pack_B", "pack_A"]]
    assert [job["job"] for job in events[-2]["data"]["jobs"]] == ["pack_B", "pack_A"]


def test_a_filter_shows_what_matches(sent: Cli) -> None:
    document = sent.json("status", "release", "ep01", "--filter", "frames>1")
    assert [job["job"] for job in document["result"]["jobs"]] == ["pack_A"]


def test_watching_ends_when_every_job_has_ended(sent: Cli) -> None:
    sent.clock.on_wait = lambda count: sent.manager.render() if count == 3 else None
    events = sent.events("status", "release", "ep01", "--watch", "--interval", "2")
    assert events[-1] == {"event": "done", "exit_status": 0}
    assert sent.clock.waits == [2, 2, 2]


def test_following_goes_on_until_it_is_interrupted(sent: Cli) -> None:
    sent.manager.render()
    interrupt_at(sent, 5)
    assert sent("status", "release", "ep01", "--watch", "--follow", "--events") == 130
    assert '"table":"farm","key":"manager"' in sent.out
    assert '"is_over":true' in sent.out


def test_following_the_farm_alone_tells_its_releases(sent: Cli) -> None:
    interrupt_at(sent, 2)
    events = sent.events("status", "--watch", "--follow")
    assert keys(events, "releases") == ["ep01"]
    assert keys(events, "jobs") == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--watch"], "--watch is for one release"),
        (["--filter", "done>1"], "--filter is for one release"),
        (["jobs", "done>1", "--follow"], "--follow is for a release"),
        (["release", "ep01", "--all"], "--all is for --stale"),
        (["release", "ep01", "--picture", "a.jpg"], "--picture is for one job"),
        (["release", "ep01", "--follow", "--stale"], "leave one out"),
        (["release", "ep01", "--sort=size"], "choose one of: plan, name"),
        (["release", "ep01", "--interval", "0"], "from 0.5 to 3600 seconds"),
        (["release", "ep01", "--filter", "colour:red"], "there is no field 'colour'"),
        (["job"], "name the job"),
        (["job", "ep01/nobody"], "has no job 'nobody'"),
    ],
)
def test_what_makes_no_sense_is_refused(sent: Cli, words: list[str], message: str) -> None:
    assert sent("status", *words) == 2
    assert message in sent.err


def test_fresh_jobs_are_told_where_all_are_asked_for(sent: Cli) -> None:
    assert keys(sent.events("status", "release", "ep01", "--stale"), "stale") == []
    events = sent.events("status", "release", "ep01", "--stale", "--all")
    rows = [one["values"] for one in events if one["event"] == "row"]
    assert [(row["job"], row["verdict"]) for row in rows] == [
        ("pack_A", "fresh"),
        ("pack_B", "fresh"),
    ]


# --- one job --------------------------------------------------------------------------------------


def fail_a_task(cli: Cli) -> str:
    (job,) = (one for one in cli.manager.stored.values() if one.name == "ep01/pack_A")
    cli.manager.stored[job.id] = replace(job, status="failed", activity="too many failed")
    cli.manager.known_tasks[job.id] = [
        RemoteTask("t0", "render-1", "completed", "blender"),
        *(
            RemoteTask(f"t{n}", f"render-{n}", "failed", "blender", "node1", activity="exit 1")
            for n in range(2, 9)
        ),
    ]
    cli.manager.logs["t2"] = "Blender quit\nError: no camera\n"
    return job.id


def test_a_job_is_told_with_its_failed_tasks(sent: Cli) -> None:
    fail_a_task(sent)
    found = sent.json("status", "job", "ep01/pack_A")["result"]
    assert (found["job"], found["state"], found["frames"]) == ("pack_A", "failed", "1-3")
    assert found["output"] == str(sent.root / "releases" / "ep01" / "out" / "pack_A")
    assert (found["picture"], found["frame_file"], found["url"]) == ("", "", "")
    assert len(found["failed"]) == 5
    assert found["failed"][0] == {
        "task": "render-2",
        "status": "failed",
        "worker": "node1",
        "activity": "exit 1",
        "log": "Blender quit\nError: no camera\n",
    }


def test_a_person_reads_the_end_of_the_log(sent: Cli) -> None:
    fail_a_task(sent)
    assert sent("status", "job", "pack_A") == 0
    assert "render-2 failed on node1: exit 1" in sent.out
    assert "    Error: no camera" in sent.out


def test_the_picture_of_a_job_is_written(sent: Cli, tmp_path: Path) -> None:
    job_id = fail_a_task(sent)
    target = tmp_path / "newest.jpg"
    found = sent.json("status", "job", "ep01/pack_A", "--picture", str(target))["result"]
    assert (found["picture"], target.exists()) == ("", False)
    sent.manager.pictures[job_id] = JobPicture(b"\xff\xd8")
    found = sent.json("status", "job", "ep01/pack_A", "--picture", str(target))["result"]
    assert (found["picture"], target.read_bytes()) == (str(target), b"\xff\xd8")
    assert sent("status", "job", "ep01/pack_A", "--picture", str(tmp_path / "no" / "a.jpg")) == 2
    assert "cannot be written" in sent.err


def test_the_newest_frame_is_named_rendered_or_delivered(sent: Cli) -> None:
    sent.manager.render()
    out = sent.root / "releases" / "ep01" / "out" / "pack_A"
    (out / "notes.txt").write_text("no frame")
    (out / "000003.png").touch()
    found = sent.json("status", "job", "ep01/pack_A")["result"]
    assert found["frame_file"] == str(out / "000003.png")
    assert sent("harvest", "release", "ep01", "--yes") == 0, sent.err
    found = sent.json("status", "job", "ep01/pack_A")["result"]
    assert found["state"] == "delivered"
    assert Path(found["frame_file"]).parent == sent.root / "dist" / "ep01"


def test_a_job_that_was_never_sent_is_told_too(cli: Cli, blend: Path) -> None:
    assert cli("plan", "release", "ep01", str(blend), "--yes") == 0, cli.err
    found = cli.json("status", "job", "ep01/pack_B")["result"]
    assert (found["state"], found["attempt"], found["output"]) == ("planned", 0, "")


# --- the order as events --------------------------------------------------------------------------


def applied(text: str) -> list[str]:
    """Apply events ``order`` as their reader does."""
    shown: list[str] = []
    for line in text.splitlines():
        event = json.loads(line)
        assert len(event["keys"]) <= ORDER_SLICE
        start = event["start"]
        shown[start : start + len(event["keys"])] = event["keys"]
        del shown[event["total"] :]
    return shown


@pytest.mark.parametrize(
    "lengths", [(0,), (1, 0), (2500, 2500), (2500, 1000), (1000, 3001), (2000, 1999), (999, 0, 5)]
)
def test_the_order_comes_in_slices_that_add_up(lengths: tuple[int, ...]) -> None:
    stream = io.StringIO()
    reporter = EventReporter(stream)
    for number, length in enumerate(lengths):
        names = [f"job{place}" for place in range(length)]
        names = names[::-1] if number % 2 else names
        reporter.order("jobs", names)
        assert applied(stream.getvalue()) == names
        size = len(stream.getvalue())
        reporter.order("jobs", names)
        assert len(stream.getvalue()) == size


def test_only_slices_that_changed_are_told() -> None:
    stream = io.StringIO()
    reporter = EventReporter(stream)
    names = [f"job{place}" for place in range(5000)]
    reporter.order("jobs", names)
    assert stream.getvalue().count("\n") == 5
    names[2500] = "other"
    reporter.order("jobs", names)
    assert stream.getvalue().count("\n") == 6


def test_a_row_that_is_gone_has_no_values() -> None:
    stream = io.StringIO()
    EventReporter(stream).row("jobs", "a", None)
    assert stream.getvalue() == '{"event":"row","table":"jobs","key":"a","values":null}\n'
