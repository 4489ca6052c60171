# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Submitting some jobs, submitting them paused, and what freezing is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.errors import ManagerError, UsageError
from farm_addon.core.frames import Frames
from farm_addon.core.planning.options import Expand, PlanOptions
from farm_addon.core.planning.plan import PlanSource
from farm_addon.core.planning.plan_release import plan_release
from farm_addon.core.planning.scene_rules import Farm
from farm_addon.core.ports import FreezeJob, FrozenJob, ManagerAddress
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release import inputs
from farm_addon.core.release.release_store import read_release
from farm_addon.core.submission.decisions import Need
from farm_addon.core.submission.replacing import pick_job
from farm_addon.core.submission.submit_release import decide_release, submit_release
from farm_addon.core.workspace import Workspace
from tests.core.flow import NAME, Flow
from tests.fakes.farm import FakeFreezer, FakeManager, file_facts, scene_facts


class OldManager(FakeManager):
    """A Manager that cannot pause."""

    def version(self) -> tuple[int, int]:
        return 3, 5


class WatchedFreezer(FakeFreezer):
    """Keeps what it was asked to freeze."""

    orders: tuple[FreezeJob, ...] = ()

    def freeze(self, blend: Path, jobs: Sequence[FreezeJob]) -> Iterator[FrozenJob]:
        self.orders += tuple(jobs)
        return super().freeze(blend, jobs)


@pytest.fixture
def flow(workspace: Workspace, tmp_path: Path) -> Flow:
    flow = Flow(workspace, tmp_path / "work")
    flow.plan()
    return flow


def test_only_takes_the_jobs_that_match_a_pattern(flow: Flow) -> None:
    assert flow.submit(only=["*_B"]).posted == ("pack_B",)
    assert flow.freezer.frozen == ["pack_B"]
    assert flow.submit(only=["pack_A", "*_B"]).posted == ("pack_A",)


def test_a_pattern_without_a_job_is_refused_before_anything_is_done(flow: Flow) -> None:
    with pytest.raises(UsageError, match=r"no job of release 'ep01' matches 'sh\*'"):
        flow.submit(only=["pack_A", "sh*"])
    assert not flow.freezer.frozen


def test_a_dry_run_tells_of_the_matching_jobs(flow: Flow) -> None:
    told = decide_release(flow.workspace, NAME, flow.manager.address, ["*_A"])
    assert [one.job for one in told.decisions] == ["pack_A"]


def test_paused_jobs_wait(flow: Flow) -> None:
    flow.manager.stored.clear()
    submit_release(flow.workspace, NAME, replace(flow.services, is_paused=True))
    assert {job.status for job in flow.manager.stored.values()} == {"paused"}


def test_a_failed_job_is_not_started_again_by_a_paused_submission(flow: Flow) -> None:
    flow.submit()
    for job in list(flow.manager.stored.values()):
        flow.manager.stored[job.id] = replace(job, status="failed")
    done = submit_release(flow.workspace, NAME, replace(flow.services, is_paused=True))
    assert done.requeued == ()
    assert {job.status for job in flow.manager.stored.values()} == {"failed"}


def test_a_manager_that_would_start_paused_jobs_gets_none(flow: Flow) -> None:
    services = replace(flow.services, manager=OldManager(), is_paused=True)
    with pytest.raises(ManagerError, match=r"is Flamenco 3\.5, which would start the jobs at once"):
        submit_release(flow.workspace, NAME, services)
    assert not flow.freezer.frozen


def test_a_changed_delivered_job_is_pointed_to_replace(flow: Flow) -> None:
    flow.submit()
    flow.manager.render()
    flow.harvest()
    flow.library.write_bytes(b"a new chair")
    (finding,) = flow.submit().findings
    assert finding.message == (
        f"frames of it were delivered, so that it was left alone, although '{flow.library}' changed"
    )
    assert finding.fix.startswith("farm replace job ep01/pack_A renders it anew")


def test_files_out_of_reach_do_not_send_a_job_again(flow: Flow) -> None:
    flow.submit()
    flow.folder.rename(flow.folder.with_name("unmounted"))
    decisions = decide_release(flow.workspace, NAME, flow.manager.address).decisions
    assert {one.need for one in decisions} == {Need.NOTHING}
    assert all(one.reason.endswith("is out of reach") for one in decisions)
    assert flow.submit().posted == ()


def test_damaged_inputs_are_made_anew_and_the_old_file_is_kept(flow: Flow) -> None:
    flow.submit()
    store = read_release(flow.workspace, NAME)
    old = store.blend("pack_A").read_bytes()
    store.inputs("pack_A").write_bytes(b"damaged")
    assert flow.submit().posted == ("pack_A",)
    assert (store.superseded("pack_A", 1) / "pack_A.blend").read_bytes() == old


