# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many new files at once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from farm_addon.core.errors import VolumeError
from farm_addon.core.storage.files import Files
from farm_addon.core.storage.new_tree import NewTree


def test_content_times_and_folders_are_there(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    tree = NewTree(Files(), root)
    tree.write(root / "a" / "b" / "c.txt", [b"one ", memoryview(b"two")], 1_700_000_000)
    tree.write(root / "a" / "empty", [], 0)
    tree.make_folder(root / "d" / "e")
    tree.sync()
    assert (root / "a" / "b" / "c.txt").read_bytes() == b"one two"
    assert (root / "a" / "b" / "c.txt").stat().st_mtime == 1_700_000_000
    assert (root / "a" / "empty").stat().st_size == 0
    assert (root / "d" / "e").is_dir()


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    with pytest.raises(VolumeError, match="there already"):
        NewTree(Files(), tmp_path / "tree").write(tmp_path / "tree" / "x", [b"new"], 0)
    assert list((tmp_path / "tree").iterdir()) == []


def test_few_files_are_waited_for_one_by_one_with_their_folders(tmp_path: Path) -> None:
    synced: list[str] = []

    def note(operation: str, path: Path) -> None:
        if operation.startswith("sync"):
            synced.append(path.name)

    root = tmp_path / "tree"
    tree = NewTree(Files(after=note), root)
    tree.write(root / "a" / "x", [b"1"], 0)
    tree.write(root / "y", [b"2"], 0)
    assert synced == []
    tree.sync()
    folders = ["a", "tree", tmp_path.name] if os.name != "nt" else []
    assert synced == ["x", "y", *folders]


@pytest.mark.skipif(sys.platform != "linux", reason="sync() does not wait elsewhere")
def test_many_files_are_waited_for_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[str] = []
    monkeypatch.setattr(os, "sync", lambda: waits.append("everything"))
    monkeypatch.setattr(os, "fsync", lambda _handle: waits.append("one"))
    root = tmp_path / "tree"
    tree = NewTree(Files(), root)
    for number in range(101):
        tree.write(root / str(number), [b"x"], 0)
    tree.sync()
    assert waits == ["everything"]
