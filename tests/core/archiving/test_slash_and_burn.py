# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slash and burn: all of ours goes, nothing of anybody else's."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.archiving.slash_and_burn import slash_and_burn
from farm_addon.core.archiving.survey import FarmJobs, find_doomed, find_jobs
from farm_addon.core.errors import LockedError, ManagerUnreachableError
from farm_addon.core.storage.lock import Lease
from farm_addon.core.workspace import Workspace
from tests.core.flow import NAME, Flow

KEPT = ("dist/ep01/pack_B.png", "archives/old.tar.gz", "jobs/x/y.blend", "file-store/z", "a.txt")


@pytest.fixture
def flow(workspace: Workspace, tmp_path: Path) -> Flow:
    """A delivered release, one file of each that is not to be touched, one foreign file."""
    flow = Flow(workspace, tmp_path / "work")
    flow.plan()
    flow.submit()
    flow.manager.render()
    flow.harvest()
    root = workspace.volume.root
    for name in KEPT[1:]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())
    (workspace.volume.releases / "notes.txt").write_bytes(b"somebody's")
    return flow


def trash(flow: Flow) -> list[str]:
    """Return files in the trash, without the times that its folders are named after."""
    folder = flow.workspace.volume.trash
    files = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    return sorted(path.as_posix().partition("/")[2] for path in files)


def test_what_goes_is_found_with_sizes_and_what_speaks_against_it(flow: Flow) -> None:
    doomed = {one.name: one for one in find_doomed(flow.workspace.volume)}
    assert {name: one.kind for name, one in doomed.items()} == {
        NAME: "release",
        "notes.txt": "foreign",
    }
    folder = flow.workspace.volume.release_folder(NAME)
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    release = doomed[NAME]
    assert (release.size_bytes, release.files) == (sum(sizes), len(sizes))
    assert (release.unharvested_frames, release.is_archived) == (0, False)
    flow.archive(is_kept=True)
    flow.library.write_bytes(b"a new chair")
    assert find_doomed(flow.workspace.volume)[0].is_archived


def test_what_was_delivered_after_the_archive_is_not_archived(flow: Flow) -> None:
    flow.archive(is_kept=True)
    flow.replace_job()
    flow.manager.render()
    flow.harvest(is_replacing=True)
    assert not find_doomed(flow.workspace.volume)[0].is_archived


def test_a_release_that_is_only_to_be_cleared_away_is_archived(flow: Flow) -> None:
    class Stopped(Exception):
        pass

    def stop(_path: Path) -> None:
        raise Stopped

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow.workspace.files, "remove_tree", stop)
        with pytest.raises(Stopped):
            flow.archive()
    assert flow.release().archive_sha256
    assert find_doomed(flow.workspace.volume)[0].is_archived


def test_frames_that_were_not_harvested_and_running_jobs_are_counted(
    workspace: Workspace, tmp_path: Path
) -> None:
    flow = Flow(workspace, tmp_path / "work")
    flow.plan()
    flow.submit()
    flow.manager.render("ep01/pack_B")
    doomed = find_doomed(workspace.volume)
    find_jobs(workspace, doomed, {flow.manager.address: flow.manager})
    assert (doomed[0].unharvested_frames, doomed[0].running_jobs) == (4, 1)


def test_all_of_ours_is_in_the_trash_and_nothing_else_was_touched(flow: Flow) -> None:
    volume = flow.workspace.volume
    files = sorted(
        path.relative_to(volume.root).as_posix()
        for path in volume.release_folder(NAME).rglob("*")
        if path.is_file()
    )
    burnt = flow.slash_and_burn()
    assert trash(flow) == sorted([*files, "releases/notes.txt"])
    assert set(burnt.moved) == {NAME, "notes.txt"}
    assert list(volume.releases.iterdir()) == []
    for name in KEPT:
        assert (volume.root / name).is_file()
    assert not flow.manager.stored
    assert burnt.jobs_deleted == 2


def test_quick_jobs_go_too(flow: Flow) -> None:
    flow.seed("hero", flow.blend)
    doomed = {one.name: one for one in find_doomed(flow.workspace.volume)}
    assert (doomed["quick"].kind, doomed["quick"].unharvested_frames) == ("quick", 3)
    burnt = flow.slash_and_burn()
    assert burnt.jobs_deleted == 3
    assert not flow.workspace.volume.quick.exists()
    assert (flow.workspace.volume.root / burnt.moved["quick"] / "release.json").is_file()
    flow.seed("hero", flow.blend)
    assert len(flow.manager.stored) == 1


