# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our client may rely on, whoever answers."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from farm_addon.core.errors import ManagerRefusedError
from farm_addon.core.ports import JobToSubmit
from tests.contract.conftest import API, DEADLINE_S, MANAGERS, REAL, Contract
from tests.fakes.pictures import write_picture

UNKNOWN = "11111111-2222-4333-8444-555555555555"


def test_a_real_manager_is_asked_too() -> None:
    if REAL not in MANAGERS:
        pytest.skip("FLAMENCO_URL is not set: only the local manager was asked, no real Manager")


def test_the_version_is_one_that_we_support(contract: Contract) -> None:
    assert (3, 2) <= contract.client.version() < (4, 0)


def test_the_job_type_advertises_what_we_send(contract: Contract) -> None:
    job_type = contract.client.job_type("simple-blender-render")
    sent = set(contract.job_to_submit().settings)
    assert len(job_type.etag) == 40
    assert sent - {"scene"} <= job_type.setting_keys
    assert ("scene" in job_type.setting_keys) == (contract.client.version() >= (3, 6))


def test_a_job_comes_back_as_it_was_sent(contract: Contract) -> None:
    sent = contract.job_to_submit(mine={"nested": [1, None, "x"]})
    job = contract.submit(mine={"nested": [1, None, "x"]})
    assert job.status == "paused"
    assert job.settings["mine"] == {"nested": [1, None, "x"]}
    assert {*sent.settings} == {*job.settings}
    assert set(job.metadata) == {"farm_submission", "farm_job"}
    assert (job.steps_completed, job.steps_total, job.activity) == (0, 0, "")
    assert contract.client.job(job.id) == job
    found = [one for one in contract.client.jobs() if one.id == job.id]
    assert [one.metadata for one in found] == [job.metadata]


def test_a_job_has_the_members_of_the_recorded_ones(contract: Contract) -> None:
    job = contract.submit()
    _, data = contract.raw("GET", f"{API}/jobs/{job.id}")
    members = {"activity", "created", "id", "metadata", "name", "priority", "settings", "status",
               "submitter_platform", "type", "updated"}  # fmt: skip
    since_3_8 = {"steps_completed", "steps_total"} & {*data}
    assert {*data} == members | since_3_8
    assert (data["submitter_platform"], data["type"]) == ("", "simple-blender-render")


@pytest.mark.parametrize(
    ("frames", "chunk_size", "names"),
    [
        ("1-10", 3, ["render-1-3", "render-4-6", "render-7-9", "render-10"]),
        ("1,3,5,7,9", 2, ["render-1,3", "render-5,7", "render-9"]),
        ("1-2", 5, ["render-1,2"]),
        ("10-1,4", 1, ["render-4"]),
        (" 007 - 010 , +5 ", 9, ["render-5,7-10"]),
        (47, 1, ["render-47"]),
        ("1..10,20..25,40,3..8", "4",
         ["render-1-4", "render-5-8", "render-9,10,20,21", "render-22-25", "render-40"]),
    ],
)  # fmt: skip
def test_frames_become_the_same_tasks(
    contract: Contract, frames: Any, chunk_size: Any, names: list[str]
) -> None:
    job = contract.submit(frames=frames, chunk_size=chunk_size)
    tasks = contract.client.tasks(job.id)
    assert [task.name for task in tasks] == names
    assert {task.status for task in tasks} == {"queued"}
    assert [task.index for task in tasks] == list(range(1, len(names) + 1))
    assert {(task.steps_completed, task.task_type, task.worker) for task in tasks} == {
        (0, "blender", "")
    }


@pytest.mark.parametrize("frames", ["", "1,", "1...3", "1-2-3", "-3", "1-10x2", "10-1", "x"])
def test_frames_that_make_no_sense_are_refused(contract: Contract, frames: str) -> None:
    with pytest.raises(ManagerRefusedError) as caught:
        contract.submit(frames=frames)
    assert caught.value.status == 400


