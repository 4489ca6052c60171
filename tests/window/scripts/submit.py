# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tick, submit, watch the progress, cancel; then submit again and follow the jobs."""

import os
import sys
from pathlib import Path

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import panel

FOLDER = Path(driver.arguments()[0])


def progress(done):
    return {"event": "progress", "topic": "freeze", "done": done, "total": 5}


def job(state, done):
    values = {"state": state, "attempt": 1, "done": done, "total": 8, "message": "on node-1"}
    return {"event": "row", "table": "jobs", "key": "shot_Scene", "values": values}


def shown():
    """Return what the first row shows."""
    line = panel.view().jobs.lines[panel.session().jobs[0].name]
    return [line.name, line.state, line.done]


def steps(results):
    farm = panel.FakeFarm(FOLDER)
    scene = bpy.context.scene
    scene.farm.volume, scene.farm.release = str(FOLDER / "volume"), "ep01"
    bpy.data.scenes.new("Zoo")
    yield from driver.open_farm_tab()

    yield from panel.click('bpy.data.scenes["Zoo"].farm.is_included', panel.TICKS)
    results["ticked"] = [one.name for one in bpy.data.scenes if one.farm.is_included]

    checked = {"event": "row", "table": "scenes", "key": "Scene", "values": {"ok": True}}
    never = {"wait_for": str(FOLDER / "never")}
    farm.answer("plan", checked, {"event": "result", "data": {"scenes": [{}]}})
    farm.answer("submit", progress(0), progress(2), never)
    yield from panel.click("bpy.ops.farm.submit")
    yield from driver.wait_until(
        lambda: panel.view().verb and panel.view().verb.text == "Freezing 2 of 5", "it freezes"
    )
    results["fraction"] = panel.view().verb.fraction
    results["is_ticking"] = bpy.app.timers.is_registered(panel.room("pump").tick)
    yield from driver.screenshot("freezing")

    yield from panel.click("bpy.ops.farm.cancel", panel.RIGHT_END)
    yield from driver.wait_until(lambda: panel.view().verb is None, "the verb is over")
    section = panel.room("run").Section.RELEASE
    results["cancelled"] = panel.view().outcomes[section].ending.value
    results["exit_statuses"] = [child.wait(10) for child in farm.children]
    yield from driver.wait_until(
        lambda: not bpy.app.timers.is_registered(panel.room("pump").tick), "the timer rests"
    )

    done = {"posted": ["shot_Scene"], "found": [], "requeued": [], "skipped": []}
    farm.answer("submit", progress(5), {"event": "result", "data": done})
    rendered = {"wait_for": str(FOLDER / "rendered")}
    order = {"event": "order", "table": "jobs", "start": 0, "keys": ["shot_Scene"], "total": 1}
    farm.answer("status --follow", job("active", 3), order, rendered, job("completed", 8), never)
    yield from panel.click("bpy.ops.farm.submit")
    yield from driver.wait_until(lambda: len(panel.session().jobs) == 1, "the job is there")
    results["rendering"] = shown()
    results["submitted"] = panel.view().outcomes[section].text
    yield from driver.screenshot("rendering")
    (FOLDER / "rendered").touch()
    yield from driver.wait_until(lambda: shown()[1] == "completed", "it is rendered")
    results["rendered"] = shown()
    results["verbs"] = [line[0] for line in farm.command_lines()][:5]
    results["scenes"] = [word for word in farm.command_lines()[0] if word.startswith("--scenes")]
    yield from driver.screenshot("rendered")


driver.run(steps)
