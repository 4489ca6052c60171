# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run long and talkative tools: all words into a log, a line now and then to the user."""

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from caches import SetupError, say

PROGRESS_EVERY_S = 5.0
SYSTEM_FOLDERS = "/usr/sbin:/sbin"


def run_logged(command: Sequence[str], log: IO[str]) -> None:
    """Run a command to its end.

    :raises SetupError: it is not there or ended with another status than 0; quotes its last line.
    """
    log.write(f"\n+ {' '.join(command)}\n")
    begun = told = time.monotonic()
    last = ""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_quiet_environment(),
            encoding="utf-8",
            errors="replace",
            close_fds=False,
        )
    except OSError as error:
        raise SetupError(f"{command[0]} does not start: {error.strerror}") from error
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            last = line.strip() or last
            if time.monotonic() - told >= PROGRESS_EVERY_S:
                told = time.monotonic()
                say(f"    [{told - begun:3.0f} s] {last[:100]}")
    log.flush()
    if process.returncode != 0:
        raise SetupError(f"{command[0]} ended with {process.returncode} ({last})")


def first_line(command: Sequence[str | Path]) -> str:
    """Run a command and return the first line that it prints.

    :raises SetupError: it failed or printed nothing.
    """
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if run.returncode != 0 or not run.stdout:
        raise SetupError(f"{command[0]} failed: {(run.stderr or run.stdout).strip()[-500:]}")
    return run.stdout.splitlines()[0]


def _quiet_environment() -> dict[str, str]:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    env["PATH"] = f"{env.get('PATH', os.defpath)}:{SYSTEM_FOLDERS}"
    return env
