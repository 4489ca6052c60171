# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A volume that is read-only, a Manager that is gone: what is known stays, and all is told."""

import os
import sys
from pathlib import Path

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import panel

FOLDER = Path(driver.arguments()[0])
VOLUME = FOLDER / "volume"


def row(table, key, **values):
    return {"event": "row", "table": table, "key": key, "values": values}


def volume(*, is_writable):
    told = {"root": str(VOLUME), "name": "demo", "is_volume": True, "exists": True}
    told |= {"is_writable": is_writable, "free_bytes": 10**12, "total_bytes": 10**13}
    return row("farm", "volume", **told, message="", hint="")


def manager(*, answers):
    told = {"address": "http://farm:8080", "is_local": False, "answers": answers}
    told |= {"workers_awake": 2, "workers_total": 2, "version": "3.9", "storage": str(VOLUME)}
    return row("farm", "manager", **told, message="" if answers else "no answer", hint="")


def problem():
    capture, problems = panel.room("capture"), panel.room("view.farm_problems")
    found = problems.find_problem(panel.view().farm, capture.capture(bpy.context), needs_bytes=0)
    return found.key if found else ""


def steps(results):
    farm = panel.FakeFarm(FOLDER)
    files = [FOLDER / name for name in ("locked", "away", "back")]
    waits = [{"wait_for": str(path)} for path in files]
    job = row("jobs", "a", state="active", attempt=1, done=2, total=8, message="")
    order = {"event": "order", "table": "jobs", "start": 0, "keys": ["a"], "total": 1}
    farm.answer(
        "status --follow",
        *(volume(is_writable=True), manager(answers=True), job, order, waits[0]),
        *(volume(is_writable=False), waits[1]),
        *(volume(is_writable=True), manager(answers=False), waits[2], manager(answers=True)),
        {"wait_for": str(FOLDER / "never")},
    )
    message = "the volume is read-only"
    farm.answer("plan", {"event": "error", "message": message, "hint": "ask"}, exit_status=1)
    panel.preferences().volume = str(VOLUME)
    bpy.context.scene.farm.release = "ep01"
    yield from driver.open_farm_tab()
    rows = panel.session().jobs
    yield from driver.wait_until(lambda: len(rows) == 1, "the row is there")
    results["well"] = problem()

    files[0].touch()
    yield from driver.wait_until(lambda: problem() != "", "the volume is read-only")
    results["locked"] = problem()
    yield from driver.screenshot("locked")
    panel.press("submit")
    yield from driver.wait_until(lambda: panel.view().verb is None, "it is refused")
    outcome = panel.view().outcomes[panel.room("run").Section.RELEASE]
    results["refused"] = [outcome.ending.value, outcome.text, outcome.hint]

    files[1].touch()
    yield from driver.wait_until(lambda: problem() not in ("", results["locked"]), "it is gone")
    results["away"] = problem()
    results["rows"] = [row.name for row in rows]
    yield from driver.screenshot("away")
    files[2].touch()
    yield from driver.wait_until(lambda: problem() == "", "it is back")
    results["followers"] = len([line for line in farm.command_lines() if "--follow" in line])

    # A folder that is not there is a notice; nobody waited for the disk.
    panel.press("open_folder", which="DELIVERY")
    notices = panel.view().notices
    yield from driver.wait_until(lambda: notices, "it is told that there is none")
    results["notice"] = notices[0].sentence()


driver.run(steps)
