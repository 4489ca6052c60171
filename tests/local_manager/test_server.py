# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP side over a real socket: who may ask, and what every call answers."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.fakes.local_service import TOKEN, LocalService, settings, wait_until
from tests.fakes.wire_server import recorded
from tests.local_manager.conftest import OpenService

UNKNOWN = "11111111-2222-4333-8444-555555555555"
API = "/api/v3"


class Caller:
    """A connection to the local manager that sends just what a test says."""

    def __init__(self, local: LocalService) -> None:
        self.local = local
        self.address = urlsplit(local.serve()).netloc

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
    ) -> tuple[int, Any, http.client.HTTPResponse]:
        content = raw if raw is not None else None if body is None else json.dumps(body).encode()
        sent = {"X-Farm-Token": TOKEN, **({"Content-Type": "application/json"} if content else {})}
        sent = {k: v for k, v in {**sent, **(headers or {})}.items() if v}
        connection = http.client.HTTPConnection(self.address, timeout=10)
        try:
            connection.request(method, path, content, sent)
            response = connection.getresponse()
            data = response.read()
        finally:
            connection.close()
        is_json = response.headers.get("Content-Type") == "application/json"
        return response.status, json.loads(data) if is_json else data, response


@pytest.fixture
def local(open_service: OpenService) -> LocalService:
    return open_service().start()


@pytest.fixture
def call(local: LocalService) -> Iterator[Caller]:
    return Caller(local)


def body(**changes: Any) -> dict[str, Any]:
    return {
        "name": "summer/a",
        "type": "simple-blender-render",
        "priority": 50,
        "submitter_platform": "linux",
        "settings": settings(),
        "metadata": {"farm_job": "a"},
        **changes,
    }


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", TOKEN[:-1], "\xff"])
def test_without_the_token_nothing_is_told_and_nothing_done(call: Caller, token: str) -> None:
    for method, path in [("GET", f"{API}/version"), ("POST", f"{API}/jobs"), ("GET", "/nowhere"),
                         ("POST", f"{API}/farm/shutdown"), ("PUT", f"{API}/jobs")]:  # fmt: skip
        status, answer, _ = call(method, path, {}, headers={"X-Farm-Token": token})
        assert status == 403
        assert answer["code"] == 403
    assert not call.local.is_shutdown_asked.is_set()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example:1"])
def test_another_host_name_is_refused_even_with_the_token(call: Caller, host: str) -> None:
    assert call("GET", f"{API}/version", headers={"Host": host})[0] == 403


def test_it_listens_on_the_loopback_interface_alone(call: Caller) -> None:
    assert call.address.startswith("127.0.0.1:")
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)}
    port = int(call.address.partition(":")[2])
    for other in others - {"127.0.0.1", "::1", "127.0.1.1"}:
        with pytest.raises(OSError, match=r"refused|unreachable|timed out|address"):
            socket.create_connection((other, port), timeout=1)


@pytest.mark.parametrize(
    ("case", "path"),
    [
        ("version", f"{API}/version"),
        ("farm status", f"{API}/status"),
        ("shared storage users linux", f"{API}/configuration/shared-storage/users/linux"),
        ("variables users linux", f"{API}/configuration/variables/users/linux"),
        ("job type", f"{API}/jobs/type/simple-blender-render"),
        ("workers", f"{API}/worker-mgt/workers"),
    ],
)
def test_answers_have_the_members_of_flamenco_3_9(call: Caller, case: str, path: str) -> None:
    status, answer, _ = call("GET", path)
    assert status == 200
    assert shape(recorded("3.9-beta1")[case]["answer"]["body"]) <= shape(answer)


def shape(value: Any, prefix: str = "") -> set[str]:
    """Return the paths of all members but ``eval``, which is Python for Flamenco's own add-on;
    of lists, those of their first element."""
    if isinstance(value, dict):
        names = {name: f"{prefix}/{name}" for name in value if not name.startswith("eval")}
        return set(names.values()).union(*(shape(value[n], path) for n, path in names.items()))
    return shape(value[0], f"{prefix}[]") if isinstance(value, list) and value else set()


def test_jobs_and_tasks_have_the_members_of_flamenco_3_9(call: Caller) -> None:
    exchanges = recorded("3.9-beta1")
    _, job, _ = call("POST", f"{API}/jobs", body())
    call.local.wait_for(job["id"], "completed")
    _, job, _ = call("GET", f"{API}/jobs/{job['id']}")
    _, tasks, _ = call("GET", f"{API}/jobs/{job['id']}/tasks")
    _, task, _ = call("GET", f"{API}/tasks/{tasks['tasks'][0]['id']}")
    known = exchanges["job completed"]["answer"]["body"]
    assert {*known} == {*job}
    assert shape(exchanges["tasks active"]["answer"]["body"]) == shape(tasks)
    assert shape(exchanges["task"]["answer"]["body"]) == shape(task)
    assert (job["steps_completed"], job["steps_total"]) == (3, 3)
    assert job["submitter_platform"] == ""


@pytest.mark.parametrize(
    "case",
    ["job bad id", "job unknown", "tasks of unknown job", "unknown path", "wrong method",
     "job type unknown", "job after delete", "setstatus unknown status", "setstatus no reason"],
)  # fmt: skip
def test_refusals_have_the_status_and_shape_of_flamenco_3_9(call: Caller, case: str) -> None:
    exchange = recorded("3.9-beta1")[case]
    request, recorded_answer = exchange["request"], exchange["answer"]
    status, answer, _ = call(request["method"], request["path"], request.get("body"))
    assert status == recorded_answer["status"]
    assert {*answer} == {*recorded_answer["body"]}


@pytest.mark.parametrize(
    ("change", "status", "has_code"),
    [
        ({"type": "no-such-type"}, 400, True),
        ({"type_etag": "0000"}, 412, True),
        ({"priority": "high"}, 400, False),
        ({"metadata": {"a": 1}}, 400, False),
        ({"settings": settings(frames="x")}, 400, True),
        ({"settings": settings(format="FFMPEG")}, 400, True),
        ({"settings": settings(render_output_path="")}, 400, True),
    ],
)
@pytest.mark.parametrize("path", ["jobs", "jobs/check"])
def test_a_submission_that_makes_no_sense_is_refused(
    call: Caller, change: dict[str, Any], status: int, has_code: bool, path: str
) -> None:
    found, answer, _ = call("POST", f"{API}/{path}", body(**change))
    assert (found, "code" in answer) == (status, has_code)
    assert answer["message"]
    assert call("GET", f"{API}/jobs")[1] == {"jobs": []}


def test_the_right_etag_is_taken_and_checking_stores_nothing(call: Caller) -> None:
    etag = call("GET", f"{API}/jobs/type/simple-blender-render")[1]["etag"]
    assert call("POST", f"{API}/jobs/check", body(type_etag=etag))[0] == 204
    assert call("GET", f"{API}/jobs")[1] == {"jobs": []}
    assert call("POST", f"{API}/jobs", body(type_etag=etag))[0] == 200


def test_bodies_that_are_no_json_are_refused(call: Caller) -> None:
    for raw, content_type in [(b"{", "application/json"), (b"{}", "text/plain"), (b"{}", "")]:
        status, answer, _ = call(
            "POST", f"{API}/jobs", raw=raw, headers={"Content-Type": content_type}
        )
        assert status == 400
        assert "code" not in answer


def test_a_body_without_end_is_refused(call: Caller) -> None:
    status, _, _ = call("POST", f"{API}/jobs", raw=b"", headers={"Content-Length": str(10**12)})
    assert status == 413


