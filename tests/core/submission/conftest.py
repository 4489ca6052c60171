# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release that was planned and submitted."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm_addon.core.workspace import Workspace
from tests.core.flow import Flow


@pytest.fixture
def flow(workspace: Workspace, tmp_path: Path) -> Flow:
    """``pack_A`` (three frames, a library, a texture) and ``pack_B`` (one frame, the texture)."""
    flow = Flow(workspace, tmp_path / "work")
    flow.plan()
    flow.submit()
    return flow