def test_a_task_has_the_same_command(contract: Contract) -> None:
    job = contract.submit(frames="1-4", chunk_size=4)
    task = contract.client.tasks(job.id)[0]
    status, data = contract.raw("GET", f"{API}/tasks/{task.id}")
    assert status == 200
    (command,) = data["commands"]
    args = command["parameters"]["args"]
    if "--python-expr" in args:
        del args[args.index("--python-expr") : args.index("--python-expr") + 2]
    scene = ["--scene", "Main"] if contract.client.version() >= (3, 6) else []
    assert args == [
        *scene, "--render-output", job.settings["render_output_path"], "--render-format", "PNG",
        "--render-frame", "1..4",
    ]  # fmt: skip
    assert {k: command["parameters"][k] for k in ("exe", "exeArgs", "argsBefore")} == {
        "exe": "{blender}",
        "exeArgs": "{blenderArgs}",
        "argsBefore": [],
    }
    assert command["parameters"]["blendfile"] == job.settings["blendfile"]
    assert contract.client.task_log_tail(task.id) == ""


@pytest.mark.parametrize(
    "path",
    ["/out/a/../b/##", "//relative/##", "/out/slash/", "V:\\out\\a\\##", "/out/no-number",
     "relative/##", "/####"],
)  # fmt: skip
def test_output_paths_become_the_same_argument(contract: Contract, path: str) -> None:
    expected = {
        "/out/a/../b/##": "/out/b/##",
        "//relative/##": "/relative/##",
        "/out/slash/": "/out/slash/slash",
        "V:\\out\\a\\##": "V:/out/a/##",
        "/out/no-number": "/out/no-number",
        "relative/##": "relative/##",
        "/####": "/####",
    }
    job = contract.submit(render_output_path=path)
    task = contract.client.tasks(job.id)[0]
    _, data = contract.raw("GET", f"{API}/tasks/{task.id}")
    args = data["commands"][0]["parameters"]["args"]
    assert args[args.index("--render-output") + 1] == expected[path]


def test_a_job_is_cancelled_at_once_and_queued_again(contract: Contract) -> None:
    job = contract.submit()
    contract.client.set_job_status(job.id, "cancel-requested", "a reason")
    cancelled = contract.job(job.id)
    assert cancelled.status == "canceled"
    assert cancelled.activity.endswith("a reason")
    assert cancelled.updated != job.updated
    assert {task.status for task in contract.client.tasks(job.id)} == {"canceled"}
    contract.client.set_job_status(job.id, "requeueing", "again")
    assert contract.job(job.id).status in ("queued", "active", "completed", "failed")
    contract.client.set_job_status(job.id, "cancel-requested", "enough")
    contract.client.set_job_status(job.id, "cancel-requested", "twice is fine")


def test_pausing_a_paused_job_changes_nothing(contract: Contract) -> None:
    job = contract.submit()
    contract.client.set_job_status(job.id, "pause-requested", "x")
    paused = contract.job(job.id)
    assert paused.status == "paused"
    assert {task.status for task in contract.client.tasks(job.id)} == {"paused"}


@pytest.mark.parametrize("status", ["completed", "failed", "paused", "under-construction"])
def test_a_status_is_taken_unguarded(contract: Contract, status: str) -> None:
    job = contract.submit()
    contract.client.set_job_status(job.id, status, "x")
    assert contract.job(job.id).status == status


def test_a_priority_is_changed(contract: Contract) -> None:
    job = contract.submit()
    contract.client.set_priority(job.id, 80)
    assert contract.job(job.id).priority == 80
    with pytest.raises(ManagerRefusedError):
        contract.client.set_priority(job.id, 101)


def test_a_deleted_job_is_gone_and_deleting_it_again_is_fine(contract: Contract) -> None:
    job = contract.submit()
    contract.client.delete_job(job.id)
    contract.wait_until_gone(job.id)
    contract.client.delete_job(job.id)
    assert contract.client.tasks(job.id) == []


def test_a_priority_may_be_any_from_0_to_100(contract: Contract) -> None:
    job = contract.submit()
    for priority in (0, 100, 100):
        contract.client.set_priority(job.id, priority)
        assert contract.job(job.id).priority == priority