def test_jobs_are_listed_in_order_of_creation_with_unknown_settings_kept(call: Caller) -> None:
    for name in ("zebra", "ape"):
        call("POST", f"{API}/jobs", body(name=name, settings=settings(mine={"x": [1]})))
    jobs = call("GET", f"{API}/jobs")[1]["jobs"]
    assert [job["name"] for job in jobs] == ["zebra", "ape"]
    assert jobs[0]["settings"]["mine"] == {"x": [1]}


def test_cancel_requeue_pause_priority_and_delete(call: Caller) -> None:
    call.local.runner.gate.clear()
    job = call("POST", f"{API}/jobs", body())[1]
    path = f"{API}/jobs/{job['id']}"
    wait_until(lambda: call.local.runner.works)

    def post(status: str) -> str:
        answer = call("POST", f"{path}/setstatus", {"status": status, "reason": "x"})
        assert answer[0] == 204
        return str(call("GET", path)[1]["status"])

    assert call("GET", f"{API}/status")[1] == {"status": "active"}
    assert post("pause-requested") == "pause-requested"
    assert post("cancel-requested") == "canceled"
    assert post("requeueing") in ("queued", "active")
    assert call("POST", f"{path}/setpriority", {"priority": 80})[0] == 204
    assert call("GET", path)[1]["priority"] == 80
    assert call("POST", f"{path}/setpriority", {"priority": 101})[0] == 400
    assert call("GET", f"{path}/what-would-delete-do")[1] == {"shaman_checkout": False}
    assert call("DELETE", path)[0] == 204
    wait_until(lambda: call("GET", path)[0] == 404)
    assert call("DELETE", path)[0] == 404


def test_a_job_that_renders_is_deleted_when_its_render_has_ended(call: Caller) -> None:
    call.local.runner.gate.clear()
    job = call("POST", f"{API}/jobs", body())[1]
    path = f"{API}/jobs/{job['id']}"
    wait_until(lambda: call.local.runner.works)
    task = call("GET", f"{path}/tasks")[1]["tasks"][0]["id"]
    log = wait_until(lambda: call("GET", f"{API}/tasks/{task}/log")[1])
    call.local.runner.hold_on.set()
    assert call("DELETE", path)[0] == 204
    pending = call("GET", path)[1]
    assert pending["delete_requested_at"].endswith("Z")
    assert pending["status"] == "canceled"
    assert call("DELETE", path)[0] == 204
    call.local.runner.hold_on.clear()
    wait_until(lambda: call("GET", path)[0] == 404)
    assert call("GET", f"{API}/tasks/{task}")[0] == 404
    assert call("GET", log["url"])[0] == 404


def test_deleting_all_before_a_time_leaves_what_is_newer(call: Caller) -> None:
    old = call("POST", f"{API}/jobs", body(initial_status="paused"))[1]
    after = f"{API}/jobs/mass-delete"
    assert call("DELETE", after, {"last_updated_max": "2001-01-01T00:00:00Z"})[0] == 416
    assert call("DELETE", after, {})[0] == 400
    assert call("DELETE", after, {"last_updated_max": old["updated"]})[0] == 204
    assert call("GET", f"{API}/jobs")[1] == {"jobs": []}


def test_a_worker_is_told_with_the_task_that_it_runs(call: Caller) -> None:
    call.local.runner.gate.clear()
    job = call("POST", f"{API}/jobs", body())[1]
    wait_until(lambda: call.local.runner.works)
    (worker,) = call("GET", f"{API}/worker-mgt/workers")[1]["workers"]
    whole = call("GET", f"{API}/worker-mgt/workers/{worker['id']}")[1]
    assert (whole["task"]["job_id"], whole["task"]["name"]) == (job["id"], "render-1")
    assert whole["task"]["status"] == "active"


def test_a_job_for_workers_with_a_tag_is_refused_with_a_sentence(call: Caller) -> None:
    status, answer, _ = call("POST", f"{API}/jobs", body(worker_tag=UNKNOWN))
    assert (status, answer["code"]) == (500, 500)
    assert "have no tags" in answer["message"]
    assert call("GET", f"{API}/jobs")[1] == {"jobs": []}


