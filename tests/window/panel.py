# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab as a script in the window sees it: find its buttons by what they do, fake its children.

Runs in Blender, beside ``driver.py``.
"""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import driver

PACKAGE = "bl_ext.user_default.farm_addon"
STEP_PX = 12
# Where to look for buttons, as parts of the side bar's width: buttons, ticks of rows, small ones at
# the right end.
MIDDLE, LEFT, TICKS, RIGHT_END = 0.7, 0.3, 0.11, 0.83

FAKE_FARM = """
import json, os, sys, time
answers, record = json.loads(sys.argv[1]), sys.argv[2]
argv = sys.argv[3:]
with open(record, "a", encoding="utf-8") as file:
    file.write(json.dumps(argv) + chr(10))
events, exit_status = answers[argv[0]]
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
        view().launcher = self.launch

    def answer(self, verb: str, *events: dict[str, Any], exit_status: int = 0) -> None:
        """Choose what a verb says; ``{"wait_for": PATH}`` lets it wait for a file."""
        self.answers[verb] = (list(events), exit_status)

    def launch(self, arguments: tuple[str, ...]) -> Any:
        """Start it as the launcher would start the command line."""
        command = [sys.executable, str(self._program), json.dumps(self.answers), str(self._record)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            [*command, *arguments], stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )
        self.children.append(process)
        return room("child").Child(process)

    def command_lines(self) -> list[list[str]]:
        """Return the arguments of every start."""
        if not self._record.exists():
            return []
        return [json.loads(line) for line in self._record.read_text("utf-8").splitlines()]


def find(what: str, column: float = MIDDLE) -> Iterator[None]:
    """Find the button that runs a command or edits a property, by moving over the side bar.

    Blender tells what the button under the pointer does: ``bpy.ops.farm.submit()``, or
    ``bpy.data.scenes["A"].farm.is_included``.

    :param what: beginning of that text.
    :param column: where to look, as a part of the side bar's width.
    :return: the place in the window.
    :raises LookupError: if there is none.
    """
    region = driver.region()
    found = []
    x = int(region.x + region.width * column)
    for y in range(region.y + region.height - STEP_PX, max(region.y, 0), -STEP_PX):
        words = yield from _words_at(x, y)
        found.append(words)
        if words.startswith(what):
            # Its middle, not its edge.
            return x, y - STEP_PX // 2
    raise LookupError(f"no button does {what}; there are {sorted(set(found))}")


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
