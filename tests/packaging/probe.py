# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts children through the launcher of one installation, tells what became of them, and waits.

A script, not a test: it is run in the process that has the installation, a Python or a Blender::

    PYTHON probe.py PACKAGE FOLDER [BLENDER]
    blender -b --python-exit-code 1 --python probe.py -- PACKAGE FOLDER self

``PACKAGE`` is the name under which the installation is imported; ``BLENDER`` is a runtime's text,
or ``self``. Writes ``FOLDER/report.json`` when all children have answered; two of them live on.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

WAITS = "import threading; threading.Event().wait()"


def said(child: subprocess.Popen[bytes]) -> str:
    """Return what a child printed that ends by itself; it lives by its stdin, which stays open."""
    assert child.stdout
    assert child.stderr
    out = child.stdout.read().decode()
    err = child.stderr.read().decode()
    if child.wait(60) != 0:
        raise SystemExit(f"{child.args} ended with {child.returncode}:\n{out}\n{err}")
    return out


def main() -> None:
    """Start the children and report."""
    given = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    package, folder, blender = given[0], Path(given[1]), (given[2:] or [""])[0]
    launcher = importlib.import_module(f"{package}.background.launcher")
    volume = folder / "volume"

    def farm(*words: str) -> str:
        return said(launcher.python_child("farm_addon.cli", words))

    report: dict[str, Any] = {
        "package": str(Path(importlib.import_module(package).__file__ or "").parent),
        "version": farm("--version").strip(),
    }
    # Writing farm.toml, finding the state folder and serving HTTP take three bundled libraries.
    farm("init", str(volume), "--name", "Probe", "--manager", "local")
    started = json.loads(farm("--volume", str(volume), "--json", "manager", "start"))
    lingering = launcher.python_child("timeit", ["-n", "1", "-r", "1", WAITS])
    report |= {"manager": started["result"], "living": {"python": lingering.pid}}
    if blender:
        session = start_blender(package, blender, folder)
        report["blender"] = session.build.version
        report["living"]["blender"] = session.pid
    partial = folder / "report.partial"
    partial.write_text(json.dumps(report, default=str), encoding="utf-8")
    os.replace(partial, folder / "report.json")
    sys.stdin.read()


def start_blender(package: str, text: str, folder: Path) -> Any:
    """Return a session with a background Blender that has said hello."""
    runtimes = importlib.import_module(f"{package}.background.runtime")
    sessions = importlib.import_module(f"{package}.background.session")
    if text == "self":
        import bpy

        text = f"executable:{bpy.app.binary_path}"
    session = sessions.BlenderSession(
        runtimes.BlenderRuntime.parse(text), log=folder / "blender.log"
    )
    session.start()
    return session


if __name__ == "__main__":
    main()
