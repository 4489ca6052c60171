# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs get a next attempt, the old one is set aside; and back again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.errors import (
    BlockedError,
    FarmError,
    LockedError,
    ManagerError,
    ManagerUnreachableError,
    UsageError,
)
from farm_addon.core.findings import Finding, Severity
from farm_addon.core.planning.plan import PlanSource
from farm_addon.core.planning.scene_rules import Farm
from farm_addon.core.ports import ManagerAddress
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.jobs import PlannedJob
from farm_addon.core.release.release_store import read_release, write_release
from farm_addon.core.submission.interrupted import finish_interrupted
from farm_addon.core.submission.other_source import plan_from
from farm_addon.core.submission.replacing import (
    pick_job,
    pick_stale,
    replace_jobs,
    undo_replacement,
)
from tests.core.flow import NAME, Flow
from tests.fakes.farm import FakeManager, file_facts, scene_facts


def folder(flow: Flow) -> Path:
    return flow.workspace.volume.release_folder(NAME)


def files(path: Path) -> list[str]:
    found = (one for one in path.rglob("*") if one.is_file())
    return sorted(str(one.relative_to(path)) for one in found)


def on_the_manager(flow: Flow) -> list[tuple[str, str, str]]:
    return [
        (job.metadata["farm_job"], job.metadata["farm_attempt"], job.status)
        for job in flow.manager.stored.values()
    ]


def change_library(flow: Flow, content: bytes = b"a new chair") -> None:
    flow.library.write_bytes(content)


# --- which jobs -----------------------------------------------------------------------------------


def test_exactly_the_stale_jobs_are_replaced(flow: Flow) -> None:
    flow.manager.render()
    change_library(flow)
    done = flow.replace_stale()
    assert done.posted == ("pack_A",)
    assert on_the_manager(flow) == [
        ("pack_A", "1", "completed"),
        ("pack_B", "1", "completed"),
        ("pack_A", "2", "queued"),
    ]


def test_a_second_run_replaces_nothing(flow: Flow) -> None:
    change_library(flow)
    flow.replace_stale()
    assert flow.replace_stale().posted == ()
    assert len(flow.manager.stored) == 3


def test_unknown_jobs_are_replaced_only_when_asked_for(flow: Flow) -> None:
    flow.blend.write_bytes(b"saved again")
    assert flow.replace_stale().posted == ()
    assert flow.replace_stale(with_unknown=True).posted == ("pack_A", "pack_B")


def test_a_pick_says_which_frames_and_why(flow: Flow) -> None:
    change_library(flow)
    (pick,) = pick_stale(flow.workspace, read_release(flow.workspace, NAME))
    assert pick.to_json() == {
        "job": "pack_A",
        "attempt": 1,
        "frames": "1-3",
        "files": 3,
        "reason": f"Image ‘lib’: '{flow.library}' changed",
        "begun": False,
    }


def test_one_job_is_replaced_whether_anything_changed_or_not(flow: Flow) -> None:
    assert flow.replace_job().posted == ("pack_A",)
    assert flow.release().jobs["pack_A"].current == 2


def test_a_replaced_job_is_replaced_again_after_a_change_or_on_demand(flow: Flow) -> None:
    flow.replace_job()
    assert flow.replace_job().posted == ()
    assert flow.replace_job(again=True).posted == ("pack_A",)
    change_library(flow)
    assert flow.replace_job().posted == ("pack_A",)
    assert flow.release().jobs["pack_A"].current == 4


def test_a_stale_job_that_was_never_sent_is_left_to_submit(flow: Flow) -> None:
    scenes = scene_facts("A"), scene_facts("B", frame_end=1), scene_facts("C")
    facts = file_facts(str(flow.blend), *scenes, dependencies=flow.facts().dependencies)
    flow.freezer.facts[flow.blend] = facts
    flow.facts = lambda: facts  # type: ignore[method-assign]
    flow.plan()
    change_library(flow)
    assert flow.replace_stale().posted == ("pack_A",)


def test_what_somebody_else_replaced_meanwhile_is_not_replaced_again(flow: Flow) -> None:
    change_library(flow)
    picks = pick_stale(flow.workspace, read_release(flow.workspace, NAME))
    flow.replace_stale()
    done = replace_jobs(flow.workspace, NAME, picks, flow.services)
    assert done.posted == ()
    assert [one.code for one in done.findings] == ["overtaken"]
    assert flow.release().jobs["pack_A"].current == 2


# --- what becomes of the old attempt --------------------------------------------------------------


def test_the_old_attempts_files_go_to_superseded(flow: Flow) -> None:
    flow.manager.render()
    old_blend = (folder(flow) / "store" / "pack_A.blend").read_bytes()
    (folder(flow) / "out" / "pack_A" / "rejected").mkdir()
    (folder(flow) / "out" / "pack_A" / "rejected" / "000002.png").write_bytes(b"bad")
    change_library(flow)
    flow.replace_stale()
    aside = folder(flow) / "superseded" / "pack_A" / "1"
    assert files(aside) == [
        "000001.png",
        "000002.png",
        "000003.png",
        "pack_A.blend",
        "pack_A.json",
        "rejected/000002.png",
    ]
    assert (aside / "pack_A.blend").read_bytes() == old_blend
    assert files(folder(flow) / "out") == ["pack_B/000001.png"]
    assert flow.release().jobs["pack_A"].attempts[0].is_set_aside


def test_a_running_attempt_is_cancelled_with_its_repairs(flow: Flow) -> None:
    from farm_addon.core.frames import Frames
    from farm_addon.core.submission.submit import Poster

    with write_release(flow.workspace, NAME, "repair") as store:
        state = store.release.jobs["pack_A"]
        assert state.attempt is not None
        Poster(flow.workspace, store, flow.manager, {}).post(
            state.attempt, state.plan, frames=Frames([2])
        )
    change_library(flow)
    flow.replace_stale()
    assert on_the_manager(flow) == [
        ("pack_A", "1", "canceled"),
        ("pack_B", "1", "queued"),
        ("pack_A", "1", "canceled"),
        ("pack_A", "2", "queued"),
    ]


