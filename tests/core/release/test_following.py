# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Following a release and its farm: what is told, and when nothing is."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from farm_addon.core.errors import ManagerUnreachableError, UsageError
from farm_addon.core.farm_jobs.query_errors import QueryError
from farm_addon.core.ports import Manager, ManagerAddress, RemoteWorker
from farm_addon.core.release.farm_following import FarmFollower
from farm_addon.core.release.following import Follower
from farm_addon.core.release.release_store import write_release
from farm_addon.core.release.shown import Shown
from farm_addon.core.workspace import Workspace
from farm_addon.flamenco.watcher import Watcher
from tests.core.flow import NAME, Flow
from tests.fakes.clock import FakeClock
from tests.fakes.farm import RecordingReporter


class Followed:
    """A flow, a follower of its farm, and what it told since it was last asked."""

    def __init__(self, flow: Flow, *, name: str = NAME, shown: Shown | None = None) -> None:
        self.flow, self.clock = flow, FakeClock()
        self.told = RecordingReporter()
        self.is_reachable = True
        workspace = replace(flow.workspace, reporter=self.told, clock=self.clock)
        self.watcher = Watcher(self._connect, clock=self.clock)
        self.farm = FarmFollower(
            workspace, name, self.watcher, shown or Shown(), lambda _release: flow.manager.address
        )

    def _connect(self, _address: ManagerAddress) -> Manager:
        if not self.is_reachable:
            raise ManagerUnreachableError("the connection was refused", hint="start it")
        return self.flow.manager

    def step(self, seconds: float = 0.0) -> None:
        """Look once, so much later; what was told before is forgotten."""
        self.told.rows, self.told.gone, self.told.orders = [], [], []
        self.told.bars, self.told.statuses = [], []
        self.clock.now_s += seconds
        self.farm.step()

    def row(self, table: str, key: str) -> dict[str, Any]:
        return next(row for told, name, row in self.told.rows if (told, name) == (table, key))

    def is_quiet(self) -> bool:
        told = self.told
        return not (told.rows or told.gone or told.orders or told.bars or told.statuses)

    def set(self, name: str, **members: Any) -> None:
        stored = self.flow.manager.stored
        (job,) = (one for one in stored.values() if one.name == f"{NAME}/{name}")
        stored[job.id] = replace(job, updated=f"t{self.clock.now_s}", **members)


@pytest.fixture
def flow(workspace: Workspace, tmp_path: Path) -> Flow:
    """``pack_A`` (three frames) and ``pack_B`` (one), sent."""
    flow = Flow(workspace, tmp_path / "work")
    flow.manager.known_workers = (RemoteWorker("w1", "node1", "awake"),)
    flow.plan()
    flow.submit()
    return flow


def test_all_is_told_at_first_and_nothing_while_nothing_changes(flow: Flow) -> None:
    followed = Followed(flow)
    followed.step()
    tables = [(table, key) for table, key, _row in followed.told.rows]
    assert tables == [
        ("farm", "volume"), ("jobs", "pack_A"), ("jobs", "pack_B"), ("farm", "release"),
        ("farm", "manager"), ("workers", "w1"), ("releases", NAME),
    ]  # fmt: skip
    assert followed.told.orders == [("jobs", ["pack_A", "pack_B"])]
    for _ in range(20):
        followed.step(5)
        assert followed.is_quiet()


def test_the_row_of_a_job_has_what_the_panel_shows(flow: Flow) -> None:
    followed = Followed(flow)
    followed.step()
    row = followed.row("jobs", "pack_A")
    assert row == {
        "job": "pack_A", "state": "queued", "attempt": 1, "done": 0, "total": 3, "message": "",
        "user": "mia", "priority": 50, "id": row["id"], "eta_s": None,
        "url": f"http://farm:8080/app/jobs/{row['id']}",
    }  # fmt: skip
    assert row["id"] in flow.manager.stored


def test_a_change_tells_its_row_and_the_release(flow: Flow) -> None:
    followed = Followed(flow)
    followed.step()
    followed.set("pack_A", status="active", steps_completed=1, steps_total=3)
    followed.step(5)
    assert [key for _table, key, _row in followed.told.rows] == ["pack_A", "release"]
    assert followed.row("jobs", "pack_A")["done"] == 1
    release = followed.row("farm", "release")
    assert (release["states"], release["done"], release["total"]) == (
        {"active": 1, "queued": 1},
        1,
        4,
    )
    assert not release["is_over"]


def test_a_release_ends_and_begins_again(flow: Flow) -> None:
    followed = Followed(flow)
    followed.step()
    flow.manager.render()
    followed.step(5)
    assert followed.row("farm", "release")["is_over"]
    followed.set("pack_B", status="queued", steps_completed=0)
    followed.step(30)
    assert not followed.row("farm", "release")["is_over"]


def test_a_job_that_leaves_the_plan_is_gone(flow: Flow) -> None:
    followed = Followed(flow)
    followed.step()
    with write_release(flow.workspace, NAME, "plan") as store:
        store.add("planned", jobs=[], drop=["pack_A"])
    followed.step(5)
    assert ("jobs", "pack_A") in followed.told.gone
    assert followed.told.orders == [("jobs", ["pack_B"])]


