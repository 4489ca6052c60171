# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.flamenco import wire
from tests.fakes.wire_server import recorded

ID = "3afb0cb2-e86b-4aac-a4df-62e018fecaa1"


def test_a_recorded_job_is_read_whole() -> None:
    job = wire.job(recorded("3.9-beta1")["job active"]["answer"]["body"])
    assert (job.name, job.status, job.priority) == ("summer/shot_010", "active", 50)
    assert (job.steps_completed, job.steps_total) == (1, 3)
    assert job.metadata["farm_job"] == "shot_010"
    assert job.settings["frames"] == "1-3"
    assert job.activity
    assert not job.is_deletion_requested


def test_a_job_of_an_old_manager_has_no_steps() -> None:
    job = wire.job(recorded("3.2")["job active"]["answer"]["body"])
    assert (job.steps_completed, job.steps_total) == (0, 0)


def test_members_of_the_wrong_type_are_left_out() -> None:
    job = wire.job(
        {
            "id": ID,
            "status": "some-new-word",
            "name": 7,
            "priority": True,
            "steps_total": 1e300,
            "settings": [1],
            "metadata": {"a": "b", "c": 1, "d": None},
            "delete_requested_at": "2026-01-01T00:00:00Z",
            "unknown": {},
        }
    )
    assert (job.name, job.status, job.priority, job.steps_total) == ("", "some-new-word", 0, 0)
    assert (job.settings, job.metadata) == ({}, {"a": "b"})
    assert job.is_deletion_requested


@pytest.mark.parametrize(
    "data",
    [None, [], "x", {}, {"id": ID}, {"id": "../etc", "status": "queued"},
     {"id": ID.upper(), "status": "queued"}, {"id": 3, "status": "queued"}],
)  # fmt: skip
def test_what_has_no_id_or_status_is_no_job(data: Any) -> None:
    with pytest.raises(wire.WireError):
        wire.job(data)


def test_a_list_that_is_null_is_empty() -> None:
    assert wire.items({"jobs": None}, "jobs", wire.job) == []
    with pytest.raises(wire.WireError):
        wire.items({"jobs": {}}, "jobs", wire.job)


def test_only_two_way_variables_are_kept() -> None:
    data = {
        "farm": {"value": "/mnt/farm", "is_twoway": True},
        "blender": {"value": "blender", "is_twoway": False},
        "odd": "text",
        "empty": {"value": "", "is_twoway": True},
    }
    assert wire.two_way_variables(data) == {"farm": "/mnt/farm"}


def test_times_of_creation_sort_whatever_their_precision() -> None:
    times = ["", "2026-04-13T12:08:58Z", "2026-04-13T12:08:58.1Z", "2026-04-13T12:08:58.123456789Z"]
    jobs = [wire.job({"id": ID, "status": "queued", "created": when}) for when in times]
    assert sorted(reversed(jobs), key=wire.when_created) == jobs


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=4),
)
MEMBERS = st.sampled_from(
    [
        "id",
        "status",
        "name",
        "settings",
        "metadata",
        "worker",
        "steps_total",
        "key",
        "etag",
        "url",
        "failed_by_workers",
    ]
)


@given(
    data=JSON | st.dictionaries(MEMBERS, JSON | st.just(ID), max_size=8),
    parse=st.sampled_from(
        [
            wire.job,
            wire.task,
            wire.worker,
            wire.job_type,
            wire.worker_tag,
            wire.task_log,
            wire.blocklist,
        ]
    ),  # fmt: skip
)
def test_any_json_is_read_or_refused(data: Any, parse: Callable[[object], Any]) -> None:
    try:
        parsed = parse(data)
    except wire.WireError:
        return
    json.dumps(str(parsed))