def test_a_job_that_comes_back_is_cancelled_again_before_its_frames_move(flow: Flow) -> None:
    change_library(flow)
    old = next(iter(flow.manager.stored))
    looks: list[float] = []

    def revive(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 1:
            flow.manager.stored[old] = replace(flow.manager.stored[old], status="active")

    object.__setattr__(flow.workspace, "wait", revive)
    flow.replace_stale()
    assert looks == [3.0, 12.0]
    assert flow.manager.stored[old].status == "canceled"
    assert flow.release().jobs["pack_A"].attempts[0].is_set_aside


def test_frames_of_a_job_that_does_not_let_go_stay_until_the_next_verb(flow: Flow) -> None:
    change_library(flow)
    old = next(iter(flow.manager.stored))

    def revive(_seconds: float) -> None:
        flow.manager.stored[old] = replace(flow.manager.stored[old], status="active")

    object.__setattr__(flow.workspace, "wait", revive)
    flow.replace_stale()
    assert [one.code for one in flow.workspace.reporter.findings] == ["not-let-go"]
    assert not flow.release().jobs["pack_A"].attempts[0].is_set_aside
    with write_release(flow.workspace, NAME, "another verb") as store:
        finish_interrupted(flow.workspace, store)
    assert flow.release().jobs["pack_A"].attempts[0].is_set_aside


def test_nobody_waits_for_workers_of_completed_jobs(flow: Flow) -> None:
    flow.manager.render()
    change_library(flow)
    waits: list[float] = []
    object.__setattr__(flow.workspace, "wait", waits.append)
    flow.replace_stale()
    assert waits == []


def test_a_late_frame_of_an_old_attempt_is_nobodys(flow: Flow) -> None:
    change_library(flow)
    flow.replace_stale()
    late = folder(flow) / "out" / "pack_A" / "000001.png"
    late.parent.mkdir(exist_ok=True, parents=True)
    late.write_bytes(b"late")
    flow.manager.render()
    assert flow.harvest().frames == 4
    assert late.read_bytes() == b"late"


def test_the_old_attempt_goes_on_where_the_new_one_cannot_be_frozen(flow: Flow) -> None:
    change_library(flow)
    flow.freezer.findings["pack_A"] = Finding(Severity.ERROR, "not-self-contained", "A", "leaks")
    with pytest.raises(BlockedError):
        flow.replace_stale()
    assert on_the_manager(flow)[0] == ("pack_A", "1", "queued")
    assert flow.release().jobs["pack_A"].current == 1


def test_an_attempt_on_a_manager_out_of_reach_is_not_replaced(flow: Flow) -> None:
    change_library(flow)
    elsewhere = FakeManager(ManagerAddress(url="http://other:8080"))
    services = replace(flow.services, manager=elsewhere)
    picks = pick_stale(flow.workspace, read_release(flow.workspace, NAME))
    with pytest.raises(ManagerError, match=r"http://farm:8080, which cannot be asked"):
        replace_jobs(flow.workspace, NAME, picks, services)
    assert not elsewhere.stored
    assert flow.release().jobs["pack_A"].current == 1


def test_a_delivered_attempt_is_replaced_though_its_manager_is_gone(flow: Flow) -> None:
    flow.manager.render()
    flow.harvest()
    change_library(flow)
    elsewhere = FakeManager(ManagerAddress(url="http://other:8080"))
    picks = pick_stale(flow.workspace, read_release(flow.workspace, NAME))
    done = replace_jobs(flow.workspace, NAME, picks, replace(flow.services, manager=elsewhere))
    assert done.posted == ("pack_A",)
    state = flow.release().jobs["pack_A"]
    assert (state.current, state.attempts[0].is_set_aside) == (2, True)


def test_an_old_attempt_that_arrives_late_is_cancelled(flow: Flow) -> None:
    change_library(flow)
    lost = []

    def lose(what: str) -> None:
        if what == "submit ep01/pack_A" and not lost:
            late, job = flow.manager.stored.popitem()
            lost.append((late, job))
            raise ManagerUnreachableError("connection reset")

    flow.manager.before_answer = lose
    with pytest.raises(ManagerUnreachableError):
        flow.replace_stale()
    change_library(flow, b"another chair")
    flow.replace_stale()
    flow.manager.stored.update(lost)
    flow.replace_stale()
    assert ("pack_A", "2", "canceled") in on_the_manager(flow)
    assert ("pack_A", "3", "queued") in on_the_manager(flow)


def test_delivered_frames_stay_until_the_next_harvest(flow: Flow) -> None:
    flow.manager.render()
    flow.harvest()
    change_library(flow)
    before = files(flow.dist)
    flow.replace_stale()
    assert files(flow.dist) == before
    state = flow.release().jobs["pack_A"]
    assert state.delivered
    assert not state.is_delivered


def test_submit_posts_a_replacement_that_was_only_frozen(flow: Flow) -> None:
    flow.manager.render()
    flow.harvest()
    change_library(flow)

    def refuse(what: str) -> None:
        if what.startswith("submit"):
            flow.manager.stored.popitem()
            raise ManagerUnreachableError("connection refused")

    flow.manager.before_answer = refuse
    with pytest.raises(ManagerUnreachableError):
        flow.replace_stale()
    flow.manager.before_answer = None
    assert flow.submit().posted == ("pack_A",)
    assert ("pack_A", "2", "queued") in on_the_manager(flow)


# --- from another file ----------------------------------------------------------------------------


def from_file(flow: Flow, path: Path, job: str = "pack_A") -> PlannedJob:
    root = flow.workspace.volume.root
    source = PlanSource(flow.freezer.read(path), RecordedPath.of(path, root))
    return plan_from(flow.release(), job, source, Farm(), flow.workspace.reporter)


def other_file(flow: Flow, **changes: object) -> Path:
    path = flow.folder / "pack_v2.blend"
    path.write_bytes(b"version 2")
    flow.freezer.facts[path] = file_facts(str(path), scene_facts("A", **changes))
    return path


def test_a_job_takes_another_file_and_its_frames(flow: Flow) -> None:
    path = other_file(flow, frame_end=5, width_px=128)
    flow.replace_job(plan=from_file(flow, path))
    state = flow.release().jobs["pack_A"]
    assert (state.plan.source.text, state.plan.frames.text(), state.plan.width_px) == (
        str(path),
        "1-5",
        128,
    )
    assert state.current == 2
    assert (folder(flow) / "store" / "pack_A.blend").read_bytes().startswith(b"version 2")
    assert flow.replace_job(plan=from_file(flow, path)).posted == ()


def test_a_file_without_the_scene_is_refused_with_those_that_it_has(flow: Flow) -> None:
    path = flow.folder / "other.blend"
    path.write_bytes(b"")
    flow.freezer.facts[path] = file_facts(str(path), scene_facts("Main"))
    with pytest.raises(UsageError, match="no scene 'A'") as caught:
        from_file(flow, path)
    assert caught.value.hint == "its scenes are: Main"


def test_a_finding_about_the_other_file_blocks(flow: Flow) -> None:
    with pytest.raises(BlockedError) as caught:
        from_file(flow, other_file(flow, camera=None))
    assert [one.code for one in caught.value.findings] == ["no-camera"]


def test_a_file_whose_frames_would_take_another_jobs_names_is_refused(flow: Flow) -> None:
    path = flow.folder / "pack_v2.blend"
    path.write_bytes(b"version 2")
    flow.freezer.facts[path] = file_facts(str(path), scene_facts("A", frame_start=1, frame_end=1))
    release = flow.release()
    for name, template in (("pack_A", "{file}_{frame}.png"), ("pack_B", "pack_v2_{frame}.png")):
        state = release.jobs[name]
        state.plan = replace(state.plan, dist_name=template)
    source = PlanSource(flow.freezer.read(path), RecordedPath.of(path, flow.workspace.volume.root))
    with pytest.raises(BlockedError) as caught:
        plan_from(release, "pack_A", source, Farm(), flow.workspace.reporter)
    (finding,) = caught.value.findings
    assert finding.code == "delivery-name"
    assert "so would frame 1 of job ‘pack_B’" in finding.message


def test_a_job_planned_from_another_file_is_stale_until_it_is_replaced(flow: Flow) -> None:
    path = other_file(flow)
    with write_release(flow.workspace, NAME, "a stopped replacement") as store:
        store.add("planned", jobs=[from_file(flow, path).to_json()], drop=[])
    (pick,) = pick_stale(flow.workspace, read_release(flow.workspace, NAME))
    assert (pick.job, pick.reason) == ("pack_A", "it was planned from another file since")


# --- taking it back -------------------------------------------------------------------------------


def test_undoing_brings_frames_file_and_inputs_back(flow: Flow) -> None:
    flow.manager.render()
    paths = ("out/pack_A/000001.png", "store/pack_A.blend", "inputs/pack_A.json")
    before = {path: (folder(flow) / path).read_bytes() for path in paths}
    change_library(flow)
    flow.replace_stale()
    flow.manager.render()
    assert flow.undo_replacement()
    assert {path: (folder(flow) / path).read_bytes() for path in before} == before
    assert files(folder(flow) / "superseded" / "pack_A") == [
        "2/000001.png",
        "2/000002.png",
        "2/000003.png",
        "2/pack_A.blend",
        "2/pack_A.json",
    ]
    state = flow.release().jobs["pack_A"]
    assert (state.current, state.is_reinstated) == (1, True)
    assert on_the_manager(flow)[0] == ("pack_A", "1", "completed")
    assert flow.harvest().frames == 4


def test_undoing_cancels_the_new_attempt_and_queues_the_old_one_again(flow: Flow) -> None:
    change_library(flow)
    flow.replace_stale()
    flow.undo_replacement()
    assert on_the_manager(flow) == [
        ("pack_A", "1", "queued"),
        ("pack_B", "1", "queued"),
        ("pack_A", "2", "canceled"),
    ]


def test_undoing_posts_an_old_job_again_that_the_manager_lost(flow: Flow) -> None:
    change_library(flow)
    flow.replace_stale()
    del flow.manager.stored[next(iter(flow.manager.stored))]
    flow.undo_replacement()
    assert ("pack_A", "1", "queued") in on_the_manager(flow)


def test_undoing_leaves_a_lost_job_alone_whose_frames_are_there(flow: Flow) -> None:
    flow.manager.render()
    change_library(flow)
    flow.replace_stale()
    del flow.manager.stored[next(iter(flow.manager.stored))]
    flow.undo_replacement()
    assert ("pack_A", "1", "queued") not in on_the_manager(flow)


def test_undoing_twice_undoes_once(flow: Flow) -> None:
    flow.replace_job()
    change_library(flow)
    flow.replace_stale()
    assert flow.undo_replacement()
    assert not flow.undo_replacement()
    assert flow.release().jobs["pack_A"].current == 2


def test_what_somebody_else_replaced_meanwhile_is_not_undone(flow: Flow) -> None:
    change_library(flow)
    flow.replace_stale()
    change_library(flow, b"another chair")
    flow.replace_stale()
    with pytest.raises(LockedError, match="somebody else has replaced job 'ep01/pack_A'"):
        undo_replacement(flow.workspace, NAME, "pack_A", 2, flow.services)
    assert flow.release().jobs["pack_A"].current == 3


def test_a_job_that_was_not_replaced_cannot_be_undone(flow: Flow) -> None:
    with pytest.raises(UsageError, match="was not replaced"):
        flow.undo_replacement()


def test_a_delivered_replacement_cannot_be_undone(flow: Flow) -> None:
    change_library(flow)
    flow.replace_stale()
    flow.manager.render()
    flow.harvest()
    with pytest.raises(UsageError, match="was delivered already"):
        flow.undo_replacement()


def test_submitting_after_an_undo_leaves_the_old_attempt_in_its_place(flow: Flow) -> None:
    change_library(flow)
    flow.replace_stale()
    flow.undo_replacement()
    assert flow.submit().posted == ()
    assert flow.release().jobs["pack_A"].current == 1


def test_a_replacement_after_an_undo_can_be_undone_to_the_same_attempt(flow: Flow) -> None:
    change_library(flow)
    flow.replace_stale()
    flow.undo_replacement()
    flow.replace_stale()
    assert flow.release().jobs["pack_A"].current == 3
    flow.undo_replacement()
    assert flow.release().jobs["pack_A"].current == 1


def test_undoing_takes_the_old_source_back(flow: Flow) -> None:
    flow.replace_job(plan=from_file(flow, other_file(flow)))
    flow.undo_replacement()
    assert flow.release().jobs["pack_A"].plan.source.text == str(flow.blend)


def test_other_verbs_refuse_while_an_undo_is_half_done(flow: Flow) -> None:
    flow.replace_job()
    with write_release(flow.workspace, NAME, "a stopped undo") as store:
        store.add("reinstating", job="pack_A", attempt=1)
        with pytest.raises(FarmError, match="was interrupted") as caught:
            finish_interrupted(flow.workspace, store)
    assert caught.value.hint == "finish it: farm replace job ep01/pack_A --undo"
    flow.submit()
    assert flow.release().jobs["pack_A"].current == 1


def test_bad_frames_that_were_put_aside_do_not_come_back(flow: Flow) -> None:
    flow.manager.render()
    aside = folder(flow) / "superseded" / "pack_A" / "1"
    aside.mkdir(parents=True)
    (aside / "000002.png").write_bytes(b"bad")
    change_library(flow)
    flow.replace_stale()
    assert (aside / "rejected" / "000002.1.png").read_bytes() == b"bad"
    flow.undo_replacement()
    assert files(folder(flow) / "out" / "pack_A") == ["000001.png", "000002.png", "000003.png"]
    assert (folder(flow) / "out" / "pack_A" / "000002.png").read_bytes() != b"bad"


def test_picking_a_job_that_an_earlier_run_froze_finishes_it(flow: Flow) -> None:
    def refuse(what: str) -> None:
        if what.startswith("submit"):
            flow.manager.stored.popitem()
            raise ManagerUnreachableError("connection refused")

    flow.manager.before_answer = refuse
    with pytest.raises(ManagerUnreachableError):
        flow.replace_job()
    flow.manager.before_answer = None
    pick = pick_job(flow.workspace, read_release(flow.workspace, NAME), "pack_A")
    assert pick is not None
    assert pick.is_begun
    flow.replace_job()
    assert flow.release().jobs["pack_A"].current == 2
    assert ("pack_A", "2", "queued") in on_the_manager(flow)
