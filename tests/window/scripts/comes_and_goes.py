# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disable, enable, reload, open windows and files, go back to factory settings: nothing is left."""

import os
import sys
from pathlib import Path

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import panel
from traces import children, threads, timers, traces

FOLDER = Path(driver.arguments()[0])
VOLUME = FOLDER / "volume"


def follows():
    """Wait until a follower has told of the volume."""

    def is_told():
        view = panel.view()
        told = view.farm.volume
        return view.watcher and not view.retired and not view.beside and told and told.is_volume

    yield from driver.wait_until(is_told, "the farm is followed", 60)
    yield from driver.wait_until(lambda: len(children()) == 1, "there is one child")
    yield from driver.wait_until(lambda: len(threads()) == 2, "with two threads")


def is_another_view(before):
    """Tell whether the extension was registered anew; there is no view in between."""
    try:
        return panel.view() is not before
    except RuntimeError:
        return False


def is_gone():
    yield from driver.wait_until(lambda: not children() and not threads(), "no child is left", 20)


def steps(results):
    bpy.context.preferences.view.show_splash = False
    panel.preferences().volume = str(VOLUME)
    results["set_up"] = list(bpy.ops.farm.init_volume())
    yield from driver.open_farm_tab()
    yield from follows()
    results["enabled"] = traces()
    for name in ("first", "second"):
        bpy.ops.preferences.addon_disable(module=panel.PACKAGE)
        results[f"disabled_{name}"] = traces()
        yield from driver.redraw()
        bpy.ops.preferences.addon_enable(module=panel.PACKAGE)
        panel.preferences().volume = str(VOLUME)
        yield from follows()
        yield from driver.redraw()
        results[f"enabled_{name}"] = traces()

    # Blender reloads when it has the time; the extension comes back with a view of its own.
    before = panel.view()
    bpy.ops.script.reload()
    yield from driver.wait_until(lambda: is_another_view(before), "the scripts are reloaded")
    yield from follows()
    results["reloaded"] = traces()

    with bpy.context.temp_override(window=driver.window()):
        bpy.ops.wm.window_new()
    yield from driver.wait_until(
        lambda: len(bpy.context.window_manager.windows) == 2, "a second window is open"
    )
    yield from driver.redraw()
    results["two_windows"] = traces()
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[1]):
        bpy.ops.wm.window_close()
    yield from driver.wait_until(
        lambda: len(bpy.context.window_manager.windows) == 1, "the second window is closed"
    )
    results["one_window"] = traces()

    bpy.context.scene.farm.release = "ep01"
    yield from driver.wait_until(lambda: panel.view().jobs.release == "ep01", "ep01 is followed")
    yield from follows()
    bpy.ops.wm.read_homefile(use_factory_startup=False)
    yield
    yield from driver.wait_until(lambda: panel.view().jobs.release == "", "ep01 is forgotten")
    yield from follows()
    yield from driver.redraw()
    results["another_file"] = traces()

    bpy.ops.wm.read_factory_settings()
    yield
    yield from is_gone()
    yield from driver.redraw()
    results["factory_settings"] = traces()
    results["timers"] = timers()


driver.run(steps)
