# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restored release works as it did before it was archived."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm_addon.core.archiving.restore import restore_release
from farm_addon.core.errors import LockedError, UsageError, VolumeError
from farm_addon.core.release.live import job_rows
from farm_addon.core.release.release_store import write_release
from farm_addon.core.storage.lock import Lease
from farm_addon.core.workspace import Workspace
from tests.core.flow import NAME, Flow


@pytest.fixture
def flow(workspace: Workspace, tmp_path: Path) -> Flow:
    return Flow(workspace, tmp_path / "work")


def deliver(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render()
    flow.harvest()


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".lock" not in path.name)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_every_file_is_back_and_the_archive_stays(flow: Flow) -> None:
    deliver(flow)
    folder = flow.workspace.volume.release_folder(NAME)
    before, delivery = contents(folder), contents(flow.dist)
    archived = flow.archive()
    restored = flow.restore()
    after = contents(folder)
    assert after.pop("journal.jsonl").startswith(before.pop("journal.jsonl"))
    assert after == before
    assert contents(flow.dist) == delivery
    assert (restored.jobs, restored.dist_files, restored.dist_kept) == (2, 0, 4)
    assert flow.release().kept_sha256 == archived.sha256 == restored.sha256
    assert archived.archive.is_file()
    assert {path.name for path in flow.workspace.volume.releases.iterdir()} == {NAME}


def test_times_of_files_are_kept(flow: Flow) -> None:
    deliver(flow)
    report = flow.workspace.volume.release_folder(NAME) / "reports" / "harvest.json"
    before = int(report.stat().st_mtime)
    flow.archive()
    flow.restore()
    assert int(report.stat().st_mtime) == before


def test_missing_files_of_the_delivery_come_back_and_others_stay(flow: Flow) -> None:
    deliver(flow)
    flow.archive()
    delivery = contents(flow.dist)
    gone, kept = sorted(flow.dist.iterdir())[:2]
    inode = kept.stat().st_ino
    gone.unlink()
    (flow.dist / "the client's own.txt").write_bytes(b"notes")
    restored = flow.restore()
    assert (restored.dist_files, restored.dist_kept) == (1, 3)
    assert contents(flow.dist) == delivery | {"the client's own.txt": b"notes"}
    assert kept.stat().st_ino == inode


@pytest.mark.parametrize("what", ["content", "folder", "link"])
def test_a_delivery_with_other_content_refuses_all_of_it(flow: Flow, what: str) -> None:
    deliver(flow)
    flow.archive()
    frame = flow.dist / "pack_B.png"
    content = frame.read_bytes()
    frame.unlink()
    if what == "content":
        frame.write_bytes(content[::-1])
    elif what == "folder":
        frame.mkdir()
    else:
        frame.symlink_to("nowhere")
    (flow.dist / "pack_A_000001.png").unlink()
    before = sorted(flow.workspace.volume.root.rglob("*"))
    with pytest.raises(VolumeError, match="is not the file that was archived"):
        flow.restore()
    with pytest.raises(VolumeError, match="is not the file that was archived"):
        restore_release(flow.workspace, NAME, is_dry_run=True)
    assert sorted(flow.workspace.volume.root.rglob("*")) == before


def test_a_dry_run_checks_everything_and_writes_nothing(flow: Flow) -> None:
    deliver(flow)
    flow.archive()
    (flow.dist / "pack_B.png").unlink()
    before = sorted(flow.workspace.volume.root.rglob("*"))
    would = restore_release(flow.workspace, NAME, is_dry_run=True)
    assert sorted(flow.workspace.volume.root.rglob("*")) == before
    assert flow.restore() == would


def test_delivered_jobs_stay_delivered_and_nothing_is_posted(flow: Flow) -> None:
    deliver(flow)
    flow.archive()
    flow.restore()
    assert {row.state for row in job_rows(flow.release(), {})} == {"delivered"}
    assert flow.submit().posted == ()
    assert flow.harvest().frames == 0


