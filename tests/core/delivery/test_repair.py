# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exactly the frames that fail are rendered again, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.delivery.repair import Repair, repair_release
from farm_addon.core.errors import ManagerUnreachableError, UsageError
from farm_addon.core.ports import Manager, ManagerAddress, RemoteJob, RemoteTask
from farm_addon.core.release.release_store import read_release, write_release
from farm_addon.core.submission.submit import Poster
from farm_addon.core.workspace import Workspace
from tests.core.delivery.conftest import ALL, attempt_of, names, replace_stale
from tests.core.delivery.test_gate import stereo
from tests.core.flow import NAME, Flow


def newest(flow: Flow) -> RemoteJob:
    return list(flow.manager.stored.values())[-1]


def posted(done: Repair) -> list[tuple[str, str]]:
    return [(job, frames.text()) for job, frames in done.posted]


def rejected(flow: Flow, job: str, attempt: int = 1) -> list[str]:
    return names(flow.workspace.volume.superseded(NAME) / job / str(attempt) / "rejected")


def test_bad_and_missing_frames_are_rendered_again(flow: Flow) -> None:
    flow.frame("pack_A", 1).unlink()
    flow.frame("pack_A", 3).write_bytes(b"cut off")
    done = flow.repair()
    assert posted(done) == [("pack_A", "1,3")]
    assert rejected(flow, "pack_A") == ["000003.1.png"]
    assert len(flow.manager.stored) == 3
    flow.manager.render()
    assert flow.harvest().is_whole
    assert names(flow.dist) == ALL
    assert {attempt_of(flow.dist / name) for name in ALL} == {1}


def test_a_repair_is_the_same_attempt_under_a_submission_of_its_own(flow: Flow) -> None:
    first = next(one for one in flow.manager.stored.values() if one.name == "ep01/pack_A")
    flow.frame("pack_A", 2).unlink()
    flow.repair()
    job = newest(flow)
    same = ("farm_release_id", "farm_job", "farm_attempt", "farm_inputs", "farm_volume")
    assert [job.metadata[key] for key in same] == [first.metadata[key] for key in same]
    assert job.metadata["farm_submission"] != first.metadata["farm_submission"]
    assert job.settings == {**first.settings, "frames": "2"}
    assert (job.name, job.priority) == (first.name, first.priority)
    attempt = flow.release().jobs["pack_A"].attempt
    assert attempt is not None
    assert [one.frames.text() if one.frames else "" for one in attempt.submissions] == ["", "2"]


def test_a_repair_takes_the_planned_priority_and_the_attempt_that_counts(flow: Flow) -> None:
    flow.plan(priority=80)
    replace_stale(flow)
    flow.frame("pack_A", 2, attempt=2).write_bytes(b"")
    assert posted(flow.repair()) == [("pack_A", "2")]
    job = newest(flow)
    assert (job.priority, job.metadata["farm_attempt"]) == (80, "2")
    assert job.settings["render_output_path"].endswith("/attempt-2/######")
    assert rejected(flow, "pack_A", 2) == ["000002.1.png"]


def test_nothing_to_repair_asks_for_no_manager(flow: Flow) -> None:
    with write_release(flow.workspace, NAME, "repair") as store:
        done = repair_release(
            flow.workspace, store, flow.services.managers, flow.decoder, _no_poster
        )
    assert done == Repair()


def _no_poster() -> Poster:
    raise AssertionError("nothing is to be posted")


def test_repairing_twice_sends_one_job(flow: Flow) -> None:
    flow.frame("pack_A", 2).unlink()
    flow.repair()
    again = flow.repair()
    assert (again.posted, again.skipped) == ((), (("pack_A", "its repair is still queued"),))
    assert len(flow.manager.stored) == 3


def test_a_repair_that_failed_can_be_repaired(flow: Flow) -> None:
    path = flow.frame("pack_A", 2)
    path.write_bytes(b"cut off")
    flow.repair()
    flow.manager.render()
    path.write_bytes(b"cut off again")
    assert posted(flow.repair()) == [("pack_A", "2")]
    assert rejected(flow, "pack_A") == ["000002.1.png", "000002.2.png"]
    flow.manager.render()
    assert flow.harvest().is_whole


@pytest.mark.parametrize("status", ["queued", "active", "paused", "cancel-requested", "odd-new"])
def test_a_job_that_may_still_write_is_left_alone(flow: Flow, status: str) -> None:
    for job in flow.manager.stored.values():
        flow.manager.stored[job.id] = replace(job, status=status)
    flow.frame("pack_A", 2).unlink()
    done = flow.repair()
    assert done.posted == ()
    assert ("pack_A", f"it is still {status}") in done.skipped


