# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo and redo over our properties and operators, in a scene with 5,000 objects."""

import os
import sys
import time
from pathlib import Path

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import panel

FOLDER = Path(driver.arguments()[0])
OBJECTS, CAMERAS = 5000, 300


def job(name, state):
    values = {"state": state, "attempt": 1, "done": 1, "total": 8, "message": ""}
    return {"event": "row", "table": "jobs", "key": name, "values": values}


def in_window(operator, *arguments, **options):
    with bpy.context.temp_override(
        window=driver.window(), area=driver.area(), region=driver.region("WINDOW")
    ):
        return list(operator(*arguments, **options))


def push(message):
    in_window(bpy.ops.ed.undo_push, message=message)


def undo():
    in_window(bpy.ops.ed.undo)


def redo():
    in_window(bpy.ops.ed.redo)


def chosen():
    """Return what the file says, and the rows."""
    scene, session = bpy.data.scenes["Scene"], panel.session()
    settings = scene.farm
    return [
        settings.release,
        settings.expand,
        settings.is_included,
        settings.frames,
        len(settings.excluded_cameras),
        len(session.jobs),
        len(session.units),
    ]


def fill():
    """Make a large scene."""
    scene = bpy.context.scene
    camera = bpy.data.cameras["Camera"]
    for number in range(OBJECTS):
        data = camera if number < CAMERAS else None
        scene.collection.objects.link(bpy.data.objects.new(f"thing {number:04}", data))


def steps(results):
    farm = panel.FakeFarm(FOLDER)
    never = {"wait_for": str(FOLDER / "never")}
    order = {"event": "order", "table": "jobs", "start": 0, "keys": ["a", "b"], "total": 2}
    farm.answer("status --follow", job("a", "active"), job("b", "queued"), order, never)
    fill()
    panel.preferences().volume = str(FOLDER / "volume")
    yield from driver.open_farm_tab()
    push("large scene")

    worst = []
    pump = panel.room("pump")
    inner = pump._tick

    def timed(view, began_s):
        started = time.thread_time()
        try:
            return inner(view, began_s)
        finally:
            worst.append((time.thread_time() - started) * 1e3)

    pump._tick = timed
    settings = bpy.context.scene.farm
    settings.release = "ep01"
    push("release")
    yield from driver.wait_until(lambda: len(panel.session().jobs) == 2, "rows came")
    settings.expand = "CAMERAS"
    yield from driver.wait_until(
        lambda: len(panel.session().units) == CAMERAS + 1, "the cameras are listed"
    )
    push("cameras")
    results["tick_ms"] = max(worst)
    pump._tick = inner

    before = chosen()
    in_window(bpy.ops.farm.tick_row, scene="Scene", camera="thing 0000", is_included=False)
    push("tick")
    settings.frames = "1-4"
    push("frames")
    after = chosen()
    results["changed"] = [before[3:5], after[3:5]]
    undo()
    undo()
    yield from driver.redraw()
    results["undone"] = chosen() == before
    redo()
    redo()
    yield from driver.redraw()
    results["redone"] = chosen() == after

    for _ in range(4):
        undo()
    yield from driver.wait_until(lambda: panel.view().jobs.release == "", "ep01 is forgotten")
    yield from driver.wait_until(lambda: not len(panel.session().jobs), "its rows are gone")
    yield from driver.wait_until(lambda: not len(panel.session().units), "so are the cameras")
    results["start"] = chosen()
    for _ in range(4):
        redo()
    yield from driver.wait_until(lambda: len(panel.session().jobs) == 2, "rows came again")
    yield from driver.wait_until(lambda: len(panel.session().units) == CAMERAS + 1, "cameras too")
    results["end"] = chosen() == after

    # A verb that runs while the artist undoes goes on.
    farm.answer("harvest", {"event": "status", "text": "checking"}, never)
    panel.press("check_frames")
    verb = panel.view().verb
    yield from driver.wait_until(lambda: verb.text == "Checking", "it checks")
    undo()
    yield from driver.redraw()
    results["goes_on"] = panel.view().verb is verb
    panel.press("cancel")
    yield from driver.wait_until(lambda: panel.view().verb is None, "it is over")
    yield from driver.screenshot("undone")


driver.run(steps)
