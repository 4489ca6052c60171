# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``--jobs-from FILE``: exactly the jobs that a file names, with every guard in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from farm_addon.app import Choices
from tests.cli.conftest import Cli, FakeApp
from tests.cli.studio import Studio
from tests.core.farm_jobs.rows import remote_job
from tests.core.farm_jobs.small_farm import SmallFarm
from tests.fakes.farm import RecordingReporter


@pytest.fixture
def farm(cli: Cli) -> SmallFarm:
    """ep01 with sh010 active, sh020 completed, sh030 failed, sh040 only planned; ep02 with a sh010
    of its own; and a job that is not ours."""
    app = FakeApp(cli, Choices(volume=str(cli.root)), RecordingReporter(), {})
    farm = SmallFarm(app.workspace, cli.manager)
    farm.plan("ep01", "sh010", "sh020", "sh030", "sh040")
    farm.plan("ep02", "sh010")
    farm.send("ep01", "sh010", "active", steps_completed=3, steps_total=10)
    farm.send("ep01", "sh020", "completed")
    farm.send("ep01", "sh030", "failed")
    farm.send("ep02", "sh010")
    cli.manager.stored["x"] = remote_job("x", "active", name="sh010")
    return farm


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    studio = Studio(tmp_path / "volume")
    studio.bring_to("rendered")
    return studio


def listed(folder: Path, *names: str) -> str:
    path = folder / "jobs.txt"
    path.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    return str(path)


def statuses(cli: Cli) -> dict[str, str]:
    return {job.name: job.status for job in cli.manager.stored.values()}


def rows_of(events: list[dict[str, Any]], table: str = "found") -> dict[str, str]:
    rows = [one["values"] for one in events if one["event"] == "row" and one["table"] == table]
    return {row["job"]: row["outcome"] for row in rows}


def result_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    (result,) = [one["data"] for one in events if one["event"] == "result"]
    assert isinstance(result, dict)
    return result


def test_kill_cancels_the_named_jobs_of_one_release_alone(
    cli: Cli, farm: SmallFarm, tmp_path: Path
) -> None:
    names = listed(tmp_path, "sh010", "SH020", "", "sh099")
    events = cli.events("kill", "ep01.jobs", "--jobs-from", names, "--yes")
    assert rows_of(events) == {
        "sh010": "cancelled",
        "sh020": "already finished",
        "sh099": "not found",
    }
    counts = result_of(events)["counts"]
    assert (counts["cancelled"], counts["already_finished"], counts["not_found"]) == (1, 1, 1)
    assert statuses(cli) == {
        "ep01/sh010": "canceled",
        "ep01/sh020": "completed",
        "ep01/sh030": "failed",
        "ep02/sh010": "queued",
        "sh010": "active",
    }


def test_kill_still_wants_a_yes(cli: Cli, farm: SmallFarm, tmp_path: Path) -> None:
    assert cli("kill", "ep01.jobs", "--jobs-from", listed(tmp_path, "sh010")) == 2
    assert "--yes" in cli.err
    assert statuses(cli)["ep01/sh010"] == "active"


def test_the_limit_holds_for_a_list_too(cli: Cli, farm: SmallFarm, tmp_path: Path) -> None:
    names = listed(tmp_path, "sh010", "sh030")
    assert cli("requeue", "ep01.jobs", "--jobs-from", names, "--limit", "0") == 2
    assert "more than 0" in cli.err


def test_a_query_narrows_a_list(cli: Cli, farm: SmallFarm, tmp_path: Path) -> None:
    names = listed(tmp_path, "sh010", "sh030")
    assert cli("requeue", "ep01.jobs", "status:failed", "--jobs-from", names) == 0
    assert statuses(cli)["ep01/sh030"] == "queued"
    assert "Not found" not in cli.out


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("pause",), "paused"),
        (("priority", "80"), "active"),
    ],
)
def test_verbs_that_change_take_a_list(
    cli: Cli, farm: SmallFarm, tmp_path: Path, words: tuple[str, ...], status: str
) -> None:
    names = listed(tmp_path, "sh010", "sh099")
    events = cli.events(*words, "ep01.jobs", "--jobs-from", names)
    assert rows_of(events) == {"sh010": "changed", "sh099": "not found"}
    assert result_of(events)["counts"]["not_found"] == 1
    assert statuses(cli)["ep01/sh010"] == status
    assert statuses(cli)["ep02/sh010"] == "queued"


def test_names_that_are_none_are_said(cli: Cli, farm: SmallFarm, tmp_path: Path) -> None:
    assert cli("resume", "ep01.jobs", "--jobs-from", listed(tmp_path, "sh098", "sh099")) == 0
    assert "Not found: sh098, sh099." in cli.out


