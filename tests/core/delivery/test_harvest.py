# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is delivered: all, in part, again, under which names, and over what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.delivery.delivered import delivered_files
from farm_addon.core.delivery.harvest import HarvestOptions, harvest
from farm_addon.core.delivery.moving import aside_folder
from farm_addon.core.errors import BlockedError, UsageError
from farm_addon.core.release.release_store import read_release, write_release
from farm_addon.core.workspace import Workspace
from tests.core.delivery.conftest import ALL, OddDecoder, attempt_of, names, replace_stale
from tests.core.flow import NAME, Flow
from tests.fakes.farm import file_facts, frame_bytes, scene_facts

# --- in part --------------------------------------------------------------------------------------


def test_in_part_what_passes_goes_and_the_rest_follows_later(flow: Flow) -> None:
    path = flow.frame("pack_A", 2)
    whole = path.read_bytes()
    path.write_bytes(b"")
    result = flow.harvest(is_partial=True)
    assert (result.frames, result.is_whole) == (3, False)
    assert names(flow.dist) == [ALL[0], *ALL[2:]]
    path.write_bytes(whole)
    rest = flow.harvest()
    assert (rest.frames, rest.jobs, rest.is_whole) == (1, ("pack_A",), True)
    assert names(flow.dist) == ALL
    assert all(job.is_delivered for job in flow.release().planned())


def test_in_part_with_nothing_that_passes_moves_nothing(flow: Flow) -> None:
    for job, frame in (("pack_A", 1), ("pack_A", 2), ("pack_A", 3), ("pack_B", 1)):
        flow.frame(job, frame).unlink()
    result = flow.harvest(is_partial=True)
    assert (result.frames, len(result.problems), result.delivery) == (0, 4, "")
    assert not flow.dist.exists()
    assert flow.release().deliveries == []


def test_in_part_jobs_that_were_never_submitted_are_left_out(flow: Flow) -> None:
    scenes = scene_facts("A"), scene_facts("B", frame_end=1), scene_facts("C")
    flow.facts = lambda: file_facts(str(flow.blend), *scenes)  # type: ignore[method-assign]
    flow.plan()
    with pytest.raises(BlockedError):
        flow.harvest()
    result = flow.harvest(is_partial=True)
    assert (result.frames, result.skipped) == (4, (("pack_C", "it was never submitted"),))
    assert not result.is_whole


def test_in_part_a_job_that_is_still_rendering_is_left_out(flow: Flow, decoder: OddDecoder) -> None:
    job = next(one for one in flow.manager.stored.values() if one.name == "ep01/pack_A")
    flow.manager.stored[job.id] = replace(job, status="active")
    flow.frame("pack_A", 3).unlink()
    result = flow.harvest(is_partial=True)
    assert names(flow.dist) == ["pack_B.png"]
    assert (result.skipped, result.problems) == ((("pack_A", "it is still active"),), ())
    assert [path.parent.name for path in decoder.decoded] == ["pack_B"]


def test_in_part_a_frame_that_is_being_written_keeps_its_job_back(flow: Flow) -> None:
    job = next(one for one in flow.manager.stored.values() if one.name == "ep01/pack_A")
    flow.manager.stored[job.id] = replace(job, status="active")
    path = flow.frame("pack_A", 3)
    path.write_bytes(path.read_bytes()[:50])
    result = flow.harvest(is_partial=True)
    assert names(flow.dist) == ["pack_B.png"]
    assert (result.skipped, result.problems) == ((("pack_A", "it is still active"),), ())


def test_a_job_with_all_its_frames_is_delivered_whatever_the_manager_says(flow: Flow) -> None:
    for job in flow.manager.stored.values():
        flow.manager.stored[job.id] = replace(job, status="active")
    assert flow.harvest(is_partial=True).is_whole
    assert names(flow.dist) == ALL


