# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of jobs: what the record and the Managers say together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.frames import Frames
from farm_addon.core.ports import RemoteTask, RemoteWorker
from farm_addon.core.release.live import JobRow, job_rows
from farm_addon.core.release.release_store import write_release
from farm_addon.core.submission.submit import Poster
from farm_addon.core.workspace import Workspace
from tests.core.flow import NAME, Flow


@pytest.fixture
def flow(workspace: Workspace, tmp_path: Path) -> Flow:
    """``pack_A`` (three frames) and ``pack_B`` (one), rendered."""
    flow = Flow(workspace, tmp_path / "work")
    flow.plan()
    flow.submit()
    flow.manager.render()
    return flow


def row(flow: Flow, job: str = "pack_A") -> JobRow:
    managers = {flow.manager.address: flow.manager}
    return next(one for one in job_rows(flow.release(), managers) if one.job == job)


def post_repair(flow: Flow, *frames: int) -> str:
    with write_release(flow.workspace, NAME, "repair") as store:
        state = store.release.jobs["pack_A"]
        assert state.attempt is not None
        poster = Poster(flow.workspace, store, flow.manager, {})
        return poster.post(state.attempt, state.plan, frames=Frames(frames))


def test_a_row_tells_whose_job_it_is(flow: Flow) -> None:
    assert row(flow).user == "mia"
    assert row(flow).to_json()["user"] == "mia"


def test_a_repair_counts_on_top_of_what_was_whole(flow: Flow) -> None:
    repair = post_repair(flow, 2, 3)
    assert (row(flow).state, row(flow).frames_done, row(flow).frames_total) == ("queued", 1, 3)
    job = flow.manager.stored[repair]
    flow.manager.stored[repair] = replace(job, status="active", steps_completed=1, steps_total=2)
    assert (row(flow).state, row(flow).frames_done) == ("active", 2)
    flow.manager.stored[repair] = replace(job, status="completed", steps_total=0)
    assert (row(flow).state, row(flow).frames_done) == ("completed", 3)


def test_delivered_frames_are_done_whatever_the_manager_says(flow: Flow) -> None:
    with write_release(flow.workspace, NAME, "harvest --partial") as store:
        jobs = {"pack_A": {"attempt": 1, "frames": "1-2"}}
        store.add("harvesting", delivery="d1", jobs=jobs)
        store.add("harvested", delivery="d1")
    (job_id,) = (one.id for one in flow.manager.stored.values() if one.name == "ep01/pack_A")
    flow.manager.stored[job_id] = replace(
        flow.manager.stored[job_id], status="queued", steps_completed=0
    )
    assert (row(flow).state, row(flow).frames_done) == ("queued", 2)
    assert row(flow).message == "2 of 3 frames delivered"
    del flow.manager.stored[job_id]
    assert (row(flow).state, row(flow).frames_done) == ("missing", 2)


def test_a_job_that_gets_nowhere_is_stalled_and_ends_the_waiting(flow: Flow) -> None:
    (job,) = (one for one in flow.manager.stored.values() if one.name == "ep01/pack_A")
    flow.manager.stored[job.id] = replace(job, status="active", steps_completed=2, steps_total=3)
    flow.manager.known_workers = (RemoteWorker("w1", "node1", "awake"),)
    flow.manager.known_tasks[job.id] = [
        RemoteTask("t1", "render-1", "completed", "blender"),
        RemoteTask("t2", "render-2", "failed", "blender"),
    ]
    stalled = row(flow)
    assert (stalled.state, stalled.frames_done) == ("stalled", 2)
    assert stalled.message == "1 of 2 tasks failed"
    assert not stalled.is_waiting


def test_tasks_are_looked_at_only_where_few_jobs_run(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def tasks(job_id: str) -> list[RemoteTask]:
        asked.append(job_id)
        return []

    for job in list(flow.manager.stored.values()):
        flow.manager.stored[job.id] = replace(job, status="active")
    flow.manager.tasks = tasks  # type: ignore[method-assign]
    row(flow)
    assert len(asked) == 2
    monkeypatch.setattr("farm_addon.core.release.live.FEW_JOBS", 1)
    row(flow)
    assert len(asked) == 2
