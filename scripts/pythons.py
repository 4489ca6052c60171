# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the Pythons of this machine that really run.

A ``python3.13`` on the PATH may be a version manager's shim that fails, and test runs set another
HOME: so every candidate is run, and only what it prints is believed.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from caches import account_home, home_folder

OLDEST = (3, 11)
PROBE_TIMEOUT_S = 30.0
PROBE = """
import json, struct, sys
def has(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True
print(json.dumps({
    "version": list(sys.version_info[:3]),
    "path": getattr(sys, "_base_executable", "") or sys.executable,
    "is_cpython": sys.implementation.name == "cpython" and struct.calcsize("P") == 8,
    "has_venv": has("venv") and has("ensurepip"),
    "has_virtualenv": has("virtualenv"),
}))
"""


@dataclass(frozen=True, slots=True)
class Python:
    """A CPython that ran and told about itself.

    :ivar path: the interpreter's own program, never a shim.
    :ivar has_venv: it can make virtual environments with pip by itself.
    """

    version: tuple[int, int, int]
    path: Path
    has_venv: bool
    has_virtualenv: bool

    @property
    def series(self) -> tuple[int, int]:
        """The two numbers that wheels are made for."""
        return self.version[:2]

    @property
    def can_make_environments(self) -> bool:
        """Whether a virtual environment can be made with it."""
        return self.has_venv or self.has_virtualenv


def find_pythons(env: Mapping[str, str] = os.environ) -> list[Python]:
    """Return the working Pythons from 3.11 on, each once.

    :return: those that can make environments first, then newer before older.
    """
    found: dict[Path, Python] = {}
    tried: set[Path] = set()
    for candidate in _candidates(env):
        real = candidate.resolve()
        # A shim is one program under many names, so the name counts for what is not an interpreter.
        key = real if real.name.startswith("python") else candidate
        if key in tried:
            continue
        tried.add(key)
        python = probe_python(candidate)
        if python is not None and python.version[:2] >= OLDEST:
            found.setdefault(python.path.resolve(), python)
    return sorted(found.values(), key=lambda p: (not p.can_make_environments, _descending(p)))


def pick_python(pythons: list[Python], series: tuple[int, int] | None = None) -> Python | None:
    """Return the best Python of a series, or of any; None where there is none."""
    return next((p for p in pythons if series is None or p.series == series), None)


def probe_python(path: Path) -> Python | None:
    """Run a candidate and return what it says; None if it is not a working CPython."""
    try:
        run = subprocess.run(
            [path, "-I", "-c", PROBE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PROBE_TIMEOUT_S,
        )
        told = json.loads(run.stdout)
        if run.returncode != 0 or not told["is_cpython"]:
            return None
        major, minor, micro = (int(part) for part in told["version"])
        return Python(
            (major, minor, micro),
            Path(told["path"]),
            told["has_venv"] is True,
            told["has_virtualenv"] is True,
        )
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return None


def _descending(python: Python) -> tuple[int, ...]:
    return tuple(-part for part in python.version)


def _candidates(env: Mapping[str, str]) -> Iterator[Path]:
    yield Path(sys.executable)
    folders = [Path(entry) for entry in env.get("PATH", os.defpath).split(os.pathsep) if entry]
    folders += [Path("/usr/bin"), Path("/usr/local/bin")]
    for root in _version_managers(env):
        folders += sorted(root.glob("*/bin"), reverse=True)
    for folder in dict.fromkeys(folders):
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        for name in names:
            if _is_python_name(name):
                yield folder / name


def _version_managers(env: Mapping[str, str]) -> list[Path]:
    homes = [home_folder(env), account_home()]
    roots = [home / ".pyenv" / "versions" for home in homes]
    roots += [home / ".local" / "share" / "uv" / "python" for home in homes]
    if env.get("PYENV_ROOT"):
        roots.insert(0, Path(env["PYENV_ROOT"]) / "versions")
    return list(dict.fromkeys(roots))


def _is_python_name(name: str) -> bool:
    match = re.fullmatch(r"python(?:3(?:\.(\d+))?)?(?:\.exe)?", name)
    return match is not None and (match[1] is None or int(match[1]) >= OLDEST[1])
