# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give tests a display and Blender windows with the extension installed.

A test names a script; the script runs in the window and describes its steps with ``driver.py``
(same folder). See :mod:`launch`.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.window import launch

XVFB = os.environ.get("FARM_TEST_XVFB", "")
IMPORT = os.environ.get("FARM_TEST_IMPORT", "")
RESOURCES = os.environ.get("FARM_TEST_RESOURCES", "")
ARTIFACTS = os.environ.get("FARM_TEST_ARTIFACTS", "")
ZIP = os.environ.get("FARM_TEST_EXTENSION_ZIP", "")


@pytest.fixture(scope="session")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a virtual display on a free number, return it as in ``:7``, stop it at the end."""
    if not XVFB:
        pytest.skip("no Xvfb was given in FARM_TEST_XVFB (scripts/test.py does)")
    with launch.virtual_display(XVFB, tmp_path_factory.mktemp("display")) as number:
        yield number


class BlenderWindow(launch.BlenderWindow):
    """Runs scripts in Blender windows for one test; what goes wrong in them fails the test."""

    def run(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        try:
            return super().run(*arguments, **options)
        except launch.WindowError as ex:
            pytest.fail(str(ex), pytrace=False)


def make_window(
    display: str, executable: Path, resources: Path, folder: Path, test: str
) -> BlenderWindow:
    """Return a runner of scripts for a test."""
    return BlenderWindow(
        executable=executable,
        display=display,
        folder=folder,
        resources=resources,
        artifacts=Path(ARTIFACTS or folder / "artifacts"),
        name=re.sub(r"[^\w.-]+", "_", test),
        picture_program=IMPORT,
    )


@pytest.fixture
def blender_window(
    display: str, blender_executable: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> BlenderWindow:
    """Return a runner of scripts in real Blender windows, with user resources of its own."""
    if not RESOURCES:
        pytest.skip("the extension was not given in FARM_TEST_RESOURCES (scripts/test.py does)")
    resources = tmp_path / "resources"
    shutil.copytree(RESOURCES, resources, symlinks=True)
    return make_window(display, blender_executable, resources, tmp_path, request.node.name)


@pytest.fixture
def fresh_blender_window(
    display: str, blender_executable: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> BlenderWindow:
    """Return a runner in a Blender that nobody has used yet: the extension is not installed."""
    resources = tmp_path / "resources"
    resources.mkdir()
    return make_window(display, blender_executable, resources, tmp_path, request.node.name)


@pytest.fixture
def extension_zip() -> Path:
    """Return the built extension."""
    if not ZIP:
        pytest.skip("the zip was not given in FARM_TEST_EXTENSION_ZIP (scripts/test.py does)")
    return Path(ZIP)
