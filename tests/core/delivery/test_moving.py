# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files move once, whole, across file systems too, whatever happens meanwhile."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farm_addon.core.errors import VolumeError
from farm_addon.core.storage.files import Files
from farm_addon.core.workspace import Workspace
from tests.core.conftest import open_workspace
from tests.core.delivery.conftest import ALL, attempt_of, names, replace_stale
from tests.core.delivery.test_gate import stereo
from tests.core.flow import NAME, Flow


class Stopped(BaseException):
    """The process was stopped here."""


class StopAt:
    """Stops after the n-th operation of one kind in a folder ``dist``, or below it."""

    def __init__(self, operation: str, number: int) -> None:
        self._operation, self._left = operation, number

    def __call__(self, operation: str, path: Path) -> None:
        if operation == self._operation and "dist" in path.parts:
            self._left -= 1
            if self._left == 0:
                raise Stopped


def stopped_harvest(flow: Flow, operation: str, number: int, **options: Any) -> None:
    """Harvest, and be stopped."""
    files = Files(after=StopAt(operation, number))
    workspace = open_workspace(flow.workspace.volume.root, files)
    with pytest.raises(Stopped):
        Flow(workspace, flow.folder, flow.manager).harvest(**options)


@pytest.fixture
def other_disk(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """``dist/`` on a file system of its own: a real one where that may be mounted here, else one
    that answers as another disk does."""
    dist = flow.dist.parent
    dist.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "farm-test", str(dist)]
    try:
        is_mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        is_mounted = False
    if not is_mounted:
        _pretend(monkeypatch, dist)
    yield dist
    if is_mounted:
        subprocess.run(["umount", str(dist)], check=True)


def _pretend(monkeypatch: pytest.MonkeyPatch, dist: Path) -> None:
    for name in ("link", "rename", "replace"):
        real = getattr(os, name)

        def refuse(source: Any, target: Any, *rest: Any, _real: Any = real, **more: Any) -> None:
            if (dist in Path(source).parents) != (dist in Path(target).parents):
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
            _real(source, target, *rest, **more)

        monkeypatch.setattr(os, name, refuse)


def test_a_delivery_crosses_to_another_disk_and_back(flow: Flow, other_disk: Path) -> None:
    assert other_disk.is_dir()
    mtime_ns = flow.frame("pack_A", 1).stat().st_mtime_ns
    flow.harvest()
    assert names(flow.dist) == ALL
    assert not flow.frame("pack_A", 1).exists()
    assert (flow.dist / ALL[0]).stat().st_mtime_ns == mtime_ns
    replace_stale(flow)
    flow.harvest(is_replacing=True)
    assert [attempt_of(flow.dist / name) for name in ALL] == [2, 2, 2, 1]
    flow.undo_harvest()
    assert [attempt_of(flow.dist / name) for name in ALL] == [1, 1, 1, 1]
    assert attempt_of(flow.frame("pack_A", 3, attempt=2)) == 2


def test_a_copy_that_was_stopped_leaves_no_half_file_in_the_delivery(
    flow: Flow, other_disk: Path
) -> None:
    assert other_disk.is_dir()
    stopped_harvest(flow, "write", 3)
    assert any(name.endswith(".tmp") for name in names(flow.dist))
    flow.harvest()
    assert names(flow.dist) == ALL


def test_a_frame_that_vanishes_on_the_way_does_not_hold_the_others_back(flow: Flow) -> None:
    stopped_harvest(flow, "link", 1)
    flow.frame("pack_A", 2).unlink()
    result = flow.harvest()
    assert [(one.frame, one.code) for one in result.problems] == [(2, "missing")]
    assert names(flow.dist) == [ALL[0], *ALL[2:]]
    assert flow.release().jobs["pack_A"].delivered_frames(1).text() == "1,3"


def test_a_frame_that_vanishes_after_the_gate_is_a_problem(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    from farm_addon.core.delivery import harvest as module

    finish = module.finish_delivery

    def vanish(*arguments: Any) -> None:
        flow.frame("pack_A", 2).unlink()
        finish(*arguments)

    monkeypatch.setattr(module, "finish_delivery", vanish)
    result = flow.harvest()
    assert [(one.frame, one.code) for one in result.problems] == [(2, "vanished")]
    assert result.frames == 3


def test_the_other_eye_of_a_frame_that_vanished_goes_back(
    workspace: Workspace, tmp_path: Path
) -> None:
    flow = stereo(workspace, tmp_path)
    stopped_harvest(flow, "link", 3)  # both eyes of frame 1, the left one of frame 2
    left = flow.frame("pack", 2).with_name("000002_L.png")
    left.unlink()
    left.with_name("000002_R.png").unlink()
    flow.harvest()
    assert names(flow.dist) == ["pack_000001_left.png", "pack_000001_right.png"]
    assert left.exists()


def test_a_foreign_file_that_comes_between_is_named_and_stays(flow: Flow) -> None:
    stopped_harvest(flow, "link", 1)
    (flow.dist / "pack_B.png").write_bytes(b"the client's own")
    with pytest.raises(VolumeError, match="pack_B"):
        flow.harvest()
    assert (flow.dist / "pack_B.png").read_bytes() == b"the client's own"
    (flow.dist / "pack_B.png").unlink()
    assert flow.harvest().problems == ()
    assert names(flow.dist) == ALL


@pytest.mark.parametrize("number", range(1, 7))
def test_equal_frames_of_two_attempts_are_not_taken_for_each_other(flow: Flow, number: int) -> None:
    """Formats without metadata give the same bytes for the same picture."""
    flow.harvest()
    replace_stale(flow)
    files = {frame: flow.frame("pack_A", frame, attempt=2) for frame in (1, 2, 3)}
    for frame, path in files.items():
        (flow.dist / ALL[frame - 1]).write_bytes(path.read_bytes())
    stopped_harvest(flow, "link", number, is_replacing=True)
    result = flow.harvest(is_replacing=True)
    assert result.is_whole
    assert names(flow.dist) == ALL
    flow.undo_harvest()
    assert names(flow.dist) == ALL
    assert all(path.exists() for path in files.values())


def test_progress_is_told_seldom_and_ends_at_the_end(flow: Flow) -> None:
    flow.harvest()
    bars = flow.workspace.reporter.bars  # type: ignore[attr-defined]
    for topic in ("check", "deliver"):
        told = [(done, total) for name, done, total in bars if name == topic]
        assert told[0] == (0, 4)
        assert told[-1] == (4, 4)
        assert len(told) <= 4


def test_the_list_of_a_delivery_tells_what_its_files_were(flow: Flow) -> None:
    from farm_addon.core.delivery.reports import FileStat, read_manifest
    from farm_addon.core.release.release_store import read_release

    delivery = flow.harvest().delivery
    listed = read_manifest(read_release(flow.workspace, NAME), delivery)
    assert listed == {name: FileStat.of(flow.dist / name) for name in ALL}