def test_a_dry_run_in_part_tells_what_would_go(flow: Flow) -> None:
    flow.frame("pack_A", 1).unlink()
    result = flow.harvest(is_partial=True, is_dry_run=True)
    assert (result.passed, result.frames, result.jobs) == (3, 0, ("pack_A", "pack_B"))
    assert not flow.dist.exists()


# --- over what is there ---------------------------------------------------------------------------


def test_a_new_attempt_does_not_go_over_the_old_one_unasked(flow: Flow) -> None:
    flow.harvest()
    replace_stale(flow)
    result = flow.harvest()
    assert [(one.job, one.code) for one in result.problems] == [("pack_A", "in-the-way")] * 3
    assert attempt_of(flow.dist / ALL[0]) == 1
    assert flow.harvest(is_partial=True).frames == 0
    assert attempt_of(flow.dist / ALL[0]) == 1


def test_replacing_writes_only_the_changed_names_and_keeps_the_old_files(flow: Flow) -> None:
    flow.harvest()
    untouched = (flow.dist / "pack_B.png").stat()
    replace_stale(flow)
    result = flow.harvest(is_replacing=True)
    assert (result.jobs, result.frames, result.replaced) == (("pack_A",), 3, 3)
    assert [attempt_of(flow.dist / name) for name in ALL] == [2, 2, 2, 1]
    still = (flow.dist / "pack_B.png").stat()
    assert (still.st_ino, still.st_mtime_ns) == (untouched.st_ino, untouched.st_mtime_ns)
    aside = aside_folder(read_release(flow.workspace, NAME), result.delivery)
    assert names(aside) == ALL[:3]
    assert {attempt_of(aside / name) for name in ALL[:3]} == {1}
    assert flow.harvest(is_replacing=True).frames == 0


def test_replacing_in_part_leaves_the_old_frame_where_the_new_one_fails(flow: Flow) -> None:
    flow.harvest()
    replace_stale(flow)
    flow.frame("pack_A", 2, attempt=2).write_bytes(b"")
    result = flow.harvest(is_replacing=True, is_partial=True)
    assert (result.frames, [one.frame for one in result.problems]) == (2, [2])
    assert [attempt_of(flow.dist / name) for name in ALL] == [2, 1, 2, 1]
    state = flow.release().jobs["pack_A"]
    assert state.delivered_frames(2).text() == "1,3"
    assert not state.is_delivered


def test_nothing_is_asked_where_nothing_is_replaced(flow: Flow) -> None:
    asked: list[object] = []
    with write_release(flow.workspace, NAME, "harvest") as store:
        options = HarvestOptions(is_replacing=True)
        harvest(flow.workspace, store, flow.decoder, options, approve=asked.append)
    assert (asked, names(flow.dist)) == ([], ALL)


def test_a_no_leaves_everything_as_it_was(flow: Flow) -> None:
    flow.dist.mkdir(parents=True)
    (flow.dist / "pack_B.png").write_bytes(b"the client's own")

    def refuse(replaced: object) -> None:
        assert replaced == ["pack_B.png"]
        raise UsageError("no")

    with write_release(flow.workspace, NAME, "harvest") as store:
        options = HarvestOptions(is_replacing=True)
        with pytest.raises(UsageError, match="no"):
            harvest(flow.workspace, store, flow.decoder, options, approve=refuse)
    assert names(flow.dist) == ["pack_B.png"]
    assert flow.release().harvesting is None


def test_a_foreign_file_is_set_aside_only_when_asked(flow: Flow) -> None:
    flow.dist.mkdir(parents=True)
    (flow.dist / "PACK_b.png").write_bytes(b"the client's own")
    assert [one.problem for one in flow.harvest().problems] == [
        "'PACK_b.png' is in dist/ep01 already"
    ]
    result = flow.harvest(is_replacing=True)
    aside = aside_folder(read_release(flow.workspace, NAME), result.delivery)
    assert (aside / "PACK_b.png").read_bytes() == b"the client's own"
    assert names(flow.dist) == ALL


