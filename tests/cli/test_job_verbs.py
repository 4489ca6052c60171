# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs that take a query: what they print, ask, refuse and exit with."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from farm_addon.app import Choices
from farm_addon.core.errors import ManagerRefusedError, ManagerUnreachableError
from farm_addon.core.ports import ManagerAddress, RemoteTask
from tests.cli.conftest import Cli, FakeApp
from tests.core.farm_jobs.rows import planned_job, remote_job
from tests.core.farm_jobs.small_farm import SmallFarm
from tests.fakes.farm import FakeManager, RecordingReporter

VERBS = (("kill",), ("pause",), ("resume",), ("requeue",), ("priority", "80"))


@pytest.fixture
def farm(cli: Cli) -> SmallFarm:
    """ep01 with sh010 active, sh020 completed, sh030 failed and ben's, sh040 only planned; ep02
    with sh010 queued; and a job that is not ours, with a name that moves a terminal's cursor."""
    app = FakeApp(cli, Choices(volume=str(cli.root)), RecordingReporter(), {})
    farm = SmallFarm(app.workspace, cli.manager)
    farm.plan("ep01", "sh010", "sh020", "sh030", "sh040")
    farm.plan("ep02", "sh010")
    farm.send("ep01", "sh010", "active", steps_completed=3, steps_total=10)
    farm.send("ep01", "sh020", "completed")
    farm.send("ep01", "sh030", "failed", user="ben", activity="3 tasks failed")
    farm.send("ep02", "sh010")
    cli.manager.stored["x"] = remote_job("x", "active", name="a stranger\x1b[2J")
    return farm


def statuses(cli: Cli) -> dict[str, str]:
    return {job.name[:10]: job.status for job in cli.manager.stored.values()}


def last_line(cli: Cli) -> str:
    return cli.out.splitlines()[-1]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# --- kill -----------------------------------------------------------------------------------------


def test_kill_shows_a_table_and_says_what_became_of_each_part(cli: Cli, farm: SmallFarm) -> None:
    assert cli("kill", "jobs", "release:ep01", "--yes") == 0
    lines = cli.out.splitlines()
    assert lines[0].split() == ["job", "state", "attempt", "user", "frames", "priority", "age"]
    assert lines[2].split()[:6] == ["ep01/sh010", "active", "1", "mia", "3/10", "50"]
    assert "3 tasks failed" in lines[3]
    assert lines[4] == "1 of these 2 are other people's: 1 of ben."
    assert lines[5] == "4 job(s) match: 2 cancelled, 1 already finished, 1 never sent."
    assert statuses(cli) == {
        "ep01/sh010": "canceled",
        "ep01/sh020": "completed",
        "ep01/sh030": "canceled",
        "ep02/sh010": "queued",
        "a stranger": "active",
    }
    assert cli("kill", "jobs", "release:ep01") == 0  # nothing to ask about
    assert cli.out == "4 job(s) match: 3 already finished, 1 never sent.\n"


def test_kill_asks_on_a_terminal(
    cli: Cli, farm: SmallFarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("no\n"))
    assert cli("kill", "ep01.jobs", "job:sh010") == 1
    assert "ep01/sh010" in cli.out
    assert "cancel 1 job(s)? [y/N] " in cli.err
    assert statuses(cli)["ep01/sh010"] == "active"
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert cli("kill", "ep01.jobs", "job:sh010") == 0
    assert statuses(cli)["ep01/sh010"] == "canceled"


