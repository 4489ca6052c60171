# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other Blenders that a test starts, and Ctrl-C for them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TIMEOUT_S = 120.0

BEFORE_US = re.compile(r"\d\d:\d\d\.\d+ |Blender \d|Read (blend|prefs)|\(null\)|Color management:")
"""Lines that Blender prints while it starts."""


def run(command: list[str], status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; it must exit with the status."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=TIMEOUT_S,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done


def results(done: subprocess.CompletedProcess[str]) -> str:
    """Return what our command printed: all but what Blender says before it calls us."""
    lines = done.stdout.splitlines(keepends=True)
    while lines and (BEFORE_US.match(lines[0]) or not lines[0].strip()):
        del lines[0]
    return "".join(lines)


def run_json(command: list[str], status: int = 0) -> dict[str, Any]:
    """Run a command whose results are one JSON document and nothing else; return it."""
    document: dict[str, Any] = json.loads(results(run(command, status)))
    return document


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """Give a file whose reader waits for ever: a pipe."""
    path = folder / "held.json"
    os.mkfifo(path)
    try:
        yield path
    finally:
        path.unlink()


def interrupt_while_reading(command: list[str], pipe: Path) -> int:
    """Start a command, press Ctrl-C when it reads the pipe; return its exit status."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        writer = _open_when_read(pipe, process)
        try:
            process.send_signal(signal.SIGINT)
            return process.wait(TIMEOUT_S)
        finally:
            os.close(writer)
    finally:
        process.kill()
        process.wait()


def _open_when_read(pipe: Path, process: subprocess.Popen[bytes]) -> int:
    """Open the pipe's other end; that is possible as soon as somebody reads it."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"nobody read '{pipe}'; the command ended with {process.returncode}")