def test_two_at_once_do_not_meet(flow: Flow) -> None:
    trash = flow.workspace.volume.trash
    trash.mkdir()
    lease = Lease(
        flow.workspace.files,
        trash / ".lock",
        user="zoe",
        host="ws12",
        purpose="slash-and-burn",
    )
    with lease, pytest.raises(LockedError, match="zoe on ws12"):
        flow.slash_and_burn()
    assert set(flow.slash_and_burn().moved) == {NAME, "notes.txt"}


def test_moved_back_from_the_trash_it_is_a_release_again(flow: Flow) -> None:
    burnt = flow.slash_and_burn()
    root = flow.workspace.volume.root
    os.rename(root / burnt.moved[NAME], flow.workspace.volume.release_folder(NAME))
    assert flow.submit().posted == ()
    assert flow.harvest().frames == 0
    assert flow.archive().archive.is_file()


def test_now_removes_all_of_it_and_empties_the_trash(flow: Flow) -> None:
    volume = flow.workspace.volume
    earlier = volume.trash / "20200101T000000Z" / "releases" / "old" / "x"
    earlier.parent.mkdir(parents=True)
    earlier.write_bytes(b"0123456789")
    burnt = flow.slash_and_burn(is_now=True)
    assert list(volume.trash.iterdir()) == []
    assert burnt.trash_bytes > 10
    for name in KEPT:
        assert (volume.root / name).is_file()


def test_running_jobs_are_cancelled_seen_off_and_deleted(
    workspace: Workspace, tmp_path: Path
) -> None:
    flow = Flow(workspace, tmp_path / "work")
    flow.plan()
    flow.submit()
    waits: list[float] = []
    object.__setattr__(workspace, "wait", waits.append)
    burnt = flow.slash_and_burn()
    assert (burnt.jobs_cancelled, burnt.jobs_deleted) == (2, 2)
    assert sum(waits) == 15.0
    requests = [one.partition(" ")[0] for one in flow.manager.requests]
    assert requests.index("cancel-requested") < requests.index("delete")


def test_only_jobs_of_this_volume_are_deleted(flow: Flow) -> None:
    first = next(iter(flow.manager.stored.values()))
    others = {
        "of another volume": {**first.metadata, "farm_volume": "another"},
        "of nobody": {},
        "named as ours": {"farm_release": NAME, "farm_job": "pack_A"},
    }
    for name, metadata in others.items():
        flow.manager.stored[name] = replace(first, id=name, metadata=metadata, status="active")
    flow.slash_and_burn()
    assert set(flow.manager.stored) == set(others)
    assert {job.status for job in flow.manager.stored.values()} == {"active"}


def test_jobs_of_releases_that_are_long_gone_are_deleted_too(flow: Flow) -> None:
    shutil.rmtree(flow.workspace.volume.release_folder(NAME))
    assert flow.slash_and_burn().jobs_deleted == 2
    assert not flow.manager.stored


def test_what_somebody_is_working_on_is_left_alone_with_its_jobs(flow: Flow) -> None:
    lock = flow.workspace.volume.release_folder(NAME) / ".lock"
    with Lease(flow.workspace.files, lock, user="zoe", host="ws12", purpose="submit release ep01"):
        doomed = find_doomed(flow.workspace.volume)
        assert doomed[0].owner == "zoe on ws12 (submit release ep01)"
        burnt = flow.slash_and_burn()
        assert "zoe on ws12 (submit release ep01)" in burnt.refused[NAME]
        assert set(burnt.moved) == {"notes.txt"}
        assert len(flow.manager.stored) == 2
    assert set(flow.slash_and_burn().moved) == {NAME}
    assert not flow.manager.stored


def test_a_job_that_comes_back_keeps_its_release(workspace: Workspace, tmp_path: Path) -> None:
    flow = Flow(workspace, tmp_path / "work")
    flow.plan()
    flow.submit()

    def come_back(_seconds: float) -> None:
        for job in flow.manager.stored.values():
            if job.name == "ep01/pack_A":
                flow.manager.stored[job.id] = replace(job, status="active")

    object.__setattr__(workspace, "wait", come_back)
    burnt = flow.slash_and_burn()
    assert "pack_A" in burnt.refused[NAME]
    assert len(flow.manager.stored) == 2
    assert workspace.volume.release_folder(NAME).is_dir()
    object.__setattr__(workspace, "wait", lambda _seconds: None)
    assert set(flow.slash_and_burn().moved) == {NAME}


def test_a_job_of_no_release_that_comes_back_is_named(flow: Flow) -> None:
    shutil.rmtree(flow.workspace.volume.release_folder(NAME))
    for job in flow.manager.stored.values():
        flow.manager.stored[job.id] = replace(job, status="active")

    def come_back(_seconds: float) -> None:
        for job in flow.manager.stored.values():
            flow.manager.stored[job.id] = replace(job, status="active")

    object.__setattr__(flow.workspace, "wait", come_back)
    burnt = flow.slash_and_burn()
    assert set(burnt.refused) == {"ep01/pack_A", "ep01/pack_B"}
    assert len(flow.manager.stored) == 2


def test_what_has_jobs_on_a_manager_that_cannot_be_asked_stays(flow: Flow) -> None:
    doomed = find_doomed(flow.workspace.volume)
    farm = find_jobs(flow.workspace, doomed, {})
    assert farm.silent == [flow.manager.address]
    burnt = slash_and_burn(flow.workspace, doomed, farm, {})
    assert "cannot be asked from here" in burnt.refused[NAME]
    assert flow.workspace.volume.release_folder(NAME).is_dir()


def test_a_manager_that_falls_silent_half_way_is_finished_later(flow: Flow) -> None:
    def silent(what: str) -> None:
        if what.startswith("delete ep01/pack_B"):
            raise ManagerUnreachableError("connection reset")

    flow.manager.before_answer = silent
    with pytest.raises(ManagerUnreachableError):
        flow.slash_and_burn()
    assert flow.workspace.volume.release_folder(NAME).is_dir()
    flow.manager.before_answer = None
    assert set(flow.slash_and_burn().moved) == {NAME, "notes.txt"}


@pytest.mark.parametrize("is_now", [False, True])
def test_links_are_moved_and_removed_as_links(flow: Flow, tmp_path: Path, is_now: bool) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_bytes(b"x")
    releases = flow.workspace.volume.releases
    (releases / "linked").symlink_to(outside, target_is_directory=True)
    (releases / NAME / "out" / "linked").symlink_to(outside, target_is_directory=True)
    (releases / "dangling").symlink_to("nowhere")
    assert {one.name: one.kind for one in find_doomed(flow.workspace.volume)} == {
        NAME: "release",
        "notes.txt": "foreign",
        "linked": "foreign",
        "dangling": "foreign",
    }
    flow.slash_and_burn(is_now=is_now)
    assert (outside / "precious").read_bytes() == b"x"
    assert [path.name for path in outside.iterdir()] == ["precious"]
    assert list(releases.iterdir()) == []


def test_a_release_whose_record_is_damaged_goes_too_and_is_named(flow: Flow) -> None:
    header = flow.workspace.volume.release_folder(NAME) / "release.json"
    header.write_bytes(b"{")
    doomed = {one.name: one for one in find_doomed(flow.workspace.volume)}
    assert "cannot be understood" in doomed[NAME].problem
    assert NAME in flow.slash_and_burn().moved


def test_what_a_stopped_restore_left_goes_too(flow: Flow) -> None:
    left = flow.workspace.volume.releases / ".ep02.restoring"
    (left / "release" / "ep02").mkdir(parents=True)
    lock = left.with_name(f"{left.name}.lock")
    with Lease(flow.workspace.files, lock, user="zoe", host="ws12", purpose="restore release ep02"):
        assert "zoe" in flow.slash_and_burn().refused[left.name]
    assert left.name in flow.slash_and_burn().moved


def test_two_in_one_second_get_a_folder_each(flow: Flow) -> None:
    flow.slash_and_burn()
    flow.plan()
    flow.slash_and_burn()
    releases = [path.name for path in flow.workspace.volume.trash.glob("*/releases/*")]
    assert sorted(releases) == [NAME, NAME, "notes.txt"]


def test_nothing_is_left_to_do_the_second_time(flow: Flow) -> None:
    flow.slash_and_burn()
    assert find_doomed(flow.workspace.volume) == []
    again = slash_and_burn(flow.workspace, [], FarmJobs(), {})
    assert (again.moved, again.jobs_deleted) == ({}, 0)
