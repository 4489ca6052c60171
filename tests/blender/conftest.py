# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures that start each test afresh, inside a Blender with the built zip installed.

pytest loads this file outside Blender too, before it hands the tests over: bpy is imported inside.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PACKAGE = "bl_ext.user_default.farm_addon"

ROOM_PREFIX = f"{PACKAGE}.blender"

FAKE_FARM = """
import json, sys
answers, record = json.loads(sys.argv[1]), sys.argv[2]
argv = sys.argv[3:]
with open(record, "a", encoding="utf-8") as file:
    file.write(json.dumps(argv) + chr(10))
events, exit_status = answers[argv[0]]
for event in events:
    print(json.dumps(event), flush=True)
sys.exit(exit_status)
"""

Event = dict[str, Any]


@pytest.fixture
def farm() -> ModuleType:
    """Return the installed extension's package."""
    return importlib.import_module(PACKAGE)


@pytest.fixture
def room(farm: ModuleType) -> Callable[[str], ModuleType]:
    """Return a function that gives modules of the part that knows Blender."""
    return lambda name: importlib.import_module(f"{ROOM_PREFIX}.{name}")


@pytest.fixture(autouse=True)
def fresh_session(tmp_path: Path, user_home: Path) -> Iterator[None]:
    """Start with Blender's own start-up file and the extension's own defaults."""
    import bpy

    farm = importlib.import_module(PACKAGE)
    bpy.ops.wm.read_homefile(app_template="", use_factory_startup=True)
    farm.unregister()
    farm.register()
    preferences = bpy.context.preferences.addons[PACKAGE].preferences
    for prop in preferences.bl_rna.properties:
        if prop.is_runtime:
            preferences.property_unset(prop.identifier)
    yield
    importlib.import_module(f"{ROOM_PREFIX}.state").view().close()


class FakeFarm:
    """Stands in for the command line: prints events that the test chose, records its arguments."""

    def __init__(self, folder: Path, child: Callable[[Any], Any]) -> None:
        self._record = folder / "command_lines.jsonl"
        self._program = folder / "fake_farm.py"
        self._program.write_text(FAKE_FARM, encoding="utf-8")
        self._child = child
        self.answers: dict[str, tuple[list[Event], int]] = {}

    def answer(self, verb: str, *events: Event, exit_status: int = 0) -> None:
        """Choose what a verb says."""
        self.answers[verb] = (list(events), exit_status)

    def launch(self, arguments: tuple[str, ...], environment: Mapping[str, str]) -> Any:
        """Start it as the launcher would start the command line."""
        command = [sys.executable, str(self._program), json.dumps(self.answers), str(self._record)]
        pipe = subprocess.PIPE
        return self._child(
            subprocess.Popen([*command, *arguments], stdin=pipe, stdout=pipe, stderr=pipe)
        )

    def command_lines(self) -> list[list[str]]:
        """Return the arguments of every start."""
        if not self._record.exists():
            return []
        return [json.loads(line) for line in self._record.read_text("utf-8").splitlines()]


@pytest.fixture
def fake_farm(tmp_path: Path, room: Callable[[str], ModuleType]) -> FakeFarm:
    """Put a fake in the command line's place, and choose volume and release."""
    import bpy

    fake = FakeFarm(tmp_path, room("child").Child)
    room("state").view().launcher = fake.launch
    bpy.context.scene.farm.volume = str(tmp_path / "volume")
    bpy.context.scene.farm.release = "ep01"
    return fake
