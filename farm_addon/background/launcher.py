# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the command line of every child process, starts it, and ends it.

All children begin with :mod:`.boot` and run a module of the package that lies where this one lies.
Each is the leader of a process group of its own: Ctrl-C in a terminal reaches the parent alone,
which decides what becomes of its children.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..core.errors import BlenderError
from .boot import WATCH_STDIN
from .environment import environment_for, environment_without_secrets
from .runtime import BlenderRuntime

BOOT_FILE = Path(__file__).absolute().with_name("boot.py")
PACKAGE_FOLDER = BOOT_FILE.parents[1]

_GRACE_S = 5.0
_KILL_WAIT_S = 10.0


def python_command(module: str, args: Sequence[str] = (), *, watch_stdin: bool = True) -> list[str]:
    """Return the command line that runs a module in this Python.

    Inside Blender's Python, which is isolated from the user's, the child is isolated as well;
    elsewhere it finds what this Python finds, as in a virtual environment.

    :param module: full dotted name, ``farm_addon.cli``, or that of a package with a ``__main__``.
    :param watch_stdin: the child leaves when its stdin closes.
    """
    if not sys.executable:
        raise BlenderError("this Python does not know its own program, so it cannot start another")
    return _python(sys.executable, module, args, watch_stdin=watch_stdin)


def python_child(
    module: str, args: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a module in this Python, with three pipes; it ends when its stdin closes.

    :param environment: variables besides those of this process.
    :raises OSError: if it cannot be started.
    """
    return _start(python_command(module, args), environment or {})


def blender_command(
    runtime: BlenderRuntime,
    module: str,
    args: Sequence[str] = (),
    *,
    user_preferences: bool = False,
    autoexec: bool = False,
) -> list[str]:
    """Return the command line that runs a module inside a background Blender.

    The module looks after its stdin itself (:func:`.lifeline.hold`).

    :param user_preferences: start with the user's preferences and add-ons, as rendering does, since
        they hold the choice of the GPU; otherwise factory settings. The bpy wheel knows no others.
    :param autoexec: scripts inside .blend files may run.
    """
    if runtime.is_wheel:
        return _python(str(runtime.program), module, args, watch_stdin=False)
    return [
        str(runtime.program),
        "--background",
        *([] if user_preferences else ["--factory-startup"]),
        "--enable-autoexec" if autoexec else "--disable-autoexec",
        # Only what comes after this option exits with it.
        "--python-exit-code",
        "1",
        "--python",
        str(BOOT_FILE),
        "--",
        str(PACKAGE_FOLDER),
        module,
        *args,
    ]


def blender_child(
    runtime: BlenderRuntime,
    module: str,
    args: Sequence[str] = (),
    *,
    user_preferences: bool = False,
    autoexec: bool = False,
) -> subprocess.Popen[bytes]:
    """Start :func:`blender_command`, with three pipes.

    :raises OSError: if it cannot be started.
    """
    command = blender_command(
        runtime, module, args, user_preferences=user_preferences, autoexec=autoexec
    )
    return _start(command, has_secrets=False)


def popen_options(program: Path | str) -> dict[str, Any]:
    """Return the ``subprocess.Popen`` options that all attached children share: a process group of
    their own, no console window, the environment for ``program``."""
    options: dict[str, Any] = {"env": environment_for(program)}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    else:
        options["process_group"] = 0
    return options


class DetachedChild:
    """A process that outlives this one.

    While this one lives it takes note of the other's end, so that no zombie stays.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._ended = threading.Event()
        threading.Thread(target=self._reap, name="farm-reaper", daemon=True).start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def poll(self) -> int | None:
        """Return its exit status, negative for a signal, or None while it runs."""
        return self._process.returncode if self._ended.is_set() else None

    def wait(self, timeout_s: float) -> int | None:
        """Wait for its end, at most so long; return what :meth:`poll` returns then."""
        self._ended.wait(timeout_s)
        return self.poll()

    def _reap(self) -> None:
        self._process.wait()
        self._ended.set()


def detached_child(module: str, args: Sequence[str], log_path: Path) -> DetachedChild:
    """Start a module in this Python as a process that outlives this one.

    It has a session of its own, stdin from the null device, and the folder of its log as working
    directory, so that it keeps no other folder in use.

    :param args: paths among them must be absolute.
    :param log_path: absolute; its output is appended; the folder is made.
    :raises OSError: if it cannot be started.
    """
    log_path.parent.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    else:
        options["start_new_session"] = True
    with open(log_path, "ab") as log:
        process = subprocess.Popen(
            python_command(module, args, watch_stdin=False),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=log_path.parent,
            env=environment_without_secrets(sys.executable),
            **options,
        )
    return DetachedChild(process)


def end_child(process: subprocess.Popen[bytes], grace_s: float = _GRACE_S) -> int:
    """Close a child's stdin, wait for it, kill it where it stays; return its exit status."""
    close_stdin(process)
    try:
        return process.wait(grace_s)
    except subprocess.TimeoutExpired:
        kill_child(process)
        return process.wait(_KILL_WAIT_S)


def close_stdin(process: subprocess.Popen[bytes]) -> None:
    """Close the pipe that a child lives by. A child that is gone already is fine."""
    if process.stdin is not None:
        with suppress(OSError):  # it left without reading all that was sent
            process.stdin.close()


def kill_child(process: subprocess.Popen[bytes]) -> None:
    """Kill a child and what it has started, now. One that is gone already is fine."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError):  # it left in this moment
        os.killpg(process.pid, signal.SIGKILL)


def _python(program: str, module: str, args: Sequence[str], *, watch_stdin: bool) -> list[str]:
    is_isolated = program == sys.executable and sys.flags.isolated
    return [
        program,
        # -P: this folder's modules are no top-level modules. -I includes it.
        "-I" if is_isolated else "-P",
        str(BOOT_FILE),
        *([WATCH_STDIN] if watch_stdin else []),
        str(PACKAGE_FOLDER),
        module,
        *args,
    ]


def _start(
    command: list[str],
    environment: Mapping[str, str] | None = None,
    *,
    has_secrets: bool = True,
) -> subprocess.Popen[bytes]:
    options = popen_options(command[0])
    if not has_secrets:  # Blender as a module is this very Python
        options["env"] = environment_without_secrets(command[0])
    options["env"].update(environment or {})
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )
