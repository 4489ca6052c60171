# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release from plan to archive, with doubles for Blender and the Manager."""

from __future__ import annotations

import dataclasses
import json
import os
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.errors import (
    BlockedError,
    FarmError,
    ManagerRefusedError,
    ManagerUnreachableError,
    NewerSchemaError,
    UsageError,
    VolumeError,
)
from farm_addon.core.findings import Finding, Severity
from farm_addon.core.planning.scene_rules import Farm
from farm_addon.core.provenance import find_in_note
from farm_addon.core.release.following import wait_for_release
from farm_addon.core.release.inputs import Inputs
from farm_addon.core.release.live import JobRow, job_rows
from farm_addon.core.release.release_store import read_release
from farm_addon.core.submission.decisions import Need
from farm_addon.core.submission.submit_release import decide_release, submit_release
from farm_addon.core.workspace import Workspace
from farm_addon.flamenco.watcher import Watcher
from tests.core.flow import NAME, Flow
from tests.fakes.clock import FakeClock
from tests.fakes.farm import file_facts, frame_bytes, scene_facts


@pytest.fixture
def flow(workspace: Workspace, tmp_path: Path) -> Flow:
    return Flow(workspace, tmp_path / "work")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_release_goes_from_plan_to_archive(flow: Flow) -> None:
    flow.plan()
    done = flow.submit()
    assert done.posted == ("pack_A", "pack_B")
    flow.manager.render()
    assert flow.harvest().frames == 4
    assert names(flow.dist) == [
        "pack_A_000001.png",
        "pack_A_000002.png",
        "pack_A_000003.png",
        "pack_B.png",
    ]
    archived = flow.archive()
    assert archived.jobs_deleted == 2
    assert not flow.manager.stored
    assert not flow.workspace.volume.release_folder(NAME).exists()
    assert len(names(flow.dist)) == 4
    with tarfile.open(archived.archive) as archive:
        inside = archive.getnames()
    assert f"{NAME}/SHA256SUMS" in inside
    assert f"{NAME}/dist/pack_B.png" in inside
    assert f"{NAME}/release/store/pack_A.blend" in inside
    assert f"{NAME}/release/journal.jsonl" in inside
    assert not any(".lock" in name for name in inside)


def test_a_job_carries_its_whole_identity(flow: Flow) -> None:
    flow.plan(priority=70, chunk_size=2)
    flow.submit()
    job = next(iter(flow.manager.stored.values()))
    release = flow.release()
    attempt = release.jobs["pack_A"].attempt
    assert job.name == "ep01/pack_A"
    assert job.priority == 70
    assert job.metadata == {
        "farm_volume": flow.workspace.config.volume_id,
        "farm_release_id": release.id,
        "farm_release": "ep01",
        "farm_job": "pack_A",
        "farm_attempt": "1",
        "farm_inputs": attempt.inputs,
        "farm_user": "mia",
        "farm_host": "ws12",
        "farm_submission": attempt.submitted.id,
    }
    root = flow.workspace.volume.root
    assert job.settings["blendfile"] == str(root / "releases/ep01/store/pack_A.blend")
    assert job.settings["render_output_path"] == str(root / "releases/ep01/out/pack_A/######")
    assert (job.settings["frames"], job.settings["chunk_size"]) == ("1-3", 2)
    assert (job.settings["format"], job.settings["scene"], job.settings["fps"]) == ("PNG", "A", 0)