def test_what_was_not_delivered_is_posted_again_and_harvested(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render("ep01/pack_B")
    flow.archive(is_as_is=True)
    flow.restore()
    rows = job_rows(flow.release(), {flow.manager.address: flow.manager})
    assert {row.state for row in rows} == {"missing"}
    assert flow.submit().posted == ("pack_A", "pack_B")
    flow.manager.render()
    assert flow.harvest().frames == 4


def test_a_stale_job_of_a_restored_release_is_replaced_and_delivered_anew(flow: Flow) -> None:
    deliver(flow)
    before = contents(flow.dist)
    flow.archive()
    flow.restore()
    flow.library.write_bytes(b"a new chair")
    flow.replace_stale()
    flow.manager.render()
    assert flow.harvest(is_replacing=True).jobs == ("pack_A",)
    after = contents(flow.dist)
    assert after["pack_B.png"] == before["pack_B.png"]
    assert after["pack_A_000001.png"] != before["pack_A_000001.png"]
    flow.archive()
    assert flow.restore().jobs == 2


def test_an_earlier_attempt_that_was_set_aside_comes_back_too(flow: Flow) -> None:
    flow.plan()
    flow.submit()
    flow.manager.render()
    flow.library.write_bytes(b"a new chair")
    flow.replace_stale()
    flow.manager.render()
    flow.harvest()
    folder = flow.workspace.volume.release_folder(NAME)
    aside = contents(folder / "superseded")
    assert aside
    assert flow.archive().jobs_deleted == 3
    flow.restore()
    assert contents(folder / "superseded") == aside


def test_a_restored_release_can_be_changed_and_archived_again(flow: Flow) -> None:
    deliver(flow)
    first = flow.archive()
    flow.restore()
    with write_release(flow.workspace, NAME, "test") as store:
        (store.folder / "reports" / "notes.txt").write_bytes(b"approved")
    second = flow.archive()
    assert second.files == first.files + 1
    flow.restore()
    notes = flow.workspace.volume.release_folder(NAME) / "reports" / "notes.txt"
    assert notes.read_bytes() == b"approved"
    assert flow.release().kept_sha256 == second.sha256


def test_a_release_that_exists_is_left_alone(flow: Flow) -> None:
    deliver(flow)
    flow.archive(is_kept=True)
    before = contents(flow.workspace.volume.root)
    with pytest.raises(UsageError, match="there is a release 'ep01' already"):
        flow.restore()
    assert contents(flow.workspace.volume.root) == before


def test_a_release_whose_name_differs_in_case_alone_is_in_the_way(flow: Flow) -> None:
    deliver(flow)
    flow.archive(is_kept=True)
    archive = flow.workspace.volume.archive(NAME)
    archive.rename(flow.workspace.volume.archive("EP01"))
    with pytest.raises(UsageError, match="there is a release 'ep01' already"):
        restore_release(flow.workspace, "EP01")


def test_a_missing_archive_is_said_with_those_that_there_are(flow: Flow) -> None:
    deliver(flow)
    flow.archive()
    with pytest.raises(UsageError, match="there is no archive") as caught:
        restore_release(flow.workspace, "nobody")
    assert caught.value.hint == "the archives are: ep01"


def test_another_one_who_restores_it_is_named(flow: Flow) -> None:
    deliver(flow)
    flow.archive()
    lock = flow.workspace.volume.releases / f".{NAME}.restoring.lock"
    with (
        Lease(flow.workspace.files, lock, user="zoe", host="ws12", purpose="restore release ep01"),
        pytest.raises(LockedError, match="zoe on ws12"),
    ):
        flow.restore()
    flow.restore()


def test_what_a_stopped_archiving_left_of_the_folder_makes_way(flow: Flow) -> None:
    deliver(flow)
    flow.archive()
    folder = flow.workspace.volume.release_folder(NAME)
    folder.mkdir()
    (folder / ".lock").write_bytes(b"{}")
    object.__setattr__(flow.workspace, "wait", lambda _seconds: None)
    (folder / ".lock").unlink()
    (folder / "journal.jsonl").write_bytes(b"")
    flow.restore()
    assert flow.release().planned()


def test_a_folder_that_holds_other_files_is_left_alone(flow: Flow) -> None:
    deliver(flow)
    flow.archive()
    late = flow.workspace.volume.release_folder(NAME) / "out" / "pack_A" / "000002.png"
    late.parent.mkdir(parents=True)
    late.write_bytes(b"a late frame")
    with pytest.raises(VolumeError, match="of no release"):
        flow.restore()
    assert late.read_bytes() == b"a late frame"
    assert not (flow.workspace.volume.releases / f".{NAME}.restoring").exists()