def test_a_tag_that_is_not_there_is_refused_and_no_tag_is_fine(contract: Contract) -> None:
    job = contract.submit()
    for tag in ({"id": UNKNOWN}, {"id": "7"}, {"name": "no such tag"}):
        assert contract.send("POST", f"jobs/{job.id}/settag", tag)[0] == 406
    assert contract.send("POST", f"jobs/{job.id}/settag", {})[0] == 204
    assert contract.send("POST", "jobs/check", submission(worker_tag=UNKNOWN))[0] == 204
    assert contract.client.job(contract.post(worker_tag="", initial_status="paused")) is not None


def test_nobody_is_blocked_and_unblocking_them_is_fine(contract: Contract) -> None:
    job = contract.submit()
    assert contract.client.blocklist(job.id) == []
    assert contract.client.blocklist(UNKNOWN) == []
    entry = [{"worker_id": UNKNOWN, "task_type": "blender"}]
    assert contract.send("DELETE", f"jobs/{job.id}/blocklist", entry)[0] == 204


def test_a_new_job_has_no_logs_and_its_deletion_no_checkout(contract: Contract) -> None:
    job = contract.submit()
    for task in contract.client.tasks(job.id):
        assert contract.client.task_log_tail(task.id) == ""
        assert contract.client.task_log(task.id) == b""
        whole = contract.client.task(task.id)
        assert whole is not None
        assert (whole.activity, whole.failed_by, whole.worker_id) == ("", (), "")
    would = contract.send("GET", f"jobs/{job.id}/what-would-delete-do")
    assert would == (200, {"shaman_checkout": False})


def test_the_calls_that_we_make_are_described(contract: Contract) -> None:
    status, document = contract.send("GET", "openapi3.json")
    assert status == 200
    assert document["openapi"].startswith("3.")
    paths = {path.replace("{jobID}", "{job_id}") for path in document["paths"]}
    paths = {path.removeprefix("/api/v3").replace("{task_id}", "{}") for path in paths}
    changes = {f"/jobs/{{job_id}}/{verb}" for verb in ("setstatus", "setpriority", "tasks")}
    assert {"/version", "/jobs", "/jobs/{job_id}", "/tasks/{}/setstatus"} | changes <= paths


def test_two_jobs_of_one_name_are_two_jobs(contract: Contract) -> None:
    one = contract.job_to_submit()
    first = contract.client.submit(one, is_paused=True)
    second = contract.client.submit(one, is_paused=True)
    assert first.id != second.id
    for job in (first, second):
        contract.client.delete_job(job.id)


def submission(**changes: Any) -> dict[str, Any]:
    return {
        "name": "contract/raw",
        "type": "simple-blender-render",
        "priority": 50,
        "submitter_platform": "linux",
        "initial_status": "paused",
        "settings": {"frames": "1", "chunk_size": 1, "blendfile": "/nowhere/a.blend",
                     "render_output_path": "/nowhere/##", "format": "PNG"},
        **changes,
    }  # fmt: skip


def without(member: str) -> dict[str, Any]:
    return {key: value for key, value in submission().items() if key != member}


