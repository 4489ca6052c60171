# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Following follows the choices; notices, status bar, staleness, and a follower that dies."""

import os
import sys
import time
from pathlib import Path

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import panel

FOLDER = Path(driver.arguments()[0])
DRAWN = []


def job(name, state, done=0):
    values = {"state": state, "attempt": 1, "done": done, "total": 8, "message": ""}
    return {"event": "row", "table": "jobs", "key": name, "values": values}


def order(*names):
    return {"event": "order", "table": "jobs", "start": 0, "keys": names, "total": len(names)}


def followers(farm):
    return [line for line in farm.command_lines() if "--follow" in line]


def count_status_bar(header, context):
    DRAWN.append(time.perf_counter())


def steps(results):
    bpy.types.STATUSBAR_HT_header.append(count_status_bar)
    farm = panel.FakeFarm(FOLDER)
    more, ended = FOLDER / "more", FOLDER / "ended"
    never = {"wait_for": str(FOLDER / "never")}
    farm.answer(
        "status --follow",
        *(job("a", "active", 2), job("b", "queued"), order("b", "a")),
        *({"wait_for": str(more)}, job("a", "active", 5)),
        *({"wait_for": str(ended)}, job("a", "completed", 8), job("b", "failed"), never),
    )
    stale = {"verdict": "stale", "reason": "oak.png changed"}
    farm.answer("status --stale", {"event": "row", "table": "stale", "key": "a", "values": stale})
    scene = bpy.context.scene
    scene.farm.volume, scene.farm.release = str(FOLDER / "volume"), "ep01"
    yield from driver.open_farm_tab()
    tick = panel.room("pump").tick
    yield from driver.wait_until(lambda: not bpy.app.timers.is_registered(tick), "nothing ticks")
    results["unasked"] = farm.command_lines()

    bpy.ops.farm.refresh("INVOKE_DEFAULT")
    rows = panel.session().jobs
    yield from driver.wait_until(lambda: [row.name for row in rows] == ["b", "a"], "rows came")
    lines = panel.view().jobs.lines
    yield from driver.wait_until(lambda: lines["a"].verdict == "stale", "the badge is there")
    results["reason"] = lines["a"].reason
    yield from driver.screenshot("following")
    drawn = len(DRAWN)
    more.touch()
    yield from driver.wait_until(lambda: lines["a"].done == 5, "a frame is told")
    yield from driver.wait_until(lambda: len(DRAWN) > drawn, "the status bar is drawn again")
    ended.touch()
    notices = panel.view().notices
    yield from driver.wait_until(lambda: len(notices) == 2, "two notices are there")
    results["notices"] = sorted(notice.sentence() for notice in notices)
    yield from driver.screenshot("notices")
    bpy.ops.farm.dismiss_notice(index=0)
    results["dismissed"] = len(notices)

    rows[1].is_selected = True
    first = farm.children[0]
    ended.unlink()
    more.unlink()
    panel.session().job_filter = "hall"
    yield from driver.wait_until(lambda: len(followers(farm)) == 2, "it is started with the filter")
    results["filter"] = [word for word in followers(farm)[1] if word.startswith("--filter")]
    results["first_ended"] = first.wait(10)
    results["selected"] = [row.name for row in rows if row.is_selected]

    farm.children[-1].kill()
    yield from driver.wait_until(lambda: len(followers(farm)) == 3, "it is started again", 20)
    results["rows"] = [row.name for row in rows]

    bpy.context.scene.farm.release = ""
    yield from driver.wait_until(lambda: not len(rows), "the rows are gone")
    bpy.context.scene.farm.release = "ep01"
    yield from driver.wait_until(lambda: len(rows) == 2, "they are back")

    path = FOLDER / "shot.blend"
    looks = len([line for line in farm.command_lines() if "--stale" in line])
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    yield from driver.wait_until(
        lambda: len([line for line in farm.command_lines() if "--stale" in line]) > looks,
        "saving looks for stale jobs",
    )
    yield from driver.open_file(path)
    yield from driver.wait_until(lambda: len(rows_now()) == 2, "the file's release is followed")

    bpy.ops.farm.unwatch()
    yield from driver.wait_until(
        lambda: not bpy.app.timers.is_registered(tick), "nothing ticks any more", 20
    )
    results["alive"] = [child.poll() is None for child in farm.children]
    results["rows_stay"] = [row.name for row in rows_now()]


def rows_now():
    return panel.session().jobs


driver.run(steps)
