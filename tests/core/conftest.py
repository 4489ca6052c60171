# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A volume and a workspace on it for the tests of the domain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

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
