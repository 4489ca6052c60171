# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The view keeps what runs apart, and lets go of children without waiting for them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

import pytest

from farm_addon.blender.child import Child
from farm_addon.blender.messages import Status
from farm_addon.blender.run import CommandLine, Run, Section
from farm_addon.blender.state import Activity, Ending, Outcome, View
from tests.panel.children import DEADLINE_S, child, take_until

PROGRAMS = {
    "long": 'leave_with_stdin(); say("status", text="long"); time.sleep(60)',
    "stubborn": """
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        leave_with_stdin()
        say("status", text="stubborn")
        time.sleep(60)
        """,
    "good": 'say("status", text="good")',
}


def launch(command: CommandLine, environment: Mapping[str, str]) -> Child:
    return child(PROGRAMS[command[0]])


def say_nothing(data: Mapping[str, object]) -> str:
    return ""


@pytest.fixture
def view() -> Iterator[View]:
    one = View(launch)
    yield one
    one.close()


def activity(view: View, section: Section, program: str, release: str = "ep01") -> Activity:
    run = Run(section, program, [(program,)], view.launcher)
    return Activity(run, say_nothing, release=release)


def hear(one: Activity, word: str) -> None:
    take_until(one.run, lambda message: message == Status(word))


def drain(runs: Sequence[Run]) -> None:
    """Take from runs as the pump does, until they are over."""
    deadline = time.monotonic() + DEADLINE_S
    while not all(run.is_over for run in runs):
        assert time.monotonic() < deadline
        for run in runs:
            run.take(timeout_s=0.02)


def test_replacing_the_follower_does_not_wait(view: View) -> None:
    first = activity(view, Section.JOBS, "stubborn")
    view.watch(first)
    hear(first, "stubborn")
    before = time.perf_counter()
    second = activity(view, Section.JOBS, "long")
    view.watch(second)
    assert time.perf_counter() - before < 0.5
    assert (view.watcher, view.retired) == (second, [first.run])


def test_retired_children_leave_and_say_nothing_more(view: View) -> None:
    first = activity(view, Section.JOBS, "long")
    view.watch(first)
    hear(first, "long")
    view.stop_watching()
    assert view.watcher is None
    drain(view.retired)
    assert first.run.exit_status == 130


def test_a_child_that_was_not_started_yet_is_over_at_once(view: View) -> None:
    one = activity(view, Section.DETAIL, "good")
    view.put_beside(one)
    view.retire(one)
    assert (view.beside, view.retired) == ({}, [])
    assert one.run.is_over
    assert one.run.started == 0


def test_at_most_one_runs_beside_in_each_section(view: View) -> None:
    first, second = (activity(view, Section.DETAIL, "long") for _ in range(2))
    other = activity(view, Section.FRESHNESS, "long")
    view.put_beside(first)
    hear(first, "long")
    view.put_beside(other)
    view.put_beside(second)
    assert view.beside == {Section.DETAIL: second, Section.FRESHNESS: other}
    assert view.retired == [first.run]
    assert view.running() == [other, second]


def test_another_file_forgets_all_but_what_a_person_started(view: View) -> None:
    view.verb = activity(view, Section.RELEASE, "long")
    view.watch(activity(view, Section.JOBS, "long"))
    view.put_beside(activity(view, Section.DETAIL, "long"))
    view.outcomes[Section.RELEASE] = Outcome(Ending.DONE, "done")
    view.jobs.take_row("jobs", "a", {"state": "queued"})
    view.freshness_due_s = 5.0
    view.forget_file()
    assert view.running() == [view.verb]
    assert (view.outcomes, view.jobs.lines, view.jobs.release) == ({}, {}, "")
    assert view.freshness_due_s is None


def test_the_rows_stay_when_the_same_release_is_followed_again(view: View) -> None:
    view.watch(activity(view, Section.JOBS, "good"))
    view.jobs.take_row("jobs", "a", {"state": "queued"})
    view.watch(activity(view, Section.JOBS, "good"))
    assert list(view.jobs.lines) == ["a"]
    view.watch(activity(view, Section.JOBS, "good", release="ep02"))
    assert list(view.jobs.lines) == []


def test_closing_ends_all_children_together(view: View) -> None:
    many = [activity(view, Section.JOBS, "stubborn") for _ in range(3)]
    for one in many:
        view.watch(one)
        hear(one, "stubborn")
    before = time.perf_counter()
    view.close()
    assert time.perf_counter() - before < 8.0
    assert all(one.run.is_over for one in many)
    assert (view.running(), view.retired) == ([], [])


def test_another_farm_takes_all_tables_and_stops_what_runs_but_not_the_verb(view: View) -> None:
    verb = view.verb = activity(view, Section.RELEASE, "long")
    watcher = activity(view, Section.JOBS, "long")
    view.watch(watcher)
    hear(verb, "long")
    hear(watcher, "long")
    view.jobs.take_row("jobs", "a", {"state": "active"})
    view.farm.take_row("farm", "manager", {"answers": True})
    view.plan.take_row("scenes", "Scene", {})
    view.forget_farm()
    assert (view.verb, view.watcher, view.retired) == (verb, None, [watcher.run])
    assert (view.jobs.lines, view.plan.lines, view.farm.manager) == ({}, {}, None)
