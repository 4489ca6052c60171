# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension comes and goes in every Blender that it supports, and starts nothing by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import bpy

import farm_addon
from farm_addon.blender import state


def handlers() -> list[Callable[..., object]]:
    """Return what Blender calls, of us."""
    lists = [getattr(bpy.app.handlers, name) for name in dir(bpy.app.handlers)]
    return [
        one
        for each in lists
        if isinstance(each, list)
        for one in each
        if one.__module__.startswith("farm_addon")
    ]


def classes() -> set[str]:
    """Return our classes that Blender knows."""
    return {name for name in dir(bpy.types) if "FARM_" in name}


def test_registering_twice_leaves_the_same_and_unregistering_nothing() -> None:
    found = []
    for _ in range(2):
        farm_addon.register()
        found.append((classes(), set(dir(bpy.ops.farm))))
        farm_addon.unregister()
        assert (classes(), dir(bpy.ops.farm), handlers()) == (set(), [], [])
        assert not hasattr(bpy.types.Scene, "farm")
        assert not hasattr(bpy.types.WindowManager, "farm")
    assert found[0] == found[1]
    assert len(found[0][0]) > 30


def test_nothing_starts_by_itself_without_a_window(tmp_path: Path) -> None:
    farm_addon.register()
    try:
        scene = bpy.context.scene
        scene.farm.volume, scene.farm.release = str(tmp_path), "ep01"
        bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
        bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "shot.blend"))
        assert bpy.context.scene.farm.release == "ep01"
        assert not state.view().running()
        assert handlers() == []
        assert not [one for one in threading.enumerate() if one.name.startswith("farm-")]
    finally:
        farm_addon.unregister()
