# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every tier needs: folders of its own for each test, and the tools that the run was given.

This file is also loaded inside Blender (by pytest-blender), so it needs pytest alone.
"""

import importlib.util
import os
from pathlib import Path

import pytest

# Taken before any test changes the environment.
TEST_BLENDER = os.environ.get("FARM_TEST_BLENDER", "")
TEST_WHEEL_PYTHON = os.environ.get("FARM_TEST_WHEEL_PYTHON", "")

if importlib.util.find_spec("hypothesis"):
    from hypothesis import settings

    # Tests assert no times: a slow or busy machine is no failure. CI tries the same examples for
    # the same code, so that it judges the change; runs by hand go on looking for new ones.
    settings.register_profile("farm", deadline=None, derandomize=bool(os.environ.get("CI")))
    settings.load_profile("farm")

USER_FOLDERS = {
    "HOME": "",
    "XDG_CONFIG_HOME": ".config",
    "XDG_STATE_HOME": ".local/state",
    "XDG_DATA_HOME": ".local/share",
    "XDG_CACHE_HOME": ".cache",
    # The same on Windows.
    "USERPROFILE": "",
    "APPDATA": "AppData/Roaming",
    "LOCALAPPDATA": "AppData/Local",
}
# What a user may have set for daily work must not change what a test sees.
USER_CHOICES = (
    *("BLENDER", "FARM_CACHE", "OCIO", "PYENV_ROOT", "COLUMNS", "NO_COLOR"),
    *("FARM_CA_FILE", "FARM_HEADERS", "FARM_LOCAL_SLOTS", "FARM_LOCAL_BLENDER"),
)


@pytest.fixture(autouse=True)
def user_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test, and every process that it starts, an empty home of its own."""
    home = tmp_path_factory.mktemp("home")
    for variable, below in USER_FOLDERS.items():
        folder = home / below
        folder.mkdir(parents=True, exist_ok=True)
        monkeypatch.setenv(variable, str(folder))
    for variable in USER_CHOICES:
        monkeypatch.delenv(variable, raising=False)
    return home


@pytest.fixture
def blender_executable() -> Path:
    """Return the Blender executable of this run; skip where there is none."""
    if not TEST_BLENDER:
        pytest.skip("no Blender executable was given in FARM_TEST_BLENDER (scripts/test.py does)")
    return Path(TEST_BLENDER)


@pytest.fixture
def wheel_python() -> Path:
    """Return a Python that can import bpy; skip where there is none."""
    if not TEST_WHEEL_PYTHON:
        pytest.skip("no Python with bpy was given in FARM_TEST_WHEEL_PYTHON (scripts/test.py does)")
    return Path(TEST_WHEEL_PYTHON)
