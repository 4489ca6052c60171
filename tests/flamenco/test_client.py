# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client against what Managers of four versions really answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from farm_addon.core.errors import ManagerError, ManagerRefusedError
from farm_addon.core.ports import BlockedWorker, JobToSubmit, ManagerAddress, WorkerTag
from farm_addon.flamenco.client import FlamencoClient
from tests.fakes.wire_server import Reply, WireServer, recorded
from tests.flamenco.conftest import Connect

VERSIONS = ["3.2", "3.5", "3.8.5", "3.9-beta1"]
JOB = JobToSubmit(
    name="summer/shot_010",
    job_type="simple-blender-render",
    type_etag="6f6b",
    priority=50,
    settings={"frames": "1-3"},
    metadata={"farm_job": "shot_010"},
)
JOB_ID = "3afb0cb2-e86b-4aac-a4df-62e018fecaa1"


def manager(server: WireServer, version: str, *cases: str) -> FlamencoClient:
    exchanges = recorded(version)
    server.play(exchanges["version"], *(exchanges[case] for case in cases))
    return FlamencoClient(ManagerAddress(url=server.url), server.url, platform_name="linux")


def id_in(version: str, case: str) -> str:
    parts = recorded(version)[case]["request"]["path"].split("/")
    return str(parts[4])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_job_is_posted_and_read_back(server: WireServer, version: str) -> None:
    with manager(server, version, "job type", "submit") as client:
        job_type = client.job_type("simple-blender-render")
        assert len(job_type.etag) == 40
        assert "frames" in job_type.setting_keys
        assert ("scene" in job_type.setting_keys) == (client.version() >= (3, 6))
        remote = client.submit(JOB)
    assert remote.name == "summer/shot_010"
    assert remote.status == "queued"
    posted = server.requests[-1].body
    assert posted == {
        "name": "summer/shot_010",
        "type": "simple-blender-render",
        "type_etag": "6f6b",
        "priority": 50,
        "submitter_platform": "linux",
        "settings": {"frames": "1-3"},
        "metadata": {"farm_job": "shot_010"},
    }
    assert server.requests[-1].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("version", VERSIONS)
def test_jobs_are_listed_as_the_version_wants_it(server: WireServer, version: str) -> None:
    is_new = version.startswith(("3.8", "3.9"))
    with manager(server, version, "jobs" if is_new else "jobs query") as client:
        jobs = client.jobs()
    assert {"summer/shot_010", "summer/shot_020"} <= {job.name for job in jobs}
    assert [job.created for job in jobs] == sorted(job.created for job in jobs)
    assert server.asked("POST") == ([] if is_new else ["/api/v3/jobs/query"])


@pytest.mark.parametrize("status", [400, 404, 405])
def test_a_manager_of_unknown_version_is_asked_both_ways(
    server: WireServer, connect: Connect, status: int
) -> None:
    server.reply("GET", "/api/v3/jobs", Reply(status, {"message": "method not allowed"}))
    server.reply("POST", "/api/v3/jobs/query", Reply(200, {"jobs": []}))
    assert connect("set-during-build").jobs() == []
    assert server.asked("GET")[-1] == "/api/v3/jobs"


@pytest.mark.parametrize("version", VERSIONS)
def test_tasks_workers_and_logs_are_read(server: WireServer, version: str) -> None:
    cases = ("tasks active", "workers", "task logtail")
    with manager(server, version, *cases) as client:
        tasks = client.tasks(id_in(version, "tasks active"))
        workers = client.workers()
        log = client.task_log_tail(id_in(version, "task logtail"))
    assert [task.name for task in tasks] == ["render-1", "render-2", "render-3"]
    assert {task.status for task in tasks} == {"completed", "queued"}
    assert [(worker.name, worker.status) for worker in workers] == [("check-1", "awake")]
    assert "task changed status queued -> active" in log


def test_tasks_come_in_the_order_of_their_index(server: WireServer, connect: Connect) -> None:
    path = f"/api/v3/jobs/{JOB_ID}/tasks"
    tasks = [{"id": JOB_ID, "status": "queued", "index_in_job": index} for index in (3, 1, 2)]
    server.reply("GET", path, Reply(200, {"tasks": tasks}))
    assert [task.index for task in connect().tasks(JOB_ID)] == [1, 2, 3]


