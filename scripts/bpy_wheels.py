# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Know the bpy wheels (Blender as a Python module) and the system libraries that they need.

Wheels exist for Python 3.11 (4.2 to 5.0) and 3.13 (5.1 on) only.
"""

import subprocess
from pathlib import Path

from caches import SetupError, cache_folder, say
from host_packages import install_host_packages, why_no_packages

# Line -> the wheel's pin and the Python that it is made for.
BPY_LINES = {
    "bpy-4.2": ("bpy==4.2.23", (3, 11)),
    "bpy-4.5": ("bpy==4.5.15", (3, 11)),
    "bpy-5.2": ("bpy==5.2.3", (3, 13)),
}
LIBRARIES = (
    "libgl1 libgomp1 libice6 libsm6 libx11-6 libxfixes3 libxi6 libxkbcommon0 libxrender1 "
    "libxxf86vm1"
).split()
PROBE_TIMEOUT_S = 120.0


def prove_bpy(python: Path, *, may_install: bool = False) -> None:
    """Import bpy once, so that a system library that is missing is one sentence.

    :param python: of an environment that has the wheel.
    :param may_install: install the missing libraries on this machine where that is possible.
    :raises SetupError: it cannot be imported; the sentence says what to install.
    """
    problem = why_no_bpy(python)
    if problem and may_install and not why_no_packages():
        say(f"{python} cannot import bpy: {problem}")
        cache_folder().mkdir(parents=True, exist_ok=True)
        with open(cache_folder() / "libraries.log", "w", encoding="utf-8") as log:
            install_host_packages(LIBRARIES, log)
        problem = why_no_bpy(python)
    if problem:
        raise SetupError(
            f"import bpy fails: {problem} (on Debian: apt install {' '.join(LIBRARIES)})"
        )


def why_no_bpy(python: Path) -> str:
    """Return why bpy cannot be imported; empty if it can.

    The exit status does not count: bpy may abort at the very end although all went well.
    """
    try:
        run = subprocess.run(
            [python, "-c", "import bpy; print('bpy', 'works', flush=True)"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROBE_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if "bpy works" in run.stdout:
        return ""
    lines = run.stderr.strip().splitlines()
    return lines[-1] if lines else f"exit status {run.returncode} without a word"
