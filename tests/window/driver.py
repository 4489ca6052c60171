# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drive a Blender window from inside: one step a timer tick, so that Blender draws in between.

A script for :class:`conftest.BlenderWindow` begins with::

    import os, sys
    sys.path.append(os.environ["FARM_TEST_DRIVER"])
    import driver

    def steps(results):
        yield from driver.open_farm_tab()
        yield from driver.wait_until(lambda: …, "the job's row is there")
        yield from driver.click(x, y)
        yield from driver.screenshot("panel")
        results["rows"] = …

    driver.run(steps)

A step that raises, and a condition that does not come true in time, end the script; Blender stays
open for the screenshot that the test takes then. Runs in Blender; needs
``--enable-event-simulate``.
"""

import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy

Steps = Iterator[None]
TICK_S = 0.02
WAIT_TIMEOUT_S = 60.0
TAB = "Farm"


def arguments() -> list[str]:
    """Return the arguments that the test gave the script."""
    return sys.argv[sys.argv.index("--") + 3 :]


def run(steps: Callable[[dict[str, Any]], Steps]) -> None:
    """Run the steps once the window is there, then report the results dict that they filled."""
    results: dict[str, Any] = {}
    generator = _steps_with_window(steps, results)

    def tick() -> float | None:
        try:
            next(generator)
        except StopIteration:
            _report({"results": results})
            return None
        except BaseException:  # noqa: BLE001 - whatever a step raised is the test's failure
            _report({"results": results, "error": traceback.format_exc()})
            return None
        return TICK_S

    # The splash screen comes up after the scripts have run, and would take the first click.
    bpy.context.preferences.view.show_splash = False
    bpy.app.timers.register(tick, first_interval=TICK_S, persistent=True)


def _steps_with_window(steps: Callable[[dict[str, Any]], Steps], results: dict[str, Any]) -> Steps:
    yield from wait_until(lambda: bool(bpy.context.window_manager.windows), "a window is there")
    yield from redraw()
    yield from steps(results)


def _report(told: dict[str, Any]) -> None:
    path = Path(sys.argv[sys.argv.index("--") + 1])
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(told), encoding="utf-8")
    os.replace(partial, path)


def window() -> bpy.types.Window:
    """Return the first window."""
    return bpy.context.window_manager.windows[0]


def area(kind: str = "VIEW_3D") -> bpy.types.Area:
    """Return the largest area of a kind in the window."""
    found = [candidate for candidate in window().screen.areas if candidate.type == kind]
    return max(found, key=lambda candidate: candidate.width * candidate.height)


def region(kind: str = "UI", area_kind: str = "VIEW_3D") -> bpy.types.Region:
    """Return a region of that area: ``UI`` is the side bar."""
    return next(candidate for candidate in area(area_kind).regions if candidate.type == kind)


def wait_until(
    condition: Callable[[], object], what: str, timeout_s: float = WAIT_TIMEOUT_S
) -> Steps:
    """Let Blender go on until a condition is true.

    :param what: the condition in words, for the failure.
    :raises TimeoutError: it was not true in time.
    """
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {timeout_s:.0f} s it was still not so that {what}")
        yield


def redraw() -> Steps:
    """Let Blender draw the whole window once more."""
    drawn: list[bool] = []
    handle = bpy.types.SpaceView3D.draw_handler_add(
        lambda: drawn.append(True), (), "WINDOW", "POST_PIXEL"
    )
    try:
        for each in window().screen.areas:
            each.tag_redraw()
        yield from wait_until(lambda: drawn, "the window is drawn")
    finally:
        bpy.types.SpaceView3D.draw_handler_remove(handle, "WINDOW")
    # The swap of the buffers follows the drawing.
    yield


def open_file(path: Path | str) -> Steps:
    """Open a file, and let its window be drawn."""
    bpy.ops.wm.open_mainfile(filepath=str(path))
    # Until the timer is over, Blender's context has no window.
    yield
    yield from wait_until(lambda: bool(bpy.context.window_manager.windows), "the file is open")
    yield from redraw()


def open_farm_tab() -> Steps:
    """Open the 3D View's side bar on the tab of the extension."""
    area().spaces[0].show_region_ui = True
    yield from redraw()
    # Before its first drawing the category reads UNSUPPORTED and cannot be written.
    yield from wait_until(
        lambda: region().active_panel_category != "UNSUPPORTED", "the side bar has tabs"
    )
    region().active_panel_category = TAB
    yield from redraw()


def widen_side_bar(width_px: int) -> Steps:
    """Drag the side bar's edge until it is about so wide."""
    side_bar = region()
    x, y = side_bar.x, side_bar.y + side_bar.height // 4
    aim = side_bar.x + side_bar.width - width_px
    yield from move(x, y)
    window().event_simulate(type="LEFTMOUSE", value="PRESS", x=x, y=y)
    yield
    for step in range(1, 11):
        at = x + (aim - x) * step // 10
        window().event_simulate(type="MOUSEMOVE", value="NOTHING", x=at, y=y)
        yield
    window().event_simulate(type="LEFTMOUSE", value="RELEASE", x=aim, y=y)
    yield
    yield from redraw()


def click(x: int, y: int, *, button: str = "LEFTMOUSE") -> Steps:
    """Move the pointer and click, one event a tick.

    :param x: pixels from the window's left edge.
    :param y: pixels from the window's lower edge.
    """
    yield from move(x, y)
    for value in ("PRESS", "RELEASE"):
        window().event_simulate(type=button, value=value, x=x, y=y)
        yield
    yield from redraw()


def move(x: int, y: int) -> Steps:
    """Move the pointer; twice, since Blender takes the first move as an entry into the region."""
    for offset in (1, 0):
        window().event_simulate(type="MOUSEMOVE", value="NOTHING", x=x + offset, y=y)
        yield


def press(key: str, x: int, y: int) -> Steps:
    """Press and release a key, as in ``ESC``, with the pointer at a place in the window."""
    for value in ("PRESS", "RELEASE"):
        window().event_simulate(type=key, value=value, x=x, y=y)
        yield
    yield from redraw()


def screenshot(name: str) -> Steps:
    """Save a picture of the whole display as ``NAME.png`` in the test's folder of screenshots."""
    yield from redraw()
    take_picture(name)


def take_picture(name: str) -> None:
    """Save a picture of the display as it is now."""
    path = Path(sys.argv[sys.argv.index("--") + 2]) / f"{name}.png"
    subprocess.run(
        [os.environ["FARM_TEST_IMPORT"], "-window", "root", str(path)],
        stdin=subprocess.DEVNULL,
        check=True,
        timeout=60,
    )
