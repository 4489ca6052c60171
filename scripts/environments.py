# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make virtual environments in the cache, each once for the things that it is made from.

An environment's folder is named by a hash of its Python, its requirements and, where it has one,
the checkout installed into it; it counts only once its marker is written, so an interrupted one is
made again.
"""

import hashlib
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from caches import SetupError, cache_folder, only_maker, remove_tree, say
from pythons import Python

RECIPE = 1
MARKER = "finished.json"
# Isolated from PYTHONPATH and the user's own packages; says nothing about its own age; asks
# nothing.
PIP_INSTALL = ("-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "install")


def ensure_venv(
    name: str,
    python: Python,
    requirements: Sequence[str],
    editable_project: Path | None = None,
    *,
    cache: Path | None = None,
) -> Path:
    """Make the environment unless it is there, and return its Python's absolute path.

    :param name: a short word for the folder's name and the printed lines.
    :param requirements: as pip takes them, without options.
    :param editable_project: a checkout to import from in place, without its dependencies (name
        them) and without console scripts.
    :param cache: the cache folder; None means :func:`caches.cache_folder`.
    :raises SetupError: the environment could not be made or filled; the sentence says what to
        install.
    """
    folder = venv_folder(name, python, requirements, editable_project, cache or cache_folder())
    if (folder / MARKER).is_file():
        return venv_python(folder)
    with only_maker(folder):
        if not (folder / MARKER).is_file():
            remove_tree(folder)
            say(f"Making the Python {'.'.join(map(str, python.version))} environment {folder}")
            _create(folder, python)
            _install(folder, requirements, editable_project)
            told = {"requirements": list(requirements), "python": str(python.path)}
            partial = folder / f"{MARKER}.partial"
            partial.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
            os.replace(partial, folder / MARKER)
    return venv_python(folder)


def venv_folder(
    name: str,
    python: Python,
    requirements: Sequence[str],
    editable_project: Path | None,
    cache: Path,
) -> Path:
    """Return the folder for these inputs; any other input gives another folder."""
    key: list[object] = [RECIPE, list(python.version), str(python.path), sorted(requirements)]
    if editable_project is not None:
        metadata = (editable_project / "pyproject.toml").read_bytes()
        key += [str(editable_project.resolve()), hashlib.sha256(metadata).hexdigest()]
    digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()
    return cache / "environments" / f"{name}-{digest[:12]}"


def venv_python(folder: Path) -> Path:
    """Return the path of an environment's Python."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def project_requirements(project: Path, *extras: str) -> list[str]:
    """Read a checkout's dependencies, and those of its extras, from its ``pyproject.toml``."""
    table = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = list(table.get("dependencies", []))
    for extra in extras:
        requirements += table["optional-dependencies"][extra]
    return requirements


def pip_target_command(
    pip: Path, target: Path, series: str, requirements: Sequence[str]
) -> list[str]:
    """Return the pip call that fills a folder with wheels for another Python than pip's own.

    :param pip: the Python of an environment.
    :param series: the other Python's, as in ``3.14``.
    """
    options = ["--target", str(target), "--python-version", series, "--only-binary=:all:"]
    return [str(pip), *PIP_INSTALL, *options, "--no-compile", "--upgrade", *requirements]


def _create(folder: Path, python: Python) -> None:
    if not python.can_make_environments:
        raise SetupError(
            f"{python.path} has no venv module: apt install python3-venv (Debian, Ubuntu), or "
            f"{python.path} -m pip install virtualenv"
        )
    module = ["venv"] if python.has_venv else ["virtualenv", "--quiet"]
    command = [str(python.path), "-I", "-m", *module, str(folder)]
    run = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        close_fds=False,
    )
    if run.returncode != 0:
        raise SetupError(f"{' '.join(command)} failed: {run.stdout.strip()[-1000:]}")


def _install(folder: Path, requirements: Sequence[str], editable_project: Path | None) -> None:
    if requirements:
        # pip prints a line for each download; its moving bar is for terminals only.
        bar = [] if sys.stdout.isatty() else ["--progress-bar", "off"]
        call = [str(venv_python(folder)), *PIP_INSTALL, *bar, *requirements]
        if subprocess.run(call, stdin=subprocess.DEVNULL, close_fds=False).returncode != 0:
            raise SetupError(
                f"pip could not install {' '.join(requirements)} (its own words are above)"
            )
    if editable_project is not None:
        # Not pip's --editable, which writes into the checkout.
        where = "import sysconfig; print(sysconfig.get_path('purelib'))"
        asked = [str(venv_python(folder)), "-I", "-c", where]
        packages = Path(subprocess.check_output(asked, text=True).strip())
        line = f"{editable_project.resolve()}\n"
        (packages / "farm_addon_checkout.pth").write_text(line, encoding="utf-8")
