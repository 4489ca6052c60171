# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a process is surely gone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm_addon.core.storage import processes
from farm_addon.core.storage.processes import is_alive, process_started

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
NO_SUCH_PID = 2**22 + 7  # above Linux's greatest process number


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits until its stdin closes."""
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    ) as process:
        yield process
        process.kill()


def test_this_process_is_alive_under_its_own_start() -> None:
    started = process_started(os.getpid())
    assert started is not None
    assert started == process_started(os.getpid())
    assert is_alive(os.getpid(), started)
    assert is_alive(os.getpid())


def test_a_process_that_ended_is_gone(child: subprocess.Popen[bytes]) -> None:
    started = process_started(child.pid)
    assert is_alive(child.pid, started)
    child.kill()
    child.wait()
    assert not is_alive(child.pid, started)
    assert not is_alive(child.pid)
    assert process_started(child.pid) is None


@linux_only
def test_a_zombie_is_gone(child: subprocess.Popen[bytes]) -> None:
    started = process_started(child.pid)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it ended, and is not reaped yet
    assert Path(f"/proc/{child.pid}/stat").exists()
    assert not is_alive(child.pid, started)
    assert not is_alive(child.pid)


def test_another_process_with_the_same_number_is_not_taken_for_it() -> None:
    started = process_started(os.getpid())
    assert started is not None
    assert not is_alive(os.getpid(), started + "0")


def test_a_process_of_another_boot_or_container_may_be_there() -> None:
    started = process_started(os.getpid())
    assert started is not None
    assert is_alive(NO_SUCH_PID, "elsewhere/" + started)
    assert is_alive(NO_SUCH_PID, "nonsense")


@pytest.mark.parametrize("pid", [0, -1, NO_SUCH_PID, 2**70])
def test_numbers_that_are_no_process_are_gone(pid: int) -> None:
    assert not is_alive(pid)
    assert process_started(pid) is None


@linux_only
def test_a_process_that_proc_hides_is_not_taken_for_gone(
    monkeypatch: pytest.MonkeyPatch, child: subprocess.Popen[bytes]
) -> None:
    started = process_started(child.pid)
    monkeypatch.setattr(processes, "_linux_stat", lambda _pid: None)
    assert is_alive(child.pid, started)


@linux_only
def test_the_name_of_a_program_cannot_fool_us(tmp_path: Path) -> None:
    program = tmp_path / "a) Z 1 ("
    shutil.copy("/bin/cat", program)
    with subprocess.Popen([program], stdin=subprocess.PIPE) as process:
        deadline = time.monotonic() + 10
        while b"Z 1" not in Path(f"/proc/{process.pid}/stat").read_bytes():
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)
        assert is_alive(process.pid, process_started(process.pid))


@pytest.mark.skipif(shutil.which("ps") is None, reason="there is no ps")
def test_ps_tells_when_a_process_began(child: subprocess.Popen[bytes]) -> None:
    """The way of macOS, which other POSIX systems have too."""
    started = processes._started_by_ps(child.pid)
    assert started is not None
    assert str(time.gmtime().tm_year) in started
    child.kill()
    child.wait()
    assert processes._started_by_ps(child.pid) is None
