# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The story that releases exist for, with a real Blender.

A release is made; an object in a linked library is updated; ``status --stale`` names the jobs that
it touches, and only those; they are replaced; harvest delivers new frames for them and the old ones
for the rest; archive; slash-and-burn.

It runs on the local manager, and once more on a real Flamenco Manager with Workers where
``FLAMENCO_URL`` and ``FLAMENCO_VOLUME`` (its storage, empty but for its own) are set.
``FARM_TRANSCRIPT`` names a file for what was typed and printed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farm_addon.decoding.decoder import LocalDecoder
from tests.conftest import TEST_BLENDER, TEST_WHEEL_PYTHON

URL = os.environ.get("FLAMENCO_URL", "")
STORAGE = os.environ.get("FLAMENCO_VOLUME", "")
DEADLINE_S = 900.0
SHOTS = ("sh010", "sh020")  # with a chair from the library
FRAMES = 2

MAKE_FILES = """
import bpy, os
from mathutils import Vector

FOLDER, SHOTS, FRAMES = {folder!r}, {shots!r}, {frames}

def begin():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return bpy.context.scene

def save(name):
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(FOLDER, name + ".blend"))

def make_object(name, size):
    bpy.ops.mesh.primitive_cube_add(size=size)
    made = bpy.context.object
    made.name = name
    return made

def furnish(scene, name):
    scene.name = name
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.seed = 4, False, 1
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    scene.frame_end = FRAMES
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.location = (6, -6, 4)
    camera.rotation_euler = (Vector() - camera.location).to_track_quat("-Z", "Y").to_euler()
    sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    for one in (camera, sun):
        scene.collection.objects.link(one)
    scene.camera = camera

begin()
collection = bpy.data.collections.new("Furniture")
bpy.context.scene.collection.children.link(collection)
chair = make_object("Chair", 2.0)
for owner in chair.users_collection:
    owner.objects.unlink(chair)
collection.objects.link(chair)
save("library")
for name in SHOTS:
    scene = begin()
    with bpy.data.libraries.load(os.path.join(FOLDER, "library.blend"), link=True) as (_, wanted):
        wanted.collections = ["Furniture"]
    instance = bpy.data.objects.new("Chair", None)
    instance.instance_type = "COLLECTION"
    instance.instance_collection = wanted.collections[0]
    scene.collection.objects.link(instance)
    furnish(scene, name)
    save(name)
scene = begin()
make_object("Vase", 1.0)
furnish(scene, "poster")
scene.frame_end = 1
save("poster")
os._exit(0)
"""

CHANGE_LIBRARY = """
import bpy, os
bpy.ops.wm.open_mainfile(filepath={library!r})
bpy.data.objects["Chair"].scale.z = 2.0
bpy.ops.wm.save_mainfile()
os._exit(0)
"""


def run_blender(script: str, folder: Path) -> None:
    """Run a script in the Blender that the tests were given."""
    path = folder / "script.py"
    path.write_text(script)
    if TEST_BLENDER:
        command = [TEST_BLENDER, "-b", "--factory-startup", "--python"]
    elif TEST_WHEEL_PYTHON:
        command = [TEST_WHEEL_PYTHON]
    else:
        pytest.skip("no Blender was given to test with (scripts/test.py does)")
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=DEADLINE_S)


class Farm:
    """The command line on one volume, each verb a process of its own; writes a transcript."""

    def __init__(self, root: Path, manager: str) -> None:
        self.root, self.manager = root, manager
        self.transcript: list[str] = []

    def __call__(self, *words: str) -> str:
        """Run a verb that must succeed; return what it printed on stdout."""
        options = ["--volume", str(self.root), "--blender", TEST_BLENDER or TEST_WHEEL_PYTHON]
        command = [sys.executable, "-m", "farm_addon.cli", *words, *options]
        done = subprocess.run(
            command,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "BLENDER": ""},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
        )
        shown = f"$ farm {' '.join(words)}\n{done.stderr}{done.stdout}"
        self.transcript.append(shown)
        assert done.returncode == 0, shown
        return done.stdout

    def json(self, *words: str) -> dict[str, Any]:
        """Run a verb once more for its document."""
        shown = len(self.transcript)
        document: dict[str, Any] = json.loads(self(*words, "--json"))
        del self.transcript[shown:]
        return document["result"]


