# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last delivery is taken back, or is refused to be, with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from farm_addon.core.delivery.undo import Undone, undo_delivery
from farm_addon.core.errors import BlockedError, UsageError
from farm_addon.core.release.release_store import read_release, write_release
from farm_addon.core.storage.files import Files
from tests.core.conftest import open_workspace
from tests.core.delivery.conftest import ALL, attempt_of, names, replace_stale
from tests.core.delivery.test_moving import StopAt, Stopped, stopped_harvest
from tests.core.flow import NAME, Flow


def files_below(folder: Path) -> dict[str, bytes]:
    """Return a release's files but for its record and its reports."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "reports" and path.suffix != ".jsonl"
    }


def test_an_undone_delivery_is_as_if_it_had_never_been(flow: Flow) -> None:
    folder = flow.workspace.volume.release_folder(NAME)
    before = files_below(folder)
    delivery = flow.harvest().delivery
    assert flow.undo_harvest() == Undone(delivery, ("pack_A", "pack_B"), 4, 0)
    assert files_below(folder) == before
    assert not flow.dist.exists()
    release = flow.release()
    assert release.deliveries == []
    assert not any(job.delivered for job in release.planned())
    report = json.loads((folder / "reports" / "harvest.json").read_text())
    assert (report["delivery"], report["undone"]) == ("", delivery)
    assert flow.harvest().frames == 4


def test_nothing_is_undone_where_nothing_is_delivered(flow: Flow) -> None:
    assert flow.undo_harvest() == Undone()


def test_what_was_replaced_returns(flow: Flow) -> None:
    flow.harvest()
    replace_stale(flow)
    flow.harvest(is_replacing=True)
    done = flow.undo_harvest()
    assert (done.files, done.returned) == (3, 3)
    assert names(flow.dist) == ALL
    assert {attempt_of(flow.dist / name) for name in ALL} == {1}
    assert [attempt_of(flow.frame("pack_A", frame, 2)) for frame in (1, 2, 3)] == [2, 2, 2]
    assert not (flow.workspace.volume.superseded(NAME) / "dist").exists()
    assert flow.harvest(is_replacing=True).frames == 3


def test_a_foreign_file_that_was_set_aside_returns(flow: Flow) -> None:
    flow.dist.mkdir(parents=True)
    (flow.dist / "pack_B.png").write_bytes(b"the client's own")
    flow.harvest(is_replacing=True)
    flow.undo_harvest()
    assert names(flow.dist) == ["pack_B.png"]
    assert (flow.dist / "pack_B.png").read_bytes() == b"the client's own"


def test_renamed_files_get_their_names_back(flow: Flow) -> None:
    flow.harvest()
    flow.harvest(dist_name="{job}-{frame}.{ext}", is_replacing=True)
    done = flow.undo_harvest()
    assert (done.files, done.returned, done.renamed) == (0, 0, 4)
    assert names(flow.dist) == ALL
    assert all(job.is_delivered for job in flow.release().planned())
    flow.undo_harvest()
    assert not flow.dist.exists()


def test_deliveries_are_undone_one_by_one(flow: Flow) -> None:
    path = flow.frame("pack_A", 2)
    whole = path.read_bytes()
    path.unlink()
    flow.harvest(is_partial=True)
    path.write_bytes(whole)
    flow.harvest()
    assert flow.undo_harvest().files == 1
    assert names(flow.dist) == [ALL[0], *ALL[2:]]
    assert flow.undo_harvest().files == 3
    assert names(flow.dist) == []


def test_frames_of_an_attempt_that_was_replaced_return_to_where_its_others_are(flow: Flow) -> None:
    flow.harvest()
    replace_stale(flow)
    flow.undo_harvest()
    aside = flow.workspace.volume.superseded(NAME) / "pack_A" / "1"
    assert names(aside) == [f"{frame:06d}.png" for frame in (1, 2, 3)] + [
        "pack_A.blend",
        "pack_A.json",
    ]
    assert flow.harvest().frames == 4
    assert [attempt_of(flow.dist / name) for name in ALL] == [2, 2, 2, 1]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (Path.unlink, "delivered-gone"),
        (lambda path: path.write_bytes(b"retouched"), "delivered-changed"),
    ],
)
def test_a_delivered_file_that_is_gone_or_changed_is_named(
    flow: Flow, damage: Callable[[Path], object], code: str
) -> None:
    flow.harvest()
    damage(flow.dist / ALL[1])
    there = names(flow.dist)
    with pytest.raises(BlockedError) as caught:
        flow.undo_harvest()
    (finding,) = caught.value.findings
    assert (finding.code, finding.subject) == (code, "Job ‘pack_A’")
    assert ALL[1] in finding.message
    assert names(flow.dist) == there
    assert flow.release().unharvesting is None


def test_a_frame_that_was_written_once_more_is_not_overwritten(flow: Flow) -> None:
    flow.harvest()
    flow.frame("pack_B", 1).parent.mkdir(exist_ok=True)
    flow.frame("pack_B", 1).write_bytes(b"late")
    with pytest.raises(BlockedError) as caught:
        flow.undo_harvest()
    assert [one.code for one in caught.value.findings] == ["place-taken"]
    assert flow.frame("pack_B", 1).read_bytes() == b"late"


def test_a_new_file_under_a_name_that_is_to_return_stops_the_undo(flow: Flow) -> None:
    flow.harvest()
    flow.harvest(dist_name="{job}-{frame}.{ext}", is_replacing=True)
    (flow.dist / ALL[0]).write_bytes(b"the client's own")
    with pytest.raises(BlockedError) as caught:
        flow.undo_harvest()
    assert [one.code for one in caught.value.findings] == ["in-the-way"]
    assert ALL[0] in caught.value.findings[0].message


def test_a_new_folder_under_a_name_that_is_to_return_stops_the_undo(flow: Flow) -> None:
    flow.harvest()
    flow.harvest(dist_name="{job}-{frame}.{ext}", is_replacing=True)
    (flow.dist / ALL[0]).mkdir()
    with pytest.raises(BlockedError) as caught:
        flow.undo_harvest()
    assert [one.code for one in caught.value.findings] == ["in-the-way"]
    assert flow.release().unharvesting is None


def test_a_link_to_another_disk_stays_when_all_is_taken_back(flow: Flow, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    flow.dist.parent.mkdir(exist_ok=True)
    try:
        flow.dist.symlink_to(disk, target_is_directory=True)
    except OSError:
        pytest.skip("links to folders cannot be made here")
    flow.harvest()
    assert names(disk) == ALL
    assert flow.undo_harvest().files == 4
    assert (names(disk), flow.dist.is_symlink()) == ([], True)
    assert flow.harvest().frames == 4


def test_an_undo_that_was_interrupted_is_finished_and_told_whole(flow: Flow) -> None:
    flow.harvest()
    replace_stale(flow)
    delivery = flow.harvest(is_replacing=True).delivery
    files = Files(after=StopAt("link", 2))
    workspace = open_workspace(flow.workspace.volume.root, files)
    with pytest.raises(Stopped):
        Flow(workspace, flow.folder, flow.manager).undo_harvest()
    assert flow.undo_harvest() == Undone(delivery, ("pack_A",), 3, 3)
    assert {attempt_of(flow.dist / name) for name in ALL} == {1}


def test_a_dry_run_tells_of_the_delivery_that_was_interrupted(flow: Flow) -> None:
    stopped_harvest(flow, "link", 1)
    begun = flow.release().harvesting
    assert begun is not None
    store = read_release(flow.workspace, NAME)
    wanted = Undone(begun.id, ("pack_A", "pack_B"), 4)
    assert undo_delivery(flow.workspace, store, is_dry_run=True) == wanted
    assert flow.undo_harvest() == wanted


def test_a_delivery_that_is_archived_stays(flow: Flow) -> None:
    flow.harvest()
    with write_release(flow.workspace, NAME, "test") as store:
        store.add("archived", archive="archives/ep01.tar.gz", sha256="ab", size_bytes=1, kept=True)
    with pytest.raises(UsageError, match="is in its archive"):
        flow.undo_harvest()
    replace_stale(flow)
    flow.harvest(is_replacing=True)
    assert flow.undo_harvest().files == 3


def test_a_dry_run_undoes_nothing(flow: Flow) -> None:
    flow.harvest()
    store = read_release(flow.workspace, NAME)
    assert undo_delivery(flow.workspace, store, is_dry_run=True).files == 4
    assert names(flow.dist) == ALL
