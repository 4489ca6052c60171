# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Blender works in the background: an executable, or a Python that has the bpy wheel.

Names prove nothing (a ``blender`` on the PATH may be years old, a ``python3.13`` a shim that
fails), so candidates are run.
"""

from __future__ import annotations

import enum
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..core.errors import BlenderError, UsageError
from .environment import environment_for

MINIMUM = (4, 2)
"""The oldest Blender series that is supported."""

_PROBE_TIMEOUT_S = 60.0
_BLENDER = re.compile(r"^Blender (\d+)\.(\d+)", re.MULTILINE)
_PYTHON = re.compile(r"^Python \d+\.\d+", re.MULTILINE)
_ASK_WHEEL = "import bpy; print('Blender %d.%d' % bpy.app.version[:2], flush=True)"
_WHAT_TO_DO = (
    "name one with --blender or in the environment variable BLENDER, put one on the PATH, or"
    " install the Python package 'bpy' beside farm_addon (there is one for Python 3.11 and 3.13)"
)


class RuntimeKind(enum.Enum):
    """How a Blender is started."""

    EXECUTABLE = "executable"
    WHEEL = "wheel"


@dataclass(frozen=True, slots=True)
class BlenderRuntime:
    """A Blender that can be started.

    :param program: absolute path of the executable, or of the Python that imports the bpy wheel;
        links are kept, since a virtual environment is known by its link.
    :param series: its major and minor version; None where it was not run.
    """

    kind: RuntimeKind
    program: Path
    series: tuple[int, int] | None = field(default=None, compare=False)

    @property
    def is_wheel(self) -> bool:
        """Whether it is the bpy wheel: Cycles on the CPU alone, factory settings always."""
        return self.kind is RuntimeKind.WHEEL

    def text(self) -> str:
        """Return it as jobs carry it: ``executable:PATH`` or ``wheel:PATH``."""
        return f"{self.kind.value}:{self.program}"

    @classmethod
    def parse(cls, text: str) -> BlenderRuntime:
        """Read what :meth:`text` returned. Nothing is run.

        :raises UsageError: if it is something else, or the path is not absolute.
        """
        kind, colon, program = text.partition(":")
        known = {one.value: one for one in RuntimeKind}
        if not colon or kind not in known or not os.path.isabs(program):
            raise UsageError(
                f"'{text}' names no Blender",
                hint="expected executable:PATH or wheel:PATH, with an absolute path",
            )
        return cls(known[kind], Path(program))


def find_runtime(explicit: str | None, environ: Mapping[str, str]) -> BlenderRuntime:
    """Find the Blender to work with; candidates on the way are run.

    In this order: the one that is named, the one in ``$BLENDER``, the first ``blender`` on the PATH
    that is new enough, the bpy wheel of the Python that runs this. One that is named and cannot be
    used is an error and is never replaced by another.

    :param explicit: path or name of a Blender, or of a Python that has the bpy wheel; None or empty
        where none was named.
    :raises BlenderError: if there is none; its hint says what to do.
    """
    named = explicit or environ.get("BLENDER", "")
    if named:
        return examine(_located(named, environ))
    rejected: list[str] = []
    for program in _on_path(environ):
        try:
            return examine(program)
        except BlenderError as ex:
            rejected.append(ex.message)
    if _has_wheel():
        return BlenderRuntime(RuntimeKind.WHEEL, Path(sys.executable).absolute())
    raise BlenderError(
        "; ".join(["no Blender 4.2 or newer was found", *rejected]), hint=_WHAT_TO_DO
    )


def _has_wheel() -> bool:
    """Tell whether this Python can import the bpy wheel, without doing so."""
    loaded = sys.modules.get("bpy")
    if loaded is not None and loaded.app.binary_path:
        return False  # this is a Blender; the Python it brings has no bpy of its own
    return importlib.util.find_spec("bpy") is not None


def examine(program: Path) -> BlenderRuntime:
    """Run a program to see what it is.

    :raises BlenderError: if it is no Blender, too old, or a Python without the bpy wheel.
    """
    said = _run([str(program), "--version"], program)
    blender = _BLENDER.search(said)
    if blender is not None:
        return BlenderRuntime(RuntimeKind.EXECUTABLE, program, _checked_series(program, blender))
    if _PYTHON.search(said) is None:
        raise BlenderError(f"'{program}' is no Blender", hint=_WHAT_TO_DO)
    wheel = _BLENDER.search(_run([str(program), "-P", "-c", _ASK_WHEEL], program))
    if wheel is None:
        raise BlenderError(f"'{program}' is a Python without a working bpy wheel", hint=_WHAT_TO_DO)
    return BlenderRuntime(RuntimeKind.WHEEL, program, _checked_series(program, wheel))


def _checked_series(program: Path, match: re.Match[str]) -> tuple[int, int]:
    series = (int(match[1]), int(match[2]))
    if series < MINIMUM:
        raise BlenderError(
            f"'{program}' is Blender {match[1]}.{match[2]}, which is older than 4.2",
            hint=_WHAT_TO_DO,
        )
    return series


def _run(command: list[str], program: Path) -> str:
    """Return all that a command prints; the bpy wheel may abort at its end, so the exit status
    tells nothing."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PROBE_TIMEOUT_S,
            check=False,
            env=environment_for(program),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired as ex:
        raise BlenderError(
            f"'{program}' did not answer within {_PROBE_TIMEOUT_S:.0f} s", hint=_WHAT_TO_DO
        ) from ex
    except OSError as ex:
        raise BlenderError(
            f"'{program}' cannot be started: {ex.strerror or ex}", hint=_WHAT_TO_DO
        ) from ex
    return done.stdout.decode("utf-8", "replace")


def _located(named: str, environ: Mapping[str, str]) -> Path:
    """Return the program that a person named: a path, a name on the PATH, or a macOS bundle."""
    path = Path(named).expanduser()
    if path.suffix == ".app" and path.is_dir():
        return (path / "Contents" / "MacOS" / "Blender").absolute()
    if path.name == named:
        found = shutil.which(named, path=environ.get("PATH", ""))
        if found is not None:
            return Path(found).absolute()
    return path.absolute()


def _on_path(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield every ``blender`` of the PATH, each once, in its order."""
    seen: set[Path] = set()
    for folder in environ.get("PATH", "").split(os.pathsep):
        found = shutil.which("blender", path=folder) if folder else None
        if found is not None and (program := Path(found).absolute()) not in seen:
            seen.add(program)
            yield program