@pytest.mark.parametrize("verb", [("kill",), ("pause",), ("priority", "7")])
def test_neither_query_nor_list_is_refused(
    cli: Cli, farm: SmallFarm, verb: tuple[str, ...]
) -> None:
    assert cli(*verb, "ep01.jobs") == 2
    assert "--jobs-from FILE" in cli.err


def test_a_list_needs_its_release(cli: Cli, farm: SmallFarm, tmp_path: Path) -> None:
    assert cli("kill", "jobs", "--jobs-from", listed(tmp_path, "sh010"), "--yes") == 2
    assert "NAME.jobs" in cli.err


def test_an_empty_or_missing_file_is_refused(cli: Cli, farm: SmallFarm, tmp_path: Path) -> None:
    assert cli("kill", "ep01.jobs", "--jobs-from", listed(tmp_path, "", " "), "--yes") == 2
    assert "names no job" in cli.err
    assert cli("kill", "ep01.jobs", "--jobs-from", str(tmp_path / "none.txt"), "--yes") == 2


# --- verbs about a release ------------------------------------------------------------------------


def test_replace_takes_exactly_the_named_jobs(studio: Studio, tmp_path: Path) -> None:
    names = listed(tmp_path, "sh010", "nobody")
    words = ("replace", "release", "ep01", "--jobs-from", names, "--yes")
    events = studio.cli.events(*words)
    assert rows_of(events) == {"sh010": "replaced", "nobody": "not found"}
    assert result_of(events)["counts"] == {"replaced": 1, "not_found": 1}
    assert statuses(studio.cli)["ep01/sh020"] == "completed"
    studio.cli.manager.render()
    events = studio.cli.events(*words)
    assert rows_of(events) == {"sh010": "left alone", "nobody": "not found"}
    events = studio.cli.events(*words, "--again")
    assert rows_of(events)["sh010"] == "replaced"


def test_replace_takes_the_stale_ones_of_a_list(studio: Studio, tmp_path: Path) -> None:
    studio.chair.write_bytes(b"a better chair")
    names = listed(tmp_path, "sh020", "poster")
    events = studio.cli.events(
        "replace", "release", "ep01", "--stale", "--jobs-from", names, "--yes"
    )
    assert rows_of(events) == {"sh020": "replaced", "poster": "left alone"}
    assert result_of(events)["posted"] == ["sh020"]


def test_repair_looks_at_the_named_jobs_alone(studio: Studio, tmp_path: Path) -> None:
    out = studio.root / "releases/ep01/out"
    (out / "sh010/000002.png").write_bytes(b"")
    (out / "sh020/000003.png").write_bytes(b"")
    names = listed(tmp_path, "sh010", "poster", "nobody")
    events = studio.cli.events("repair", "release", "ep01", "--jobs-from", names)
    assert rows_of(events) == {
        "sh010": "repaired",
        "poster": "nothing to repair",
        "nobody": "not found",
    }
    assert [one["job"] for one in result_of(events)["posted"]] == ["sh010"]
    assert (out / "sh020/000003.png").exists()


def test_harvest_delivers_the_named_jobs_alone(studio: Studio, tmp_path: Path) -> None:
    (studio.root / "releases/ep01/out/sh020/000003.png").write_bytes(b"")
    names = listed(tmp_path, "sh010", "nobody")
    events = studio.cli.events("harvest", "release", "ep01", "--jobs-from", names)
    assert events[-1]["exit_status"] == 0
    assert rows_of(events) == {"sh010": "delivered", "nobody": "not found"}
    delivered = sorted(path.name for path in (studio.root / "dist/ep01").iterdir())
    assert delivered == [f"sh010_00000{number}.png" for number in (1, 2, 3)]
    assert studio.cli("harvest", "release", "ep01", "--jobs-from", listed(tmp_path, "nobody")) == 0
    assert studio.cli.out == "Not found: nobody.\n"


def test_what_a_plan_named_is_submitted_and_nothing_else(studio: Studio, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    (shot,) = [blend for blend in studio.blends if blend.stem == "sh010"]
    for blend in studio.blends:
        blend.write_bytes(b"edited")
    assert studio.cli("plan", "release", "ep01", str(shot), "--jobs-to", str(names)) == 0
    assert names.read_text(encoding="utf-8") == "sh010\n"
    document = studio.cli.json("submit", "release", "ep01", "--jobs-from", str(names))
    assert document["result"]["posted"] == ["sh010"]
    assert [one["job"] for one in document["result"]["decisions"]] == ["sh010"]


def test_a_plan_that_is_blocked_names_nothing(studio: Studio, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    assert studio.cli("plan", "release", "ep01", "nowhere.blend", "--jobs-to", str(names)) != 0
    assert not names.exists()