REFUSED = {
    "no name": ("POST", "jobs", without("name"), 400, False),
    "no type": ("POST", "jobs", without("type"), 400, False),
    "no platform": ("POST", "jobs", without("submitter_platform"), 400, False),
    "priority is text": ("POST", "jobs", submission(priority="high"), 400, False),
    "priority is a float": ("POST", "jobs", submission(priority=50.5), 400, False),
    "metadata not text": ("POST", "jobs", submission(metadata={"a": 1}), 400, False),
    "metadata is null": ("POST", "jobs", submission(metadata={"a": None}), 400, False),
    "settings is a list": ("POST", "jobs", submission(settings=[]), 400, False),
    "unknown status": ("POST", "jobs", submission(initial_status="cancelled"), 400, False),
    "unknown type": ("POST", "jobs", submission(type="no-such-type"), 400, True),
    "wrong etag": ("POST", "jobs", submission(type_etag="0000"), 412, True),
    "video": ("POST", "jobs", submission(settings={"format": "FFMPEG"}), 400, True),
    "nothing to render": ("POST", "jobs", submission(settings={}), 400, True),
    "check: bad frames": ("POST", "jobs/check", submission(settings={"frames": "x"}), 400, True),
    "bad id": ("GET", "jobs/not-an-id", None, 400, True),
    "unknown job": ("GET", f"jobs/{UNKNOWN}", None, 404, True),
    "upper case id": ("GET", f"jobs/{UNKNOWN.upper()}", None, 404, True),
    "delete unknown job": ("DELETE", f"jobs/{UNKNOWN}", None, 404, True),
    "bad id of tasks": ("GET", "jobs/7/tasks", None, 400, True),
    "unknown task": ("GET", f"tasks/{UNKNOWN}", None, 404, True),
    "log of unknown task": ("GET", f"tasks/{UNKNOWN}/logtail", None, 404, True),
    "unknown job type": ("GET", "jobs/type/no-such-type", None, 404, True),
    "unknown path": ("GET", "no-such-path", None, 404, False),
    "no status": ("POST", f"jobs/{UNKNOWN}/setstatus", {"reason": "x"}, 400, False),
    "no reason": ("POST", f"jobs/{UNKNOWN}/setstatus", {"status": "queued"}, 400, False),
    "status of unknown job": (
        "POST", f"jobs/{UNKNOWN}/setstatus", {"status": "queued", "reason": "x"}, 404, True,
    ),
    "priority 101": ("POST", f"jobs/{UNKNOWN}/setpriority", {"priority": 101}, 400, False),
    "priority -1": ("POST", f"jobs/{UNKNOWN}/setpriority", {"priority": -1}, 400, False),
    "priority as text": ("POST", f"jobs/{UNKNOWN}/setpriority", {"priority": "5"}, 400, False),
    "half a priority": ("POST", f"jobs/{UNKNOWN}/setpriority", {"priority": 50.5}, 400, False),
    "priority is null": ("POST", f"jobs/{UNKNOWN}/setpriority", {"priority": None}, 400, False),
    "priority is true": ("POST", f"jobs/{UNKNOWN}/setpriority", {"priority": True}, 400, False),
    "no priority": ("POST", f"jobs/{UNKNOWN}/setpriority", {}, 400, False),
    "unknown tag": ("POST", "jobs", submission(worker_tag=UNKNOWN), 500, True),
    "tag that is no id": ("POST", "jobs", submission(worker_tag="7"), 500, True),
    "tag is null": ("POST", "jobs", submission(worker_tag=None), 400, False),
    "tag of unknown job": ("POST", f"jobs/{UNKNOWN}/settag", {}, 404, True),
    "task status of a job": (
        "POST", f"tasks/{UNKNOWN}/setstatus", {"status": "requeueing", "reason": "x"}, 400, False,
    ),
    "task status, no reason": (
        "POST", f"tasks/{UNKNOWN}/setstatus", {"status": "queued"}, 400, False,
    ),
    "status of unknown task": (
        "POST", f"tasks/{UNKNOWN}/setstatus", {"status": "queued", "reason": "x"}, 404, True,
    ),
    "status of a task with a bad id": (
        "POST", "tasks/7/setstatus", {"status": "queued", "reason": "x"}, 404, True,
    ),
    "bad id of a task": ("GET", "tasks/7", None, 400, True),
    "log of a task with a bad id": ("GET", "tasks/7/log", None, 400, True),
    "log file of unknown task": ("GET", f"tasks/{UNKNOWN}/log", None, 404, True),
    "bad id of a blocklist": ("GET", "jobs/7/blocklist", None, 400, True),
    "nobody to unblock": ("DELETE", f"jobs/{UNKNOWN}/blocklist", [], 400, True),
    "unblock whom": ("DELETE", f"jobs/{UNKNOWN}/blocklist", {}, 400, False),
    "unblock without a type": (
        "DELETE", f"jobs/{UNKNOWN}/blocklist", [{"worker_id": UNKNOWN}], 400, False,
    ),
    "unknown worker": ("GET", f"worker-mgt/workers/{UNKNOWN}", None, 404, True),
    "bad id of a worker": ("GET", "worker-mgt/workers/7", None, 400, True),
    "what would deleting an unknown job do": (
        "GET", f"jobs/{UNKNOWN}/what-would-delete-do", None, 404, True,
    ),
    "delete all before nothing": (
        "DELETE", "jobs/mass-delete", {"last_updated_max": "2001-01-01T00:00:00Z"}, 416, True,
    ),
    "delete all before no time": (
        "DELETE", "jobs/mass-delete", {"last_updated_max": "2001-01-01"}, 400, False,
    ),
    "priority of unknown job": (
        "POST", f"jobs/{UNKNOWN}/setpriority", {"priority": 1}, 404, True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused_alike(contract: Contract, case: str) -> None:
    method, path, body, status, has_code = REFUSED[case]
    content = None if body is None else json.dumps(body).encode()
    found, answer = contract.raw(method, f"{API}/{path}", content)
    assert (found, "code" in answer) == (status, has_code)
    assert answer["message"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"{", "application/json"), (b"{}", "text/plain"), (b"{}", ""), (b"", "application/json"),
     (b"\xef\xbb\xbf{}", "application/json"), (b"[]", "application/json")],
)  # fmt: skip
def test_a_body_that_is_no_json_is_refused_alike(
    contract: Contract, content: bytes, kind: str
) -> None:
    status, answer = contract.raw("POST", f"{API}/jobs", content, kind)
    assert status == 400
    assert answer["message"]


