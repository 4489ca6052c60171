# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line on one volume, as processes of its own with a real Blender, to be killed."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TEST_BLENDER, TEST_WHEEL_PYTHON

RELEASE = "ep01"
DEADLINE_S = 180.0
LOOK_S = 0.005

Moment = Callable[["Farm", dict[str, Any]], bool]
"""Tells whether it has come. It is asked about each event of the process, and in between (with an
empty event), since the journal may have grown."""


class Farm:
    """Runs verbs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._options = ["--volume", str(root), "--blender", TEST_BLENDER or TEST_WHEEL_PYTHON]

    @property
    def folder(self) -> Path:
        """The release's folder."""
        return self.root / "releases" / RELEASE

    @property
    def dist(self) -> Path:
        """The release's delivery."""
        return self.root / "dist" / RELEASE

    def run(self, *words: str) -> dict[str, Any]:
        """Run a verb to its end; return its result."""
        with self._start(*words, "--json") as process:
            out, err = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0, out + err
        result: dict[str, Any] = json.loads(out)["result"]
        return result

    def kill(self, moment: Moment, *words: str) -> bool:
        """Run a verb and kill its process as soon as a moment has come.

        :return: whether it was killed; the verb may have been quicker.
        """
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        with self._start(*words, "--events") as process:
            reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
            reader.start()
            try:
                for event in _events(lines):
                    if moment(self, event):
                        break
            finally:
                process.kill()
                errors = process.stderr.read() if process.stderr else ""
                process.wait(DEADLINE_S)
                reader.join(DEADLINE_S)
        assert process.returncode <= 0, errors
        return process.returncode < 0

    def kill_manager(self) -> None:
        """Kill the local manager; the next verb that needs it starts it again."""
        os.kill(self.run("manager", "status")["pid"], signal.SIGKILL)

    def orphans(self) -> list[str]:
        """Return the command lines of processes that work on this volume, but for the local
        manager; once they had the time to notice that their parent is gone. Linux alone tells."""
        end = time.monotonic() + DEADLINE_S
        while found := [one for one in _command_lines() if str(self.root) in one]:
            if time.monotonic() > end:
                break
            threading.Event().wait(LOOK_S)
        return found

    def _start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "farm_addon.cli", *words, *self._options],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "BLENDER": ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def journal(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of one kind; a last line that is torn is none."""
        try:
            text = (self.folder / "journal.jsonl").read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        events = [json.loads(line) for line in text.splitlines(keepends=True) if line[-1] == "\n"]
        return [event for event in events if event["event"] == kind]


def _command_lines() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has just ended
        if "farm_addon.local_manager" not in line:
            yield line


def _read(process: subprocess.Popen[str], lines: queue.SimpleQueue[str | None]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(None)


def _events(lines: queue.SimpleQueue[str | None]) -> Iterator[dict[str, Any]]:
    """Yield a process's events, and an empty one whenever there is none yet."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        try:
            line = lines.get(timeout=LOOK_S)
        except queue.Empty:
            yield {}
            continue
        if line is None:
            return
        if line.endswith("\n"):
            yield json.loads(line)
    raise AssertionError("the verb did not end in time")


def progress(topic: str, done: int = 0) -> Moment:
    """Return the moment when so much of something is done."""
    return lambda _farm, event: (
        event.get("event") == "progress" and event["topic"] == topic and event["done"] >= done
    )


def noted(kind: str, count: int = 1) -> Moment:
    """Return the moment when the journal has so many events of a kind."""
    return lambda farm, _event: len(farm.journal(kind)) >= count


def make_blend(script: str, folder: Path, **names: Any) -> None:
    """Let a Blender run a script that makes files; names in capitals are replaced.

    Skips the test where there is no Blender.
    """
    for name, value in names.items():
        script = script.replace(name, repr(value))
    path = folder / "make_file.py"
    path.write_text(script, encoding="utf-8")
    if TEST_BLENDER:
        command = [TEST_BLENDER, "-b", "--factory-startup", "--python"]
    elif TEST_WHEEL_PYTHON:
        command = [TEST_WHEEL_PYTHON]
    else:
        pytest.skip("no Blender was given to test with (scripts/test.py does)")
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=DEADLINE_S)
