# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold what the test tiers share: environments, the Blender, the built extension, a display."""

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from blender_packages import ensure_blender_packages
from blenders import Blender, Python, find_blender, find_pythons, get_blender
from bpy_wheels import BPY_LINES, prove_bpy
from caches import SetupError, say
from debian_root import blender_wrapper, is_finished, make_debian_root
from environments import ensure_venv, project_requirements
from host_packages import install_host_packages, why_no_packages
from pythons import pick_python
from tiers import run_to_end

STEP_TIMEOUT_S = 300.0
DISPLAY_PACKAGES = {"Xvfb": "xvfb", "import": "imagemagick"}


class NoPythonError(SetupError):
    """Say that a tier's Python is not on this machine, which is nobody's failure."""


class StepError(Exception):
    """Say that a step failed on which the tests build: a failed test, not a missing tool."""


@dataclass
class Bench:
    """What all tiers share; each costly thing is made when the first tier asks for it.

    :ivar work: a temporary folder of this run.
    :ivar gets_missing: what is missing may be got, also outside the cache (``--get-blender``).
    """

    project: Path
    cache: Path
    work: Path
    gets_missing: bool = False
    is_quick: bool = False
    pytest_options: list[str] = field(default_factory=list)
    pythons: list[Python] = field(default_factory=list)
    blender: Blender | None = None
    no_blender: str = ""
    made: dict[str, Path] = field(default_factory=dict)

    @property
    def is_complete_run(self) -> bool:
        """Whether a tier that cannot run is a failure."""
        return self.gets_missing

    def look_around(self) -> None:
        """Find the Pythons and the Blender of this machine, or get them if that is asked for."""
        self.pythons = find_pythons()
        if self.gets_missing and not any(p.can_make_environments for p in self.pythons):
            self._install_venv()
        for python in self.pythons:
            say(f"Found Python {'.'.join(map(str, python.version))} ({python.path})")
        if self.is_quick:
            return
        try:
            self.blender = get_blender() if self.gets_missing else find_blender()
            self.no_blender = (
                "no Blender 4.2 or newer in $BLENDER or on the PATH (--get-blender gets one)"
            )
        except SetupError as error:
            self.no_blender = str(error)
        if self.blender is None:
            say(f"No Blender: {self.no_blender}")

    def environment(self, **more: object) -> dict[str, str]:
        """Return the environment for a tier's process; its caches lie outside the tree.

        :param more: variables to add; those that are None are left out.
        """
        # The user's own Blender settings are not for tests.
        env = {n: v for n, v in os.environ.items() if not n.startswith(("BLENDER", "FARM_TEST_"))}
        env |= {
            "PYTHONPYCACHEPREFIX": str(self.cache / "pycache"),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(self.cache / "hypothesis"),
            "RUFF_CACHE_DIR": str(self.cache / "ruff"),
            "MYPY_CACHE_DIR": str(self.cache / "mypy"),
            "FARM_TEST_ARTIFACTS": str(self.cache / "test-artifacts"),
        }
        if self.blender is not None:
            env["FARM_TEST_BLENDER"] = str(self.blender.path)
        return env | {name: str(value) for name, value in more.items() if value is not None}

    def plain_python(self) -> Path:
        """Return the Python of the environment with the project and its tools."""
        if "plain" not in self.made:
            # The Python that runs this, if it can; else the best there is.
            able = [p for p in self.pythons if p.can_make_environments] or self.pythons
            own = [p for p in able if p.version == sys.version_info[:3]]
            python = pick_python(own or able)
            if python is None:
                raise NoPythonError("no Python 3.11 or newer works here")
            requirements = project_requirements(self.project, "dev")
            self.made["plain"] = ensure_venv(
                "plain", python, requirements, self.project, cache=self.cache
            )
        return self.made["plain"]

    def wheel_python(self, line: str) -> Path:
        """Return the Python of the environment with that line's bpy wheel."""
        if line not in self.made:
            wheel, series = BPY_LINES[line]
            python = pick_python(self.pythons, series)
            if python is None:
                raise NoPythonError(
                    f"no working Python {series[0]}.{series[1]} was found for {wheel}"
                )
            requirements = [
                wheel,
                *project_requirements(self.project),
                *self._pytest_requirements(),
            ]
            made = ensure_venv(line, python, requirements, cache=self.cache)
            prove_bpy(made, may_install=self.gets_missing)
            self.made[line] = made
        return self.made[line]

    def any_wheel_python(self) -> Path | None:
        """Return a Python that can import bpy, for single tests of other tiers, or None."""
        if self.is_quick:
            return None
        for line in ("bpy-4.5", "bpy-5.2"):
            try:
                return self.wheel_python(line)
            except SetupError as error:
                say(f"No bpy wheel for the tests that want one: {error}")
        return None

    def needed_blender(self) -> Blender:
        """Return the Blender executable.

        :raises SetupError: there is none; the sentence says why.
        """
        if self.blender is None:
            raise SetupError(self.no_blender)
        return self.blender

    def display_tool(self, program: str) -> Path:
        """Return the path of ``Xvfb`` or ``import``: this machine's, else the Debian root's."""
        found = shutil.which(program)
        if found:
            return Path(found)
        if self.gets_missing and not is_finished(self.cache):
            make_debian_root(self.cache)
        if is_finished(self.cache):
            return blender_wrapper(self.cache).with_name(program)
        package = DISPLAY_PACKAGES[program]
        raise SetupError(
            f"there is no {program} on the PATH (apt install {package}, or --get-blender)"
        )

    def extension_zip(self) -> Path:
        """Build the extension, once, and return the zip."""
        if "zip" not in self.made:
            folder = self.work / "zip"
            folder.mkdir(exist_ok=True)
            script = self.project / "scripts" / "build_extension.py"
            env = self.environment(BLENDER=self.needed_blender().path)
            self._run_step([str(self.plain_python()), str(script), "--output", str(folder)], env)
            zips = list(folder.glob("*.zip"))
            if len(zips) != 1:
                raise StepError(f"build_extension.py left {len(zips)} zips in its folder, not one")
            self.made["zip"] = zips[0]
        return self.made["zip"]

    def resources(self) -> Path:
        """Install the extension, once, and return the user resources that hold it, to be copied."""
        if "resources" not in self.made:
            folder = self.work / "resources"
            folder.mkdir(exist_ok=True)
            install = [str(self.needed_blender().path), "--command", "extension", "install-file"]
            env = self.environment(BLENDER_USER_RESOURCES=folder)
            self._run_step([*install, "-r", "user_default", "-e", str(self.extension_zip())], env)
            self.made["resources"] = folder
        return self.made["resources"]

    def fresh_resources(self, name: str, *, with_pytest: bool) -> Path:
        """Return a copy of the user resources for one tier; with pytest importable if asked."""
        copy = self.work / f"resources-{name}"
        shutil.copytree(self.resources(), copy, symlinks=True)
        if with_pytest:
            ensure_blender_packages(
                self.needed_blender().path,
                self.plain_python(),
                self._pytest_requirements(),
                cache=self.cache,
                resources=copy,
            )
        return copy

    def _pytest_requirements(self) -> list[str]:
        wanted = ("pytest>", "pytest=", "hypothesis")
        return [r for r in project_requirements(self.project, "dev") if r.startswith(wanted)]

    def _run_step(self, command: list[str], env: dict[str, str]) -> None:
        status = run_to_end(command, cwd=self.project, env=env, timeout_s=STEP_TIMEOUT_S)
        if status != 0:
            raise StepError(f"{' '.join(command)} ended with {status}")

    def _install_venv(self) -> None:
        if why_no_packages():
            return
        with open(self.cache / "venv.log", "w", encoding="utf-8") as log:
            install_host_packages(["python3-venv"], log)
        self.pythons = find_pythons()