def test_a_folder_of_the_wanted_name_stays(flow: Flow) -> None:
    (flow.dist / "pack_B.png").mkdir(parents=True)
    result = flow.harvest(is_replacing=True)
    assert [(one.job, one.code) for one in result.problems] == [("pack_B", "name-blocked")]


def test_a_folder_in_the_place_of_a_delivered_file_is_told_before_anything_moves(
    flow: Flow,
) -> None:
    flow.harvest()
    replace_stale(flow)
    (flow.dist / ALL[0]).unlink()
    (flow.dist / ALL[0]).mkdir()
    result = flow.harvest(is_replacing=True)
    assert [(one.frame, one.code) for one in result.problems] == [(1, "name-blocked")]
    assert flow.release().harvesting is None
    (flow.dist / ALL[0]).rmdir()
    assert flow.harvest(is_replacing=True).frames == 3


def test_a_folder_in_the_place_of_a_file_to_rename_does_not_hold_the_others_back(
    flow: Flow,
) -> None:
    flow.harvest()
    (flow.dist / ALL[0]).unlink()
    (flow.dist / ALL[0]).mkdir()
    result = flow.harvest(dist_name="{job}.{frame:02d}.{ext}", is_replacing=True)
    assert [(one.frame, one.code) for one in result.problems] == [(1, "vanished")]
    assert (result.frames, result.renamed) == (0, 3)
    assert names(flow.dist) == ["pack_A.02.png", "pack_A.03.png", ALL[0], "pack_B.01.png"]


def test_frames_that_a_job_no_longer_has_leave_the_delivery(flow: Flow) -> None:
    flow.harvest()
    scenes = scene_facts("A", frame_end=2), scene_facts("B", frame_end=1)
    flow.facts = lambda: file_facts(str(flow.blend), *scenes)  # type: ignore[method-assign]
    flow.freezer.facts[flow.blend] = flow.facts()
    flow.plan()
    replace_stale(flow)
    result = flow.harvest(is_replacing=True)
    assert (result.frames, result.replaced) == (2, 3)
    assert names(flow.dist) == [*ALL[:2], "pack_B.png"]
    assert [one.attempt for one in flow.release().jobs["pack_A"].delivered] == [2]


def test_what_a_dropped_job_delivered_stays_and_is_told(flow: Flow) -> None:
    flow.harvest()
    scene = scene_facts("B", frame_end=1)
    flow.facts = lambda: file_facts(str(flow.blend), scene)  # type: ignore[method-assign]
    flow.plan()
    result = flow.harvest()
    assert [(one.code, one.subject) for one in result.findings] == [
        ("dropped-delivered", "Job ‘pack_A’")
    ]
    assert names(flow.dist) == ALL


def test_a_delivered_file_that_is_gone_from_dist_is_told(flow: Flow) -> None:
    flow.harvest()
    (flow.dist / ALL[1]).unlink()
    result = flow.harvest()
    assert result.is_whole
    assert [one.message for one in result.findings] == [
        f"it was delivered, but '{ALL[1]}' is not in dist any more"
    ]


# --- names ----------------------------------------------------------------------------------------


def test_a_delivered_file_that_is_gone_is_not_missed_where_a_new_one_comes(flow: Flow) -> None:
    flow.harvest()
    replace_stale(flow)
    (flow.dist / ALL[0]).unlink()
    (flow.dist / ALL[3]).unlink()
    result = flow.harvest(is_replacing=True)
    assert [(one.code, one.subject) for one in result.findings] == [
        ("delivered-gone", "Job ‘pack_B’")
    ]
    assert (result.frames, result.replaced) == (3, 2)


def test_a_template_names_this_delivery(flow: Flow) -> None:
    flow.harvest(dist_name="{release}-{job}.{frame:02d}.{ext}")
    assert names(flow.dist) == [
        "ep01-pack_A.01.png",
        "ep01-pack_A.02.png",
        "ep01-pack_A.03.png",
        "ep01-pack_B.01.png",
    ]
    assert [one.name for one in delivered_files(read_release(flow.workspace, NAME))] == names(
        flow.dist
    )


def test_the_rest_of_a_sequence_keeps_the_template_of_what_is_there(flow: Flow) -> None:
    path = flow.frame("pack_A", 3)
    whole = path.read_bytes()
    path.unlink()
    flow.harvest(is_partial=True, dist_name="{job}-{frame}.{ext}")
    path.write_bytes(whole)
    flow.harvest()
    assert names(flow.dist) == ["pack_A-1.png", "pack_A-2.png", "pack_A-3.png", "pack_B-1.png"]


def test_a_template_that_gives_two_frames_one_name_is_refused_before_anything_moves(
    flow: Flow,
) -> None:
    with pytest.raises(BlockedError) as caught:
        flow.harvest(dist_name="{job}.{ext}")
    assert "delivery-name" in [one.code for one in caught.value.findings]
    assert not flow.dist.exists()


def test_a_template_that_cannot_be_read_is_refused(flow: Flow) -> None:
    with pytest.raises((BlockedError, UsageError)):
        flow.harvest(dist_name="{job.__class__}")
    assert not flow.dist.exists()


def test_another_template_renames_only_with_replace(flow: Flow) -> None:
    flow.harvest()
    kept = {name: (flow.dist / name).read_bytes() for name in ALL}
    assert flow.harvest(dist_name="{job}.{frame:02d}.{ext}").frames == 0
    assert names(flow.dist) == ALL
    result = flow.harvest(dist_name="{job}.{frame:02d}.{ext}", is_replacing=True)
    renamed = ["pack_A.01.png", "pack_A.02.png", "pack_A.03.png", "pack_B.01.png"]
    assert (names(flow.dist), result.frames, result.renamed, result.replaced) == (renamed, 0, 4, 0)
    for old, new in zip(ALL, renamed, strict=True):
        assert (flow.dist / new).read_bytes() == kept[old]
    again = flow.harvest(dist_name="{job}.{frame:02d}.{ext}", is_replacing=True)
    assert (again.frames, again.renamed) == (0, 0)


def test_a_frame_can_take_the_name_that_another_one_had(
    workspace: Workspace, tmp_path: Path
) -> None:
    flow = Flow(workspace, tmp_path / "work")
    scene = scene_facts("A", frame_start=10, frame_end=16, frame_step=6)
    flow.facts = lambda: file_facts(str(flow.blend), scene)  # type: ignore[method-assign]
    flow.freezer.facts[flow.blend] = flow.facts()
    flow.plan()
    flow.submit()
    flow.manager.render()
    for frame in (10, 16):
        path = flow.frame("pack", frame)
        note = path.read_bytes()[:-32].decode().partition("\n")[2]
        path.write_bytes(frame_bytes(64, 36, f"frame {frame}\n{note}"))
    flow.harvest(dist_name="{frame}.{ext}")
    assert frames_by_name(flow.dist) == {"10.png": "frame 10", "16.png": "frame 16"}
    flow.harvest(dist_name="{frame:x}.{ext}", is_replacing=True)
    assert frames_by_name(flow.dist) == {"a.png": "frame 10", "10.png": "frame 16"}
    flow.undo_harvest()
    assert frames_by_name(flow.dist) == {"10.png": "frame 10", "16.png": "frame 16"}


def frames_by_name(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(errors="replace").split("\n")[1] for path in folder.iterdir()}


def test_planning_other_names_before_the_harvest_is_enough(flow: Flow) -> None:
    flow.plan(dist_name="{job}~{frame}.{ext}")
    assert flow.harvest().frames == 4
    assert names(flow.dist) == ["pack_A~1.png", "pack_A~2.png", "pack_A~3.png", "pack_B~1.png"]


def test_planning_other_names_afterwards_changes_nothing_that_is_delivered(flow: Flow) -> None:
    flow.harvest()
    flow.plan(dist_name="{job}~{frame}.{ext}")
    assert flow.harvest().findings == ()
    assert [one.name for one in delivered_files(read_release(flow.workspace, NAME))] == ALL
