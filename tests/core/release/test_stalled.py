# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The situations of flamenco.md §4.4 in which a job stays ``active`` for ever, and their likes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.core.ports import BlockedWorker, RemoteJob, RemoteTask, RemoteWorker
from farm_addon.core.release.stalled import find_stalled, is_stalled, why_stalled
from tests.fakes.farm import FakeManager

JOB = RemoteJob("j", "summer/a", "active", "", 50, {}, {}, 0, 0, "", "")
ANNA = RemoteWorker("anna", "anna", "awake")
BERT = RemoteWorker("bert", "bert", "awake")
ASLEEP = RemoteWorker("carl", "carl", "asleep")


def tasks(*statuses: str, failed_by: Iterable[str] = ()) -> list[RemoteTask]:
    """Return render tasks; those that wait or failed were failed by these Workers."""
    return [
        RemoteTask(
            f"t{index}",
            f"render-{index}",
            status,
            "blender",
            index=index,
            failed_by=tuple(failed_by) if status in ("queued", "soft-failed", "failed") else (),
        )
        for index, status in enumerate(statuses, 1)
    ]


def video(status: str = "queued") -> RemoteTask:
    return RemoteTask("v", "preview-video", status, "ffmpeg", index=99)


@pytest.mark.parametrize("status", ["active", "queued"])
def test_a_job_whose_rest_has_failed_is_stalled(status: str) -> None:
    found = tasks(*["completed"] * 19, "failed")
    job = replace(JOB, status=status)
    assert is_stalled(job, found, [ANNA])
    assert why_stalled(job, found, [ANNA]) == "1 of 20 tasks failed"


def test_a_video_behind_a_failed_frame_never_comes() -> None:
    found = [*tasks(*["completed"] * 11, "failed"), video()]
    assert why_stalled(JOB, found, [ANNA]) == "1 of 13 tasks failed and 1 can no longer be run"


def test_a_task_that_every_awake_worker_has_failed_is_stuck() -> None:
    found = tasks("completed", "soft-failed", failed_by=["anna", "bert"])
    assert is_stalled(JOB, found, [ANNA, BERT, ASLEEP])
    assert why_stalled(JOB, found, [ANNA]) == "1 of 2 tasks failed and no Worker may run them again"
    another = replace(ASLEEP, status="awake")
    assert not is_stalled(JOB, found, [ANNA, BERT, another])


def test_blocked_workers_run_nothing_more_of_that_type() -> None:
    found = tasks("failed", "queued", "queued")
    blocked = [BlockedWorker("anna", "anna", "blender")]
    assert is_stalled(JOB, found, [ANNA], blocked)
    assert not is_stalled(JOB, found, [ANNA], [BlockedWorker("anna", "anna", "ffmpeg")])
    assert not is_stalled(JOB, found, [ANNA, BERT], blocked)


@pytest.mark.parametrize(
    "status", ["completed", "failed", "canceled", "paused", "pause-requested", "some-new-word"]
)
def test_only_an_unfinished_job_is_stalled(status: str) -> None:
    assert not is_stalled(replace(JOB, status=status), tasks("failed"), [ANNA])


def test_a_job_about_to_be_deleted_is_not_stalled() -> None:
    assert not is_stalled(replace(JOB, is_deletion_requested=True), tasks("failed"), [ANNA])


@pytest.mark.parametrize(
    "statuses",
    [("failed", "active"), ("soft-failed", "active"), ("queued", "completed"), (), ("paused",)],
)
def test_a_job_that_runs_or_never_failed_is_not_stalled(statuses: tuple[str, ...]) -> None:
    assert not is_stalled(JOB, tasks(*statuses), [ANNA])


def test_a_job_that_waits_for_workers_to_wake_is_not_stalled() -> None:
    waiting = tasks("failed", "queued")
    assert not is_stalled(JOB, waiting, [ASLEEP])
    assert not is_stalled(JOB, waiting, [])
    assert is_stalled(JOB, tasks("failed", "soft-failed", failed_by=["carl"]), [ASLEEP])


def manager(*jobs: tuple[RemoteJob, list[RemoteTask]], workers: Iterable[RemoteWorker]):  # type: ignore[no-untyped-def]
    return FakeManager(
        stored={job.id: job for job, _ in jobs},
        known_tasks={job.id: found for job, found in jobs},
        known_workers=tuple(workers),
    )


def test_finding_them_asks_only_for_what_may_be_stalled() -> None:
    ids = ["queued", "completed", "paused", "active"]
    jobs = [(replace(JOB, id=name, status=name), tasks("completed", "active")) for name in ids]
    farm = manager(*jobs, workers=[ANNA])
    assert find_stalled(farm, farm.stored.values()) == {}
    assert farm.requests == ["tasks active"]


