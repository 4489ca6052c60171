# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One release with a real Blender and the local manager, in which every verb is killed on its way
and run again.

The crash matrix (``tests/core/test_killed_anywhere.py``) tries every point with doubles; this tries
some with what really dies: a process, its threads, and the Blender that it started.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm_addon.decoding.decoder import LocalDecoder
from tests.cli.real_farm import RELEASE, Farm, make_blend, noted, progress

FRAMES = 3

MAKE_FILES = """
import bpy, os
os.makedirs(FOLDER, exist_ok=True)
library = os.path.join(FOLDER, "library.blend")

bpy.ops.wm.read_factory_settings(use_empty=False)
bpy.data.objects["Cube"].name = "Chair"
bpy.data.objects["Chair"].scale = (SIZE, SIZE, SIZE)
bpy.ops.wm.save_as_mainfile(filepath=library)

if not os.path.exists(os.path.join(FOLDER, "pack.blend")):
    bpy.ops.wm.read_factory_settings(use_empty=False)
    shot = bpy.context.scene
    shot.name = "Shot"
    shot.render.engine = "CYCLES"
    shot.cycles.samples = 1
    shot.cycles.use_denoising = False
    shot.render.resolution_x, shot.render.resolution_y = 64, 36
    shot.frame_end = FRAMES
    still = shot.copy()
    still.name = "Still"
    still.use_fake_user = True
    still.frame_start = still.frame_end = 7
    still.render.image_settings.file_format = "OPEN_EXR"
    with bpy.data.libraries.load(library, link=True) as (source, target):
        target.objects = ["Chair"]
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    shot.collection.objects.link(target.objects[0])
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(FOLDER, "pack.blend"))
os._exit(0)
"""

DELIVERED = [*(f"pack_Shot_{frame:06d}.png" for frame in range(1, FRAMES + 1)), "pack_Still.exr"]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    make_blend(MAKE_FILES, tmp_path, FOLDER=str(folder), SIZE=1.0, FRAMES=FRAMES)
    return folder


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    found = Farm(tmp_path / "volume")
    found.run("init", str(found.root))
    yield found
    found.run("manager", "stop")


def test_a_release_survives_the_death_of_every_verb(farm: Farm, work: Path, tmp_path: Path) -> None:
    kills = Counter[str]()

    def kill(name: str, moment: object, *words: str) -> None:
        kills[name] += farm.kill(moment, *words)  # type: ignore[arg-type]

    def is_reading(_farm: Farm, event: dict[str, object]) -> bool:
        return event.get("event") == "status"

    plan = ("plan", "release", RELEASE, str(work / "pack.blend"))
    kill("plan", is_reading, *plan)
    farm.run(*plan)
    submit = ("submit", "release", RELEASE)
    kill("freeze", progress("freeze", 1), *submit)
    kill("between freeze and POST", progress("submit", 0), *submit)
    assert farm.journal("frozen")
    kill("POST", noted("submitting"), *submit)
    kill("wait", progress("render", 1), *submit, "--wait")
    farm.kill_manager()
    farm.run(*submit, "--wait")
    assert _sent(farm) == {("pack_Shot", 1): 1, ("pack_Still", 1): 1}

    harvest = ("harvest", "release", RELEASE)
    kill("gate", progress("check", 1), *harvest)
    kill("deliver", noted("harvesting"), *harvest)
    farm.run(*harvest)
    first = _delivered(farm)

    make_blend(MAKE_FILES, tmp_path, FOLDER=str(work), SIZE=0.5, FRAMES=FRAMES)
    replace = ("replace", "release", RELEASE, "--stale", "--yes")
    kill("replace", noted("submitting", 3), *replace)
    farm.run(*replace, "--wait")
    farm.run(*submit, "--wait")
    assert _sent(farm) == {("pack_Shot", 1): 1, ("pack_Still", 1): 1, ("pack_Shot", 2): 1}
    kill("harvest again", noted("harvesting", 2), *harvest, "--replace", "--yes")
    farm.run(*harvest, "--replace", "--yes")
    second = _delivered(farm)
    assert {name for name in DELIVERED if first[name] != second[name]} == set(DELIVERED[:FRAMES])

    archive = ("archive", "release", RELEASE, "--yes")
    kill("archive", progress("archive", 1), *archive)
    kill("clear", noted("archiving"), *archive)
    farm.run(*archive)
    farm.run("verify", "archive", RELEASE)
    assert not farm.folder.exists()
    assert _delivered(farm) == second
    restore = ("restore", "release", RELEASE)
    kill("restore", progress("restore", 1), *restore)
    farm.run(*restore)
    rows = farm.run("status", "release", RELEASE)["jobs"]
    assert [row["state"] for row in rows] == ["delivered", "delivered"]
    assert farm.orphans() == []
    assert len([name for name, count in kills.items() if count]) >= 9, kills


def _sent(farm: Farm) -> Counter[tuple[str, int]]:
    """Count the submissions that arrived, by job and attempt: none may have been sent twice."""
    return Counter((event["job"], event["attempt"]) for event in farm.journal("submitted"))


def _delivered(farm: Farm) -> dict[str, bytes]:
    """Return the delivery; every frame of it decodes."""
    frames = sorted(farm.dist.iterdir())
    assert [path.name for path in frames] == DELIVERED
    verdicts = LocalDecoder().decode(frames)
    assert [verdict.problem for verdict in verdicts] == [""] * len(frames)
    return {path.name: path.read_bytes() for path in frames}
