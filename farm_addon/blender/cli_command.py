# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line inside this Blender's own process: ``blender --command farm …``."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, TextIO

import bpy

INTERRUPTED = 130


def run(argv: Sequence[str]) -> int:
    """Run the command line; called by Blender, which then exits with what is returned.

    Blender, other extensions and libraries print to the same stdout. So the real one is kept for
    the command line's results, and everything else that is printed from now on goes to stderr.
    """
    stdout = take_stdout()
    # Blender installs no handler, and Ctrl-C would pass a sleeping command by.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return run_command_line(argv, stdout)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        flush(stdout)


def run_command_line(argv: Sequence[str], stdout: TextIO) -> int:
    """Run the command line with this Blender's answers to what it would ask the surroundings.

    :param stdout: where results go.
    :return: its exit status.
    """
    from ..cli.__main__ import main

    if not bpy.app.online_access:
        argv = with_options(argv, "--offline")
    return main(argv, stdout=stdout, blender_default=bpy.app.binary_path or sys.executable)


def with_options(argv: Sequence[str], *options: str) -> list[str]:
    """Return a command line with options added, before a ``--`` after which there can be none."""
    end = list(argv).index("--") if "--" in argv else len(argv)
    return [*argv[:end], *options, *argv[end:]]


def take_stdout() -> TextIO:
    """Return the process's stdout, and let descriptor 1 lead to stderr until the process ends."""
    sys.stdout.flush()
    own = os.dup(1)
    os.dup2(2, 1)
    return open(own, "w", encoding="utf-8", errors="backslashreplace", newline="")


def flush(stdout: TextIO) -> None:
    """Bring the last results out, where somebody still reads them."""
    with contextlib.suppress(BrokenPipeError):
        stdout.close()


_handles: list[Any] = []


def register() -> None:
    """Add the command."""
    _handles.append(bpy.utils.register_cli_command("farm", run))


def unregister() -> None:
    """Take the command away."""
    while _handles:
        bpy.utils.unregister_cli_command(_handles.pop())
