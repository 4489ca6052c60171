# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All but farm_addon/blender works where there is no bpy: imported in a Python that refuses it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.architecture.package_map import ROOT, modules

REFUSED = ("bpy", "_bpy", "bmesh", "mathutils", "gpu", "bl_ui", "addon_utils")

GUARD = """
import importlib, json, sys, traceback
refused, names = json.loads(sys.stdin.read())
sys.modules.update(dict.fromkeys(refused))
failed = {}
for name in names:
    for known in [n for n in sys.modules if n.partition(".")[0] == "farm_addon"]:
        del sys.modules[known]
    try:
        importlib.import_module(name)
    except BaseException:
        failed[name] = traceback.format_exc(limit=-2)
print(json.dumps(failed))
"""

WATCHED = """
import json, sys
before = set(sys.modules)
import farm_addon
print(json.dumps(sorted({name.partition(".")[0] for name in set(sys.modules) - before})))
"""


def run_fresh(code: str, given: str = "") -> Any:
    """Run code in a fresh interpreter at the checkout; return the JSON that it prints."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        input=given,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_every_module_outside_blender_imports_without_bpy() -> None:
    names = [
        f"farm_addon.{name}".rstrip(".")
        for name in modules()
        if name != "blender" and not name.startswith("blender.")
    ]
    assert len(names) > 20
    assert run_fresh(GUARD, json.dumps([REFUSED, names])) == {}


def test_guard_refuses_what_imports_bpy() -> None:
    failed = run_fresh(GUARD, json.dumps([REFUSED, ["farm_addon.blender.registration"]]))
    assert "bpy" in failed["farm_addon.blender.registration"]


def test_importing_the_package_imports_nothing_else() -> None:
    assert run_fresh(WATCHED) == ["farm_addon"]