def test_one_task_is_read_with_who_failed_it(server: WireServer) -> None:
    with manager(server, "3.9-beta1", "task failed", "blocklist", "task") as client:
        failed = client.task(id_in("3.9-beta1", "task failed"))
        done = client.task(id_in("3.9-beta1", "task"))
        blocked = client.blocklist(id_in("3.9-beta1", "blocklist"))
    assert failed is not None
    assert done is not None
    assert failed.failed_by == (failed.worker_id,)
    assert failed.activity == "Failed: command exited abnormally with code 1"
    assert (done.failed_by, done.activity, done.worker) == ((), "Completed", "check-1")
    assert blocked == []


def test_blocked_workers_are_read(server: WireServer, connect: Connect) -> None:
    entry = {"worker_id": JOB_ID, "task_type": "blender", "worker_name": "anna"}
    server.reply("GET", f"/api/v3/jobs/{JOB_ID}/blocklist", Reply(200, [entry, "odd", {}]))
    found = connect().blocklist(JOB_ID)
    assert found == [BlockedWorker(JOB_ID, "anna", "blender"), BlockedWorker("", "", "")]


def test_a_task_that_is_gone_is_none(server: WireServer, connect: Connect) -> None:
    body = {"code": 404, "message": "no such task"}
    server.reply("GET", f"/api/v3/tasks/{JOB_ID}", Reply(404, body))
    assert connect().task(JOB_ID) is None


@pytest.mark.parametrize("version", VERSIONS)
def test_a_log_is_fetched_whole_and_followed(server: WireServer, version: str) -> None:
    exchanges = recorded(version)
    task_id = id_in(version, "task log info")
    log = exchanges["task log info"]["answer"]["body"]
    part = exchanges["task log range"]["answer"]["text"].encode()
    at_end = Reply(416, b"invalid range", {"Content-Range": f"bytes */{log['size']}"})
    partial = Reply(206, part, {"Content-Type": "text/plain"})
    with manager(server, version, "task log info") as client:
        server.reply("GET", log["url"], Reply(200, b"x" * 100 + part), partial, at_end)
        assert client.task_log(task_id) == b"x" * 100 + part
        assert client.task_log(task_id, 100) == part
        assert server.requests[-1].headers["Range"] == "bytes=100-"
        assert client.task_log(task_id, log["size"] - 1) == b""
        asked = len(server.requests)
        assert client.task_log(task_id, log["size"]) == b""
        assert len(server.requests) == asked + 1


def test_a_log_that_comes_whole_is_cut_at_what_is_known(
    server: WireServer, connect: Connect
) -> None:
    log = {"url": "/job-files/a/b/task-c.txt", "size": 10}
    server.reply("GET", f"/api/v3/tasks/{JOB_ID}/log", Reply(200, log))
    server.reply("GET", log["url"], Reply(200, b"0123456789"))
    assert connect().task_log(JOB_ID, 4) == b"456789"


def test_no_log_yet_is_empty_however_it_is_asked_for(server: WireServer, connect: Connect) -> None:
    server.reply("GET", f"/api/v3/tasks/{JOB_ID}/log", Reply(204))
    assert connect().task_log(JOB_ID) == b""


@pytest.mark.parametrize(
    "url",
    ["http://evil.example/x", "//evil.example/x", "/api/v3/configuration/file", "/job-files/../x",
     "/job-files/a/..", "/job-files/a?b", "/job-files/a b", "/job-files//x", "", 3],
)  # fmt: skip
def test_a_log_elsewhere_is_never_fetched(server: WireServer, connect: Connect, url: Any) -> None:
    server.reply("GET", f"/api/v3/tasks/{JOB_ID}/log", Reply(200, {"url": url, "size": 5}))
    with pytest.raises(ManagerError, match="could not show the log"):
        connect().task_log(JOB_ID)
    assert len(server.asked("GET")) == 1


