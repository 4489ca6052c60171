# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Manager that goes away and comes back, followed by the real command line; a child's id."""

import os
import sys
from pathlib import Path

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import panel
from traces import children

FOLDER, URL = Path(driver.arguments()[0]), driver.arguments()[1]
HABIT = FOLDER / "habit"


def manager():
    return panel.view().farm.manager


def problem():
    capture, problems = panel.room("capture"), panel.room("view.farm_problems")
    return problems.find_problem(panel.view().farm, capture.capture(bpy.context), needs_bytes=0)


def steps(results):
    chosen = panel.preferences()
    chosen.volume, chosen.update_interval_s = str(FOLDER / "volume"), 1
    results["set_up"] = list(bpy.ops.farm.init_volume())
    chosen.manager, chosen.manager_url = "URL", URL
    yield from driver.open_farm_tab()
    yield from driver.wait_until(lambda: manager() and manager().answers, "it answers")
    yield from driver.wait_until(lambda: len(panel.view().farm.workers) == 3, "Workers are told")
    watcher = panel.view().watcher

    HABIT.write_text("gone")
    yield from driver.wait_until(lambda: not manager().answers, "it is told that it is gone", 90)
    results["gone"] = [problem().key, problem().operator]
    results["workers_stay"] = len(panel.view().farm.workers)
    yield from driver.screenshot("gone")

    HABIT.write_text("healthy")
    yield from driver.wait_until(lambda: manager().answers, "it is back", 120)
    results["is_same_follower"] = panel.view().watcher is watcher
    results["back"] = problem() is None or problem().is_warning
    yield from driver.wait_until(lambda: len(children()) == 1, "the follower alone is left")
    results["child"] = children()[0]
    results["blender"] = os.getpid()

    # Another Manager: nothing of the first one is shown.
    chosen.manager = "VOLUME"
    yield from driver.wait_until(lambda: not panel.view().farm.workers, "the farm is forgotten")
    chosen.manager = "URL"
    yield from driver.wait_until(lambda: len(panel.view().farm.workers) == 3, "Workers are told")
    yield from driver.wait_until(lambda: len(children()) == 1, "the follower alone is left")
    results["child"] = children()[0]


driver.run(steps)
