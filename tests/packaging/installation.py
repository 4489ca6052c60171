# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves that children start, and end, from one installation of the package."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

PROBE = Path(__file__).with_name("probe.py")
READY_TIMEOUT_S = 120.0
GONE_TIMEOUT_S = 20.0


def prove_children(command: Sequence[str], env: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Run the probe, read its report, kill it, and see that all of its children go but the local
    manager, which is ended then.

    :param command: starts the probe; has its arguments.
    :param folder: empty, the one that the probe was given.
    :return: the probe's report.
    """
    with open(folder / "probe.log", "wb") as log:
        probe = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=dict(env),
        )
    manager = 0
    try:
        report = _report(probe, folder)
        manager = int(report["manager"]["pid"])
        living = {"manager": manager, **report["living"]}
        assert {name for name, pid in living.items() if not is_alive(pid)} == set()
        probe.kill()
        probe.wait(GONE_TIMEOUT_S)
        for name, pid in report["living"].items():
            wait_until(lambda pid=pid: not is_alive(pid), GONE_TIMEOUT_S, f"{name} outlived us")
        assert is_alive(manager)
        return report
    finally:
        probe.kill()
        probe.wait(GONE_TIMEOUT_S)
        assert probe.stdin
        probe.stdin.close()
        if manager:
            os.kill(manager, signal.SIGTERM)
            wait_until(lambda: not is_alive(manager), GONE_TIMEOUT_S, "the local manager stays")


def _report(probe: subprocess.Popen[bytes], folder: Path) -> dict[str, Any]:
    path = folder / "report.json"
    wait_until(lambda: path.exists() or probe.poll() is not None, READY_TIMEOUT_S, "no report")
    if not path.exists():
        log = (folder / "probe.log").read_text(encoding="utf-8", errors="replace")
        raise AssertionError(f"the probe ended with {probe.returncode}:\n{log}")
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


def wait_until(is_so: Callable[[], bool], timeout_s: float, problem: str) -> None:
    """Look again and again until something is so.

    :raises AssertionError: if it is not by then.
    """
    deadline = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline, problem
        threading.Event().wait(0.05)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that nobody has reaped yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def surroundings(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment whose user folders lie below ``folder``."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("FARM_", "BLENDER"))}
    env.pop("PYTHONPATH", None)
    return env | {"XDG_STATE_HOME": str(folder / "state"), **more}
