# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole release through each way in that leads through a Blender."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest

from tests.blender.processes import run, run_json

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "batch_submit.py"
WAYS_IN = {
    "--command": [bpy.app.binary_path, "--command", "farm"],
    "batch": [bpy.app.binary_path, "--background", "--python", str(SCRIPT), "--"],
}


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    """A saved file whose only scene renders two small frames with Cycles."""
    path = tmp_path / "project" / "shot.blend"
    path.parent.mkdir()
    scene = bpy.context.scene  # the start-up file, as conftest.py loads it
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    scene.frame_end = 2
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


@pytest.mark.parametrize("way", WAYS_IN)
def test_a_release_goes_from_plan_to_archive(way: str, shot: Path, tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    farm = WAYS_IN[way]
    run([*farm, "init", str(volume)])
    farm = [*farm, "--volume", str(volume)]
    try:
        planned = run_json([*farm, "--json", "plan", "release", "ep01", str(shot)])
        assert planned["result"]["add"] == ["shot"]
        run([*farm, "submit", "release", "ep01", "--wait"])
        run([*farm, "harvest", "release", "ep01"])
        frames = sorted(path.name for path in (volume / "dist" / "ep01").iterdir())
        assert frames == ["shot_000001.png", "shot_000002.png"]
        run([*farm, "archive", "release", "ep01", "--yes"])
        assert not (volume / "releases" / "ep01").exists()
        run([*farm, "verify", "archive", "ep01"])
    finally:
        run([*farm, "manager", "stop"])
