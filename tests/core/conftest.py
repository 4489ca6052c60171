# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A volume and a workspace on it for the tests of the domain."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from farm_addon.core.storage import lock
from farm_addon.core.storage.files import Files
from farm_addon.core.volume import FarmConfig, init_volume
from farm_addon.core.workspace import Workspace
from tests.fakes.farm import RecordingReporter

MakeWorkspace = Callable[..., Workspace]


def open_workspace(root: Path, files: Files | None = None) -> Workspace:
    """Return a workspace on a volume, which is made where there is none."""
    volume = init_volume(Files(), root, "test farm", "")
    return Workspace(
        volume=volume,
        config=FarmConfig.read(volume),
        files=files or Files(),
        reporter=RecordingReporter(),
        user="mia",
        host="ws12",
        wait=lambda _seconds: None,
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace on a new volume."""
    return open_workspace(tmp_path / "volume")


@pytest.fixture
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Wait for no disk: what a process that dies leaves behind is with the system already."""
    monkeypatch.setattr(os, "fsync", lambda _handle: None)
    monkeypatch.setattr(lock, "_INSTANT_S", 0.001)
    monkeypatch.setattr(lock, "_LOOK_S", 0.001)
    yield
    gc.collect()  # what a stopped process left open, within reach of the test's filters


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """An empty folder, in memory where the system has such a file system."""
    memory = Path("/dev/shm")
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="farm-test-", dir=memory) as folder:
        yield Path(folder)