def test_every_call_is_described(call: Caller) -> None:
    described = call("GET", f"{API}/openapi3.json")[1]["paths"]
    assert {"get", "delete"} == {*described["/jobs/{job_id}/blocklist"]}
    assert {"get", "post"} == {*described["/jobs"]}
    assert "/configuration/shared-storage/{audience}/{platform}" in described


def test_a_log_is_told_followed_and_cut(call: Caller) -> None:
    job = call("POST", f"{API}/jobs", body(settings=settings(frames="1")))[1]
    done = call.local.wait_for(job["id"], "completed")
    task = f"{API}/tasks/{done.tasks[0].id}"
    # The log's last line is written after the job's new state can be seen.
    wait_until(lambda: b"active -> completed" in call("GET", f"{task}/logtail")[1])
    status, tail, response = call("GET", f"{task}/logtail")
    assert (status, response.headers["Content-Type"]) == (200, "text/plain; charset=UTF-8")
    assert b"active -> completed" in tail
    info = call("GET", f"{task}/log")[1]
    assert {*info} == {"task_id", "job_id", "url", "size"}
    assert call("GET", info["url"])[1] == tail
    status, part, _ = call("GET", info["url"], headers={"Range": "bytes=10-"})
    assert (status, part) == (206, tail[10:])
    at_end = call("GET", info["url"], headers={"Range": f"bytes={info['size']}-"})
    assert at_end[0] == 416


def test_no_log_yet_is_204(call: Caller) -> None:
    job = call("POST", f"{API}/jobs", body(initial_status="paused"))[1]
    task = call("GET", f"{API}/jobs/{job['id']}/tasks")[1]["tasks"][0]["id"]
    assert call("GET", f"{API}/tasks/{task}/logtail")[0] == 204
    assert call("GET", f"{API}/tasks/{task}/log")[0] == 204


@pytest.mark.parametrize(
    "path",
    [
        f"/job-files/job-1111/{UNKNOWN}/task-{UNKNOWN}.txt",
        f"/job-files/x/{UNKNOWN}/../../manager.sqlite",
        f"/job-files/x/..%2f..%2f/task-{UNKNOWN}.txt",
        f"/job-files/x/{UNKNOWN}/task-..%2f..%2fmanager.sqlite.txt",
        f"{API}/tasks/{UNKNOWN}",
    ],
)
def test_nothing_but_logs_can_be_fetched(call: Caller, path: str) -> None:
    assert call("GET", path)[0] == 404


def test_an_id_of_another_shape_is_400(call: Caller) -> None:
    assert call("GET", f"{API}/tasks/7")[1] == {"code": 400, "message": "task ID not valid"}
    assert call("GET", f"{API}/jobs/7/tasks")[0] == 400
    assert call("GET", f"{API}/jobs/{UNKNOWN.replace('1', 'A')}")[0] == 404


def test_the_program_tells_about_itself_and_can_be_told_to_leave(call: Caller) -> None:
    about = call("GET", f"{API}/farm/about")[1]
    assert about["is_busy"] is False
    assert about["pid"] == 1
    assert call("POST", f"{API}/farm/shutdown")[0] == 204
    assert call.local.is_shutdown_asked.is_set()


def test_a_handler_that_breaks_down_is_a_plain_500(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(type(call.local.service), "is_busy", break_down)
    status, answer, _ = call("GET", f"{API}/farm/about")
    assert (status, answer) == (500, {"message": "Internal Server Error"})


def test_what_cannot_be_kept_is_a_500_with_a_sentence(call: Caller) -> None:
    call.local.database.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(call.local.database, "close", lambda: None)
        status, answer, _ = call("POST", f"{API}/jobs", body())
    assert status == 500
    assert "cannot keep its state" in answer["message"]
