# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the scripts importable, and give them programs that behave as told."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
# At the end: the standard library has a package named like one of the scripts.
sys.path.append(str(SCRIPTS))

MakeProgram = Callable[[Path, str], Path]


@pytest.fixture(scope="session")
def test_script() -> ModuleType:
    """Load ``scripts/test.py`` under a name of its own."""
    spec = importlib.util.spec_from_file_location("farm_test_script", SCRIPTS / "test.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["farm_test_script"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def make_program() -> MakeProgram:
    """Return a function that writes a shell script to a path and makes it executable."""
    if sys.platform == "win32":
        pytest.skip("the programs of these tests are shell scripts")

    def make(path: Path, body: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return make