def test_no_log_yet_is_an_empty_text(server: WireServer) -> None:
    with manager(server, "3.9-beta1", "logtail none yet") as client:
        assert client.task_log_tail(id_in("3.9-beta1", "logtail none yet")) == ""


def test_a_log_cut_inside_a_character_is_shown(server: WireServer, connect: Connect) -> None:
    path = f"/api/v3/tasks/{JOB_ID}/logtail"
    server.reply("GET", path, Reply(200, b"\xbctail", {"Content-Type": "text/plain"}))
    assert connect().task_log_tail(JOB_ID) == "\ufffdtail"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_job_that_is_gone_is_none_and_deleting_it_is_fine(
    server: WireServer, version: str
) -> None:
    with manager(server, version, "job unknown", "tasks of unknown job") as client:
        unknown = id_in(version, "job unknown")
        assert client.job(unknown) is None
        assert client.tasks(unknown) == []
        server.reply("DELETE", f"/api/v3/jobs/{unknown}", Reply(404, {"message": "no such job"}))
        client.delete_job(unknown)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("case", "status", "words"),
    [
        ("submit wrong etag", 412, "refused to take the job 'summer/shot_010': "),
        ("submit unknown type", 400, "job type unknown"),
        ("submit no name", 400, '"/name": property "name" is missing'),
        ("submit bad frames", 400, 'invalid range "x"'),
        ("submit no output path", 400, "no render_output_path setting!"),
        ("submit video format", 400, "FFMPEG"),
    ],
)
def test_a_refusal_is_one_sentence(
    server: WireServer, version: str, case: str, status: int, words: str
) -> None:
    with manager(server, version, case) as client, pytest.raises(ManagerRefusedError) as caught:
        client.submit(JOB)
    assert caught.value.status == status
    assert words in caught.value.message
    for noise in ("(native)", ".js:", "GoError", "schema"):
        assert noise not in caught.value.message
    assert len(server.asked("POST")) == 1


def test_an_unknown_worker_tag_is_a_refusal_although_it_is_a_500(server: WireServer) -> None:
    client = manager(server, "3.9-beta1", "submit unknown worker tag")
    with client, pytest.raises(ManagerRefusedError) as caught:
        client.submit(JOB)
    assert caught.value.status == 500


def test_a_paused_job_is_never_sent_to_a_manager_that_would_start_it(
    server: WireServer, connect: Connect
) -> None:
    with pytest.raises(ManagerError, match=r"is Flamenco 3\.5 and cannot take a job"):
        connect("3.5").submit(JOB, is_paused=True)
    assert server.asked("POST") == []


def test_a_paused_job_says_so(server: WireServer) -> None:
    with manager(server, "3.9-beta1", "submit paused") as client:
        assert client.submit(JOB, is_paused=True).status == "paused"
    assert server.requests[-1].body["initial_status"] == "paused"


def test_a_pause_is_never_sent_to_a_manager_that_has_none(
    server: WireServer, connect: Connect
) -> None:
    with pytest.raises(ManagerError, match="cannot pause"):
        connect("3.5.2").set_job_status(JOB_ID, "pause-requested", "lunch")
    assert server.asked("POST") == []


def test_worker_tags_are_not_sent_to_a_manager_without_them(connect: Connect) -> None:
    tagged = JobToSubmit("a", "t", "", 50, {}, {}, worker_tag=JOB_ID)
    with pytest.raises(ManagerError, match="tag"):
        connect("3.2").submit(tagged)


def test_cancel_and_priority_are_posted(server: WireServer, connect: Connect) -> None:
    for verb in ("setstatus", "setpriority"):
        server.reply("POST", f"/api/v3/jobs/{JOB_ID}/{verb}", Reply(204))
    client = connect()
    client.set_job_status(JOB_ID, "cancel-requested", "replaced")
    client.set_priority(JOB_ID, 80)
    bodies = [request.body for request in server.requests]
    assert bodies == [{"status": "cancel-requested", "reason": "replaced"}, {"priority": 80}]