def test_a_wrong_method_is_never_405(contract: Contract) -> None:
    status, answer = contract.raw("PUT", f"{API}/jobs", b"{}")
    assert status == (404 if contract.client.version() >= (3, 9) else 400)
    assert answer == {"message": "method not allowed"}


@pytest.mark.parametrize(
    "name", ["", "é" * 5000, "a\nb", "\U0001f600", "x/../y", "\u202egnp", "%s{farm}"]
)
def test_any_name_comes_back_unchanged(contract: Contract, name: str) -> None:
    sent = contract.job_to_submit()
    job = contract.client.submit(
        JobToSubmit(name, sent.job_type, sent.type_etag, 50, sent.settings, {"k": name}),
        is_paused=True,
    )
    assert (job.name, job.metadata) == (name, {"k": name})
    contract.client.delete_job(job.id)


@pytest.mark.parametrize("priority", [5000, -5, 0])
def test_a_submission_may_have_any_priority(contract: Contract, priority: int) -> None:
    content = json.dumps(submission(priority=priority)).encode()
    status, job = contract.raw("POST", f"{API}/jobs", content)
    assert (status, job["priority"]) == (200, priority)


def test_unpaired_surrogates_are_replaced(contract: Contract) -> None:
    content = json.dumps(submission(name="a\ud800b")).encode()
    status, job = contract.raw("POST", f"{API}/jobs", content)
    assert (status, job["name"]) == (200, "a\ufffdb")


def test_storage_and_status_are_told(contract: Contract) -> None:
    assert Path(contract.client.storage_location()).is_absolute()
    known = ("active", "idle", "waiting", "asleep", "starting", "inoperative")
    assert contract.client.status() in known


def test_workers_are_told(contract: Contract) -> None:
    workers = contract.workers()
    tags = contract.client.worker_tags()
    assert len({tag.id for tag in tags}) == len(tags)
    _, whole = contract.send("GET", f"worker-mgt/workers/{workers[0].id}")
    assert (whole["id"], whole["name"]) == (workers[0].id, workers[0].name)
    assert "blender" in whole["supported_task_types"]
    assert {worker.status for worker in workers} <= {"awake", "asleep", "offline", "error"}


def test_an_unknown_audience_is_no_error(contract: Contract) -> None:
    status, answer = contract.raw("GET", f"{API}/configuration/shared-storage/nobody/linux")
    assert (status, answer["audience"]) == (200, "nobody")
    assert contract.raw("GET", f"{API}/configuration/variables/nobody/linux") == (200, {})


