# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our client may rely on, whoever answers."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from farm_addon.core.errors import ManagerRefusedError
from farm_addon.core.ports import JobToSubmit
from tests.contract.conftest import MANAGERS, REAL, Contract

API = "/api/v3"
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


def test_storage_status_and_workers_are_told(contract: Contract) -> None:
    assert Path(contract.client.storage_location()).is_absolute()
    assert contract.client.status() in ("active", "idle", "waiting", "asleep", "starting")
    workers = contract.client.workers()
    assert workers
    assert {worker.status for worker in workers} <= {"awake", "asleep", "offline", "error"}


def test_an_unknown_audience_is_no_error(contract: Contract) -> None:
    status, answer = contract.raw("GET", f"{API}/configuration/shared-storage/nobody/linux")
    assert (status, answer["audience"]) == (200, "nobody")
    assert contract.raw("GET", f"{API}/configuration/variables/nobody/linux") == (200, {})


def test_a_job_is_rendered_its_steps_count_and_its_log_tells(contract: Contract) -> None:
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


def test_a_task_without_its_file_fails_the_job(contract: Contract) -> None:
    if contract.is_local:
        pytest.skip("the double of the renderer needs no file; see tests/local_manager")
    job = contract.submit(is_paused=False)
    failed = contract.wait_for(job.id, "failed")
    assert failed.activity
    statuses = [task.status for task in contract.client.tasks(job.id)]
    assert "failed" in statuses
    assert set(statuses) <= {"failed", "canceled"}