def test_a_job_that_vanishes_in_the_middle_of_a_request_is_gone(
    server: WireServer, connect: Connect
) -> None:
    message = "unexpected error changing job status"
    server.reply(
        "POST", f"/api/v3/jobs/{JOB_ID}/setstatus", Reply(500, {"code": 500, "message": message})
    )
    server.reply("GET", f"/api/v3/jobs/{JOB_ID}", Reply(404, {"code": 404, "message": "gone"}))
    with pytest.raises(ManagerRefusedError) as caught:
        connect().set_job_status(JOB_ID, "cancel-requested", "x")
    assert caught.value.status == 404


def test_a_priority_of_a_job_that_vanishes_or_is_gone_is_a_404(
    server: WireServer, connect: Connect
) -> None:
    path = f"/api/v3/jobs/{JOB_ID}/setpriority"
    broken = Reply(500, {"code": 500, "message": "error changing job priority"})
    server.reply("POST", path, broken, Reply(404, {"code": 404, "message": "no such job"}))
    server.reply("GET", f"/api/v3/jobs/{JOB_ID}", Reply(404, {"code": 404, "message": "gone"}))
    client = connect()
    for _ in range(2):
        with pytest.raises(ManagerRefusedError, match=f"has no job {JOB_ID} any more") as caught:
            client.set_priority(JOB_ID, 1)
        assert caught.value.status == 404


def test_a_failure_of_a_job_that_is_still_there_stays_one(
    server: WireServer, connect: Connect
) -> None:
    body = {"code": 500, "message": "error changing job status"}
    server.reply("POST", f"/api/v3/jobs/{JOB_ID}/setstatus", Reply(500, body))
    server.reply("DELETE", f"/api/v3/jobs/{JOB_ID}", Reply(500, body))
    server.reply("GET", f"/api/v3/jobs/{JOB_ID}", Reply(200, {"id": JOB_ID, "status": "queued"}))
    client = connect()
    for change in (
        lambda: client.set_job_status(JOB_ID, "cancel-requested", "x"),
        lambda: client.delete_job(JOB_ID),
    ):
        with pytest.raises(ManagerRefusedError, match="error changing job status") as caught:
            change()
        assert caught.value.status == 500


def test_deleting_a_job_that_vanishes_meanwhile_is_fine(
    server: WireServer, connect: Connect
) -> None:
    server.reply("DELETE", f"/api/v3/jobs/{JOB_ID}", Reply(500, {"code": 500, "message": "x"}))
    server.reply("GET", f"/api/v3/jobs/{JOB_ID}", Reply(404, {"code": 404, "message": "gone"}))
    connect().delete_job(JOB_ID)


def test_an_outdated_job_type_says_what_to_do(server: WireServer) -> None:
    client = manager(server, "3.9-beta1", "submit wrong etag")
    with client, pytest.raises(ManagerRefusedError) as caught:
        client.submit(JOB)
    assert caught.value.hint.startswith("run the same command again")


def test_a_job_that_is_to_be_deleted_says_so(server: WireServer, connect: Connect) -> None:
    job = {"id": JOB_ID, "status": "active", "delete_requested_at": "2026-11-24T04:56:07.1Z"}
    server.reply("GET", f"/api/v3/jobs/{JOB_ID}", Reply(200, job))
    remote = connect().job(JOB_ID)
    assert remote is not None
    assert remote.is_deletion_requested


def test_worker_tags_are_read(server: WireServer, connect: Connect) -> None:
    tags = [{"id": JOB_ID, "name": "gpu", "description": "with a GPU"}]
    server.reply("GET", "/api/v3/worker-mgt/tags", Reply(200, {"tags": tags}))
    assert connect("3.3").worker_tags() == [WorkerTag(JOB_ID, "gpu")]


def test_worker_tags_are_not_asked_for_below_3_3(server: WireServer, connect: Connect) -> None:
    assert connect("3.2").worker_tags() == []
    assert server.asked("GET") == ["/api/v3/version"]


@pytest.mark.parametrize("tags", [{"tags": None}, {}])
def test_no_worker_tags_are_an_empty_list(server: WireServer, connect: Connect, tags: Any) -> None:
    server.reply("GET", "/api/v3/worker-mgt/tags", Reply(200, tags))
    assert connect().worker_tags() == []