def test_finding_them_asks_who_failed_a_task_where_the_answer_hangs_on_it() -> None:
    stuck = tasks("soft-failed", "soft-failed", failed_by=["anna"])
    going = [replace(task, id=f"{task.id}-b", failed_by=()) for task in stuck]
    farm = manager(
        (replace(JOB, id="a"), stuck), (replace(JOB, id="b"), going), workers=[ANNA, ASLEEP]
    )
    reason = "2 of 2 tasks failed and no Worker may run them again"
    assert find_stalled(farm, farm.stored.values()) == {"a": reason}
    assert farm.requests == [
        "tasks a", "workers", "blocklist a", "task t1", "task t2",
        "tasks b", "blocklist b", "task t1-b",
    ]  # fmt: skip


def test_blocked_workers_save_asking_for_each_task() -> None:
    farm = manager((JOB, tasks("failed", *["queued"] * 500)), workers=[ANNA])
    farm.blocked["j"] = [BlockedWorker("anna", "anna", "blender")]
    assert list(find_stalled(farm, [JOB])) == ["j"]
    assert farm.requests == ["tasks j", "workers", "blocklist j"]


def test_a_queued_job_with_finished_steps_is_looked_at() -> None:
    job = replace(JOB, status="queued", steps_completed=3, steps_total=4)
    farm = manager((job, tasks("completed", "failed")), workers=[ANNA])
    assert find_stalled(farm, [job]) == {"j": "1 of 2 tasks failed"}


# --- against a Manager that hands out tasks -------------------------------------------------------

WORKERS = ("anna", "bert", "carl")
TASKS = st.builds(
    RemoteTask,
    id=st.uuids().map(str),
    name=st.sampled_from(["render-1", "render-2", "preview-video"]),
    status=st.sampled_from(["queued", "active", "completed", "failed", "soft-failed", "canceled"]),
    task_type=st.sampled_from(["blender", "ffmpeg"]),
    failed_by=st.lists(st.sampled_from(WORKERS), max_size=3, unique=True).map(tuple),
)
FARM = st.lists(
    st.tuples(st.sampled_from(WORKERS), st.sampled_from(["awake", "asleep", "offline", "error"])),
    max_size=3,
    unique_by=lambda one: one[0],
).map(lambda found: [RemoteWorker(name, name, status) for name, status in found])
BLOCKED = st.lists(
    st.builds(
        BlockedWorker,
        st.sampled_from(WORKERS),
        st.just(""),
        st.sampled_from(["blender", "ffmpeg"]),
    ),
    max_size=3,
)


def handed_out(
    found: list[RemoteTask], workers: list[RemoteWorker], blocked: list[BlockedWorker]
) -> list[str]:
    """Return the tasks that the Manager would give to these Workers (flamenco.md §4.3)."""
    given = []
    for task in found:
        for worker in workers:
            is_blocked = any(
                (one.worker_id, one.task_type) == (worker.id, task.task_type) for one in blocked
            )
            is_behind = task.name == "preview-video" and any(
                one.status != "completed" for one in found if one is not task
            )
            if task.status in ("queued", "soft-failed") and worker.id not in task.failed_by:
                if not is_blocked and not is_behind:
                    given.append(task.id)
    return given


@given(st.lists(TASKS, max_size=5), FARM, BLOCKED)
def test_a_stalled_job_gets_no_worker_and_one_that_gets_none_after_a_failure_is_stalled(
    found: list[RemoteTask], workers: list[RemoteWorker], blocked: list[BlockedWorker]
) -> None:
    awake = [one for one in workers if one.status == "awake"]
    given = handed_out(found, awake or workers, blocked)
    statuses = [task.status for task in found]
    has_failed = "failed" in statuses or "soft-failed" in statuses
    stuck = has_failed and "active" not in statuses and not given
    if workers:
        assert is_stalled(JOB, found, workers, blocked) == stuck
    elif is_stalled(JOB, found, workers, blocked):
        assert stuck


@given(st.lists(TASKS, max_size=5), FARM, BLOCKED)
def test_knowing_less_never_makes_a_job_stalled(
    found: list[RemoteTask], workers: list[RemoteWorker], blocked: list[BlockedWorker]
) -> None:
    summaries = [replace(task, failed_by=()) for task in found]
    if is_stalled(JOB, summaries, workers):
        assert is_stalled(JOB, found, workers, blocked)


@given(st.lists(TASKS, max_size=5), FARM, BLOCKED)
def test_asking_finds_what_knowing_everything_tells(
    found: list[RemoteTask], workers: list[RemoteWorker], blocked: list[BlockedWorker]
) -> None:
    farm = manager((JOB, found), workers=workers)
    farm.blocked["j"] = blocked
    why = why_stalled(JOB, found, workers, blocked)
    assert find_stalled(farm, [JOB]) == ({"j": why} if why else {})
