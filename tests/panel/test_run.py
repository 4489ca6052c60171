# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several command lines as one thing that a person started."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from farm_addon.blender.child import Child
from farm_addon.blender.messages import Done, Failure, Status
from farm_addon.blender.run import CommandLine, Run, Section
from farm_addon.core.errors import BlenderError
from tests.panel.children import DEADLINE_S, child, take_all, take_until

PROGRAMS = {
    "good": 'say("status", text="good")',
    "bad": 'say("error", message="no"); sys.exit(1)',
    "long": 'leave_with_stdin(); say("status", text="long"); time.sleep(60)',
}


def launch(command: CommandLine, environment: Mapping[str, str]) -> Child:
    return child(PROGRAMS[command[0]])


def run_of(*verbs: str, ended: list[int | None] | None = None) -> Run:
    heard = ended if ended is not None else []
    commands = [(verb,) for verb in verbs]
    return Run(
        Section.RELEASE, "t", commands, launch, on_end=lambda run: heard.append(run.exit_status)
    )


def test_the_second_starts_when_the_first_is_done() -> None:
    ended: list[int | None] = []
    run = run_of("good", "good", ended=ended)
    assert take_all(run) == [Status("good"), Status("good"), Done(0)]
    assert (run.exit_status, run.started, ended) == (0, 2, [0])


def test_the_second_does_not_start_when_the_first_fails() -> None:
    ended: list[int | None] = []
    run = run_of("bad", "good", ended=ended)
    assert take_all(run) == [Failure("no"), Done(1)]
    assert (run.exit_status, run.started, ended) == (1, 1, [1])


def test_nothing_comes_after_the_end() -> None:
    run = run_of("good")
    take_all(run)
    assert run.take() is None


def test_cancel_stops_it_before_the_next() -> None:
    run = run_of("long", "good")
    take_until(run, lambda message: message == Status("long"))
    run.cancel()
    assert take_all(run)[-1] == Done(130)
    assert run.is_cancelled
    assert run.started == 1


def test_cancel_before_the_first_message_is_a_cancel_too() -> None:
    run = run_of("good")
    run.cancel()
    assert take_all(run) == [Done(130)]
    assert run.started == 0


def test_close_tells_its_end_once() -> None:
    ended: list[int | None] = []
    run = run_of("long", ended=ended)
    take_until(run, lambda message: message == Status("long"))
    run.close()
    run.close()
    assert ended == [130]
    assert run.is_over


def test_a_child_that_cannot_be_started_is_a_failure() -> None:
    def refuse(command: CommandLine, environment: Mapping[str, str]) -> Child:
        raise BlenderError("this Python does not know its own program")

    run = Run(Section.JOBS, "t", [("status",), ("status",)], refuse)
    failure, done = take_all(run)
    assert isinstance(failure, Failure)
    assert failure.message.startswith("'farm status' cannot be started: this Python")
    assert done == Done(1)


def test_what_is_prepared_runs_first_and_not_before_it_was_announced() -> None:
    prepared: list[str] = []
    run = run_of("good")

    def prepare() -> list[CommandLine]:
        prepared.append("now")
        return [("good",)]

    run.prepare = prepare
    assert run.take() is None
    assert prepared == []
    assert take_all(run) == [Status("good"), Status("good"), Done(0)]
    assert prepared == ["now"]


def test_a_run_may_have_nothing_but_what_is_prepared() -> None:
    run = run_of()
    run.prepare = lambda: [("good",)]
    assert take_all(run) == [Status("good"), Done(0)]


def test_what_cannot_be_prepared_is_a_failure() -> None:
    ended: list[int | None] = []
    run = run_of("good", ended=ended)

    def prepare() -> list[CommandLine]:
        raise BlenderError("the disk is full", hint="make room")

    run.prepare = prepare
    assert take_all(run) == [Failure("the disk is full", "make room"), Done(1)]
    assert (run.started, ended) == (0, [1])


def test_nothing_is_prepared_after_a_cancel() -> None:
    prepared: list[str] = []
    run = run_of()
    run.prepare = lambda: [(prepared.append("now") or "good",)]
    assert run.take() is None
    run.cancel()
    assert take_all(run) == [Done(130)]
    assert prepared == []


def test_what_is_written_is_written_in_a_thread_before_anything_starts() -> None:
    may_end = threading.Event()
    threads: list[str] = []

    def write() -> None:
        threads.append(threading.current_thread().name)
        assert may_end.wait(DEADLINE_S)

    run = run_of("good")
    run.write = write
    assert [run.take(), run.take()] == [None, None]
    assert run.started == 0
    may_end.set()
    assert take_all(run) == [Status("good"), Done(0)]
    assert threads == ["farm-aside"]


def test_what_cannot_be_written_is_a_failure() -> None:
    def write() -> None:
        raise BlenderError("the disk is full", hint="make room")

    run = run_of("good")
    run.write = write
    assert take_all(run) == [Failure("the disk is full", "make room"), Done(1)]
    assert run.started == 0


def test_a_disk_that_fails_is_told_as_it_says() -> None:
    def write() -> None:
        raise OSError("no such device")

    run = run_of("good")
    run.write = write
    assert take_all(run) == [Failure("no such device"), Done(1)]