def test_a_worker_tag_is_sent_with_a_job(server: WireServer, connect: Connect) -> None:
    server.reply("POST", "/api/v3/jobs", Reply(200, {"id": JOB_ID, "status": "queued"}))
    connect().submit(replace(JOB, worker_tag=JOB_ID))
    assert server.requests[-1].body["worker_tag"] == JOB_ID


def test_paths_come_back_as_this_platform_writes_them(server: WireServer, connect: Connect) -> None:
    job: dict[str, Any] = {
        "id": JOB_ID,
        "status": "queued",
        "settings": {"blendfile": "{farm}/store/a.blend", "chunk_size": 4, "nested": ["{farm}"]},
        "metadata": {"note": "{farm}2", "farm_job": "a"},
    }
    variables = {"farm": {"value": "/mnt/farm", "is_twoway": True}}
    server.reply("GET", f"/api/v3/jobs/{JOB_ID}", Reply(200, job))
    server.reply("GET", "/api/v3/configuration/variables/users/linux", Reply(200, variables))
    remote = connect().job(JOB_ID)
    assert remote is not None
    assert remote.settings["blendfile"] == "/mnt/farm/store/a.blend"
    assert remote.settings["nested"] == ["{farm}"]
    assert remote.metadata == {"note": "/mnt/farm2", "farm_job": "a"}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_storage_and_the_farm_status_are_told(server: WireServer, version: str) -> None:
    with manager(server, version, "shared storage users linux", "farm status") as client:
        assert client.storage_location() == "/mnt/farm"
        assert client.status() == ("" if version == "3.2" else "idle")


@pytest.mark.parametrize(
    ("platform", "location", "root"),
    [
        ("linux", "/mnt/farm/jobs", "/mnt/farm"),
        ("linux", "/mnt/farm/jobs/", "/mnt/farm"),
        ("windows", "V:\\farm\\jobs", "V:\\farm"),
        ("linux", "/mnt/elsewhere", "/mnt/elsewhere"),
    ],
)
def test_with_shaman_the_root_is_above_its_checkouts(
    server: WireServer, connect: Connect, platform: str, location: str, root: str
) -> None:
    server.reply(
        "GET",
        f"/api/v3/configuration/shared-storage/users/{platform}",
        Reply(200, {"location": location, "shamanEnabled": True}),
    )
    assert connect(platform_name=platform).storage_location() == root


def test_a_manager_older_than_3_2_is_refused_politely(connect: Connect) -> None:
    with pytest.raises(ManagerError, match=r"Flamenco 3\.1, which is too old") as caught:
        connect("3.1").version()
    assert "3.2" in caught.value.hint


@pytest.mark.parametrize("body", [{"name": "router"}, ["x"], b"<html>hello</html>", "3.9"])
def test_something_else_at_the_url_is_no_manager(server: WireServer, body: Any) -> None:
    server.reply("GET", "/api/v3/version", Reply(200, body))
    with FlamencoClient(ManagerAddress(url=server.url), server.url) as client:
        with pytest.raises(ManagerError, match="could not tell its version") as caught:
            client.version()
    assert "URL" in caught.value.hint


def test_an_id_that_no_manager_gave_out_never_gets_into_a_url(
    server: WireServer, connect: Connect
) -> None:
    with pytest.raises(ManagerError, match="no id"):
        connect().job("../../configuration/file")
    assert server.requests == []


def test_a_job_type_name_is_quoted(server: WireServer, connect: Connect) -> None:
    with pytest.raises(ManagerRefusedError):
        connect().job_type("a/../b c")
    assert server.asked("GET") == ["/api/v3/jobs/type/a%2F..%2Fb%20c"]


@pytest.mark.parametrize("body", [{}, [], {"id": "x", "status": "queued"}, {"jobs": 3}, b"{"])
def test_an_odd_answer_to_a_submission_is_an_error_that_is_no_refusal(
    server: WireServer, connect: Connect, body: Any
) -> None:
    server.reply("POST", "/api/v3/jobs", Reply(200, body))
    with pytest.raises(ManagerError) as caught:
        connect().submit(JOB)
    assert not isinstance(caught.value, ManagerRefusedError)
