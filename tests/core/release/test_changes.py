# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded files against what they are now."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from farm_addon.core.recorded_paths import RecordedPath, this_platform
from farm_addon.core.release.changes import Change, FileChanges
from farm_addon.core.release.inputs import FileHasher, InputFile

DECADE_NS = 10**9 * 60 * 60 * 24 * 3652


@pytest.fixture
def file(tmp_path: Path) -> InputFile:
    path = tmp_path / "wood.png"
    path.write_bytes(b"oak")
    return FileHasher().look(path, RecordedPath("wood.png"), "image", "Image ‘wood’")


def change(file: InputFile, root: Path) -> Change | None:
    return FileChanges(root, FileHasher()).of(file)


def test_equal_stats_are_enough_only_where_the_file_was_older_than_the_look(
    file: InputFile, tmp_path: Path
) -> None:
    settled = replace(file, looked_ns=file.looked_ns + DECADE_NS, sha256="not its hash")
    assert change(settled, tmp_path) is None
    assert change(replace(settled, looked_ns=file.mtime_ns), tmp_path) is Change.CHANGED


def test_content_decides_whatever_the_times_say(file: InputFile, tmp_path: Path) -> None:
    os.utime(tmp_path / "wood.png", ns=(5, 5))
    assert change(file, tmp_path) is None
    (tmp_path / "wood.png").write_bytes(b"elm")
    assert change(file, tmp_path) is Change.CHANGED
    (tmp_path / "wood.png").write_bytes(b"oak")
    assert change(file, tmp_path) is None


def test_a_missing_file_is_missing_where_its_place_can_be_seen(
    file: InputFile, tmp_path: Path
) -> None:
    (tmp_path / "wood.png").unlink()
    assert change(file, tmp_path) is Change.MISSING
    beside = RecordedPath(str(tmp_path / "gone.png"), this_platform())
    assert change(replace(file, path=beside), tmp_path) is Change.MISSING
    unmounted = RecordedPath(str(tmp_path / "not mounted" / "gone.png"), this_platform())
    assert change(replace(file, path=unmounted), tmp_path) is Change.OUT_OF_REACH
    foreign = RecordedPath("D:\\wood.png", "darwin" if os.name == "nt" else "windows")
    assert change(replace(file, path=foreign), tmp_path) is Change.OUT_OF_REACH
    folder_gone = replace(file, path=RecordedPath("no folder/wood.png"))
    assert change(folder_gone, tmp_path) is Change.MISSING


def test_what_cannot_be_read_is_out_of_reach(file: InputFile, tmp_path: Path) -> None:
    (tmp_path / "wood.png").unlink()
    (tmp_path / "wood.png").mkdir()
    assert change(file, tmp_path) is Change.OUT_OF_REACH


def test_many_jobs_cost_one_stat_and_one_hash(
    file: InputFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wood.png").write_bytes(b"elm")
    changes = FileChanges(tmp_path, FileHasher())
    assert changes.of(file) is Change.CHANGED
    (tmp_path / "wood.png").unlink()  # whoever looks again would find it missing
    others = [replace(file, owner=f"Image {number}") for number in range(1000)]
    assert {changes.of(one) for one in others} == {Change.CHANGED}