def test_a_changed_running_job_is_cancelled_and_its_frames_set_aside(flow: Flow) -> None:
    flow.submit()
    flow.manager.render("ep01/pack_A")
    flow.library.write_bytes(b"a new chair")
    flow.submit()
    store = read_release(flow.workspace, NAME)
    assert (store.superseded("pack_A", 1) / "000001.png").is_file()
    assert store.release.jobs["pack_A"].attempts[0].is_set_aside


def test_a_shared_dependency_is_looked_at_once_for_all_jobs_of_a_file(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = Flow(workspace, tmp_path / "work")
    flow.plan()
    hashed: list[Path] = []
    hash_file = inputs.hash_file
    monkeypatch.setattr(inputs, "hash_file", lambda path: hashed.append(path) or hash_file(path))
    flow.submit()
    assert sorted(hashed) == sorted([flow.blend, flow.library, flow.texture])


def test_freezing_is_told_the_camera_and_view_layer(workspace: Workspace, tmp_path: Path) -> None:
    flow = Flow(workspace, tmp_path / "work", freezer=WatchedFreezer())
    facts = file_facts(str(flow.blend), scene_facts("A", cameras=("Left", "Right")))
    flow.freezer.facts[flow.blend] = facts
    flow.facts = lambda: facts  # type: ignore[method-assign]
    flow.plan(expand=Expand.CAMERAS)
    flow.submit()
    assert isinstance(flow.freezer, WatchedFreezer)
    assert [(one.camera, one.view_layer) for one in flow.freezer.orders] == [
        ("Left", ""),
        ("Right", ""),
    ]


def test_chosen_frames_do_not_have_to_be_the_scenes(workspace: Workspace, tmp_path: Path) -> None:
    flow = Flow(workspace, tmp_path / "work")
    flow.plan(frames=Frames([2, 9]))
    assert flow.submit().posted == ("pack_A", "pack_B")


def test_a_dropped_job_on_a_manager_out_of_reach_holds_nobody_up(flow: Flow) -> None:
    flow.submit()
    only_b = file_facts(str(flow.blend), scene_facts("B", frame_end=1), scene_facts("C"))
    flow.freezer.facts[flow.blend] = only_b
    flow.facts = lambda: only_b  # type: ignore[method-assign]
    flow.plan()
    elsewhere = FakeManager(ManagerAddress(url="http://other:8080"))
    done = submit_release(flow.workspace, NAME, replace(flow.services, manager=elsewhere))
    assert done.posted == ("pack_C",)
    assert not flow.release().jobs["pack_A"].attempts[0].is_cancelled
    flow.submit()
    assert flow.release().jobs["pack_A"].attempts[0].is_cancelled


def plan_scenes(flow: Flow, *names: str) -> None:
    """Plan these scenes of the file, under the names that its jobs have."""
    known = {"A": scene_facts("A"), "B": scene_facts("B", frame_end=1)}
    facts = replace(flow.facts(), scenes=tuple(known[name] for name in names))
    flow.freezer.facts[flow.blend] = facts
    plan_release(
        flow.workspace,
        NAME,
        [PlanSource(facts, RecordedPath.of(flow.blend, flow.workspace.volume.root))],
        PlanOptions(job_name="pack_{scene}"),
        Farm(),
    )


def test_a_delivered_job_that_was_dropped_and_is_back_needs_nothing(flow: Flow) -> None:
    flow.submit()
    flow.manager.render()
    flow.harvest()
    plan_scenes(flow, "B")
    flow.submit()
    assert flow.release().jobs["pack_A"].attempts[0].is_cancelled
    plan_scenes(flow, "A", "B")
    done = flow.submit()
    assert (done.findings, done.skipped) == ((), ["pack_A", "pack_B"])


def test_a_partly_delivered_job_that_was_dropped_and_is_back_is_said_to_be_cancelled(
    flow: Flow,
) -> None:
    flow.submit()
    flow.manager.render()
    flow.frame("pack_A", 2).write_bytes(b"bad")
    flow.harvest(is_partial=True)
    plan_scenes(flow, "B")
    flow.submit()
    plan_scenes(flow, "A", "B")
    (finding,) = flow.submit().findings
    assert finding.message.endswith("although it was cancelled")
    pick = pick_job(flow.workspace, read_release(flow.workspace, NAME), "pack_A")
    assert pick is not None
    assert pick.reason == "it was cancelled"
    assert flow.replace_job().posted == ("pack_A",)


def test_jobs_with_which_something_was_done_are_not_said_to_be_skipped(flow: Flow) -> None:
    flow.submit()
    lost = next(one.id for one in flow.manager.stored.values() if one.name == "ep01/pack_A")
    del flow.manager.stored[lost]
    done = flow.submit()
    assert (done.posted, done.skipped) == (("pack_A",), ["pack_B"])
    assert done.to_json()["skipped"] == ["pack_B"]
