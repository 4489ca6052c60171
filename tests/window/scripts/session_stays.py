# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist has in hand stays as it is: dirty flag, undo steps, file."""

import os
import sys
from pathlib import Path

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import panel

FOLDER = Path(driver.arguments()[0])


def has_unsaved_edits():
    return panel.room("snapshot").save_snapshot(FOLDER / "snapshots").has_unsaved_edits


def steps(results):
    farm = panel.FakeFarm(FOLDER)
    path = FOLDER / "project" / "shot.blend"
    path.parent.mkdir()
    scene = bpy.context.scene
    scene.farm.volume, scene.farm.release = str(FOLDER / "volume"), "ep01"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    before = path.read_bytes()
    yield from driver.open_farm_tab()
    results["dirty_after_saving"] = bpy.data.is_dirty
    results["saved"] = has_unsaved_edits()

    bpy.ops.ed.undo_push(message="before")
    bpy.context.scene.frame_end = 77
    bpy.ops.ed.undo_push(message="edit")
    yield
    results["dirty_before"] = bpy.data.is_dirty
    results["edited"] = has_unsaved_edits()
    job = {"state": "queued", "attempt": 1, "done": 0, "total": 8, "message": ""}
    row = {"event": "row", "table": "jobs", "key": "shot", "values": job}
    farm.answer("plan", {"event": "result", "data": {}})
    farm.answer("submit", {"event": "result", "data": {}})
    order = {"event": "order", "table": "jobs", "start": 0, "keys": ["shot"], "total": 1}
    farm.answer("status --follow", row, order, {"wait_for": str(FOLDER / "never")})
    yield from panel.click("bpy.ops.farm.submit")
    yield from driver.wait_until(lambda: len(panel.session().jobs) == 1, "the job is there")
    results["dirty_after"] = bpy.data.is_dirty
    results["filepath_stays"] = bpy.data.filepath == str(path)
    results["file_stays"] = path.read_bytes() == before
    results["folder"] = sorted(one.name for one in path.parent.iterdir())
    with bpy.context.temp_override(window=driver.window(), area=driver.area()):
        bpy.ops.ed.undo()
    yield
    results["undone"] = bpy.context.scene.frame_end
    with bpy.context.temp_override(window=driver.window(), area=driver.area()):
        bpy.ops.ed.redo()
    yield
    results["redone"] = bpy.context.scene.frame_end
    results["jobs_after_undo"] = [one.name for one in panel.session().jobs]

    watcher = farm.followers[-1]
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    yield from driver.wait_until(lambda: bool(bpy.context.window_manager.windows), "it is open")
    yield
    results["jobs_after_opening"] = len(panel.session().jobs)
    results["watcher_ended"] = watcher.wait(10) != 0
    yield from driver.wait_until(
        lambda: not bpy.app.timers.is_registered(panel.room("pump").tick), "the timer rests"
    )


driver.run(steps)