def test_a_record_that_does_not_grow_is_not_read_again(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed = Followed(flow)
    followed.step()
    monkeypatch.setattr(
        "farm_addon.core.release.following.read_release",
        lambda *_: pytest.fail("the record was read again"),
    )
    followed.step(5)
    followed.step(60)


def test_a_manager_that_is_down_at_first_may_come(flow: Flow) -> None:
    followed = Followed(flow)
    followed.is_reachable = False
    followed.step()
    manager = followed.row("farm", "manager")
    assert (manager["answers"], manager["message"]) == (False, "the connection was refused")
    assert manager["hint"] == "start it"
    assert followed.row("jobs", "pack_A")["state"] == "unknown"
    assert not followed.row("farm", "release")["is_over"]
    followed.step(1)
    assert followed.is_quiet()
    followed.is_reachable = True
    followed.step(30)
    assert followed.row("farm", "manager")["answers"]
    assert followed.row("jobs", "pack_A")["state"] == "queued"


def test_a_manager_that_falls_silent_takes_no_row_back(flow: Flow) -> None:
    followed = Followed(flow)
    followed.step()

    def refuse(_what: str) -> None:
        raise ManagerUnreachableError("it does not answer")

    flow.manager.before_answer = refuse
    followed.step(5)
    assert [key for _table, key, _row in followed.told.rows] == ["manager"]
    flow.manager.before_answer = None
    followed.step(30)
    assert [key for _table, key, _row in followed.told.rows] == ["manager"]


def test_a_release_that_is_not_there_yet_is_waited_for(
    workspace: Workspace, tmp_path: Path
) -> None:
    flow = Flow(workspace, tmp_path / "work")
    followed = Followed(flow)
    followed.step()
    assert "there is no release" in followed.row("farm", "release")["message"]
    assert followed.told.orders == [("jobs", [])]
    flow.plan()
    followed.step(2)
    assert followed.row("farm", "release")["message"] == ""
    assert followed.told.orders == [("jobs", ["pack_A", "pack_B"])]


def test_without_a_release_the_farm_alone_is_told(flow: Flow) -> None:
    followed = Followed(flow, name="")
    followed.step()
    assert {table for table, _key, _row in followed.told.rows} == {"farm", "workers", "releases"}
    assert followed.row("releases", NAME) == {"state": "open", "jobs": 2}
    assert followed.told.orders == []


def test_a_volume_that_is_gone_is_told_and_ends_nothing(flow: Flow) -> None:
    followed = Followed(flow)
    followed.step()
    config = flow.workspace.volume.config_file
    os.rename(config, config.with_suffix(".away"))
    followed.step(10)
    assert followed.row("farm", "volume")["is_volume"] is False
    os.rename(config.with_suffix(".away"), config)
    followed.step(10)
    assert followed.row("farm", "volume")["is_volume"]


# --- what is shown --------------------------------------------------------------------------------


def test_a_filter_shows_fewer_and_all_rows_are_told(flow: Flow) -> None:
    followed = Followed(flow, shown=Shown("frames>1"))
    followed.step()
    assert followed.row("jobs", "pack_B")
    assert followed.told.orders == [("jobs", ["pack_A"])]


def test_the_shown_jobs_follow_their_states(flow: Flow) -> None:
    followed = Followed(flow, shown=Shown("status:active"))
    followed.step()
    assert followed.told.orders == [("jobs", [])]
    followed.set("pack_B", status="active")
    followed.step(5)
    assert followed.told.orders == [("jobs", ["pack_B"])]


def test_stale_jobs_can_be_asked_for(flow: Flow) -> None:
    flow.library.write_bytes(b"another library")
    followed = Followed(flow, shown=Shown("is:stale"))
    followed.step()
    assert followed.told.orders == [("jobs", ["pack_A"])]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("plan", ["pack_A", "pack_B"]),
        ("-plan", ["pack_B", "pack_A"]),
        ("-name", ["pack_B", "pack_A"]),
        ("state", ["pack_B", "pack_A"]),
        ("progress", ["pack_B", "pack_A"]),
        ("-priority", ["pack_B", "pack_A"]),
        ("attempt", ["pack_A", "pack_B"]),
        ("eta", ["pack_A", "pack_B"]),
        ("updated", ["pack_A", "pack_B"]),
    ],
)
def test_jobs_are_sorted(flow: Flow, sort: str, order: list[str]) -> None:
    followed = Followed(flow, shown=Shown(sort=sort))
    followed.set("pack_A", status="active", steps_completed=1, steps_total=3)
    followed.set("pack_B", status="failed", priority=60)
    followed.step()
    assert followed.told.orders == [("jobs", order)]


def test_a_sort_or_a_filter_that_makes_no_sense_is_refused(flow: Flow) -> None:
    with pytest.raises(UsageError, match="sorted by 'size'"):
        Shown(sort="-size")
    with pytest.raises(QueryError):
        Shown("status:")
    with pytest.raises(QueryError, match="no field 'colour'"):
        Followed(flow, shown=Shown("colour:red")).step()


def test_only_some_jobs_can_be_followed(flow: Flow) -> None:
    reporter = RecordingReporter()
    workspace = replace(flow.workspace, reporter=reporter)
    follower = Follower(workspace, NAME, Watcher(lambda _address: flow.manager), only=["pack_B"])
    assert follower.step()
    assert [row.job for row in follower.rows] == ["pack_B"]
    assert reporter.orders == []


def test_the_eta_of_a_release_follows_from_all_its_jobs(flow: Flow) -> None:
    followed = Followed(flow)
    followed.step()
    followed.set("pack_A", status="active", steps_completed=1, steps_total=3)
    followed.step(5)
    followed.set("pack_A", status="active", steps_completed=2, steps_total=3)
    followed.step(5)
    assert followed.row("farm", "release")["eta_s"] == 10
