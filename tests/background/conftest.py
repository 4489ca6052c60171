# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real Blenders for the tests of what runs in the background."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from farm_addon.background.runtime import BlenderRuntime, RuntimeKind
from farm_addon.background.session import BlenderSession
from tests.conftest import TEST_BLENDER, TEST_WHEEL_PYTHON

MakeBlend = Callable[..., Path]


@pytest.fixture(scope="module", params=["executable", "wheel"])
def runtime(request: pytest.FixtureRequest) -> BlenderRuntime:
    """A Blender of each kind; skips where this run has none."""
    kind = RuntimeKind(request.param)
    variable, program = {
        RuntimeKind.EXECUTABLE: ("FARM_TEST_BLENDER", TEST_BLENDER),
        RuntimeKind.WHEEL: ("FARM_TEST_WHEEL_PYTHON", TEST_WHEEL_PYTHON),
    }[kind]
    if not program:
        pytest.skip(f"{variable} is not set (scripts/test.py does)")
    return BlenderRuntime(kind, Path(program))


@pytest.fixture(scope="module")
def make_blend(runtime: BlenderRuntime, tmp_path_factory: pytest.TempPathFactory) -> MakeBlend:
    """Return a function that runs code in Blender, with a scene ``s`` that renders at once, and
    saves the file."""
    folder = tmp_path_factory.mktemp("blends")

    def make(name: str, code: str = "", path: Path | None = None) -> Path:
        target = path or folder / f"{name}.blend"
        script = folder / f"{name}.py"
        script.write_text(PREAMBLE + code + f"\nsave({str(target)!r})\n", encoding="utf-8")
        command = [str(runtime.program), str(script)]
        if not runtime.is_wheel:
            options = ["-b", "--factory-startup", "--python-exit-code", "1", "--python"]
            command[1:1] = options
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
        )
        assert target.is_file(), done.stdout + done.stderr
        return target

    return make


PREAMBLE = """
import os, sys
import bpy
bpy.ops.wm.read_factory_settings()
s = bpy.context.scene
s.name = "Main"
s.frame_start, s.frame_end = 1, 20

def quick(scene, width=64, height=48):
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = 1
    scene.render.resolution_x, scene.render.resolution_y = width, height

def another(name):
    scene = bpy.data.scenes.new(name)
    scene.camera = s.camera
    for one in s.collection.all_objects:
        scene.collection.objects.link(one)
    quick(scene, 32, 16)
    return scene

def save(path):
    bpy.ops.wm.save_as_mainfile(filepath=path)
    # The bpy wheel may abort when Python takes itself down.
    sys.stdout.flush()
    os._exit(0)

quick(s)
"""


@pytest.fixture(scope="module")
def session(
    runtime: BlenderRuntime, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BlenderSession]:
    """One Blender for all tests of a module, with a log in ``.test.log``."""
    log = tmp_path_factory.mktemp("session") / "blender.log"
    with BlenderSession(runtime, log=log) as one:
        one.test = SimpleNamespace(log=log)  # type: ignore[attr-defined]
        yield one
