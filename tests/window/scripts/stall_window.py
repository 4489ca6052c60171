# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work in the tab while the Manager misbehaves; for ``benchmarks/stall.py``.

Arguments: folder of the run, volume, URL of the Manager, number of jobs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.append(os.environ["FARM_TEST_DRIVER"])
import bpy
import driver
import null_layout
import panel
import stopwatch

Steps = Iterator[None]
FOLDER, VOLUME = map(Path, driver.arguments()[:2])
MANAGER_URL, JOBS = driver.arguments()[2], int(driver.arguments()[3])
RELEASE = "ep01"
HABITS = ("healthy", "slow", "silent", "gone")
LISTED_TIMEOUT_S = 180.0
CALM_TICKS = 50
PATIENCE_TICKS = 40
SCROLLS = 12
DRAWS = 15
# They would leave the window, wait for a person in a window of their own, or choose another farm.
LEFT_ALONE = ("open", "choose", "add_files", "missing_file", "preferences", "local", "use_")
refused: list[str] = []
ASKING = (
    *("check", "check_frames", "harvest", "reconnect", "refresh", "replace_jobs"),
    *("requeue_jobs", "submit", "unwatch"),
)
"""What asks the Manager; while it is well, all buttons are pressed."""
QUERIES = ("state:failed", "job:object0001", 'job:"*angle3*"', "")


def habit(word: str) -> None:
    """Change what the Manager is like."""
    partial = FOLDER / "habit.partial"
    partial.write_text(word, encoding="utf-8")
    os.replace(partial, FOLDER / "habit")


def steps(results: dict[str, Any]) -> Steps:
    """Do the same under every habit."""
    watch = stopwatch.watch_extension(panel.PACKAGE)
    settings = panel.preferences()
    settings.volume, settings.manager = str(VOLUME), "URL"
    settings.manager_url = MANAGER_URL
    bpy.context.scene.farm.release = RELEASE
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "shot.blend"))
    yield from driver.open_farm_tab()
    for word in HABITS:
        watch.scenario = "listing"
        habit("healthy")
        yield from listed()
        watch.scenario = word
        habit(word)
        if word == "healthy":
            yield from calm()
            watch.forget_draws()
            for _ in range(DRAWS):
                yield from driver.redraw()
            results["drawn"] = watch.report() | null_layout.measure()
        yield from scroll()
        yield from choose()
        yield from undo()
        yield from switch_tabs()
        yield from press_buttons(only_asking=word != "healthy")
        yield from load_and_save()
        yield from calm()
    results["timed"] = watch.report()
    results["refused"] = refused
    panel.view().close()


def calm() -> Steps:
    """Watch for a while."""
    for _ in range(CALM_TICKS):
        yield


def listed() -> Steps:
    """Follow the release, and wait until all its jobs are in the list."""
    bpy.context.scene.farm.release = RELEASE
    view = panel.view()
    if view.watcher is None:
        invoke("refresh")
    yield from driver.wait_until(
        lambda: len(panel.session().jobs) >= JOBS, f"{JOBS} jobs are listed", LISTED_TIMEOUT_S
    )


def scroll() -> Steps:
    """Turn the wheel over the tab and over the list."""
    region = driver.region()
    x = region.x + region.width // 2
    for part in (0.3, 0.6):
        y = int(region.y + region.height * part)
        yield from driver.move(x, y)
        for kind in ("WHEELDOWNMOUSE", "WHEELUPMOUSE"):
            for _ in range(SCROLLS):
                driver.window().event_simulate(type=kind, value="PRESS", x=x, y=y)
                yield
    yield from driver.redraw()


def choose() -> Steps:
    """Change filter and order, select rows."""
    session = panel.session()
    for query in QUERIES:
        session.job_filter = query
        yield from patience(lambda: False, CALM_TICKS // 2)
    kinds = session.bl_rna.properties["job_sort"].enum_items.keys()
    for kind in (*kinds, kinds[0]):
        session.job_sort = kind
        session.is_sort_reversed = not session.is_sort_reversed
        yield from patience(lambda: False, CALM_TICKS // 5)
    for index in range(0, min(len(session.jobs), 200), 7):
        session.job_index = index
        session.jobs[index].is_selected = True
        yield from driver.redraw()


def undo() -> Steps:
    """Edit, undo and redo."""
    for function in (None, bpy.ops.ed.undo, bpy.ops.ed.redo):
        with bpy.context.temp_override(window=driver.window(), area=driver.area()):
            if function is None:
                bpy.context.scene.frame_end += 1
                bpy.ops.ed.undo_push(message="edit")
            else:
                function()
        yield from driver.redraw()


def switch_tabs() -> Steps:
    """Look at another tab, and come back."""
    for tab in ("View", "Farm"):
        driver.region().active_panel_category = tab
        yield from driver.redraw()
        yield from driver.redraw()


def press_buttons(*, only_asking: bool) -> Steps:
    """Press every button that can be pressed; what asks is told no, what runs is cancelled."""
    names = ASKING if only_asking else sorted(dir(bpy.ops.farm))
    for name in names:
        if not any(word in name for word in LEFT_ALONE):
            yield from press(name)
    # What a healthy Manager was sent by the submission is shown.
    invoke("refresh")
    yield from calm()


def press(name: str) -> Steps:
    """Press one button, and see to it that nothing of it goes on."""
    region = driver.region()
    x, y = region.x + region.width // 2, region.y + region.height // 2
    yield from driver.move(x, y)
    if not invoke(name):
        return
    for _ in range(3):
        yield
    yield from driver.press("ESC", x, y)
    yield from patience(lambda: panel.view().verb is None, PATIENCE_TICKS)
    if panel.view().verb is not None:
        invoke("cancel")
        yield from driver.wait_until(lambda: panel.view().verb is None, f"{name} is over", 60)


def invoke(name: str) -> bool:
    """Run an operator as its button does; tell whether it could."""
    operator = getattr(bpy.ops.farm, name)
    with bpy.context.temp_override(
        window=driver.window(), area=driver.area(), region=driver.region()
    ):
        if not operator.poll():
            return False
        try:
            operator("INVOKE_DEFAULT")
        except RuntimeError as ex:
            refused.append(f"{name}: {ex}")
    return True


def load_and_save() -> Steps:
    """Save the file and open it again, as an artist does."""
    bpy.ops.wm.save_mainfile()
    yield from driver.redraw()
    yield from driver.open_file(bpy.data.filepath)
    yield from driver.open_farm_tab()


def patience(condition: Any, ticks: int) -> Steps:
    """Go on until a condition is true, for so many ticks at most."""
    for _ in range(ticks):
        if condition():
            return
        yield


driver.run(steps)
