# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contact sheet: in a window of its own, then in the same one, and never in the file."""

import os
import sys
from pathlib import Path

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import panel

FOLDER = Path(driver.arguments()[0])


def shown():
    """Return the files of the pictures that Image Editors show, and the number of windows."""
    windows = bpy.context.window_manager.windows
    spaces = [area.spaces.active for window in windows for area in window.screen.areas]
    images = [space.image for space in spaces if space.type == "IMAGE_EDITOR" and space.image]
    return [[Path(image.filepath).name for image in images], len(windows)]


def picture(name):
    image = bpy.data.images.new(name, 64, 32)
    image.filepath_raw, image.file_format = str(FOLDER / name), "JPEG"
    image.save()
    bpy.data.images.remove(image)
    return {"event": "result", "data": {"picture": str(FOLDER / name), "sheet": ""}}


def steps(results):
    farm = panel.FakeFarm(FOLDER)
    scene = bpy.context.scene
    scene.farm.volume, scene.farm.release = str(FOLDER / "volume"), "ep01"
    yield from driver.open_farm_tab()
    for name in ("first.jpg", "second.jpg"):
        farm.answer("sheet", picture(name))
        panel.press("show_contact_sheet")
        told = [name]
        yield from driver.wait_until(lambda told=told: shown()[0] == told, f"{name} is shown")
        yield from driver.redraw()
        results[name] = shown()
    yield from driver.screenshot("sheet")
    path = str(FOLDER / "shot.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path, copy=True)
    with bpy.data.libraries.load(path) as (inside, _):
        # Two are Blender's own.
        results["saved"] = sorted({*inside.images} - {"Render Result", "Viewer Node"})

    farm.answer("sheet", {"event": "result", "data": {"picture": str(FOLDER / "none.jpg")}})
    panel.press("show_contact_sheet")
    yield from driver.wait_until(lambda: panel.view().verb is None, "it is over")
    tick = panel.room("pump").tick
    yield from driver.wait_until(lambda: not bpy.app.timers.is_registered(tick), "nothing ticks")
    results["missing"] = shown()
    results["notices"] = [notice.sentence() for notice in panel.view().notices]


driver.run(steps)
