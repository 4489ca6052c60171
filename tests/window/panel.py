# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab as a script in the window sees it: find its buttons by what they do, fake its children.

Runs in Blender, beside ``driver.py``.
"""

import contextlib
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import bpy
import driver

PACKAGE = "bl_ext.user_default.farm_addon"
STEP_PX = 16
HALF_PX = 6
HEADER_REACH_PX = 120
SCROLLS = 40
# Where to look for buttons, as parts of the side bar's width: buttons, ticks of rows, small ones at
# the right end.
MIDDLE, LEFT, TICKS, RIGHT_END = 0.7, 0.3, 0.11, 0.83

FAKE_FARM = """
import json, os, sys, threading, time
# As the real one does: it leaves when its parent is gone.
leave = lambda: (os.read(0, 1), os._exit(130))
threading.Thread(target=leave, daemon=True).start()
answers, record = json.loads(sys.argv[1]), sys.argv[2]
argv = sys.argv[3:]
with open(record, "a", encoding="utf-8") as file:
    file.write(json.dumps(argv) + chr(10))
fitting = [words for words in answers if set(words.split()) <= set(argv)]
events, exit_status = answers[max(fitting, key=len)] if fitting else ([], 0)
try:
    for event in events:
        if "wait_for" in event:
            while not os.path.exists(event["wait_for"]):
                time.sleep(0.02)
        else:
            print(json.dumps(event), flush=True)
except KeyboardInterrupt:
    print(json.dumps({"event": "error", "message": "interrupted", "hint": ""}), flush=True)
    sys.exit(130)
sys.exit(exit_status)
"""


def room(name: str) -> Any:
    """Return a module of the extension's part that knows Blender."""
    return importlib.import_module(f"{PACKAGE}.blender.{name}")


def view() -> Any:
    """Return what the panels draw."""
    return room("state").view()


def session() -> Any:
    """Return the session's properties."""
    return bpy.context.window_manager.farm


def preferences() -> Any:
    """Return the extension's preferences."""
    return bpy.context.preferences.addons[PACKAGE].preferences


class FakeFarm:
    """Stands in for the command line: says what the script chose, records its arguments."""

    def __init__(self, folder: Path) -> None:
        self._record = folder / "command_lines.jsonl"
        self._program = folder / "fake_farm.py"
        self._program.write_text(FAKE_FARM, encoding="utf-8")
        self.answers: dict[str, tuple[list[dict[str, Any]], int]] = {}
        self.children: list[Any] = []
        self.followers: list[Any] = []
        view().launcher = self.launch

    def answer(self, words: str, *events: dict[str, Any], exit_status: int = 0) -> None:
        """Choose what a verb says; ``{"wait_for": PATH}`` lets it wait for a file.

        :param words: the verb, perhaps with options: ``status --follow``. The longest that fits a
            command line answers it; one that nothing fits says nothing.
        """
        self.answers[words] = (list(events), exit_status)

    def launch(self, arguments: tuple[str, ...], environment: Mapping[str, str]) -> Any:
        """Start it as the launcher would start the command line."""
        command = [sys.executable, str(self._program), json.dumps(self.answers), str(self._record)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            [*command, *arguments], stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )
        self.children.append(process)
        if "--follow" in arguments:
            self.followers.append(process)
        return room("child").Child(process)

    def command_lines(self) -> list[list[str]]:
        """Return the arguments of every start."""
        if not self._record.exists():
            return []
        return [json.loads(line) for line in self._record.read_text("utf-8").splitlines()]


def press(name: str, **properties: Any) -> None:
    """Do what an operator's button does, wherever the button is."""
    with bpy.context.temp_override(
        window=driver.window(), area=driver.area(), region=driver.region()
    ):
        getattr(bpy.ops.farm, name)("INVOKE_DEFAULT", **properties)


def scroll_to_end() -> Iterator[None]:
    """Turn the wheel over the tab until its end is in sight."""
    region = driver.region()
    x, y = region.x + region.width // 2, region.y + region.height - 2 * STEP_PX
    yield from driver.move(x, y)
    for _ in range(SCROLLS):
        driver.window().event_simulate(type="WHEELDOWNMOUSE", value="PRESS", x=x, y=y)
        yield
    yield from driver.redraw()


def find(what: str, column: float = MIDDLE, *, is_low: bool = False) -> Iterator[None]:
    """Find the button that runs a command or edits a property, by moving over the side bar.

    Blender tells what the button under the pointer does: ``bpy.ops.farm.submit()``, or
    ``bpy.data.scenes["A"].farm.is_included``.

    :param what: beginning of that text.
    :param column: where to look, as a part of the side bar's width.
    :param is_low: look from below, where it is quicker found.
    :return: the place in the window.
    :raises LookupError: if there is none.
    """
    region = driver.region()
    found = []
    x = int(region.x + region.width * column)
    places = range(region.y + region.height - STEP_PX, max(region.y, 0), -STEP_PX)
    for y in reversed(places) if is_low else places:
        words = yield from _words_at(x, y)
        found.append(words)
        if words.startswith(what):
            # Its middle, not its edge.
            nearer = y + (HALF_PX if is_low else -HALF_PX)
            return x, nearer if (yield from _words_at(x, nearer)) == words else y
    raise LookupError(f"no button does {what}; there are {sorted(set(found))}")


def open_panel(name: str) -> Iterator[None]:
    """Open the last panel of the tab by a click on its header, which is below all buttons.

    :raises LookupError: no click opened it.
    """
    region = driver.region()
    x = region.x + region.width // 3
    lowest = yield from _lowest_button(int(region.x + region.width * MIDDLE))
    for y in range(lowest - STEP_PX, max(region.y, lowest - HEADER_REACH_PX), -STEP_PX):
        drawn: list[bool] = []
        with _told_of_drawing(name, drawn):
            yield from driver.click(x, y)
        if drawn:
            return
    raise LookupError(f"no click below {lowest} opened {name}")


@contextlib.contextmanager
def _told_of_drawing(name: str, drawn: list[bool]) -> Iterator[None]:
    """Note in a list whenever a panel draws its body: a closed one does not."""

    def note(panel: Any, context: Any) -> None:
        drawn.append(True)

    cls = getattr(bpy.types, name)
    cls.append(note)
    try:
        yield
    finally:
        cls.remove(note)


def _lowest_button(x: int) -> Iterator[None]:
    """Return how far down the buttons reach, in pixels from the window's lower edge."""
    region = driver.region()
    for y in range(max(region.y, 0) + STEP_PX, region.y + region.height, STEP_PX):
        words = yield from _words_at(x, y)
        if words:
            return y
    raise LookupError("there is no button")


def click(what: str, column: float = MIDDLE) -> Iterator[None]:
    """Click the button that runs a command or edits a property."""
    x, y = yield from find(what, column)
    yield from driver.click(x, y)


def _words_at(x: int, y: int) -> Iterator[None]:
    window = driver.window()
    window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
    yield
    yield
    manager = bpy.context.window_manager
    manager.clipboard = ""
    with bpy.context.temp_override(window=window, area=driver.area(), region=driver.region()):
        if bpy.ops.ui.copy_python_command_button.poll():
            bpy.ops.ui.copy_python_command_button()
        elif bpy.ops.ui.copy_data_path_button.poll():
            bpy.ops.ui.copy_data_path_button(full_path=True)
    return manager.clipboard
