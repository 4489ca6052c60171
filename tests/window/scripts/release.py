# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release from installing the extension to the archive by clicks, with the real command line and
real renders. Arguments: volume, library, the extension's zip.
"""

import os
import subprocess
import sys
from pathlib import Path

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import panel

VOLUME, LIBRARY, ZIP = map(Path, driver.arguments())
TIMEOUT_S = 120.0
DIGITS = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")


def wait_for_outcome(section):
    """Wait until what was clicked is over; return how it went."""
    key = panel.room("run").Section[section]
    yield from driver.wait_until(
        lambda: panel.view().verb is None and key in panel.view().outcomes,
        f"{section} is over",
        TIMEOUT_S,
    )
    outcome = panel.view().outcomes[key]
    return [outcome.ending.value, outcome.text, outcome.hint]


def click_and_wait(what, section, column=panel.MIDDLE, *, asks=False, is_low=False):
    """Click a button, agree where it asks, and wait until it is over."""
    panel.view().outcomes.clear()
    x, y = yield from panel.find(what, column, is_low=is_low)
    yield from driver.click(x, y)
    if asks:
        yield from driver.screenshot(f"asked-{section.lower()}")
        yield from driver.press("RET", x, y)
    return (yield from wait_for_outcome(section))


def type_words(words, x, y):
    """Type into the text field that was clicked."""
    for letter in words:
        kind = letter.upper() if letter.isalpha() else DIGITS[int(letter)]
        driver.window().event_simulate(type=kind, value="PRESS", unicode=letter, x=x, y=y)
        yield
        driver.window().event_simulate(type=kind, value="RELEASE", x=x, y=y)
        yield
    yield from driver.press("RET", x, y)


def states():
    """Return the jobs as the list shows them."""
    lines = panel.view().jobs.lines
    return [[one, lines[one].state, lines[one].attempt] for one in sorted(lines)]


def all_are(state):
    """Wait until every job is in a state."""
    yield from driver.wait_until(
        lambda: len(states()) == 3 and all(one[1] == state for one in states()),
        f"all jobs are {state}",
        TIMEOUT_S,
    )


def stop_manager():
    """End the local manager, which outlives Blender; return the exit status of that."""
    run = panel.room("run")
    words = ("manager", "stop", "--volume", str(VOLUME))
    stop = run.Run(run.Section.VOLUME, "Stopping", [words], panel.view().launcher)
    while not stop.is_over:
        stop.take()
        yield
    return stop.exit_status


def set_up(results):
    """Install the extension, choose the volume, name the release."""
    bpy.ops.extensions.package_install_files(
        filepath=str(ZIP), repo="user_default", enable_on_install=True
    )
    results["installed"] = panel.PACKAGE in bpy.context.preferences.addons
    yield from driver.open_farm_tab()
    yield from driver.widen_side_bar(400)
    yield from driver.screenshot("1-installed")
    panel.preferences().volume = str(VOLUME)
    panel.preferences().manager = "LOCAL"
    yield from driver.wait_until(
        lambda: panel.view().farm.of_volume(str(VOLUME)) is not None, "somebody looked at it"
    )
    yield from driver.redraw()
    results["set_up"] = yield from click_and_wait("bpy.ops.farm.init_volume", "VOLUME")
    x, y = yield from panel.find('bpy.data.scenes["Scene"].farm.release')
    yield from driver.click(x, y)
    yield from type_words("ep01", x, y)
    results["release"] = [scene.farm.release for scene in bpy.data.scenes]
    yield from driver.screenshot("2-volume-and-name")


def render(results):
    """Check, submit, and watch the jobs finish."""
    results["checked"] = yield from click_and_wait("bpy.ops.farm.check()", "RELEASE")
    results["findings"] = [
        (item.severity, item.code) for item in panel.session().release_findings.items
    ]
    results["plan"] = sorted([line.job, line.becomes] for line in panel.view().plan.lines.values())
    yield from driver.screenshot("3-planned")
    results["submitted"] = yield from click_and_wait("bpy.ops.farm.submit", "RELEASE")
    yield from driver.screenshot("4-submitted")
    yield from all_are("completed")
    results["rendered"] = states()
    yield from driver.screenshot("5-rendered")


def change_library(results):
    """Let another process save the library; save the file, and see which job is stale."""
    command = [bpy.app.binary_path, "--background", "--factory-startup"]
    command += ["--python-exit-code", "1", "--python"]
    script = Path(__file__).with_name("library_file.py")
    other = subprocess.Popen([*command, str(script), "--", str(LIBRARY), "3"])
    yield from driver.wait_until(lambda: other.poll() is not None, "the library is saved")
    results["library_saved"] = other.returncode
    bpy.ops.wm.save_mainfile()
    lines = panel.view().jobs.lines
    yield from driver.wait_until(
        lambda: any(line.verdict == "stale" for line in lines.values()), "a job is stale", TIMEOUT_S
    )
    results["stale"] = [
        [name, line.reason] for name, line in lines.items() if line.verdict == "stale"
    ]
    panel.session().job_index = panel.view().jobs.order.index(results["stale"][0][0])
    yield from driver.screenshot("6-stale")


def replace(results):
    """Replace the stale job, and watch it finish."""
    what = "bpy.ops.farm.replace_jobs"
    results["replaced"] = yield from click_and_wait(
        what, "ACTIONS", panel.LEFT, asks=True, is_low=True
    )
    job = results["stale"][0][0]
    yield from driver.wait_until(
        lambda: [job, "completed", 2] in states(), "the second attempt is rendered", TIMEOUT_S
    )
    yield from driver.screenshot("7-replaced")


def deliver(results):
    """Harvest and archive."""
    yield from panel.open_panel("FARM_PT_delivery")
    yield from panel.scroll_to_end()
    results["gate"] = yield from click_and_wait(
        "bpy.ops.farm.check_frames", "DELIVERY", is_low=True
    )
    yield from panel.scroll_to_end()
    yield from driver.screenshot("8-gate")
    results["harvested"] = yield from click_and_wait(
        "bpy.ops.farm.harvest()", "DELIVERY", is_low=True
    )
    results["dist"] = sorted(path.name for path in (VOLUME / "dist" / "ep01").iterdir())
    yield from all_are("delivered")
    yield from panel.scroll_to_end()
    yield from driver.screenshot("9-harvested")
    results["archived"] = yield from click_and_wait(
        "bpy.ops.farm.archive", "DELIVERY", panel.LEFT, asks=True, is_low=True
    )
    results["archives"] = [path.name for path in (VOLUME / "archives").iterdir()]
    results["releases"] = [path.name for path in (VOLUME / "releases").iterdir()]
    yield from driver.wait_until(lambda: not panel.session().jobs, "the list is empty")
    yield from driver.screenshot("10-archived")


def steps(results):
    yield from set_up(results)
    yield from render(results)
    yield from change_library(results)
    yield from replace(results)
    yield from deliver(results)
    results["manager_stopped"] = yield from stop_manager()


driver.run(steps)
