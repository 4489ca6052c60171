# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's .blend, as each supported Blender makes it; other processes make and read it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "demo_scene.py"

READ = """
import json, os, sys
import bpy
bpy.ops.wm.open_mainfile(filepath=sys.argv[1])
told = {
    "open": bpy.context.scene.name,
    "libraries": [library.filepath for library in bpy.data.libraries],
    "images": sorted(i.filepath for i in bpy.data.images if i.source == "FILE" and not i.library),
    "paths": sorted(bpy.utils.blend_paths(absolute=True)),
    "scenes": {
        scene.name: {
            "camera": bool(scene.camera),
            "engine": scene.render.engine,
            "format": scene.render.image_settings.file_format,
            "frames": [scene.frame_start, scene.frame_end, scene.frame_step],
            "pixels": scene.render.resolution_x * scene.render.resolution_y,
            "objects": sorted(o.name for o in scene.objects),
        }
        for scene in bpy.data.scenes
    },
}
print("TOLD" + json.dumps(told), flush=True)
os._exit(0)
"""


def run(*arguments: str) -> str:
    """Run this Python; a bpy that aborts at its very end is no failure."""
    done = subprocess.run(
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("demo") / "scenes"
    assert f"made {made / 'pottery.blend'}" in run(str(SCRIPT), str(made))
    return made


@pytest.fixture(scope="module")
def told(folder: Path) -> Any:
    """What the .blend says of itself when it is opened again."""
    lines = run("-c", READ, str(folder / "pottery.blend")).splitlines()
    return json.loads(next(line for line in lines if line.startswith("TOLD"))[4:])


def test_demo_makes_two_blends_and_two_textures_and_nothing_else(folder: Path) -> None:
    found = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert found == [
        "library/ceramics.blend",
        "library/textures/glaze.png",
        "pottery.blend",
        "textures/terrazzo.png",
    ]


def test_demo_has_an_animation_and_two_stills(told: Any) -> None:
    assert told["open"] == "Turntable"
    assert {name: scene["frames"] for name, scene in told["scenes"].items()} == {
        "Turntable": [1, 12, 1],
        "Vase": [1, 1, 1],
        "Cups": [1, 1, 1],
    }


def test_demo_renders_small_png_frames_with_cycles(told: Any) -> None:
    for scene in told["scenes"].values():
        assert scene["camera"]
        assert (scene["engine"], scene["format"]) == ("CYCLES", "PNG")
        assert scene["pixels"] < 300_000


def test_demos_scenes_share_their_lamps(told: Any) -> None:
    shared = set.intersection(*(set(scene["objects"]) for scene in told["scenes"].values()))
    assert {"Key", "Rim", "Fill"} <= shared


def test_demo_links_its_library_and_textures_by_relative_paths(folder: Path, told: Any) -> None:
    assert told["libraries"] == ["//library/ceramics.blend"]
    assert told["images"] == ["//textures/terrazzo.png"]
    paths = {os.path.realpath(path) for path in told["paths"]}
    assert {str(folder / "textures" / "terrazzo.png")} <= paths
    assert all(Path(path).is_file() for path in paths)