@pytest.fixture(params=["local", "flamenco"])
def farm(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Farm]:
    if request.param == "local":
        volume = Farm(tmp_path / "farm", "local")
    elif URL and STORAGE:
        volume = Farm(Path(STORAGE), URL)
    else:
        pytest.skip("FLAMENCO_URL and FLAMENCO_VOLUME are not set: no real Manager was asked")
    yield volume
    if request.param == "local" and (volume.root / "farm.toml").is_file():
        volume("manager", "stop")
    target = os.environ.get("FARM_TRANSCRIPT")
    if target:
        text = "\n".join(volume.transcript).replace(str(volume.root), "/mnt/farm")
        text = text.replace(str(tmp_path / "work"), "/mnt/shots")
        Path(target).write_text(text, encoding="utf-8")


def pixels(paths: list[Path]) -> dict[str, str]:
    """Return a digest of each picture's pixels, by name."""
    verdicts = list(LocalDecoder().decode(paths))
    assert [verdict.problem for verdict in verdicts] == [""] * len(paths)
    return {verdict.path.name: verdict.pixels_digest for verdict in verdicts}


def test_an_updated_object_replaces_the_jobs_that_it_touches(farm: Farm, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    run_blender(MAKE_FILES.format(folder=str(work), shots=SHOTS, frames=FRAMES), tmp_path)
    blends = [str(work / f"{name}.blend") for name in (*SHOTS, "poster")]

    # A release is made.
    farm("init", str(farm.root), "--name", "Studio", "--manager", farm.manager)
    farm("plan", "release", "ep01", *blends)
    farm("submit", "release", "ep01", "--wait")
    assert farm.json("status", "release", "ep01", "--stale")["jobs"] == []
    out = farm.root / "releases" / "ep01" / "out"
    first = {name: pixels(sorted((out / name).glob("*.png"))) for name in (*SHOTS, "poster")}

    # An object in the linked library is updated.
    run_blender(CHANGE_LIBRARY.format(library=str(work / "library.blend")), tmp_path)
    farm("status", "release", "ep01", "--stale")
    stale = farm.json("status", "release", "ep01", "--stale")["jobs"]
    assert {job["job"] for job in stale} == set(SHOTS)
    assert {job["verdict"] for job in stale} == {"stale"}
    assert all("library.blend" in job["file"] for job in stale)

    # Just those jobs are replaced.
    farm("replace", "release", "ep01", "--stale", "--yes", "--wait")
    assert farm.json("status", "release", "ep01", "--stale")["jobs"] == []
    attempts = {
        job["job"]: job["attempt"] for job in farm.json("status", "release", "ep01")["jobs"]
    }
    assert attempts == {"sh010": 2, "sh020": 2, "poster": 1}
    superseded = farm.root / "releases" / "ep01" / "superseded"
    for name in SHOTS:
        assert pixels(sorted((superseded / name / "1").rglob("*.png"))) == first[name]

    # New frames for those, the old ones for the rest.
    farm("harvest", "release", "ep01")
    dist = farm.root / "dist" / "ep01"
    delivered = pixels(sorted(dist.iterdir()))
    assert len(delivered) == len(SHOTS) * FRAMES + 1
    for name in SHOTS:
        for number in range(1, FRAMES + 1):
            new = delivered[f"{name}_{number:06d}.png"]
            assert new != first[name][f"{number:06d}.png"]
    assert delivered["poster.png"] == first["poster"]["000001.png"]

    farm("archive", "release", "ep01", "--yes")
    farm("verify", "archive", "ep01")
    farm("plan", "release", "ep02", blends[-1])
    farm("submit", "release", "ep02", "--paused")
    farm("slash-and-burn", "--dry-run")
    farm("slash-and-burn", "--yes", "--name", "Studio")
    assert not list((farm.root / "releases").glob("ep*"))
    assert [path.name for path in (farm.root / "trash").glob("*/releases/*")] == ["ep02"]
    assert pixels(sorted(dist.iterdir())) == delivered
    assert (farm.root / "archives" / "ep01.tar.gz").is_file()
    if farm.manager != "local":
        shutil.rmtree(farm.root / "dist" / "ep01")
