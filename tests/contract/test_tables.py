# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a status does, row by row of flamenco.md §4.1 and §4.2, whoever answers.

The jobs here are ones that no Worker takes, so that nothing changes but what is asked for.
"""

from __future__ import annotations

import pytest

from farm_addon.core.release.stalled import find_stalled
from tests.contract.conftest import API, Contract
from tests.contract.tables import JOB_ROWS, TASK_ROWS


@pytest.mark.parametrize(("before", "tasks", "asked", "after", "tasks_after"), JOB_ROWS)
def test_a_status_asked_for_a_job(
    idle: Contract, before: str, tasks: str, asked: str, after: str, tasks_after: str
) -> None:
    job_id = idle.put(before, tasks)
    was = idle.job(job_id)
    idle.client.set_job_status(job_id, asked, "because")
    job = idle.job(job_id)
    assert (job.status, idle.letters(job_id)) == (after, tasks_after)
    if asked == before:
        assert job == was
    else:
        assert job.activity == f'Changed to status "{after}": because'
        assert job.updated != was.updated


@pytest.mark.parametrize(("before", "tasks", "becomes", "after", "tasks_after"), TASK_ROWS)
def test_what_a_task_does_to_its_job(
    idle: Contract, before: str, tasks: str, becomes: str, after: str, tasks_after: str
) -> None:
    job_id = idle.put(before, tasks)
    task = idle.client.tasks(job_id)[0]
    idle.set_task(task.id, becomes)
    assert (idle.job(job_id).status, idle.letters(job_id)) == (after, tasks_after)
    if tasks_after != "q" * len(tasks):
        changed = idle.client.task(task.id)
        assert changed is not None
        assert changed.activity == "by hand"


def test_a_requeued_job_counts_its_steps_from_zero(idle: Contract) -> None:
    job_id = idle.put("completed", "CCC")
    done = idle.job(job_id)
    idle.client.set_job_status(job_id, "requeueing", "again")
    job = idle.job(job_id)
    assert [(one.steps_completed, one.steps_total) for one in (done, job)] == [(3, 3), (0, 3)]
    assert [task.steps_completed for task in idle.client.tasks(job_id)] == [0, 0, 0]


def test_a_requeue_leaves_what_is_completed(idle: Contract) -> None:
    job_id = idle.put("failed", "CxxF")
    idle.client.set_job_status(job_id, "requeueing", "again")
    job = idle.job(job_id)
    assert (job.status, job.steps_completed, job.steps_total) == ("queued", 1, 4)


@pytest.mark.parametrize(("asked", "steps"), [("requeueing", 3), ("queued", 0)])
def test_a_job_that_was_paused_from_the_start_is_started(
    idle: Contract, asked: str, steps: int
) -> None:
    job = idle.submit(is_paused=True)
    assert (job.status, idle.letters(job.id)) == ("paused", "qqq")
    idle.client.set_job_status(job.id, asked, "go")
    found = idle.job(job.id)
    assert (found.status, idle.letters(job.id)) == ("queued", "qqq")
    assert (found.steps_completed, found.steps_total) == (0, steps)


@pytest.mark.parametrize(
    "status",
    ["queued", "active", "completed", "failed", "canceled", "paused", "pause-requested",
     "under-construction", "requeueing", "cancel-requested"],
)  # fmt: skip
def test_a_job_may_begin_in_any_status(idle: Contract, status: str) -> None:
    job_id = idle.post(initial_status=status)
    assert (idle.job(job_id).status, idle.letters(job_id)) == (status, "q")
    assert idle.job(job_id).activity == ""


def test_a_completed_task_has_all_its_steps_and_a_queued_one_none(idle: Contract) -> None:
    job = idle.submit(is_paused=True, frames="1-8", chunk_size=4)
    task = idle.client.tasks(job.id)[0]
    steps = []
    for status in ("completed", "queued"):
        idle.set_task(task.id, status)
        found = idle.client.tasks(job.id)[0]
        steps.append((found.steps_completed, found.steps_total))
    assert steps == [(4, 4), (0, 4)]


def test_a_task_that_is_changed_says_so_in_its_log(idle: Contract) -> None:
    job = idle.submit(is_paused=True)
    task = idle.client.tasks(job.id)[0].id
    assert idle.client.task_log(task) == b""
    idle.set_task(task, "active")
    first = idle.client.task_log(task)
    idle.set_task(task, "completed")
    assert first.endswith(b"Z task changed status queued -> active\n")
    more = idle.client.task_log(task, len(first))
    assert more.endswith(b"Z task changed status active -> completed\n")
    assert idle.client.task_log(task) == first + more
    assert idle.client.task_log_tail(task).encode() == first + more
    assert idle.client.task_log(task, len(first + more)) == b""


def test_an_active_job_is_deleted_with_its_logs(idle: Contract) -> None:
    job_id = idle.put("active", "ACq")
    task = idle.client.tasks(job_id)[0].id
    _, log = idle.raw("GET", f"{API}/tasks/{task}/log")
    assert idle.raw("GET", log["url"])[0] == 200
    idle.client.delete_job(job_id)
    idle.wait_until_gone(job_id)
    assert idle.client.task(task) is None
    assert idle.client.tasks(job_id) == []
    assert idle.raw("GET", log["url"])[0] == 404
    for verb, body in (
        ("setstatus", {"status": "queued", "reason": "x"}),
        ("setpriority", {"priority": 1}),
    ):
        assert idle.send("POST", f"jobs/{job_id}/{verb}", body)[0] == 404


def test_the_end_of_a_log_is_told_from_a_part_of_it(idle: Contract) -> None:
    job_id = idle.put("active", "Aq")
    _, log = idle.raw("GET", f"{API}/tasks/{idle.client.tasks(job_id)[0].id}/log")
    size, url = log["size"], log["url"]
    assert idle.raw("GET", url, headers={"Range": f"bytes={size}-"})[0] == 416
    status, part = idle.raw("GET", url, headers={"Range": "bytes=5-9"})
    assert (status, part) == (206, idle.raw("GET", url)[1][5:10])
    assert idle.raw("GET", url, headers={"Range": "bytes=oops"})[0] in (200, 416)
    later = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    assert idle.raw("GET", url, headers=later)[0] == 304


@pytest.mark.parametrize("tasks", ["CCCCCCCCCCCF", "CxxxxxxxxxxF"])
def test_a_job_that_a_failed_task_keeps_from_ending_is_stalled(idle: Contract, tasks: str) -> None:
    if idle.is_local:
        pytest.skip("the local manager lets no job stall; see tests/local_manager")
    job = idle.job(idle.put("active", tasks))
    other = idle.job(idle.put("active", "ACCCCCCCCCCF"))
    assert find_stalled(idle.client, [job, other]) == {job.id: "1 of 12 tasks failed"}
