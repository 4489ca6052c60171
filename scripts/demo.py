# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show one render release from plan to archive, rendered for real on this computer.

::

    python3 scripts/demo.py [--get-blender] [--folder DIR]

Makes a small .blend with three scenes, then types the commands that a person would: init, plan,
submit, status, harvest, archive, verify. It renders with the Blender that is there (``$BLENDER``,
PATH), else with Blender as a Python module, which it gets from PyPI (needs Python 3.11 or 3.13);
with ``--get-blender`` (Linux, root) it makes a Debian root with a Blender instead.

Downloads go to the cache folder (``caches.py``), all else into one temporary folder, which stays.
Plain Python 3.11 or newer, standard library only.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from blenders import find_blender, get_blender
from bpy_wheels import prove_bpy
from caches import SetupError, cache_folder, say
from environments import ensure_venv, project_requirements
from host_packages import install_host_packages, why_no_packages
from pythons import Python, find_pythons, pick_python

ROOT = Path(__file__).resolve().parents[1]
RELEASE = "pottery"
SCENE_TIMEOUT_S = 180.0
NOTICE_TIMEOUT_S = 2.0
INTERRUPT_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 60.0
WHEEL_SERIES = ((3, 11), (3, 13))
"""The Pythons that bpy wheels exist for, preferred first."""


class DemoError(Exception):
    """One step failed; its own output has told why."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the demo runs with.

    :ivar python: an environment with all that the project needs; runs the command line.
    :ivar blender: an executable, or a Python that has the bpy wheel.
    """

    python: Path
    blender: Path
    is_wheel: bool


# --- setting up ---------------------------------------------------------------------------------


def find_tools(*, gets_blender: bool) -> Tools:
    """Find or get a Blender, and make the Python environment.

    :raises SetupError: if there is no way; the sentence says what to install.
    """
    pythons = find_pythons()
    if gets_blender and not any(p.can_make_environments for p in pythons) and not why_no_packages():
        cache_folder().mkdir(parents=True, exist_ok=True)
        with open(cache_folder() / "venv.log", "w", encoding="utf-8") as log:
            install_host_packages(["python3-venv"], log)
        pythons = find_pythons()
    blender = get_blender() if gets_blender else find_blender()
    if blender is None:
        return _wheel_tools(pythons)
    able = [python for python in pythons if python.can_make_environments] or pythons
    own = [python for python in able if python.version == sys.version_info[:3]]
    python = pick_python(own or able)
    if python is None:
        raise SetupError("No Python 3.11 or newer works here: install one")
    made = ensure_venv("demo", python, project_requirements(ROOT))
    return Tools(made, blender.path, is_wheel=False)


def _wheel_tools(pythons: list[Python]) -> Tools:
    """Get Blender as a Python module, for the first Python that it can be had for."""
    problem = ""
    for series in WHEEL_SERIES:
        python = pick_python(pythons, series)
        if python is None:
            continue
        say(f"No Blender is installed here: Blender comes as a Python module for {python.path}")
        try:
            made = ensure_venv("demo-bpy", python, project_requirements(ROOT, "render"))
            prove_bpy(made)
        except SetupError as error:
            problem = f"{problem} {error}."
            continue
        return Tools(made, made, is_wheel=True)
    raise SetupError(
        "There is no Blender 4.2 or newer, and no Python 3.11 or 3.13 that could have it as a"
        f" module.{problem}\nDo one of these, then try again:\n"
        "  install Blender (www.blender.org/download) and put it on the PATH or into $BLENDER\n"
        "  install Python 3.11 or 3.13 with its venv module (Debian 12: apt install python3-venv)\n"
        "  python3 scripts/demo.py --get-blender   (Linux, as root: a Debian folder with a Blender)"
    )


def make_scenes(tools: Tools, folder: Path) -> Path:
    """Let Blender make the demo's .blend; return its path.

    :raises DemoError: if it is not there afterwards.
    """
    script = str(ROOT / "scripts" / "demo_scene.py")
    if tools.is_wheel:
        command = [str(tools.blender), script, str(folder)]
    else:
        command = [
            *(str(tools.blender), "--background", "--factory-startup", "--python-exit-code", "1"),
            *("--python", script, "--", str(folder)),
        ]
    try:
        run = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=SCENE_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise DemoError(f"the demo's .blend was not made within {SCENE_TIMEOUT_S:.0f} s") from error
    blend = folder / f"{RELEASE}.blend"
    # The wheel may abort at its very end although all went well: what it said and made counts.
    if f"made {blend}" not in run.stdout or not blend.is_file():
        say(run.stdout)
        raise DemoError(f"the demo's .blend was not made (exit status {run.returncode})")
    return blend


# --- the command line ---------------------------------------------------------------------------


class Farm:
    """Types ``farm`` commands in the volume's folder, one after the other."""

    def __init__(self, tools: Tools, folder: Path) -> None:
        self.volume = folder / "volume"
        self._command = [str(tools.python), "-m", "farm_addon.cli"]
        # The user's own choice of a farm must not get the demo's jobs.
        ours = {k: v for k, v in os.environ.items() if k not in ("FARM_VOLUME", "FARM_MANAGER")}
        self._env = ours | {
            "PYTHONPATH": str(ROOT),
            "BLENDER": str(tools.blender),
            "XDG_STATE_HOME": str(folder / "state"),
        }

    def explain(self) -> None:
        """Say what ``farm`` stands for in what follows."""
        names = ("PYTHONPATH", "BLENDER", "XDG_STATE_HOME")
        settings = " ".join(f"{name}={shlex.quote(self._env[name])}" for name in names)
        say("In what follows, farm is short for")
        say(f"{settings} {shlex.join(self._command)}")

    def run(self, *words: str) -> None:
        """Type one command and show what it says.

        :raises DemoError: if it does not end with 0.
        """
        say(f"\n$ farm {shlex.join(words)}")
        status = self._wait(self._start(words))
        if status != 0:
            raise DemoError(f"farm {shlex.join(words[:2])} ended with {status}")

    def stop_manager(self) -> None:
        """Stop the local manager, and what it renders, if a failure left it running."""
        if not (self.volume / "farm.toml").is_file():
            return
        _end(self._start(["manager", "stop"]), STOP_TIMEOUT_S)

    def _start(self, words: Sequence[str]) -> subprocess.Popen[bytes]:
        folder = self.volume if self.volume.is_dir() else self.volume.parent
        return subprocess.Popen(
            [*self._command, *words], cwd=folder, env=self._env, stdin=subprocess.DEVNULL
        )

    @staticmethod
    def _wait(process: subprocess.Popen[bytes]) -> int:
        try:
            return process.wait()
        except BaseException:
            # Ctrl-C in a terminal reached it too; a signal to this process alone did not.
            try:
                process.wait(NOTICE_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
                _end(process, INTERRUPT_TIMEOUT_S)
            raise


def _end(process: subprocess.Popen[bytes], timeout_s: float) -> None:
    """Wait for a process that should be ending, and kill it if it does not."""
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run_release(farm: Farm, blend: Path, folder: Path) -> tuple[Path, Path, Path]:
    """Take the release from plan to archive.

    :return: the folder of the pictures, the contact sheet, the archive.
    :raises DemoError: at the first step that fails.
    """
    farm.run("init", str(farm.volume), "--name", "Demo", "--manager", "local")
    say(f"\n$ cd {shlex.quote(str(farm.volume))}")
    farm.run("plan", "release", RELEASE, str(blend))
    begun = time.monotonic()
    farm.run("submit", "release", RELEASE, "--wait")
    say(f"Frozen and rendered in {time.monotonic() - begun:.0f} s.")
    farm.run("status", "release", RELEASE)
    farm.run("harvest", "release", RELEASE)
    # Archiving clears the release away, its reports included.
    sheet = folder / "contact_sheet.png"
    made = farm.volume / "releases" / RELEASE / "reports" / "contact_sheet.png"
    if not made.is_file():
        raise DemoError("the harvest left no contact sheet")
    shutil.copyfile(made, sheet)
    farm.run("archive", "release", RELEASE, "--yes")
    farm.run("verify", "archive", RELEASE)
    farm.run("manager", "stop")
    pictures = farm.volume / "dist" / RELEASE
    archive = farm.volume / "archives" / f"{RELEASE}.tar.gz"
    if not any(pictures.glob("*.png")) or not archive.is_file():
        raise DemoError("the pictures or the archive are missing")
    return pictures, sheet, archive


# --- all of it ----------------------------------------------------------------------------------


@contextmanager
def interruptible() -> Iterator[None]:
    """Let a polite request to end do what Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    names = ("SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let nobody interrupt what follows, least of all an impatient second Ctrl-C."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def show(folder: Path, *, gets_blender: bool) -> None:
    """Run the whole demo and print where things are.

    :raises DemoError: if a step failed.
    :raises SetupError: if something is missing here.
    """
    tools = find_tools(gets_blender=gets_blender)
    say(
        f"Rendering with {tools.blender}"
        + (" (Blender as a Python module)" if tools.is_wheel else "")
    )
    say(f"\nMaking {RELEASE}.blend: three scenes, a linked library, two textures")
    blend = make_scenes(tools, folder / "scenes")
    say(str(blend))
    farm = Farm(tools, folder)
    say("")
    farm.explain()
    try:
        found = run_release(farm, blend, folder)
    except BaseException:
        with uninterrupted():
            farm.stop_manager()
        raise
    for title, path in zip(("Pictures", "Contact sheet", "Archive"), found, strict=True):
        say(f"\n{title}:\n{path.absolute()}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; exit status 1 where anything failed, 130 where it was interrupted."""
    parser = argparse.ArgumentParser(description="Show a render release from plan to archive.")
    parser.add_argument(
        "--get-blender",
        action="store_true",
        help="if there is no Blender, make a Debian root with one in the cache (Linux, root)",
    )
    parser.add_argument(
        "--folder", metavar="DIR", type=Path, help="where to work: a new folder (a temporary one)"
    )
    options = parser.parse_args(arguments)
    if options.folder is None:
        folder = Path(tempfile.mkdtemp(prefix="farm-demo-"))
    else:
        folder = options.folder.absolute()
        if folder.exists():
            parser.error(f"{folder} is there already: name a new folder")
        folder.mkdir(parents=True)
    say("This plans, freezes, renders, checks and archives a small release, for real. It takes")
    say("about three minutes, and longer the first time, when it gets what it needs.")
    say(f"Downloads and Python environments are kept in {cache_folder()}")
    say(f"Everything else goes into {folder}, which stays.\n")
    try:
        with interruptible():
            show(folder, gets_blender=options.get_blender)
    except (SetupError, DemoError) as error:
        say(f"\n{error}")
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
