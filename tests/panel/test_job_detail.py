# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the active job is asked about, and what is kept of the answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.blender.view.job_detail import (
    AGAIN_S,
    LINE_LENGTH_MOST,
    LINES_MOST,
    SETTLE_S,
    STATE_AGAIN_S,
    TASKS_MOST,
    JobDetail,
    Progress,
    log_lines,
    page_of,
)

RENDERING = Progress("active", 1, 3, True)
RENDERED = Progress("completed", 1, 48, False)


def detail(job: str = "sh010") -> JobDetail:
    found = JobDetail()
    assert found.look_at("ep01", job, 0.0)
    return found


def test_a_job_is_asked_about_once_it_has_stayed_the_active_one() -> None:
    one = detail()
    assert not one.is_due(RENDERED, SETTLE_S / 2)
    assert one.is_new
    assert one.is_due(RENDERED, SETTLE_S)
    one.asked(RENDERED, SETTLE_S)
    assert not one.is_new
    assert not one.is_due(RENDERED, 1000.0)


def test_walking_over_jobs_asks_about_none_of_them() -> None:
    one = JobDetail()
    for step in range(10):
        now_s = step * SETTLE_S / 2
        assert one.look_at("ep01", f"sh{step:03d}", now_s)
        assert not one.is_due(RENDERED, now_s)


def test_a_job_that_renders_is_asked_about_again_and_again() -> None:
    one = detail()
    one.asked(RENDERING, 1.0)
    assert not one.is_due(RENDERING, AGAIN_S)
    assert one.is_due(RENDERING, 1.0 + AGAIN_S)


def test_another_state_or_attempt_is_reason_to_ask_soon() -> None:
    one = detail()
    one.asked(RENDERING, 1.0)
    failed = Progress("failed", 1, 3, False)
    assert not one.is_due(failed, 1.0 + STATE_AGAIN_S / 2)
    assert one.is_due(failed, 1.0 + STATE_AGAIN_S)
    assert one.is_due(Progress("active", 2, 3, True), 1.0 + STATE_AGAIN_S)


def test_nothing_is_asked_about_a_job_that_was_never_sent_or_about_none() -> None:
    assert not detail().is_due(Progress("planned", 0, 0, False), 100.0)
    assert not JobDetail().is_due(RENDERED, 100.0)


def test_the_same_job_of_another_release_is_another_job() -> None:
    one = detail()
    one.asked(RENDERED, 1.0)
    one.take_result("status", {"job": "sh010", "output": "/mnt/out"})
    assert not one.look_at("ep01", "sh010", 2.0)
    assert one.look_at("ep02", "sh010", 2.0)
    assert one.document is None
    assert one.is_new


@pytest.mark.parametrize("name", ["sh010", "ep01/sh010"])
def test_an_answer_is_kept(name: str) -> None:
    one = detail()
    task = {"task": "render-1-10", "worker": "node-2", "activity": "exit 1", "log": "a\n\nb\n"}
    one.take_result(
        "status",
        {
            "job": name,
            "frames": "1-48",
            "output": "/mnt/out",
            "url": "http://farm:8080/app/jobs/1",
            "frame_file": "/mnt/out/000001.png",
            "picture": "/tmp/p.jpg",
            "failed": [task],
        },
    )
    document = one.document
    assert document is not None
    assert (document.output, document.frame_file) == ("/mnt/out", "/mnt/out/000001.png")
    assert document.picture == "/tmp/p.jpg"
    (failed,) = document.failed
    assert (failed.task, failed.worker) == ("render-1-10", "node-2")
    assert failed.lines == ("a", "b")
    assert failed.log == "a\n\nb\n"


def test_an_answer_about_another_job_is_dropped() -> None:
    one = detail()
    one.take_result("status", {"job": "sh020", "output": "/mnt/out"})
    one.take_result("status", {"job": "ep02/sh010", "output": "/mnt/out"})
    assert one.document is None


def test_a_failure_leaves_what_was_known() -> None:
    one = detail()
    one.take_result("status", {"job": "sh010", "output": "/mnt/out"})
    one.take_failure("the Manager does not answer")
    assert one.problem == "The Manager does not answer"
    assert one.document is not None
    one.take_result("status", {"job": "sh010"})
    assert one.problem == ""


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["failed", "output", "url", "picture"]), json_values))
def test_any_answer_can_be_drawn(data: dict[str, object]) -> None:
    one = detail()
    one.take_result("status", {**data, "job": "sh010"})
    assert one.document is not None
    assert isinstance(one.document.output, str)
    assert len(one.document.failed) <= TASKS_MOST


@given(st.text())
def test_lines_of_a_log_are_few_short_and_printable(log: str) -> None:
    lines = log_lines(log)
    assert len(lines) <= LINES_MOST
    assert all(line and line.isprintable() for line in lines)
    assert all(len(line) <= LINE_LENGTH_MOST for line in lines)


def test_what_workers_put_before_lines_is_left_out() -> None:
    assert log_lines("pid=12 > Fra:5 Mem:1M\npid=12 > \nError: x") == ("Fra:5 Mem:1M", "Error: x")


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("http://farm:8080/app/jobs/1", "http://farm:8080/app/jobs/1"),
        ("https://farm/x", "https://farm/x"),
        ("file:///etc/passwd", ""),
        ("javascript:alert(1)", ""),
        ("http://farm/ a", ""),
        ("http://farm/\n", ""),
        ("", ""),
    ],
)
def test_only_web_pages_are_opened(url: str, page: str) -> None:
    assert page_of(url) == page
