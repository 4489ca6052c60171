# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small farm for the tests of what changes jobs by a query."""

from __future__ import annotations

import pytest

from farm_addon.core.workspace import Workspace
from tests.core.farm_jobs.small_farm import SmallFarm


@pytest.fixture
def farm(workspace: Workspace) -> SmallFarm:
    """Release ep01 with sh010 active, sh020 completed, sh030 failed and sent by ben, and sh040
    only planned; release ep02 with sh010 queued."""
    farm = SmallFarm(workspace)
    farm.plan("ep01", "sh010", "sh020", "sh030", "sh040")
    farm.plan("ep02", "sh010")
    farm.send("ep01", "sh010", "active", steps_completed=3, steps_total=10)
    farm.send("ep01", "sh020", "completed", steps_completed=10, steps_total=10)
    farm.send("ep01", "sh030", "failed", user="ben", activity="3 tasks failed")
    farm.send("ep02", "sh010")
    farm.manager.requests.clear()
    return farm
