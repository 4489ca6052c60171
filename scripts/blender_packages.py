# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let a Blender import pytest without writing anything into that Blender.

pytest-blender runs pytest in Blender's own Python, which seldom has it. The packages are put into
a folder of the cache, and a start-up script in the test run's user resources appends that folder
to ``sys.path``.
"""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from caches import SetupError, only_maker, remove_tree, say
from environments import MARKER, pip_target_command

PROBE_TIMEOUT_S = 120.0
PROBE_PREFIX = "farm_addon test packages:"
PROBE = f"""
import importlib.util, json, sys
has_pytest = importlib.util.find_spec("pytest") is not None
print({PROBE_PREFIX!r}, json.dumps([list(sys.version_info[:2]), has_pytest]), flush=True)
"""


def ensure_blender_packages(
    blender: Path, pip: Path, requirements: Sequence[str], *, cache: Path, resources: Path
) -> None:
    """Make pytest importable in a Blender that is run with these user resources.

    :param pip: the Python of an environment.
    :param resources: the BLENDER_USER_RESOURCES folder of the test run.
    :raises SetupError: Blender did not say which Python it has, or pip failed.
    """
    series, has_pytest = _ask(blender)
    if has_pytest:
        return
    folder = cache / "blender-packages" / f"python{series}"
    with only_maker(folder):
        if not (folder / MARKER).is_file() or _told(folder) != list(requirements):
            say(f"Installing {' '.join(requirements)} for the Python {series} of {blender}")
            remove_tree(folder)
            command = pip_target_command(pip, folder, series, requirements)
            run = subprocess.run(command, stdin=subprocess.DEVNULL, close_fds=False)
            if run.returncode != 0:
                raise SetupError(f"pip could not install {' '.join(requirements)} for {blender}")
            partial = folder / f"{MARKER}.partial"
            partial.write_text(json.dumps(list(requirements)), encoding="utf-8")
            os.replace(partial, folder / MARKER)
    startup = resources / "scripts" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    lines = [
        "import sys",
        "",
        f"sys.path.append({str(folder)!r})",
        "",
        "",
        "def register():",
        "    pass",
    ]
    (startup / "farm_test_packages.py").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _told(folder: Path) -> object:
    return json.loads((folder / MARKER).read_text(encoding="utf-8"))


def _ask(blender: Path) -> tuple[str, bool]:
    try:
        run = subprocess.run(
            [blender, "-b", "--factory-startup", "--python-expr", PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROBE_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupError(f"{blender} does not start: {error}") from error
    for line in run.stdout.splitlines():
        if line.startswith(PROBE_PREFIX):
            (major, minor), has_pytest = json.loads(line.removeprefix(PROBE_PREFIX))
            return f"{major}.{minor}", has_pytest is True
    raise SetupError(f"{blender} did not run a line of Python: {run.stderr.strip()[-500:]}")
