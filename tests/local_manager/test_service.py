# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads, database and scheduler together, with doubles for the renderers."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from farm_addon.core.errors import FarmError, VolumeError
from farm_addon.local_manager import events
from farm_addon.local_manager.events import Outcome
from farm_addon.local_manager.model import JobStatus, TaskStatus
from farm_addon.local_manager.state import Database
from tests.fakes.local_service import LocalService, submission, wait_until
from tests.local_manager.conftest import OpenService


def test_a_job_is_rendered_to_its_end(open_service: OpenService) -> None:
    local = open_service().start()
    job = local.submit(frames="1-5", chunk_size=2, farm_blender="executable:/opt/blender")
    done = local.wait_for(job.id, "completed")
    assert [task.steps_completed for task in done.tasks] == [2, 2, 1]
    assert [work.frames for work in local.runner.works] == [(1, 2), (3, 4), (5,)]
    work = local.runner.works[0]
    assert (work.scene, work.file_format, work.extension) == ("Main", "PNG", ".png")
    assert (work.output, work.blender) == ("/mnt/farm/out/a/######", "executable:/opt/blender")


def test_the_renderer_is_let_go_when_there_is_nothing_more(open_service: OpenService) -> None:
    local = open_service().start()
    local.wait_for(local.submit(frames="1-5").id, "completed")
    wait_until(lambda: local.runner.closed)
    assert local.runner.closed == 1


def test_the_log_tells_what_happened(open_service: OpenService) -> None:
    local = open_service().start()
    job = local.wait_for(local.submit(frames="1").id, "completed")
    text = (local.logs.tail(job.id, job.tasks[0].id) or b"").decode()
    lines = [line.split("Z ", 1)[-1] for line in text.splitlines()]
    worker = job.tasks[0].worker_id
    assert lines == [
        f"Task assigned to worker local-1 ({worker})",
        "task changed status queued -> active",
        "pid=1 > Blender 0.0.0",
        "task changed status active -> completed",
    ]


def test_two_slots_work_at_once(open_service: OpenService) -> None:
    local = open_service(slots=2)
    for runner in local.runners:
        runner.gate.clear()
    job = local.start().submit(frames="1-2")
    wait_until(lambda: all(runner.works for runner in local.runners))
    for runner in local.runners:
        runner.gate.set()
    local.wait_for(job.id, "completed")


def test_cancelling_ends_the_render_and_a_requeue_renders_again(open_service: OpenService) -> None:
    local = open_service()
    local.runner.gate.clear()
    job = local.start().submit()
    wait_until(lambda: local.runner.works)
    local.service.dispatch(events.StatusRequested(job.id, JobStatus.CANCEL_REQUESTED, "x"))
    wait_until(lambda: local.service.state.slots[0].run is None)
    assert local.job(job.id).status is JobStatus.CANCELED
    local.runner.gate.set()
    local.service.dispatch(events.StatusRequested(job.id, JobStatus.REQUEUEING, "x"))
    local.wait_for(job.id, "completed")


def test_a_runner_that_breaks_down_fails_the_task_and_the_next_job_runs(
    open_service: OpenService,
) -> None:
    local = open_service()
    local.runner.outcomes.extend([ValueError("bug"), FarmError("the disk is gone")])
    local.start()
    broken, refused, fine = (local.submit(name, frames="1") for name in "abc")
    assert "broke down" in local.wait_for(broken.id, "failed").activity
    assert "the disk is gone" in local.wait_for(refused.id, "failed").activity
    local.wait_for(fine.id, "completed")
    tail = local.logs.tail(refused.id, refused.tasks[0].id) or b""
    assert b"Failed: the disk is gone" in tail


def test_a_crash_is_tried_again(open_service: OpenService) -> None:
    local = open_service()
    local.runner.outcomes.append((Outcome.CRASHED, "Blender crashed"))
    job = local.start().submit(frames="1")
    local.wait_for(job.id, "completed")
    assert len(local.runner.works) == 2


def test_a_stop_returns_the_running_task_and_a_new_start_goes_on(
    open_service: OpenService,
) -> None:
    first = open_service()
    first.runner.gate.clear()
    job = first.start().submit()
    wait_until(lambda: first.runner.works)
    first.stop()
    assert [task.status for task in first.job(job.id).tasks] == [TaskStatus.QUEUED] * 3
    second = open_service().start()
    second.wait_for(job.id, "completed")


def test_a_kill_at_any_moment_loses_no_job(open_service: OpenService, tmp_path: Path) -> None:
    """What is on the disk while a task runs is all that a killed process leaves."""
    first = open_service()
    first.runner.gate.clear()
    job = first.start().submit()
    wait_until(lambda: first.runner.works)
    snapshot = tmp_path / "killed"
    snapshot.mkdir()
    for path in tmp_path.glob("manager.sqlite*"):
        (snapshot / path.name).write_bytes(path.read_bytes())
    second = LocalService(snapshot)
    try:
        assert second.job(job.id).tasks[0].status is TaskStatus.ACTIVE
        second.start().wait_for(job.id, "completed")
    finally:
        second.stop()


def test_what_cannot_be_kept_is_refused_and_changes_nothing(
    open_service: OpenService, tmp_path: Path
) -> None:
    local = open_service().start()
    with sqlite3.connect(tmp_path / "manager.sqlite") as other:
        other.execute("ALTER TABLE job RENAME TO hidden")
    other.close()
    with pytest.raises(VolumeError):
        local.submit()
    assert local.service.state.jobs == {}
    with sqlite3.connect(tmp_path / "manager.sqlite") as other:
        other.execute("ALTER TABLE hidden RENAME TO job")
    other.close()
    local.wait_for(local.submit().id, "completed")


def test_a_result_that_cannot_be_kept_makes_the_program_leave(
    open_service: OpenService, tmp_path: Path
) -> None:
    local = open_service()
    local.runner.gate.clear()
    local.runner.outcomes.append((Outcome.FAILED, "no"))
    local.start().submit(frames="1")
    wait_until(lambda: local.runner.works)
    with sqlite3.connect(tmp_path / "manager.sqlite") as other:
        other.execute("ALTER TABLE job RENAME TO hidden")
    other.close()
    local.runner.gate.set()
    assert local.is_lost.wait(10)


def test_the_program_is_idle_only_without_work(open_service: OpenService) -> None:
    local = open_service()
    local.runner.gate.clear()
    job = local.start().submit(frames="1")
    wait_until(lambda: local.runner.works)
    assert local.service.idle_s() < 0.05
    local.runner.gate.set()
    local.wait_for(job.id, "completed")
    wait_until(lambda: local.service.idle_s() > 0.05)
    local.service.request_came()
    assert local.service.idle_s() < 0.05


def test_workers_keep_their_ids(open_service: OpenService) -> None:
    first = open_service(slots=2)
    ids = [slot.id for slot in first.service.state.slots]
    first.stop()
    assert [slot.id for slot in open_service(slots=2).service.state.slots] == ids
    assert len(set(ids)) == 2


def test_the_database_is_locked_for_nobody_who_only_reads(
    open_service: OpenService, tmp_path: Path
) -> None:
    local = open_service().start()
    local.wait_for(local.submit().id, "completed")
    reader = Database(tmp_path / "manager.sqlite")
    assert len(reader.load()) == 1
    reader.close()


def test_a_job_that_makes_no_sense_is_not_taken(open_service: OpenService) -> None:
    local = open_service().start()
    with pytest.raises(FarmError):
        local.service.check(submission(frames="x"))
    with pytest.raises(FarmError):
        local.submit(frames="x")
    assert local.service.state.jobs == {}
