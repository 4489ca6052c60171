# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fold over a release's journal."""

from __future__ import annotations

from typing import Any

import pytest

from farm_addon.core.errors import RecordError
from farm_addon.core.frames import Frames
from farm_addon.core.ports import ManagerAddress
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.events import fold
from farm_addon.core.release.jobs import PlannedJob

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
    snapshot="/home/mia/snapshots/1.blend",
    has_unsaved_edits=True,
)
PLANNED: dict[str, Any] = {"event": "planned", "jobs": [JOB.to_json()], "drop": []}
FROZEN = {"event": "frozen", "job": "sh010", "attempt": 1, "inputs": "ab", "render_key": "k"}
SENDING = {
    "event": "submitting",
    "job": "sh010",
    "attempt": 1,
    "submission": "s1",
    "manager": {"url": "http://farm:8080"},
}
SENT = {"event": "submitted", "job": "sh010", "attempt": 1, "submission": "s1", "job_id": "j1"}


def test_a_submission_is_unanswered_until_its_answer_is_noted() -> None:
    job = fold("ep01", "id", [PLANNED, FROZEN, SENDING]).jobs["sh010"]
    assert job.attempt is not None
    assert [one.id for one in job.attempt.unanswered] == ["s1"]
    assert job.attempt.submitted is None
    job = fold("ep01", "id", [PLANNED, FROZEN, SENDING, SENT]).jobs["sh010"]
    assert job.attempt is not None
    assert job.attempt.unanswered == []
    assert job.attempt.submitted is not None
    assert job.attempt.submitted.manager == ManagerAddress(url="http://farm:8080")


def test_a_refused_submission_is_neither() -> None:
    refused = {"event": "refused", "job": "sh010", "attempt": 1, "submission": "s1"}
    attempt = fold("ep01", "id", [PLANNED, FROZEN, SENDING, refused]).jobs["sh010"].attempt
    assert attempt is not None
    assert (attempt.unanswered, attempt.submitted) == ([], None)


def test_freezing_uses_the_snapshot_up() -> None:
    assert fold("ep01", "id", [PLANNED]).jobs["sh010"].plan.snapshot
    plan = fold("ep01", "id", [PLANNED, FROZEN]).jobs["sh010"].plan
    assert (plan.snapshot, plan.has_unsaved_edits) == ("", False)


def test_a_dropped_job_comes_back_when_it_is_planned_again() -> None:
    dropped = {"event": "planned", "jobs": [], "drop": ["sh010"]}
    assert fold("ep01", "id", [PLANNED, dropped]).planned() == []
    assert len(fold("ep01", "id", [PLANNED, dropped, PLANNED]).planned()) == 1


def test_events_of_an_unknown_kind_are_passed_over() -> None:
    assert len(fold("ep01", "id", [{"event": "applauded"}, PLANNED]).jobs) == 1


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"event": "frozen", "job": "nobody", "attempt": 1, "inputs": "", "render_key": ""},
        {**FROZEN, "attempt": 7},
        {**SENDING, "attempt": 0},
        {**SENT, "submission": "never begun"},
        {"event": "planned", "jobs": [{**JOB.to_json(), "source": {"volume": "../x"}}], "drop": []},
        {"event": "planned", "jobs": 3, "drop": []},
        {"event": "harvesting", "delivery": "d1", "jobs": 3},
    ],
)
def test_an_event_that_makes_no_sense_names_its_line(event: dict[str, Any]) -> None:
    with pytest.raises(RecordError, match="line 2 of the journal of release 'ep01'"):
        fold("ep01", "id", [PLANNED, event])
