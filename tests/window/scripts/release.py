# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release from the plan to the archive by clicks, with the real command line and real renders."""

import os
import sys
from pathlib import Path

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import panel

VOLUME = Path(driver.arguments()[0])
RENDER_TIMEOUT_S = 120.0


def wait_for_outcome(section):
    """Wait until what was clicked is over; return how it went."""
    key = panel.room("run").Section[section]
    yield from driver.wait_until(
        lambda: panel.view().verb is None and key in panel.view().outcomes,
        f"{section} is over",
        RENDER_TIMEOUT_S,
    )
    outcome = panel.view().outcomes[key]
    return [outcome.ending.value, outcome.text, outcome.hint]


def type_words(words, x, y):
    """Type into the text field that was clicked."""
    for letter in words:
        kind = letter.upper() if letter.isalpha() else DIGITS[int(letter)]
        driver.window().event_simulate(type=kind, value="PRESS", unicode=letter, x=x, y=y)
        yield
        driver.window().event_simulate(type=kind, value="RELEASE", x=x, y=y)
        yield
    yield from driver.press("RET", x, y)


DIGITS = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")


def stop_manager():
    """End the local manager, which outlives Blender; return the exit status of that."""
    run = panel.room("run")
    stop = run.Run(
        run.Section.VOLUME,
        "Stopping",
        [("manager", "stop", "--volume", str(VOLUME))],
        panel.view().launcher,
    )
    while not stop.is_over:
        stop.take()
        yield
    return stop.exit_status


def steps(results):
    panel.preferences().volume = str(VOLUME)
    panel.preferences().manager = "LOCAL"
    yield from driver.open_farm_tab()

    yield from panel.click("bpy.ops.farm.init_volume", panel.LEFT)
    results["set_up"] = yield from wait_for_outcome("VOLUME")

    field = 'bpy.data.scenes["Scene"].farm.release'
    x, y = yield from panel.find(field)
    yield from driver.click(x, y)
    yield from type_words("ep01", x, y)
    results["release"] = [scene.farm.release for scene in bpy.data.scenes]

    yield from panel.click("bpy.ops.farm.check()")
    results["checked"] = yield from wait_for_outcome("RELEASE")
    results["findings"] = [
        (item.severity, item.code) for item in panel.session().release_findings.items
    ]

    yield from panel.click("bpy.ops.farm.submit")
    yield from driver.screenshot("submitting")
    results["submitted"] = yield from wait_for_outcome("RELEASE")
    yield from driver.wait_until(
        lambda: panel.view().job_counts == "2 rendered", "both are rendered", RENDER_TIMEOUT_S
    )
    results["jobs"] = [(job.name, job.state, job.done, job.total) for job in panel.session().jobs]

    yield from panel.click("bpy.ops.farm.harvest", panel.LEFT)
    results["harvested"] = yield from wait_for_outcome("DELIVERY")
    results["dist"] = sorted(path.name for path in (VOLUME / "dist" / "ep01").iterdir())
    yield from driver.wait_until(
        lambda: panel.view().job_counts == "2 delivered", "the rows say so", RENDER_TIMEOUT_S
    )
    yield from driver.screenshot("harvested")

    x, y = yield from panel.find("bpy.ops.farm.archive")
    yield from driver.click(x, y)
    yield from driver.press("RET", x, y)
    results["archived"] = yield from wait_for_outcome("DELIVERY")
    results["archives"] = [path.name for path in (VOLUME / "archives").iterdir()]
    results["releases"] = [path.name for path in (VOLUME / "releases").iterdir()]
    results["jobs_left"] = len(panel.session().jobs)
    yield from driver.screenshot("archived")
    results["manager_stopped"] = yield from stop_manager()


driver.run(steps)
