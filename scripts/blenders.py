# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find a Blender executable and the Pythons of this machine, or get a Blender.

A Blender is ``$BLENDER``, else ``blender`` on the PATH if it is 4.2 or newer, else the one of the
Debian root in the cache, if it was made before (``--get-blender`` makes it; Linux, root: see
``debian_root.py``)::

    python3 scripts/blenders.py [--get-blender] [--json]

Plain Python 3.11 or newer, standard library only; needs nothing installed, not even a HOME.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from caches import SetupError, cache_folder, say
from debian_root import blender_wrapper, is_finished, make_debian_root
from pythons import Python, find_pythons

__all__ = [
    "OLDEST",
    "Blender",
    "Python",
    "find_blender",
    "find_pythons",
    "get_blender",
    "parse_blender_version",
    "probe_blender",
]

OLDEST = (4, 2)
PROBE_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class Blender:
    """A Blender executable that ran and told its version.

    :ivar origin: where it was found, in words.
    """

    version: tuple[int, int, int]
    path: Path
    origin: str

    def __str__(self) -> str:
        return f"Blender {'.'.join(map(str, self.version))} ({self.origin}: {self.path})"


def find_blender(env: Mapping[str, str] = os.environ) -> Blender | None:
    """Return the Blender that is there, and say what was found; None if there is none.

    :raises SetupError: ``$BLENDER`` is set to something that is no Blender of 4.2 or newer.
    """
    if env.get("BLENDER"):
        named = Path(
            shutil.which(env["BLENDER"], path=env.get("PATH")) or env["BLENDER"]
        ).absolute()
        version = probe_blender(named, env)
        if version is None:
            raise SetupError(
                f"$BLENDER is {named}, which does not run as a Blender: correct or unset it"
            )
        if version[:2] < OLDEST:
            raise SetupError(
                f"$BLENDER is {named}, a Blender {version[0]}.{version[1]}: 4.2 is the oldest"
            )
        return _told(Blender(version, named, "$BLENDER"))
    for path in _on_path(env):
        version = probe_blender(path, env)
        if version is None:
            say(f"Passed over {path}: it does not run as a Blender")
        elif version[:2] < OLDEST:
            say(f"Passed over {path}: Blender {version[0]}.{version[1]} is older than 4.2")
        else:
            return _told(Blender(version, path, "PATH"))
    cache = cache_folder(env)
    if is_finished(cache):
        version = probe_blender(blender_wrapper(cache), env)
        if version is not None:
            return _told(Blender(version, blender_wrapper(cache), "Debian root"))
        say(f"Passed over {blender_wrapper(cache)}: it does not run here")
    return None


def get_blender(env: Mapping[str, str] = os.environ) -> Blender:
    """Return the Blender that is there, or make the Debian root and return that one's.

    :raises SetupError: none could be had; the sentence says why and what to do.
    """
    found = find_blender(env)
    if found is not None:
        return found
    wrapper = make_debian_root(cache_folder(env), env)
    version = probe_blender(wrapper, env)
    if version is None or version[:2] < OLDEST:
        raise SetupError(
            f"{wrapper} does not run as a Blender: remove {wrapper.parent} and try again"
        )
    return _told(Blender(version, wrapper, "Debian root"))


def probe_blender(path: Path, env: Mapping[str, str] = os.environ) -> tuple[int, int, int] | None:
    """Run ``PATH --version`` and return what it says; None if that is no Blender's answer."""
    try:
        run = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(env),
            timeout=PROBE_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (
        parse_blender_version(run.stdout.decode(errors="replace")) if run.returncode == 0 else None
    )


def parse_blender_version(text: str) -> tuple[int, int, int] | None:
    """Read the version from what ``blender --version`` prints (``Blender 5.2.2 LTS``).

    Add-ons and libraries may print lines before it.
    """
    match = re.search(r"^Blender (\d+)\.(\d+)(?:\.(\d+))?\b", text, re.MULTILINE)
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def _on_path(env: Mapping[str, str]) -> Iterator[Path]:
    for folder in dict.fromkeys(env.get("PATH", os.defpath).split(os.pathsep)):
        path = shutil.which("blender", path=folder) if folder else None
        if path:
            yield Path(path).absolute()


def _told(blender: Blender) -> Blender:
    say(f"Found {blender}")
    return blender


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status is 1 where no Blender was found or made."""
    parser = argparse.ArgumentParser(description="Find or get a Blender, and find Pythons.")
    parser.add_argument(
        "--get-blender",
        action="store_true",
        help="make a Debian root with a Blender in the cache if none is found (Linux, root)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document to stdout")
    options = parser.parse_args(arguments)
    stdout = sys.stdout
    if options.json:
        sys.stdout = sys.stderr
    try:
        blender = get_blender() if options.get_blender else find_blender()
    except SetupError as error:
        say(str(error))
        blender = None
    finally:
        sys.stdout, talk = stdout, sys.stdout
    pythons = find_pythons()
    if options.json:
        print(json.dumps(_document(blender, pythons), indent=2))
    else:
        for python in pythons:
            note = (
                ""
                if python.can_make_environments
                else " (cannot make environments: no venv module)"
            )
            print(f"Found Python {'.'.join(map(str, python.version))} ({python.path}){note}")
    if blender is None:
        print("No Blender found: install Blender 4.2 or newer, or give --get-blender", file=talk)
    return 0 if blender else 1


def _document(blender: Blender | None, pythons: list[Python]) -> dict[str, object]:
    found = None
    if blender is not None:
        found = {
            "path": str(blender.path),
            "version": list(blender.version),
            "origin": blender.origin,
        }
    listed = [{"path": str(p.path), "version": list(p.version)} for p in pythons]
    return {"blender": found, "pythons": listed}


if __name__ == "__main__":
    sys.exit(main())
