# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may change in a scene between its plan and its freezing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from farm_addon.core.errors import BlockedError
from farm_addon.core.frames import Frames
from farm_addon.core.planning.options import Expand, PlanOptions
from farm_addon.core.planning.plan import PlanSource
from farm_addon.core.planning.plan_release import plan_release
from farm_addon.core.planning.scene_facts import Marker, SceneFacts
from farm_addon.core.planning.scene_rules import Farm
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.workspace import Workspace
from tests.core.flow import NAME, Flow
from tests.fakes.farm import file_facts, scene_facts

SCENE = scene_facts(
    "A",
    cameras=("Front", "Side"),
    view_layers=("Back", "Fore"),
    shown_layers=("Back", "Fore"),
    markers=(Marker(1, "0_0_0"), Marker(3, "0_30_15")),
)


def submit(flow: Flow, planned: SceneFacts, now: SceneFacts, **options: Any) -> list[str]:
    """Plan a scene, change it, submit; return the codes of what blocks."""
    facts = file_facts(str(flow.blend), planned)
    source = PlanSource(facts, RecordedPath.of(flow.blend, flow.workspace.volume.root))
    plan = plan_release(flow.workspace, NAME, [source], PlanOptions(**options), Farm())
    assert not plan.is_blocked
    flow.freezer.facts[flow.blend] = replace(facts, scenes=(now,))
    try:
        flow.submit()
    except BlockedError as ex:
        return [finding.code for finding in ex.findings]
    return []


@pytest.fixture
def flow(workspace: Workspace, tmp_path: Path) -> Flow:
    return Flow(workspace, tmp_path / "studio")


def test_the_range_of_a_scene_has_no_say_in_chosen_frames(flow: Flow) -> None:
    now = replace(SCENE, frame_start=40, frame_end=30)
    assert submit(flow, SCENE, now, frames=Frames([2, 5])) == []
    (job,) = flow.manager.stored.values()
    assert job.settings["frames"] == "2,5"


def test_the_range_of_a_scene_counts_where_nobody_chose(flow: Flow) -> None:
    now = replace(SCENE, frame_end=30)
    assert submit(flow, SCENE, now) == ["planned-differently"]


def test_a_marker_that_moved_would_give_a_frame_anothers_name(flow: Flow) -> None:
    now = replace(SCENE, markers=(Marker(1, "0_30_15"), Marker(3, "0_0_0")))
    assert submit(flow, SCENE, now, are_markers_names=True) == ["planned-differently"]


def test_a_marker_between_the_named_frames_changes_their_choice(flow: Flow) -> None:
    now = replace(SCENE, markers=(*SCENE.markers, Marker(2, "0_15_15")))
    assert submit(flow, SCENE, now, are_markers_names=True) == ["planned-differently"]


def test_a_scene_that_lost_its_camera_is_still_seen_through_the_jobs(flow: Flow) -> None:
    now = replace(SCENE, camera=None)
    assert submit(flow, SCENE, now, expand=Expand.CAMERAS) == []
    assert [one.name for one in flow.manager.stored.values()] == [
        f"{NAME}/pack_A_Front",
        f"{NAME}/pack_A_Side",
    ]


def test_a_layer_that_the_compositor_no_longer_shows_blocks(flow: Flow) -> None:
    now = replace(SCENE, shown_layers=("Back",))
    assert submit(flow, SCENE, now, expand=Expand.VIEW_LAYERS) == ["layer-not-composited"]
    assert not flow.manager.stored