def test_a_job_is_rendered_its_steps_count_and_its_log_tells(contract: Contract) -> None:
    contract.workers()
    if contract.blend is None:
        pytest.skip("FLAMENCO_BLEND is not set: nothing that a real Worker could render")
    folder = contract.blend.parent / f"contract-{uuid.uuid4().hex[:8]}"
    job = contract.submit(
        is_paused=False,
        blendfile=str(contract.blend),
        render_output_path=str(folder / "######"),
        frames="1-2",
        scene="",
    )
    done = contract.wait_for(job.id, "completed")
    tasks = contract.client.tasks(job.id)
    assert [task.status for task in tasks] == ["completed", "completed"]
    assert all(task.worker for task in tasks)
    if contract.client.version() >= (3, 8):
        assert (done.steps_completed, done.steps_total) == (2, 2)
        assert [(task.steps_completed, task.steps_total) for task in tasks] == [(1, 1), (1, 1)]
    log = contract.client.task_log_tail(tasks[0].id)
    assert "task changed status queued -> active" in log
    assert "task changed status active -> completed" in log
    whole = contract.client.task(tasks[0].id)
    assert whole is not None
    assert (whole.worker, whole.failed_by) == (tasks[0].worker, ())
    assert whole.worker_id in {worker.id for worker in contract.client.workers()}


def test_a_rendered_job_has_pictures_and_a_log_that_can_be_followed(contract: Contract) -> None:
    contract.workers()
    if contract.blend is None:
        pytest.skip("FLAMENCO_BLEND is not set: nothing that a real Worker could render")
    folder = contract.blend.parent / f"contract-{uuid.uuid4().hex[:8]}"
    job = contract.submit(
        blendfile=str(contract.blend),
        render_output_path=str(folder / "######"),
        frames="1",
        scene="",
    )
    assert contract.client.job_picture(job.id) is None
    assert contract.send("GET", f"jobs/{job.id}/last-rendered") == (204, b"")
    if contract.is_local:  # the double of the renderer writes no file
        folder.mkdir()
        write_picture(folder / "000001.png", 640, 360)
    contract.client.set_job_status(job.id, "queued", "go on")
    contract.wait_for(job.id, "completed")
    deadline = time.monotonic() + DEADLINE_S
    while (picture := contract.client.job_picture(job.id)) is None:
        assert time.monotonic() < deadline, "there is no picture yet"
        time.sleep(0.1)
    for size in ("", "small", "tiny"):
        found = contract.client.job_picture(job.id, size=size)
        assert found is not None
        assert found.content.startswith(b"\xff\xd8\xff")
    assert contract.client.job_picture(job.id, since=picture.modified) is None
    status, newest = contract.send("GET", "jobs/last-rendered")
    assert (status, len(newest["suffixes"])) == (200, 3)
    (task,) = contract.client.tasks(job.id)
    whole = contract.client.task_log(task.id)
    assert b"task changed status queued -> active" in whole
    assert contract.client.task_log(task.id, 10) == whole[10:]
    assert contract.client.task_log(task.id, len(whole)) == b""


def test_a_task_without_its_file_fails_the_job(contract: Contract) -> None:
    if contract.is_local:
        pytest.skip("the double of the renderer needs no file; see tests/local_manager")
    contract.workers()
    job = contract.submit(is_paused=False)
    failed = contract.wait_for(job.id, "failed")
    assert failed.activity
    tasks = contract.client.tasks(job.id)
    assert {task.status for task in tasks} <= {"failed", "canceled"}
    (task_id,) = (task.id for task in tasks if task.status == "failed")
    task = contract.client.task(task_id)
    assert task is not None
    assert task.failed_by == (task.worker_id,)
    contract.client.set_job_status(job.id, "requeueing", "again")
    contract.client.set_job_status(job.id, "cancel-requested", "enough")
    again = contract.client.task(task_id)
    assert again is not None
    assert again.failed_by in ((), (task.worker_id,))
