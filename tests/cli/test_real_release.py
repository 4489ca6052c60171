# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One release from plan to archive with a real Blender; its submitter is killed on the way."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from farm_addon.decoding.decoder import LocalDecoder
from tests.cli.real_farm import RELEASE, Farm, make_blend, noted

FRAMES = 4

MAKE_FILE = """
import bpy, os
bpy.ops.wm.read_factory_settings(use_empty=False)
first = bpy.context.scene
first.name = "Shot"
first.render.engine = "CYCLES"
first.cycles.samples = 16
first.cycles.use_denoising = False
first.render.resolution_x, first.render.resolution_y = 160, 90
first.frame_end = FRAMES
still = first.copy()
still.name = "Still"
still.use_fake_user = True
still.frame_start = still.frame_end = 7
still.render.image_settings.file_format = "OPEN_EXR"
bpy.ops.wm.save_as_mainfile(filepath=TARGET)
os._exit(0)
"""


@pytest.fixture
def blend(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "pack.blend"
    path.parent.mkdir()
    make_blend(MAKE_FILE, tmp_path, TARGET=str(path), FRAMES=FRAMES)
    return path


def test_a_release_survives_the_death_of_its_submitter(blend: Path, tmp_path: Path) -> None:
    farm = Farm(tmp_path / "volume")
    before = {path: path.read_bytes() for path in blend.parent.rglob("*")}
    farm.run("init", str(farm.root))
    try:
        farm.run("plan", "release", RELEASE, str(blend))
        for kind in ("frozen", "submitted"):
            farm.kill(noted(kind), "submit", "release", RELEASE, "--wait")
        farm.run("submit", "release", RELEASE, "--wait")
        farm.run("harvest", "release", RELEASE)
        frames = sorted(farm.dist.iterdir())
        wanted = [f"pack_Shot_{frame:06d}.png" for frame in range(1, FRAMES + 1)]
        assert [path.name for path in frames] == [*wanted, "pack_Still.exr"]
        assert [verdict.problem for verdict in LocalDecoder().decode(frames)] == [""] * len(frames)
        assert len(farm.journal("submitted")) == 2
        farm.run("archive", "release", RELEASE, "--yes")
        farm.run("verify", "archive", RELEASE)
        with tarfile.open(farm.root / "archives" / "ep01.tar.gz") as archive:
            assert "ep01/dist/pack_Still.exr" in archive.getnames()
    finally:
        farm.run("manager", "stop")
    assert {path: path.read_bytes() for path in blend.parent.rglob("*")} == before
