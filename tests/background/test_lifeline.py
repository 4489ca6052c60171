# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A child is gone when its parent is, however that went."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import farm_addon
from tests.packaging.installation import is_alive, wait_until

ROOT = Path(farm_addon.__file__).parents[1]
SOON_S = 20.0

PARENT = """
import sys, threading
from farm_addon.background import launcher
child = launcher.python_child("timeit", ["-n", "1", "-r", "1", sys.argv[1]])
print(child.pid, child.stdout.readline().decode().strip(), flush=True)
threading.Event().wait()
"""
IDLE = "print('ready', flush=True); import threading; threading.Event().wait()"
BUSY = "print('ready', flush=True)\nwhile True: pass"

HOLDER = """
import os, sys, threading
from farm_addon.background import lifeline
lines = []
def leave():
    os.write(1, b"left after " + b"|".join(lines) + b"\\n")
lifeline.hold(lines.append, before_leaving=leave, exit_status=7)
os.write(1, b"stdin now gives %r\\n" % os.read(0, 10))
threading.Event().wait()
"""


@pytest.fixture
def starting() -> Iterator[ExitStack]:
    """Ends what a test has started."""
    with ExitStack() as stack:
        yield stack


def start(starting: ExitStack, code: str, *args: str) -> subprocess.Popen[bytes]:
    process = starting.enter_context(
        subprocess.Popen(
            [sys.executable, "-c", code, *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
    )
    starting.callback(process.kill)
    return process


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("work", [IDLE, BUSY], ids=["idle", "busy"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_child_ends_when_its_parent_is_killed(
    starting: ExitStack, work: str, number: signal.Signals
) -> None:
    parent = start(starting, PARENT, work)
    assert parent.stdout
    pid, word = parent.stdout.readline().split()
    assert word == b"ready"
    assert is_alive(int(pid))
    parent.send_signal(number)
    wait_until(lambda: not is_alive(int(pid)), SOON_S, "the child outlived its parent")


def test_lines_arrive_and_the_end_of_stdin_ends_the_process(starting: ExitStack) -> None:
    child = start(starting, HOLDER)
    assert child.stdin
    assert child.stdout
    # Nothing but the lifeline reads from the pipe any more.
    assert child.stdout.readline() == b"stdin now gives b''\n"
    for part in (b"one\ntw", b"o\n", b"", b"\nnot ended"):
        child.stdin.write(part)
        child.stdin.flush()
    child.stdin.close()
    assert child.stdout.readline() == b"left after one|two|\n"
    assert child.wait(SOON_S) == 7


def test_line_longer_than_allowed_ends_the_process(starting: ExitStack) -> None:
    code = HOLDER.replace("lines = []", "lines = []; lifeline.MAX_LINE_BYTES = 1 << 20")
    child = start(starting, code)
    assert child.stdin
    with pytest.raises(BrokenPipeError):
        child.stdin.write(b"x" * (64 << 20))
    assert child.wait(SOON_S) == 7


def test_watched_child_ends_as_interrupted(starting: ExitStack) -> None:
    code = "from farm_addon.background import lifeline as l; l.watch(); import threading;"
    child = start(starting, code + " threading.Event().wait()")
    assert child.stdin
    child.stdin.close()
    assert child.wait(SOON_S) == 130


def test_module_that_ends_by_itself_is_not_held_up(starting: ExitStack) -> None:
    code = "from farm_addon.background import lifeline as l; l.watch()"
    child = start(starting, code)
    assert child.wait(SOON_S) == 0
