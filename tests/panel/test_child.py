# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A child process as the panel sees it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from farm_addon.blender.child import Child
from farm_addon.blender.messages import Done, Failure, Result, Row, Status
from farm_addon.core.errors import BlenderError
from tests.panel.children import DEADLINE_S, child, process, take_all, take_until


def test_messages_come_in_order_and_end_with_the_exit_status() -> None:
    source = child("""
        say("status", text="one")
        print("Read blend: /tmp/x.blend")
        say("status", text="two")
        say("done", exit_status=0)
        """)
    assert take_all(source) == [Status("one"), Status("two"), Done(0)]
    source.close()


def test_taking_without_a_timeout_does_not_wait() -> None:
    source = child("leave_with_stdin(); time.sleep(30)")
    before = time.monotonic()
    assert source.take() is None
    assert time.monotonic() - before < 1.0
    source.close()


def test_the_real_exit_status_counts_not_the_told_one() -> None:
    source = child('say("done", exit_status=0); say("error", message="m"); sys.exit(3)')
    assert take_all(source)[-1] == Done(3)
    source.close()


def test_a_crash_without_a_word_becomes_a_failure_with_its_last_line() -> None:
    source = child('raise ValueError("the cat sat on the keyboard")')
    failure, done = take_all(source)
    assert isinstance(failure, Failure)
    assert failure.message == "the command line exited 1 without a reason"
    assert failure.hint == "ValueError: the cat sat on the keyboard"
    assert done == Done(1)
    source.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_a_child_that_is_killed_is_a_failure() -> None:
    source = child("os.kill(os.getpid(), signal.SIGKILL)")
    failure, done = take_all(source)
    assert failure == Failure("the command line was ended by signal 9 without a reason")
    assert done == Done(-9)
    source.close()


def test_a_verb_that_is_blocked_explains_itself_by_its_result() -> None:
    source = child('say("result", data={"problems": [1]}); sys.exit(1)')
    assert take_all(source) == [Result({"problems": [1]}), Done(1)]
    source.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cancels by closing stdin")
def test_cancel_lets_the_child_end_properly() -> None:
    source = child("""
        try:
            say("status", text="working")
            time.sleep(60)
        except KeyboardInterrupt:
            say("error", message="interrupted")
            sys.exit(130)
        """)
    take_until(source, lambda message: message == Status("working"))
    source.cancel()
    assert take_all(source) == [Failure("interrupted"), Done(130)]
    source.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cancels by closing stdin")
def test_a_child_that_ignores_the_interrupt_loses_its_stdin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("farm_addon.blender.child._GRACE_S", 0.2)
    source = child("""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        leave_with_stdin()
        say("status", text="deaf")
        time.sleep(60)
        """)
    take_until(source, lambda message: message == Status("deaf"))
    source.cancel()
    assert take_all(source) == [Done(130)]
    source.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cancels by closing stdin")
def test_a_child_that_ignores_everything_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("farm_addon.blender.child._GRACE_S", 0.2)
    source = child("""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        say("status", text="deaf")
        while True:
            time.sleep(60)
        """)
    take_until(source, lambda message: message == Status("deaf"))
    source.cancel()
    assert take_all(source) == [Done(130)]
    source.close()


def test_close_ends_a_running_child() -> None:
    source = child('leave_with_stdin(); say("status", text="on"); time.sleep(60)')
    take_until(source, lambda message: message == Status("on"))
    source.close()
    assert take_all(source) == [Done(130)]


def test_many_lines_of_talk_do_not_stop_the_child() -> None:
    source = child("""
        for number in range(20_000):
            print("talk " * 20, number, file=sys.stderr)
        say("status", text="through")
        """)
    assert take_all(source) == [Status("through"), Done(0)]
    source.close()


def test_a_child_is_started_in_a_thread() -> None:
    may_start = threading.Event()

    def start() -> subprocess.Popen[bytes]:
        assert may_start.wait(DEADLINE_S)
        return process('say("status", text="on")')

    source = Child(start)
    assert (source.pid, source.take()) == (None, None)
    may_start.set()
    assert take_all(source) == [Status("on"), Done(0)]
    assert source.pid is not None


def test_one_that_is_cancelled_while_it_is_started_leaves() -> None:
    is_asked, may_start = threading.Event(), threading.Event()

    def start() -> subprocess.Popen[bytes]:
        is_asked.set()
        assert may_start.wait(DEADLINE_S)
        return process("leave_with_stdin(); time.sleep(60)")

    source = Child(start)
    assert is_asked.wait(DEADLINE_S)
    source.cancel()
    may_start.set()
    assert take_all(source) == [Done(130)]


@pytest.mark.parametrize(
    "error", [OSError("no such file"), BlenderError("no such file"), ValueError("no such file")]
)
def test_one_that_cannot_be_started_is_a_failure(error: Exception) -> None:
    def start() -> subprocess.Popen[bytes]:
        raise error

    source = Child(start)
    message = "the command line cannot be started: no such file"
    assert take_all(source) == [Failure(message), Done(1)]
    source.close()


def test_a_muted_child_tells_its_end_alone() -> None:
    source = child("""
        say("status", text="on")
        sys.stdin.readline()
        say("status", text="off")
        """)
    take_until(source, lambda message: message == Status("on"))
    source.mute()
    source.hurry()
    assert take_all(source) == [Done(0)]


def test_a_thousand_rows_are_heard_in_order() -> None:
    source = child("""
        for number in range(1000):
            say("row", table="jobs", key=str(number), values={"state": "queued"})
        """)
    keys = [message.key for message in take_all(source) if isinstance(message, Row)]
    assert keys == [str(number) for number in range(1000)]