def test_submitting_again_sends_nothing_and_starts_no_blender(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.freezer.reads.clear()
    again = flow.submit()
    assert again.posted == ()
    assert [one.need for one in again.decisions] == [Need.NOTHING, Need.NOTHING]
    assert flow.freezer.reads == []
    assert len(flow.manager.stored) == 2


def test_touching_a_file_without_changing_it_sends_nothing(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    os.utime(flow.texture, ns=(1, 1))
    assert flow.submit().posted == ()


def test_a_changed_library_sends_only_the_jobs_that_reach_it(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.library.write_bytes(b"a new chair")
    assert [
        (one.job, one.need, one.reason)
        for one in decide_release(flow.workspace, NAME, flow.manager.address).decisions
    ] == [
        ("pack_A", Need.FREEZE, f"'{flow.library}' changed"),
        ("pack_B", Need.NOTHING, ""),
    ]
    assert flow.submit().posted == ("pack_A",)


def test_a_change_within_the_tick_of_the_clock_is_seen(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    stat = flow.texture.stat()
    flow.texture.write_bytes(b"WOOD.PNG")  # as long as before
    os.utime(flow.texture, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert flow.submit().posted == ("pack_A", "pack_B")


def test_the_next_attempt_has_a_folder_of_its_own_and_sets_the_old_aside(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.library.write_bytes(b"a new chair")
    flow.submit()
    first, _, second = flow.manager.stored.values()
    assert first.status == "canceled"
    assert second.settings["render_output_path"].endswith("/out/pack_A/attempt-2/######")
    aside = flow.workspace.volume.release_folder(NAME) / "superseded" / "pack_A" / "1"
    assert names(aside) == ["pack_A.blend", "pack_A.json"]
    flow.manager.render()
    flow.harvest()
    frame = (flow.dist / "pack_A_000001.png").read_bytes()[:-32].decode()
    stamp = find_in_note(frame.partition("\n")[2])
    assert stamp is not None
    assert stamp.attempt == 2


def test_a_late_frame_of_an_old_attempt_does_not_pass(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render("ep01/pack_B")
    old = flow.workspace.volume.release_folder(NAME) / "out" / "pack_B" / "000001.png"
    late = old.read_bytes()
    flow.texture.write_bytes(b"new wood")
    flow.submit()
    flow.manager.render()
    new = old.parent / "attempt-2" / "000001.png"
    new.write_bytes(late)
    result = flow.harvest()
    assert [(one.job, one.problem) for one in result.problems] == [
        ("pack_B", "its stamp says that another attempt rendered it")
    ]


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda path: path.unlink(), "it is missing"),
        (lambda path: path.write_bytes(b""), "it is empty"),
        (lambda path: path.write_bytes(path.read_bytes()[:-5]), "it does not decode"),
        (lambda path: path.write_bytes(frame_bytes(32, 36, "")), "it is 32 × 36 pixels"),
        (lambda path: (path.unlink(), path.mkdir()), "it is not a plain file"),
    ],
)
def test_one_bad_frame_stops_the_whole_delivery(flow: Flow, damage, problem: str) -> None:  # type: ignore[no-untyped-def]
    flow.plan()
    flow.submit()
    flow.manager.render()
    damage(flow.workspace.volume.release_folder(NAME) / "out" / "pack_A" / "000002.png")
    result = flow.harvest()
    assert [(one.job, one.frame) for one in result.problems] == [("pack_A", 2)]
    assert result.problems[0].problem.startswith(problem)
    assert not flow.dist.exists()
    assert len(names(flow.workspace.volume.release_folder(NAME) / "out" / "pack_A")) >= 2


def test_a_foreign_file_in_the_delivery_is_never_overwritten(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render()
    flow.dist.mkdir(parents=True)
    (flow.dist / "pack_B.png").write_bytes(b"the client's own")
    result = flow.harvest()
    assert [one.job for one in result.problems] == ["pack_B"]
    assert (flow.dist / "pack_B.png").read_bytes() == b"the client's own"


def test_a_dry_run_of_the_harvest_moves_nothing(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render()
    assert flow.harvest(is_dry_run=True).jobs == ("pack_A", "pack_B")
    assert not flow.dist.exists()


def test_harvesting_again_does_nothing(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render()
    flow.harvest()
    assert flow.harvest().frames == 0


def test_jobs_that_were_never_submitted_are_named(flow: Flow) -> None:
    flow.plan()
    with pytest.raises(BlockedError) as caught:
        flow.harvest()
    assert [one.subject for one in caught.value.findings] == ["Job ‘pack_A’", "Job ‘pack_B’"]


def test_a_blocking_finding_while_freezing_posts_nothing(flow: Flow) -> None:
    flow.plan()
    flow.freezer.findings["pack_B"] = Finding(Severity.ERROR, "not-self-contained", "B", "leaks")
    with pytest.raises(BlockedError):
        flow.submit()
    assert not flow.manager.stored
    del flow.freezer.findings["pack_B"]
    assert flow.submit().posted == ("pack_A", "pack_B")
    assert flow.freezer.frozen == ["pack_A", "pack_B", "pack_B"]


def test_a_lost_answer_is_looked_up_and_not_sent_again(flow: Flow) -> None:
    flow.plan()

    def lose(what: str) -> None:
        if what == "submit ep01/pack_B":
            raise ManagerUnreachableError("connection reset")

    flow.manager.before_answer = lose
    with pytest.raises(ManagerUnreachableError, match="pack_B"):
        flow.submit()
    flow.manager.before_answer = None
    again = flow.submit()
    assert (again.posted, again.found) == ((), ("pack_B",))
    assert len(flow.manager.stored) == 2


def test_a_job_that_never_arrived_is_sent_again(flow: Flow) -> None:
    flow.plan()

    def lose(what: str) -> None:
        if what == "submit ep01/pack_B":
            del flow.manager.stored[list(flow.manager.stored)[-1]]
            raise ManagerUnreachableError("connection refused")

    flow.manager.before_answer = lose
    with pytest.raises(ManagerUnreachableError):
        flow.submit()
    flow.manager.before_answer = None
    assert flow.submit().posted == ("pack_B",)


def test_a_lost_answer_is_settled_before_its_job_changes(flow: Flow) -> None:
    flow.plan()

    def lose(what: str) -> None:
        if what == "submit ep01/pack_A":
            raise ManagerUnreachableError("connection reset")

    flow.manager.before_answer = lose
    with pytest.raises(ManagerUnreachableError):
        flow.submit()
    flow.manager.before_answer = None
    flow.library.write_bytes(b"a new chair")
    flow.submit()
    jobs = [(job.metadata["farm_attempt"], job.status) for job in flow.manager.stored.values()]
    assert jobs == [("1", "canceled"), ("2", "queued"), ("1", "queued")]


def test_a_refusal_names_the_job_and_a_second_run_tries_again(flow: Flow) -> None:
    flow.plan()

    def refuse(what: str) -> None:
        if what.startswith("submit"):
            del flow.manager.stored[list(flow.manager.stored)[-1]]
            raise ManagerRefusedError("invalid range", status=400)

    flow.manager.before_answer = refuse
    with pytest.raises(ManagerRefusedError, match="job 'pack_A': invalid range"):
        flow.submit()
    flow.manager.before_answer = None
    assert flow.submit().posted == ("pack_A", "pack_B")


def test_a_job_type_that_changed_meanwhile_is_fetched_once_more(flow: Flow) -> None:
    flow.plan()
    refused = []

    def refuse_once(what: str) -> None:
        if what.startswith("submit") and not refused:
            refused.append(what)
            del flow.manager.stored[list(flow.manager.stored)[-1]]
            raise ManagerRefusedError("etag mismatch", status=412)

    flow.manager.before_answer = refuse_once
    assert flow.submit().posted == ("pack_A", "pack_B")


def test_a_job_that_changed_after_its_delivery_is_left_alone(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render()
    flow.harvest()
    flow.library.write_bytes(b"a new chair")
    again = flow.submit()
    assert again.posted == ()
    assert [one.code for one in again.findings] == ["changed-since-delivery"]
    assert flow.archive().jobs_deleted == 2


def test_a_scene_that_is_no_longer_as_planned_is_not_frozen(flow: Flow) -> None:
    flow.plan()
    scenes = scene_facts("A", width_px=128), scene_facts("B", frame_end=1)
    flow.freezer.facts[flow.blend] = file_facts(str(flow.blend), *scenes)
    with pytest.raises(BlockedError) as caught:
        flow.submit()
    assert [one.code for one in caught.value.findings] == ["planned-differently"]
    assert not flow.manager.stored


def test_freezing_with_a_newer_blender_than_the_farms_is_refused(flow: Flow) -> None:
    flow.plan()
    with pytest.raises(BlockedError) as caught:
        submit_release(flow.workspace, NAME, replace(flow.services, farm=Farm(series=(4, 2))))
    assert "newer-than-farm" in [one.code for one in caught.value.findings]


def test_freezing_again_that_was_interrupted_is_done_again(flow: Flow) -> None:
    flow.plan()

    def refuse(what: str) -> None:
        if what.startswith("submit"):
            del flow.manager.stored[list(flow.manager.stored)[-1]]
            raise ManagerRefusedError("invalid range", status=400)

    flow.manager.before_answer = refuse
    with pytest.raises(ManagerRefusedError):
        flow.submit()
    flow.manager.before_answer = None
    attempt = flow.release().jobs["pack_A"].attempt
    store = read_release(flow.workspace, NAME)
    inputs = Inputs.read(store.inputs("pack_A"))
    assert inputs is not None
    other = dataclasses.replace(inputs, scene="Other")  # as left behind by a killed freezing
    store.inputs("pack_A").write_bytes(other.to_bytes())
    flow.freezer.frozen.clear()
    flow.submit()
    assert flow.freezer.frozen == ["pack_A"]
    assert flow.release().jobs["pack_A"].attempt.inputs == attempt.inputs


def test_a_job_that_was_planned_differently_since_is_not_delivered(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render()
    scenes = scene_facts("A", frame_end=2), scene_facts("B", frame_end=1)
    flow.facts = lambda: file_facts(str(flow.blend), *scenes)  # type: ignore[method-assign]
    assert [job.name for job in flow.plan().replaced] == ["pack_A"]
    with pytest.raises(BlockedError) as caught:
        flow.harvest()
    assert [one.message for one in caught.value.findings] == [
        "it was planned differently after it was submitted"
    ]


def test_a_release_whose_archive_is_there_can_only_be_cleared_away(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render()
    flow.harvest()

    def gone(what: str) -> None:
        if what.startswith("delete"):
            raise ManagerUnreachableError("connection refused")

    flow.manager.before_answer = gone
    with pytest.raises(ManagerUnreachableError):
        flow.archive()
    flow.manager.before_answer = None
    with pytest.raises(UsageError, match="about to be cleared away"):
        flow.submit()
    assert flow.archive().archive.is_file()
    assert not flow.workspace.volume.release_folder(NAME).exists()


def test_a_dropped_job_that_still_runs_is_not_archived_away(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render("ep01/pack_B")
    flow.facts = lambda: file_facts(  # type: ignore[method-assign]
        str(flow.blend), scene_facts("B", frame_end=1)
    )
    flow.plan()
    flow.harvest()
    with pytest.raises(BlockedError) as caught:
        flow.archive()
    assert [one.subject for one in caught.value.findings] == ["Job ‘pack_A’"]


def test_failed_jobs_are_queued_again_and_lost_ones_posted_again(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    first, second = flow.manager.stored
    flow.manager.stored[first] = replace(flow.manager.stored[first], status="failed")
    del flow.manager.stored[second]
    again = flow.submit()
    assert (again.requeued, again.posted) == (("pack_A",), ("pack_B",))
    assert flow.manager.stored[first].status == "queued"


def test_rows_tell_what_is_known_when_the_manager_is_silent(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    rows = job_rows(flow.release(), {})
    assert {row.state for row in rows} == {"unknown"}
    assert "cannot be asked" in rows[0].message


def wait_with(flow: Flow, clock: FakeClock) -> list[JobRow]:
    """Wait for the release while the clock passes at once."""
    flow.workspace = replace(flow.workspace, wait=clock.wait, clock=clock)
    watch = Watcher(lambda _address: flow.manager, clock=clock)
    return wait_for_release(flow.workspace, NAME, watch)


def test_waiting_ends_when_every_job_has_ended(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    rows = wait_with(flow, FakeClock(on_wait=lambda _count: flow.manager.render()))
    assert [(row.job, row.state, row.frames_done) for row in rows] == [
        ("pack_A", "completed", 3),
        ("pack_B", "completed", 1),
    ]


def test_waiting_outlasts_a_manager_that_is_silent_for_a_while(flow: Flow) -> None:
    flow.plan()
    flow.submit()

    def refuse(what: str) -> None:
        raise ManagerUnreachableError("connection refused")

    def recover(count: int) -> None:
        if count == 4:
            flow.manager.before_answer = None
            flow.manager.render()

    flow.manager.before_answer = refuse
    clock = FakeClock(on_wait=recover)
    rows = wait_with(flow, clock)
    assert {row.state for row in rows} == {"completed"}
    assert clock.waits == [5.0, 10.0, 20.0, 30.0]


def test_archiving_refuses_while_jobs_run_or_frames_are_not_harvested(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    with pytest.raises(BlockedError) as caught:
        flow.archive()
    assert {one.code for one in caught.value.findings} == {"job-running"}
    flow.manager.render()
    with pytest.raises(BlockedError) as caught:
        flow.archive()
    assert {one.code for one in caught.value.findings} == {"not-harvested"}
    assert flow.manager.stored


def test_an_archived_name_cannot_be_planned_again(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render()
    flow.harvest()
    flow.archive()
    with pytest.raises(UsageError, match="is archived"):
        flow.plan()


def test_a_release_that_differs_in_case_alone_is_refused(flow: Flow) -> None:
    from farm_addon.core.planning.plan import PlanOptions
    from farm_addon.core.planning.plan_release import plan_release
    from farm_addon.core.planning.scene_rules import Farm

    flow.plan()
    with pytest.raises(UsageError, match="in case alone"):
        plan_release(flow.workspace, NAME.upper(), [], PlanOptions(), Farm())


def test_archiving_does_not_touch_an_archive_of_somebody_else(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render()
    flow.harvest()
    target = flow.workspace.volume.archive(NAME)
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(b"precious")
    with pytest.raises(VolumeError, match="exists already"):
        flow.archive()
    assert target.read_bytes() == b"precious"


def test_a_link_in_the_release_stops_archiving_before_anything_goes(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render()
    flow.harvest()
    (flow.workspace.volume.release_folder(NAME) / "reports" / "link").symlink_to("/etc/passwd")
    with pytest.raises(VolumeError, match="neither a file nor a folder"):
        flow.archive()
    assert flow.manager.stored


def test_a_job_on_the_manager_that_is_not_ours_is_never_deleted(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render()
    flow.harvest()
    first = next(iter(flow.manager.stored))
    foreign = replace(flow.manager.stored[first], metadata={"farm_release_id": "other"})
    flow.manager.stored[first] = foreign
    with pytest.raises(FarmError, match="does not belong"):
        flow.archive()
    assert first in flow.manager.stored


def test_a_record_of_a_newer_schema_is_refused_and_left_alone(flow: Flow) -> None:
    flow.plan()
    header = flow.workspace.volume.release_folder(NAME) / "release.json"
    data = json.loads(header.read_text())
    header.write_text(json.dumps({**data, "schema": 99}))
    before = {path: path.read_bytes() for path in header.parent.iterdir() if path.is_file()}
    with pytest.raises(NewerSchemaError):
        flow.plan()
    with pytest.raises(NewerSchemaError):
        flow.submit()
    after = {path: path.read_bytes() for path in header.parent.iterdir() if path.is_file()}
    assert after == before


def test_a_source_that_changes_while_it_is_frozen_is_not_submitted(flow: Flow) -> None:
    flow.plan()
    freeze = flow.freezer.freeze

    def freeze_and_change(blend, jobs):  # type: ignore[no-untyped-def]
        flow.texture.write_bytes(b"somebody saved this")
        return freeze(blend, jobs)

    flow.freezer.freeze = freeze_and_change  # type: ignore[method-assign]
    with pytest.raises(VolumeError, match="changed while"):
        flow.submit()
    assert not flow.manager.stored


def test_a_dropped_job_is_cancelled_at_the_next_submission(flow: Flow) -> None:
    from farm_addon.core.planning.scene_facts import FileFacts
    from tests.fakes.farm import file_facts, scene_facts

    flow.plan()
    flow.submit()

    def only_b() -> FileFacts:
        return file_facts(str(flow.blend), scene_facts("B", frame_end=1))

    flow.facts = only_b  # type: ignore[method-assign]
    assert flow.plan().dropped == ("pack_A",)
    flow.submit()
    states = {job.name: job.status for job in flow.manager.stored.values()}
    assert states["ep01/pack_A"] == "canceled"
    assert [row.job for row in job_rows(flow.release(), {})] == ["pack_B"]
