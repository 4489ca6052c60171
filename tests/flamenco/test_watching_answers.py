# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the watcher asks a client for: lists that are read once, and pictures."""

from __future__ import annotations

from typing import Any

import pytest

from farm_addon.core.errors import ManagerError
from farm_addon.core.ports import ManagerAddress
from tests.fakes.wire_server import Reply, WireServer
from tests.flamenco.conftest import Connect

IDS = [f"3afb0cb2-e86b-4aac-a4df-62e018fecaa{digit}" for digit in "123"]
BASE = f"/job-files/job-3afb/{IDS[0]}"
MODIFIED = "Mon, 13 Apr 2026 12:08:58 GMT"


def job(job_id: str, status: str = "queued", updated: str = "t0", **more: Any) -> dict[str, Any]:
    return {
        "id": job_id, "name": "a", "type": "x", "status": status, "priority": 50,
        "settings": {}, "metadata": {}, "created": "t0", "updated": updated, **more,
    }  # fmt: skip


def listed(server: WireServer, *jobs: object) -> None:
    server.reply("GET", "/api/v3/jobs", Reply(200, {"jobs": list(jobs)}))


def test_only_wanted_jobs_are_read_and_unchanged_ones_are_the_same_objects(
    server: WireServer, connect: Connect
) -> None:
    listed(server, *map(job, IDS))
    listed(server, job(IDS[0]), job(IDS[1], "active", "t1"), {"no": "job"})
    client = connect()
    first = client.refreshed_jobs({IDS[0]: None, IDS[1]: None})
    assert list(first) == IDS[:2]
    second = client.refreshed_jobs(first)
    assert second[IDS[0]] is first[IDS[0]]
    assert (second[IDS[1]].status, second[IDS[1]].updated) == ("active", "t1")


def test_a_list_that_came_before_is_not_read_again_but_answers_what_is_asked_now(
    server: WireServer, connect: Connect
) -> None:
    listed(server, *map(job, IDS[:2]))
    client = connect()
    first = client.refreshed_jobs({IDS[0]: None, IDS[2]: None})
    assert client.refreshed_jobs({IDS[0]: first[IDS[0]], IDS[2]: None}) == first
    assert set(client.refreshed_jobs({IDS[1]: None})) == {IDS[1]}
    assert set(client.refreshed_jobs({IDS[0]: None, IDS[2]: None})) == {IDS[0]}


@pytest.mark.parametrize("change", [{"status": "paused"}, {"steps_completed": 1}, {"priority": 9}])
def test_a_job_that_changed_without_moving_its_time_is_read(
    server: WireServer, connect: Connect, change: dict[str, Any]
) -> None:
    listed(server, job(IDS[0]))
    listed(server, job(IDS[0]) | change)
    client = connect()
    first = client.refreshed_jobs({IDS[0]: None})
    assert client.refreshed_jobs(first)[IDS[0]] is not first[IDS[0]]


@pytest.mark.parametrize("body", [{"jobs": 7}, {"jobs": [7]}, [], b"{half"])
def test_a_list_of_another_shape_is_refused(
    server: WireServer, connect: Connect, body: Any
) -> None:
    server.reply("GET", "/api/v3/jobs", Reply(200, body))
    with pytest.raises(ManagerError):
        connect().refreshed_jobs({IDS[0]: None})


def test_before_3_6_the_list_comes_by_a_query(server: WireServer, connect: Connect) -> None:
    server.reply("POST", "/api/v3/jobs/query", Reply(200, {"jobs": [job(IDS[0])]}))
    assert set(connect("3.5").refreshed_jobs({IDS[0]: None})) == {IDS[0]}


# --- pictures -------------------------------------------------------------------------------------


def serve_picture(server: WireServer, *replies: Reply, name: str = "last-rendered.jpg") -> None:
    names = ["last-rendered.jpg", "last-rendered-small.jpg", "last-rendered-tiny.jpg"]
    body = {"base": BASE, "suffixes": names}
    server.reply("GET", f"/api/v3/jobs/{IDS[0]}/last-rendered", Reply(200, body))
    server.reply("GET", f"{BASE}/{name}", *replies)


def test_a_picture_comes_with_its_time(server: WireServer, connect: Connect) -> None:
    serve_picture(server, Reply(200, b"\xff\xd8", {"Last-Modified": MODIFIED}))
    picture = connect().job_picture(IDS[0])
    assert picture is not None
    assert (picture.content, picture.modified) == (b"\xff\xd8", MODIFIED)


def test_a_picture_that_is_there_already_is_not_sent_again(
    server: WireServer, connect: Connect
) -> None:
    serve_picture(server, Reply(304))
    assert connect().job_picture(IDS[0], since=MODIFIED) is None
    assert server.requests[-1].headers["If-Modified-Since"] == MODIFIED


def test_not_modified_without_a_question_is_odd(server: WireServer, connect: Connect) -> None:
    serve_picture(server, Reply(304))
    with pytest.raises(ManagerError):
        connect().job_picture(IDS[0])


def test_a_small_picture_can_be_asked_for(server: WireServer, connect: Connect) -> None:
    serve_picture(server, Reply(200, b"small"), name="last-rendered-small.jpg")
    picture = connect().job_picture(IDS[0], size="small")
    assert picture is not None
    assert picture.content == b"small"


def test_no_picture_is_none(server: WireServer, connect: Connect) -> None:
    server.reply("GET", f"/api/v3/jobs/{IDS[0]}/last-rendered", Reply(204))
    assert connect().job_picture(IDS[0]) is None


def test_a_picture_that_went_meanwhile_is_none(server: WireServer, connect: Connect) -> None:
    serve_picture(server, Reply(404, {"message": "Not Found"}))
    assert connect().job_picture(IDS[0]) is None


@pytest.mark.parametrize(
    "body",
    [
        {"base": "http://evil.example/job-files/x", "suffixes": ["last-rendered.jpg"]},
        {"base": "/job-files/../../etc", "suffixes": ["last-rendered.jpg"]},
        {"base": BASE, "suffixes": ["../last-rendered.jpg"]},
        {"base": BASE},
        {"suffixes": ["last-rendered.jpg"]},
    ],
)
def test_a_picture_elsewhere_is_not_asked_for(
    server: WireServer, connect: Connect, body: dict[str, Any]
) -> None:
    server.reply("GET", f"/api/v3/jobs/{IDS[0]}/last-rendered", Reply(200, body))
    with pytest.raises(ManagerError):
        connect().job_picture(IDS[0])


def test_the_page_of_a_job_is_in_the_web_app() -> None:
    assert ManagerAddress(url="http://farm:8080").job_page(IDS[0]) == (
        f"http://farm:8080/app/jobs/{IDS[0]}"
    )
    assert ManagerAddress(user="mia", host="ws12").job_page(IDS[0]) == ""
    assert ManagerAddress(url="http://farm:8080").job_page("a/../b") == (
        "http://farm:8080/app/jobs/a%2F..%2Fb"
    )
