# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.local_manager import bodies
from farm_addon.local_manager.bodies import BodyError, as_object, read_json
from farm_addon.local_manager.model import JobStatus, TaskStatus

JSON_TYPE = "application/json"
MINIMAL = {"name": "a", "type": "t", "submitter_platform": "linux"}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"x"', b"7", b"null", b"\xef\xbb\xbf{}", b"\xff", b'{"a": NaN}',
     b'{"a": 1e999}', b"[" * 100_000, b'{"a":' * 100_000],
)  # fmt: skip
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    with pytest.raises(BodyError):
        as_object(read_json(content, JSON_TYPE))


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/json2"])
def test_another_content_type_is_refused(content_type: str) -> None:
    with pytest.raises(BodyError, match="Content-Type"):
        read_json(b"{}", content_type)


def test_a_charset_is_fine() -> None:
    assert read_json(b"{}", "Application/JSON; charset=utf-8") == {}


def test_unpaired_surrogates_are_replaced() -> None:
    assert read_json(rb'{"a": "x\ud800y", "\udfff": "\ud83d\ude00"}', JSON_TYPE) == {
        "a": "x\ufffdy",
        "\ufffd": "\U0001f600",
    }


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_objects_come_through_unchanged(data: dict[str, Any]) -> None:
    assert read_json(json.dumps(data).encode(), JSON_TYPE) == data


def test_the_least_that_a_submission_needs() -> None:
    read = bodies.submission(MINIMAL)
    assert (read.priority, read.settings, read.metadata) == (50, {}, {})
    assert read.initial_status is JobStatus.QUEUED


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": None}, "/name"),
        ({"priority": "high"}, "/priority"),
        ({"priority": True}, "/priority"),
        ({"priority": 50.0}, "/priority"),
        ({"priority": 2**63}, "/priority"),
        ({"settings": []}, "/settings"),
        ({"settings": None}, "/settings"),
        ({"metadata": {"farm_attempt": 1}}, "/metadata/farm_attempt"),
        ({"metadata": {"a": None}}, "/metadata/a"),
        ({"initial_status": "cancelled"}, "/initial_status"),
        ({"submitter_platform": 1}, "/submitter_platform"),
    ],
)
def test_a_mistyped_member_is_named(change: dict[str, Any], place: str) -> None:
    with pytest.raises(BodyError, match=place):
        bodies.submission({**MINIMAL, **change})


@pytest.mark.parametrize("member", list(MINIMAL))
def test_a_missing_member_is_named(member: str) -> None:
    data = {key: value for key, value in MINIMAL.items() if key != member}
    with pytest.raises(BodyError, match=f'property "{member}" is missing'):
        bodies.submission(data)


@pytest.mark.parametrize("priority", [5000, -5])
def test_a_submission_may_have_any_priority(priority: int) -> None:
    assert bodies.submission({**MINIMAL, "priority": priority}).priority == priority


@pytest.mark.parametrize("data", [{}, {"priority": 101}, {"priority": -1}, {"priority": 50.0}])
def test_a_priority_change_is_from_0_to_100(data: dict[str, Any]) -> None:
    with pytest.raises(BodyError):
        bodies.priority_change(data)


@pytest.mark.parametrize(
    "data", [{}, {"status": "queued"}, {"reason": "x"}, {"status": "cancelled", "reason": "x"}]
)
def test_a_status_change_needs_a_known_status_and_a_reason(data: dict[str, Any]) -> None:
    with pytest.raises(BodyError):
        bodies.status_change(data)


@pytest.mark.parametrize("status", ["cancel-requested", "requeueing", "soft_failed", 3, None])
def test_a_task_status_change_needs_a_task_status(status: object) -> None:
    with pytest.raises(BodyError, match="/status"):
        bodies.task_status_change({"status": status, "reason": "x"})
    read = bodies.task_status_change({"status": "soft-failed", "reason": "x"})
    assert read == (TaskStatus.SOFT_FAILED, "x")


@pytest.mark.parametrize("tag", [None, 3, [], {}])
def test_a_worker_tag_is_text(tag: object) -> None:
    with pytest.raises(BodyError, match="/worker_tag"):
        bodies.submission({**MINIMAL, "worker_tag": tag})
    assert bodies.submission({**MINIMAL, "worker_tag": "x"}).worker_tag == "x"


def test_a_tag_is_named_by_id_or_name_or_cleared() -> None:
    assert bodies.tag_change({"name": "gpu", "id": "7"}) == "7"
    assert bodies.tag_change({"name": "gpu"}) == "gpu"
    assert bodies.tag_change({}) == ""
    for data in ([], {"name": 3}):
        with pytest.raises(BodyError):
            bodies.tag_change(data)


def test_blocklist_entries_are_read() -> None:
    assert bodies.blocklist([{"worker_id": "w", "task_type": "blender"}]) == [("w", "blender")]
    for data in ({}, [3], [{"worker_id": "w"}]):
        with pytest.raises(BodyError):
            bodies.blocklist(data)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-04-13T12:08:58Z", "2026-04-13T12:08:58.000000Z"),
        ("2026-04-13T12:08:58.000001Z", "2026-04-13T12:08:59.000000Z"),
        ("2026-04-13T12:08:59.5+02:00", "2026-04-13T10:09:00.000000Z"),
        ("2026-04-13T12:08:58", "2026-04-13T12:08:58.000000Z"),
    ],
)
def test_a_time_is_rounded_up_to_a_second(text: str, read: str) -> None:
    assert bodies.last_updated_max({"last_updated_max": text}) == read


@pytest.mark.parametrize(
    "text",
    ["", "x", "2026-04-13", "2026-13-01T00:00:00Z", "2026-04-13 12:08:58Z", 3, None,
     "9999-12-31T23:59:59.9Z", "0001-01-01T00:00:00+14:00"],
)  # fmt: skip
def test_what_is_no_time_is_refused(text: object) -> None:
    with pytest.raises(BodyError):
        bodies.last_updated_max({"last_updated_max": text})
