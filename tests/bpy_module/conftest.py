# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that run where ``import bpy`` works: under a bpy wheel, or inside a Blender."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

# Before bpy is imported: what a user set up must not reach the tests.
USER_RESOURCES = tempfile.mkdtemp(prefix="farm-bpy-user-")
os.environ["BLENDER_USER_RESOURCES"] = USER_RESOURCES
os.environ.pop("OCIO", None)

try:
    import bpy
except ModuleNotFoundError:
    # The tier of this folder is run with a Python that has bpy; others have nothing to do here.
    collect_ignore_glob = ["test_*.py"]


def pytest_configure(config: pytest.Config) -> None:
    """Let Cycles' own complaint pass: it looks at a render engine that Blender has freed."""
    config.addinivalue_line(
        "filterwarnings",
        "ignore:Exception ignored in. <function CyclesRender"
        ":pytest.PytestUnraisableExceptionWarning",
    )


def pytest_unconfigure() -> None:
    """Remove what Blender wrote for its user."""
    shutil.rmtree(USER_RESOURCES, ignore_errors=True)


@pytest.fixture(autouse=True)
def empty_file() -> None:
    """Start each test with an empty file in memory."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    """Return the folder that artists work in; frozen files go elsewhere."""
    folder = tmp_path / "studio"
    folder.mkdir()
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return the folder that frozen files go to."""
    folder = tmp_path / "store"
    folder.mkdir()
    return folder
