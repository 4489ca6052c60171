# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One release from plan to archive with a real Blender; its submitter is killed on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest

from farm_addon.decoding.decoder import LocalDecoder
from tests.conftest import TEST_BLENDER, TEST_WHEEL_PYTHON

FRAMES = 4
DEADLINE_S = 180.0

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


class Farm:
    """The command line on one volume, as processes of its own."""

    def __init__(self, root: Path, blender: str) -> None:
        self.root = root
        self._options = ["--volume", str(root), "--blender", blender]

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "farm_addon.cli", *words, *self._options]
        return subprocess.Popen(
            command,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "BLENDER": ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> str:
        with self.start(*words) as process:
            out, _ = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0, out
        return out

    def events(self, kind: str) -> list[dict[str, Any]]:
        journal = self.root / "releases" / "ep01" / "journal.jsonl"
        if not journal.exists():
            return []
        events = [json.loads(line) for line in journal.read_text().splitlines(keepends=True)[:-1]]
        return [event for event in events if event["event"] == kind]


@pytest.fixture
def blend(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "pack.blend"
    path.parent.mkdir()
    script = tmp_path / "make_file.py"
    text = MAKE_FILE.replace("TARGET", repr(str(path))).replace("FRAMES", str(FRAMES))
    script.write_text(text)
    if TEST_BLENDER:
        command = [TEST_BLENDER, "-b", "--factory-startup", "--python"]
    elif TEST_WHEEL_PYTHON:
        command = [TEST_WHEEL_PYTHON]
    else:
        pytest.skip("no Blender was given to test with (scripts/test.py does)")
    subprocess.run([*command, str(script)], check=True, capture_output=True, timeout=DEADLINE_S)
    return path


def test_a_release_survives_the_death_of_its_submitter(blend: Path, tmp_path: Path) -> None:
    farm = Farm(tmp_path / "volume", TEST_BLENDER or TEST_WHEEL_PYTHON)
    before = {path: path.read_bytes() for path in blend.parent.rglob("*")}
    farm.run("init", str(farm.root))
    try:
        farm.run("plan", "release", "ep01", str(blend))
        for kind in ("frozen", "submitted"):
            with farm.start("submit", "release", "ep01", "--wait") as submitter:
                _kill_after(submitter, farm, kind)
        farm.run("submit", "release", "ep01", "--wait")
        farm.run("harvest", "release", "ep01")
        dist = farm.root / "dist" / "ep01"
        frames = sorted(dist.iterdir())
        wanted = [f"pack_Shot_{frame:06d}.png" for frame in range(1, FRAMES + 1)]
        assert [path.name for path in frames] == [*wanted, "pack_Still.exr"]
        assert [verdict.problem for verdict in LocalDecoder().decode(frames)] == [""] * len(frames)
        assert len(farm.events("submitted")) == 2
        farm.run("archive", "release", "ep01", "--yes")
        farm.run("verify", "archive", "ep01")
        with tarfile.open(farm.root / "archives" / "ep01.tar.gz") as archive:
            assert "ep01/dist/pack_Still.exr" in archive.getnames()
    finally:
        farm.run("manager", "stop")
    assert {path: path.read_bytes() for path in blend.parent.rglob("*")} == before


def _kill_after(process: subprocess.Popen[str], farm: Farm, kind: str) -> None:
    """Kill the submitter as soon as the journal tells of an event."""
    is_over = threading.Event()
    timer = threading.Timer(DEADLINE_S, is_over.set)
    timer.start()
    try:
        while not farm.events(kind) and process.poll() is None and not is_over.is_set():
            is_over.wait(0.02)
    finally:
        timer.cancel()
    process.kill()
    process.communicate()