def test_a_job_that_hangs_is_named_as_such(flow: Flow) -> None:
    job = next(one for one in flow.manager.stored.values() if one.name == "ep01/pack_A")
    flow.manager.stored[job.id] = replace(job, status="active")
    tasks = [
        RemoteTask(f"t{number}", f"render-{number}", status, "blender", index=number)
        for number, status in enumerate(("completed", "failed", "completed"), 1)
    ]
    flow.manager.known_tasks[job.id] = tasks
    flow.frame("pack_A", 2).unlink()
    (skipped,) = flow.repair().skipped
    assert skipped == ("pack_A", "it is stalled (1 of 3 tasks failed): kill it first")
    flow.manager.stored[job.id] = replace(job, status="canceled")
    assert posted(flow.repair()) == [("pack_A", "2")]


@pytest.mark.parametrize("status", ["completed", "failed", "canceled", None])
def test_a_job_that_has_ended_or_is_gone_is_repaired(flow: Flow, status: str | None) -> None:
    for job in list(flow.manager.stored.values()):
        if status is None:
            del flow.manager.stored[job.id]
        else:
            flow.manager.stored[job.id] = replace(job, status=status)
    flow.frame("pack_A", 2).unlink()
    assert posted(flow.repair()) == [("pack_A", "2")]


def test_a_job_of_a_manager_out_of_reach_is_left_alone(flow: Flow) -> None:
    flow.frame("pack_A", 2).unlink()
    none: Mapping[ManagerAddress, Manager] = {}
    with write_release(flow.workspace, NAME, "repair") as store:
        done = repair_release(flow.workspace, store, none, flow.decoder, _no_poster)
    assert done.posted == ()
    assert "cannot be asked from here" in done.skipped[0][1]


def test_frames_that_are_delivered_are_not_rendered_again(flow: Flow) -> None:
    flow.frame("pack_A", 2).unlink()
    flow.harvest(is_partial=True)
    assert posted(flow.repair()) == [("pack_A", "2")]
    flow.manager.render()
    assert flow.harvest().frames == 1
    assert names(flow.dist) == ALL


def test_both_eyes_of_a_bad_frame_go(workspace: Workspace, tmp_path: Path) -> None:
    flow = stereo(workspace, tmp_path)
    flow.frame("pack", 2).with_name("000002_R.png").write_bytes(b"cut off")
    assert posted(flow.repair()) == [("pack", "2")]
    assert rejected(flow, "pack") == ["000002_L.1.png", "000002_R.1.png"]


def test_what_is_no_file_is_moved_out_of_the_way_too(flow: Flow) -> None:
    path = flow.frame("pack_A", 2)
    path.unlink()
    path.mkdir()
    (path / "inner").write_bytes(b"x")
    assert posted(flow.repair()) == [("pack_A", "2")]
    assert rejected(flow, "pack_A") == ["000002.1.png"]
    assert not path.exists()


def test_without_its_frozen_file_a_job_cannot_be_repaired(flow: Flow) -> None:
    flow.frame("pack_A", 2).unlink()
    read_release(flow.workspace, NAME).blend("pack_A").unlink()
    done = flow.repair()
    assert (done.posted, done.unrepairable) == ((), ("pack_A",))


def test_where_nothing_can_be_sent_nothing_is_moved(flow: Flow) -> None:
    flow.frame("pack_A", 2).write_bytes(b"")

    def refuse() -> Poster:
        raise UsageError("no Blender was found")

    managers = flow.services.managers
    with write_release(flow.workspace, NAME, "repair") as store:
        with pytest.raises(UsageError):
            repair_release(flow.workspace, store, managers, flow.decoder, refuse)
    assert flow.frame("pack_A", 2).exists()


def test_a_lost_answer_is_looked_up(flow: Flow) -> None:
    flow.frame("pack_A", 2).unlink()

    def lose(what: str) -> None:
        if what.startswith("submit"):
            raise ManagerUnreachableError("connection reset")

    flow.manager.before_answer = lose
    with pytest.raises(ManagerUnreachableError):
        flow.repair()
    flow.manager.before_answer = None
    assert flow.repair().skipped == (("pack_A", "its repair is still queued"),)
    assert len(flow.manager.stored) == 3


def test_a_dry_run_moves_and_sends_nothing(flow: Flow) -> None:
    flow.frame("pack_A", 2).write_bytes(b"")
    store = read_release(flow.workspace, NAME)
    done = repair_release(
        flow.workspace, store, flow.services.managers, flow.decoder, _no_poster, is_dry_run=True
    )
    assert posted(done) == [("pack_A", "2")]
    assert flow.frame("pack_A", 2).exists()
    assert len(flow.manager.stored) == 2
