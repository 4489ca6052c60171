# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the record says about deliveries, made, undone and stopped in between."""

from __future__ import annotations

from typing import Any

import pytest

from farm_addon.core.errors import RecordError
from farm_addon.core.frames import Frames
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.events import fold
from farm_addon.core.release.jobs import PlannedJob
from farm_addon.core.release.record import JobState, Release

JOB = PlannedJob(
    "sh010",
    RecordedPath("shots/sh010.blend"),
    "Main",
    Frames(range(1, 5)),
    64,
    36,
    "CYCLES",
    "PNG",
    ".png",
)
PLANNED: dict[str, Any] = {"event": "planned", "jobs": [JOB.to_json()], "drop": []}
FROZEN = {
    "event": "frozen",
    "job": "sh010",
    "attempt": 1,
    "inputs": "ab",
    "render_key": JOB.render_key(),
}
BEGIN = [PLANNED, FROZEN]


def harvesting(delivery: str, attempt: int, frames: str, **more: Any) -> dict[str, Any]:
    replaces = {"replaces": True} if more.pop("replaces", False) else {}
    jobs = {"sh010": {"attempt": attempt, "frames": frames, **more}}
    return {"event": "harvesting", "delivery": delivery, "jobs": jobs, **replaces}


def done(kind: str, delivery: str, **more: Any) -> dict[str, Any]:
    return {"event": kind, "delivery": delivery, **more}


def release(*events: dict[str, Any]) -> Release:
    return fold("ep01", "id", [*BEGIN, *events])


def job(*events: dict[str, Any]) -> JobState:
    return release(*events).jobs["sh010"]


def frames_of(state: JobState) -> list[tuple[int, str]]:
    return [(one.attempt, one.frames.text()) for one in state.delivered]


FIRST = [harvesting("d1", 1, "1-4"), done("harvested", "d1")]
NEXT = {**FROZEN, "attempt": 2}


def test_a_delivery_that_is_under_way_is_not_there_yet() -> None:
    found = release(FIRST[0])
    assert found.harvesting is not None
    assert found.harvesting.is_cleared
    assert not found.jobs["sh010"].delivered


def test_frames_lie_in_the_delivery_once_it_is_done() -> None:
    state = job(*FIRST)
    assert frames_of(state) == [(1, "1-4")]
    assert state.is_delivered


def test_a_replacing_delivery_is_cleared_only_when_that_is_noted() -> None:
    begun = harvesting("d2", 2, "1-4", replaces=True)
    found = release(*FIRST, NEXT, begun)
    assert found.harvesting is not None
    assert not found.harvesting.is_cleared
    found = release(*FIRST, NEXT, begun, done("cleared", "d2"))
    assert found.harvesting is not None
    assert found.harvesting.is_cleared


def test_new_frames_take_the_place_of_old_ones_and_others_stay() -> None:
    assert frames_of(job(*FIRST, NEXT, harvesting("d2", 2, "2,3"), done("harvested", "d2"))) == [
        (1, "1,4"),
        (2, "2,3"),
    ]


def test_frames_that_the_job_no_longer_has_are_gone() -> None:
    second = harvesting("d2", 2, "1,2", gone="3,4", replaces=True)
    ends = done("cleared", "d2"), done("harvested", "d2")
    assert frames_of(job(*FIRST, NEXT, second, *ends)) == [(2, "1,2")]


def test_frames_that_vanished_are_not_delivered() -> None:
    state = job(FIRST[0], done("harvested", "d1", missing={"sh010": "2"}))
    assert frames_of(state) == [(1, "1,3,4")]
    assert not state.is_delivered


def test_a_job_keeps_the_template_that_named_it() -> None:
    named = harvesting("d1", 1, "1-4", dist_name="{frame}.{ext}")
    assert job(named, FIRST[1]).delivered[0].dist_name == "{frame}.{ext}"


def test_undoing_brings_back_what_was_there() -> None:
    second = [harvesting("d2", 2, "1-4", replaces=True), done("cleared", "d2")]
    events = [*FIRST, NEXT, *second, done("harvested", "d2"), done("unharvesting", "d2")]
    found = release(*events)
    assert found.unharvesting is not None
    assert not found.unharvesting.is_cleared
    found = release(*events, done("cleared", "d2"), done("unharvested", "d2"))
    assert frames_of(found.jobs["sh010"]) == [(1, "1-4")]
    assert [one.id for one in found.deliveries] == ["d1"]


def test_what_is_archived_or_restored_is_closed() -> None:
    archived = {"event": "archived", "archive": "a", "sha256": "s", "size_bytes": 1, "kept": True}
    restored = {"event": "restored", "sha256": "s"}
    for event in (archived, restored):
        assert release(*FIRST, event).deliveries[0].is_archived
    assert not release(*FIRST).deliveries[0].is_archived


@pytest.mark.parametrize(
    "event",
    [
        done("harvested", "d9"),
        done("cleared", "d9"),
        done("unharvesting", "d9"),
        done("unharvested", "d1"),
        harvesting("d2", 1, "one"),
        {"event": "harvesting", "delivery": "d2", "jobs": {"sh010": {}}},
    ],
)
def test_an_event_that_does_not_fit_is_an_error(event: dict[str, Any]) -> None:
    with pytest.raises(RecordError, match="line 5"):
        release(*FIRST, event)


def test_names_that_are_planned_anew_count_until_something_is_delivered() -> None:
    import dataclasses

    renamed = dataclasses.replace(JOB, dist_name="{frame}.{ext}")
    again = {"event": "planned", "jobs": [renamed.to_json()], "drop": []}
    before, after = job(again).attempt, job(*FIRST, again).attempt
    assert before is not None
    assert after is not None
    assert (before.plan.dist_name, after.plan.dist_name) == ("{frame}.{ext}", "")