def test_kill_leaves_what_no_longer_matches_when_the_answer_comes(
    cli: Cli, farm: SmallFarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(Terminal):
        """Meanwhile somebody queues ben's job again."""

        def readline(self, _size: int | None = -1, /) -> str:
            for job_id, job in cli.manager.stored.items():
                if job.name == "ep01/sh030":
                    cli.manager.stored[job_id] = replace(job, status="queued")
            return "y\n"

    monkeypatch.setattr(sys, "stdin", Slow())
    assert cli("kill", "jobs", "status:failed or status:active") == 0
    assert statuses(cli)["ep01/sh030"] == "queued"
    assert statuses(cli)["ep01/sh010"] == "canceled"
    assert "1 job(s) no longer match and are left alone" in cli.err


def test_kill_refuses_where_nobody_can_be_asked(cli: Cli, farm: SmallFarm) -> None:
    before = statuses(cli)
    assert cli("kill", "jobs", "status:active") == 2
    assert "nobody is there to ask" in cli.err
    assert cli("kill", "jobs", "status:active", "--json") == 2
    assert statuses(cli) == before


def test_kill_of_one_release(cli: Cli, farm: SmallFarm) -> None:
    assert cli("kill", "release.jobs", "release:ep02 job:sh0*", "--yes") == 0
    assert statuses(cli)["ep02/sh010"] == "canceled"
    assert statuses(cli)["ep01/sh010"] == "active"
    assert cli("kill", "release.jobs", "job:sh0*", "--yes") == 2
    assert "takes the release from a term 'release:NAME'" in cli.err
    assert cli("kill", "ep03.jobs", "job:sh0*", "--yes") == 2
    assert "the releases are: ep01, ep02" in cli.err


def test_kill_deletes_where_that_is_wanted(cli: Cli, farm: SmallFarm) -> None:
    assert cli("kill", "jobs", "release:ep01", "--delete", "--yes") == 0
    assert last_line(cli) == (
        "4 job(s) match: 2 cancelled, 1 already finished, 3 deleted, 1 never sent."
    )
    assert list(statuses(cli)) == ["ep02/sh010", "a stranger"]
    assert cli("kill", "jobs", "release:ep01", "--delete", "--yes") == 0
    assert cli.out == "4 job(s) match: 3 not found, 1 never sent.\n"


def test_kill_exits_1_when_a_part_failed(
    cli: Cli, farm: SmallFarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = FakeManager.set_job_status

    def refuse_one(manager: FakeManager, job_id: str, status: str, reason: str) -> None:
        if manager.stored[job_id].name == "ep01/sh010":
            raise ManagerRefusedError("it says no", status=422)
        plain(manager, job_id, status, reason)

    monkeypatch.setattr(FakeManager, "set_job_status", refuse_one)
    assert cli("kill", "jobs", "job:sh010", "--yes") == 1
    assert "ep01/sh010  it says no" in cli.out
    assert last_line(cli) == "2 job(s) match: 1 cancelled, 1 failed."


def test_kill_does_nothing_when_the_manager_falls_silent_while_one_is_asked(
    cli: Cli, farm: SmallFarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silence(_what: str) -> None:
        raise ManagerUnreachableError("it does not answer")

    class Slow(Terminal):
        def readline(self, _size: int | None = -1, /) -> str:
            cli.manager.before_answer = silence
            return "y\n"

    monkeypatch.setattr(sys, "stdin", Slow())
    before = statuses(cli)
    assert cli("kill", "jobs", "status:active") == 1
    assert "farm: it does not answer\n      nothing was done; run it again" in cli.err
    assert statuses(cli) == before


def test_kill_says_whose_local_manager_has_a_job_and_does_nothing(
    cli: Cli, farm: SmallFarm
) -> None:
    theirs = FakeManager(ManagerAddress(user="ben", host="ws3"))
    farm.plan("ep03", "sh010")
    farm.send("ep03", "sh010", "active", manager=theirs)
    assert cli("kill", "ep03.jobs", "job:sh010", "--yes") == 1
    assert "the local manager of ben on ws3" in cli.err
    assert last_line(cli) == "1 job(s) match: 1 failed."
    assert [job.status for job in theirs.stored.values()] == ["active"]


def test_kill_leaves_what_this_farm_did_not_submit(cli: Cli, farm: SmallFarm) -> None:
    assert cli("kill", "jobs", 'job:"a stranger*"', "--yes") == 0
    assert cli.out == "No job matches.\n"
    assert cli("kill", "jobs", 'job:"a stranger*"', "--foreign", "--yes") == 0
    assert statuses(cli)["a stranger"] == "canceled"
    assert "\x1b" not in cli.out
    assert "1 of these 1 are other people's: 1 of somebody who is not recorded." in cli.out


def test_kill_document_has_every_job_with_its_outcome(cli: Cli, farm: SmallFarm) -> None:
    result = cli.json("kill", "jobs", "release:ep01", "--yes")["result"]
    assert result["counts"] == {"cancelled": 2, "already_finished": 1, "not_found": 0, "failed": 0}
    assert result["others"] == {"ben": 1}
    assert [(job["job"], job["outcome"], job["user"]) for job in result["jobs"]] == [
        ("sh010", "cancelled", "mia"),
        ("sh020", "already finished", "mia"),
        ("sh030", "cancelled", "ben"),
    ]
    events = cli.events("kill", "jobs", "release:ep02", "--yes")
    rows = [one["values"] for one in events if one["event"] == "row"]
    assert [(row["release"], row["outcome"]) for row in rows] == [("ep02", "cancelled")]


# --- what all of them share -----------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_a_query_that_matches_everything_needs_all(
    cli: Cli, farm: SmallFarm, verb: tuple[str, ...]
) -> None:
    before = statuses(cli)
    assert cli(*verb, "jobs", "job:*", "--yes") == 2
    assert "matches every job on the farm" in cli.err
    assert statuses(cli) == before
    assert cli(*verb, "jobs", "job:*", "--all", "--yes") == 0
    assert statuses(cli)["a stranger"] == "active"


@pytest.mark.parametrize("verb", VERBS)
def test_more_than_the_limit_is_refused(cli: Cli, farm: SmallFarm, verb: tuple[str, ...]) -> None:
    for job_id, job in cli.manager.stored.items():
        status = {"pause": "queued", "kill": "active"}.get(verb[0], "paused")
        cli.manager.stored[job_id] = replace(job, status=status)
    before = dict(cli.manager.stored)
    assert cli(*verb, "jobs", "release:ep01", "--limit", "2", "--yes") == 2
    assert "3 jobs would be changed, more than 2; nothing was done" in cli.err
    assert cli.manager.stored == before
    assert cli(*verb, "jobs", "release:ep01", "--limit", "3", "--yes") == 0
    assert cli.manager.stored != before


@pytest.mark.parametrize("verb", VERBS)
def test_a_dry_run_changes_nothing(cli: Cli, farm: SmallFarm, verb: tuple[str, ...]) -> None:
    before = dict(cli.manager.stored)
    assert cli(*verb, "jobs", "release:ep01", "--dry-run") == 0
    assert cli.manager.stored == before
    assert last_line(cli).endswith("nothing was done.")


@pytest.mark.parametrize("verb", VERBS)
def test_a_bad_query_is_a_usage_error_that_points_at_the_place(
    cli: Cli, farm: SmallFarm, verb: tuple[str, ...]
) -> None:
    assert cli(*verb, "jobs", "release:ep01 sttus:failed") == 2
    message, query, carets, advice = cli.err.splitlines()
    assert message == "farm: the query, column 14: there is no field 'sttus'"
    assert query == "      release:ep01 sttus:failed"
    assert carets == "      " + " " * 13 + "^^^^^"
    assert advice.startswith("      did you mean 'status'? the fields are: age, ")


@pytest.mark.parametrize("verb", VERBS)
def test_no_match_is_no_failure(cli: Cli, farm: SmallFarm, verb: tuple[str, ...]) -> None:
    assert cli(*verb, "jobs", "job:nobody", "--yes") == 0
    assert cli.out == "No job matches.\n"


@pytest.mark.parametrize("verb", VERBS)
def test_no_match_is_a_failure_where_a_manager_was_silent(
    cli: Cli, farm: SmallFarm, verb: tuple[str, ...]
) -> None:
    def silence(_what: str) -> None:
        raise ManagerUnreachableError("it does not answer")

    cli.manager.before_answer = silence
    assert cli(*verb, "jobs", "status:active", "--yes") == 1
    unseen = "What the local manager of mia on ws12 has could not be looked at: it does not answer"
    assert cli.out.splitlines() == ["No job matches.", unseen]
    assert cli("status", "jobs", "status:active") == 0
    assert unseen in cli.out


@pytest.mark.parametrize("verb", VERBS)
def test_the_table_is_there_before_anything_is_done(
    cli: Cli, farm: SmallFarm, verb: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    for job_id, job in cli.manager.stored.items():
        status = "queued" if verb[0] == "pause" else "paused"
        cli.manager.stored[job_id] = replace(job, status=status)
    monkeypatch.setattr(FakeManager, "set_job_status", stop)
    monkeypatch.setattr(FakeManager, "set_priority", stop)
    assert cli(*verb, "jobs", "release:ep02", "--yes") == 130
    assert cli.out.splitlines()[2].startswith("ep02/sh010")
    assert cli(*verb, "jobs", "release:ep02", "--yes", "--json") == 130
    assert cli.out.startswith("{")


# --- pause, resume, requeue, priority -------------------------------------------------------------


def test_pause_and_resume(cli: Cli, farm: SmallFarm) -> None:
    assert cli("pause", "jobs", "release:ep01") == 0
    assert statuses(cli)["ep01/sh010"] == "paused"
    assert last_line(cli) == "4 job(s) match: 1 paused, 2 left alone, 1 never sent."
    assert "ep01/sh020  left alone  it is 'completed'" in cli.out
    assert cli("pause", "jobs", "job:sh010 release:ep01") == 0
    assert cli.out == "1 job(s) match: 1 already so.\n"
    assert cli("resume", "ep01.jobs", "status:paused") == 0
    assert statuses(cli)["ep01/sh010"] == "queued"
    assert last_line(cli) == "1 job(s) match: 1 resumed."


def test_pause_below_flamenco_3_6_is_refused_and_never_sent(
    cli: Cli, farm: SmallFarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeManager, "version", lambda _manager: (3, 5))
    cli.manager.requests.clear()
    assert cli("pause", "jobs", "release:ep02") == 1
    assert "is Flamenco 3.5, which cannot pause jobs; 3.6 and later can" in cli.out
    assert cli.manager.requests == ["jobs"]
    assert cli("pause", "jobs", "release:ep02", "--dry-run") == 0
    assert last_line(cli) == "0 job(s) would be paused: nothing was done."
    assert cli("requeue", "jobs", "job:sh030") == 0


def test_requeue_leaves_completed_jobs_alone_unless_told(cli: Cli, farm: SmallFarm) -> None:
    assert cli("requeue", "jobs", "release:ep01") == 0
    assert statuses(cli)["ep01/sh030"] == "queued"
    assert statuses(cli)["ep01/sh020"] == "completed"
    assert "it is completed, and frames that are there are not rendered again" in cli.out
    assert last_line(cli) == (
        "4 job(s) match: 1 queued again, 1 already so, 1 left alone, 1 never sent."
    )
    assert cli("requeue", "jobs", "job:sh020", "--completed") == 0
    assert statuses(cli)["ep01/sh020"] == "queued"


def test_requeue_takes_a_stalled_job(cli: Cli, farm: SmallFarm) -> None:
    (job_id,) = (one.id for one in cli.manager.stored.values() if one.name == "ep01/sh010")
    cli.manager.known_tasks[job_id] = [
        RemoteTask("t1", "render-1", "failed", "blender"),
        RemoteTask("t2", "render-2", "completed", "blender"),
    ]
    assert cli("requeue", "jobs", "is:stalled") == 0
    assert statuses(cli)["ep01/sh010"] == "queued"


def test_priority_changes_what_is_not_completed(cli: Cli, farm: SmallFarm) -> None:
    assert cli("priority", "80", "jobs", "release:ep01") == 0
    priorities = [job.priority for job in cli.manager.stored.values()]
    assert priorities == [80, 50, 80, 50, 50]
    assert last_line(cli) == ("4 job(s) match: 2 given priority 80, 1 left alone, 1 never sent.")
    assert "1 of these 2 are other people's: 1 of ben." in cli.out
    assert cli("priority", "101", "jobs", "release:ep01") == 2
    assert cli("priority", "high", "jobs", "release:ep01") == 2


# --- status ---------------------------------------------------------------------------------------


def test_status_of_the_jobs_that_a_query_matches(cli: Cli, farm: SmallFarm) -> None:
    assert cli("status", "jobs", "job:sh0* not status:completed") == 0
    assert [line.split()[:2] for line in cli.out.splitlines()[2:-1]] == [
        ["ep01/sh010", "active"],
        ["ep01/sh030", "failed"],
        ["ep02/sh010", "queued"],
        ["ep01/sh040", "planned"],
    ]
    assert last_line(cli) == "4 job(s) match."
    found = cli.json("status", "jobs", "user:ben")["result"]["jobs"]
    assert [(job["release"], job["job"], job["state"], job["user"]) for job in found] == [
        ("ep01", "sh030", "failed", "ben")
    ]
    assert cli("status", "jobs", "job:*") == 0  # looking at everything harms nobody
    assert cli("status", "jobs", "job:nobody") == 0
    assert cli.out == "No job matches.\n"
    assert cli("status", "jobs", "status:active", "--foreign") == 0
    assert "a stranger�[2J" in cli.out


def test_a_record_that_cannot_be_read_hides_no_other_release(cli: Cli, farm: SmallFarm) -> None:
    journal = cli.root / "releases" / "ep01" / "journal.jsonl"
    journal.write_text('{"event":"frozen","job":"nobody"}\n')
    assert cli("status") == 0
    assert [line.split()[0] for line in cli.out.splitlines()[2:]] == ["ep02"]
    assert "release 'ep01' was left out: line 1 of the journal" in cli.err


def test_status_shows_how_old_a_job_is(cli: Cli, farm: SmallFarm) -> None:
    created = (datetime.now(UTC) - timedelta(days=3, hours=2)).isoformat()
    for job_id, job in cli.manager.stored.items():
        cli.manager.stored[job_id] = replace(job, created=created)
    assert cli("status", "jobs", "age>3d job:sh030") == 0
    assert cli.out.splitlines()[2].split()[:7] == [
        *("ep01/sh030", "failed", "1", "ben", "0/10", "50", "3d")
    ]
    assert cli("status", "jobs", "age>4d") == 0
    assert cli.out == "No job matches.\n"


def test_status_stale_lists_the_stale_and_unknown_jobs_alone(cli: Cli, farm: SmallFarm) -> None:
    farm.plan("ep01", planned_job("sh010", width_px=64))
    cli.manager.requests.clear()
    assert cli("status", "release", "ep01", "--stale") == 0
    assert cli.out.splitlines()[2] == "sh010  stale    it was planned differently since"
    assert last_line(cli) == "0 of 4 job(s) of release 'ep01' are fresh, 1 never frozen."
    assert cli.manager.requests == []
    result = cli.json("status", "release", "ep01", "--stale")["result"]
    assert {job["job"]: job["verdict"] for job in result["jobs"]} == {
        "sh010": "stale",
        "sh020": "unknown",
        "sh030": "unknown",
    }


@pytest.mark.parametrize(
    "words",
    [
        ("jobs",),
        ("release",),
        ("jobs", "status:failed", "--stale"),
        ("jobs", "status:failed", "--watch"),
        ("--stale",),
        ("release", "ep01", "--stale", "--watch"),
        ("release", "ep01", "--foreign"),
        ("ep01.jobs", "status:failed"),
    ],
)
def test_status_refuses_what_makes_no_sense(
    cli: Cli, farm: SmallFarm, words: tuple[str, ...]
) -> None:
    assert cli("status", *words) == 2
    assert cli.err.startswith("farm: ")
