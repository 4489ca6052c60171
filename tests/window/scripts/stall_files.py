# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open and save a file with the extension and without, for ``benchmarks/stall.py``.

Argument: folder of the run.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import panel

FOLDER = Path(driver.arguments()[0])
OBJECTS = 5000
ROUNDS = 9


def steps(results: dict[str, Any]) -> Iterator[None]:
    """Take turns, so that whatever else the machine does meets both."""
    path = FOLDER / "large.blend"
    make_scene()
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    farm = sys.modules[panel.PACKAGE]
    for number in range(ROUNDS + 1):
        for name, prepare in (("with", farm.register), ("without", farm.unregister)):
            if not (number == 0 and name == "with"):
                prepare()
            yield from driver.redraw()
            load_s = timed(lambda: bpy.ops.wm.open_mainfile(filepath=str(path)))
            yield
            yield from driver.redraw()
            save_s = timed(bpy.ops.wm.save_mainfile)
            if number:  # the first round warms up
                results.setdefault(f"load_{name}", []).append(load_s)
                results.setdefault(f"save_{name}", []).append(save_s)


def make_scene() -> None:
    """Fill the scene with objects that share a mesh."""
    cube = bpy.data.objects["Cube"]
    for number in range(OBJECTS):
        one = cube.copy()
        one.location = (number % 50, number // 50, 0)
        bpy.context.collection.objects.link(one)
    bpy.context.scene.farm.release = "ep01"


def timed(function: Callable[[], object]) -> float:
    """Return how long a call takes, in seconds."""
    begun = time.perf_counter()
    function()
    return time.perf_counter() - begun


driver.run(steps)
