# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pause, resume, requeue and priority: from which statuses, and what is left alone and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from farm_addon.core.errors import ManagerRefusedError, ManagerUnreachableError, UsageError
from farm_addon.core.farm_jobs.changing import (
    Change,
    Changed,
    Part,
    change_jobs,
    changing_priority,
    count_parts,
    pausing,
    plan_change,
    requeueing,
    resuming,
)
from farm_addon.core.farm_jobs.farm_job import FarmJob
from farm_addon.core.ports import ManagerAddress
from tests.core.disturbances import Kill, Killed, Seam, Silence, Wire
from tests.core.farm_jobs.rows import STATUSES, farm_job, remote_job
from tests.core.farm_jobs.small_farm import SmallFarm
from tests.fakes.farm import FakeManager


def plan(change: Change, job: FarmJob) -> str:
    (one,) = plan_change(change, [job], {})
    return one.part.value if one.part else "to do"


def change_all(farm: SmallFarm, change: Change, query: str) -> list[Changed]:
    selection = farm.find(query)
    planned = plan_change(change, selection.jobs, selection.managers)
    return change_jobs(farm.workspace, selection.managers, change, planned)


def statuses(farm: SmallFarm) -> dict[str, str]:
    return {job.name: job.status for job in farm.manager.stored.values()}


@pytest.mark.parametrize(
    ("change", "to_do", "already"),
    [
        (pausing(), {"active", "queued"}, {"paused", "pause-requested"}),
        (resuming(), {"paused"}, {"active", "queued"}),
        (requeueing(), {"canceled", "failed", "paused"}, {"active", "queued"}),
        (
            requeueing(with_completed=True),
            {"canceled", "failed", "paused", "completed"},
            {"active", "queued"},
        ),
        (changing_priority(80), set(STATUSES) - {"completed"}, set()),
        (changing_priority(50), set(), set(STATUSES)),
    ],
)
def test_a_job_is_changed_only_from_where_that_makes_sense(
    change: Change, to_do: set[str], already: set[str]
) -> None:
    for status in STATUSES:
        expected = "to do" if status in to_do else "already so" if status in already else None
        assert plan(change, farm_job(status=status)) == (expected or "left alone")


def test_what_is_left_alone_says_why() -> None:
    def why(change: Change, **job: object) -> str:
        (one,) = plan_change(change, [farm_job(**job)], {})  # type: ignore[arg-type]
        assert one.part is Part.LEFT
        return one.message

    assert "frames that are there are not rendered again" in why(requeueing(), status="completed")
    assert why(pausing(), status="failed") == "it is 'failed'"
    assert "still pausing" in why(resuming(), status="pause-requested")
    superseded = {"status": "paused", "is_superseded": True, "attempt": 2}
    assert why(resuming(), **superseded) == "attempt 2 no longer counts"
    assert why(requeueing(), **superseded) == "attempt 2 no longer counts"
    delivered = {"status": "delivered", "remote": remote_job(status="completed")}
    with_completed = requeueing(with_completed=True)
    assert why(with_completed, **delivered).endswith("farm replace job ep01/sh010")


def test_what_no_manager_has_is_not_found_or_a_failure() -> None:
    never = farm_job(remote=None, manager=None, status="planned")
    assert plan_change(pausing(), [never], {}) == []
    assert plan(pausing(), farm_job(remote=None, status="missing")) == "not found"
    assert plan(pausing(), farm_job(remote=None, status="delivered")) == "left alone"
    unknown = farm_job(remote=None, status="unknown", message="it is silent")
    (one,) = plan_change(pausing(), [unknown], {})
    assert (one.part, one.message) == (Part.FAILED, "it is silent")


def test_a_stalled_job_is_queued_again_though_it_is_active() -> None:
    job, other = farm_job("sh010", "active"), farm_job("sh020", "active")
    change = requeueing([job])
    assert plan(change, job) == "to do"
    assert plan(change, other) == "already so"
    assert plan(requeueing([job]), replace(job, is_superseded=True)) == "left alone"


def test_pause_resume_and_requeue_reach_the_manager(farm: SmallFarm) -> None:
    assert count_parts(change_all(farm, pausing(), "release:ep01")) == {
        "changed": 1,
        "already so": 0,
        "left alone": 2,
        "not found": 0,
        "failed": 0,
    }
    assert statuses(farm)["ep01/sh010"] == "paused"
    change_all(farm, resuming(), "status:paused")
    assert statuses(farm)["ep01/sh010"] == "queued"
    change_all(farm, requeueing(), "release:ep01")
    assert statuses(farm)["ep01/sh030"] == "queued"
    change_all(farm, changing_priority(90), "user:ben")
    assert [job.priority for job in farm.manager.stored.values()] == [50, 50, 90, 50]


class OldManager(FakeManager):
    def version(self) -> tuple[int, int]:
        return 3, 5


def test_an_old_manager_is_never_asked_to_pause(farm: SmallFarm) -> None:
    old = OldManager(ManagerAddress(url="http://old:8080"))
    farm.others.append(old)
    farm.plan("ep03", "sh010", "sh020")
    for job in ("sh010", "sh020"):
        farm.send("ep03", job, manager=old)
    changed = change_all(farm, pausing(), "job:sh010 or release:ep03")
    assert {one.message for one in changed if one.part is Part.FAILED} == {
        "http://old:8080 is Flamenco 3.5, which cannot pause jobs; 3.6 and later can"
    }
    assert [one.part for one in changed].count(Part.FAILED) == 2
    assert old.requests == ["jobs"]
    assert statuses(farm)["ep02/sh010"] == "paused"
    assert {job.status for job in old.stored.values()} == {"queued"}


def test_what_an_old_manager_cannot_do_is_known_before_anything_is_done(farm: SmallFarm) -> None:
    old = OldManager(farm.manager.address, farm.manager.stored)
    (job,) = farm.jobs("release:ep02")
    (one,) = plan_change(pausing(), [job], {old.address: old})
    assert one.part is Part.FAILED
    (one,) = plan_change(requeueing(), [replace(job, remote=remote_job(status="failed"))], {})
    assert one.part is None


class Refusing(FakeManager):
    def set_priority(self, job_id: str, priority: int) -> None:
        name = self.stored[job_id].name
        self.requests.append(f"priority {name}")
        if name == "ep01/sh010":
            raise ManagerRefusedError("no such job", status=404)
        if name == "ep01/sh020":
            raise ManagerRefusedError("it says no", status=422)
        raise ManagerUnreachableError("it is silent")


def test_each_job_has_its_own_outcome_and_a_silent_manager_is_asked_no_more(
    farm: SmallFarm,
) -> None:
    farm.send("ep01", "sh040")
    farm.manager = Refusing(stored=farm.manager.stored)
    for job_id, job in farm.manager.stored.items():
        farm.manager.stored[job_id] = replace(job, status="queued")
    changed = change_all(farm, changing_priority(1), "release:ep01")
    assert [(one.job.job, one.part, one.message) for one in changed] == [
        ("sh010", Part.GONE, "no such job"),
        ("sh020", Part.FAILED, "it says no"),
        ("sh030", Part.FAILED, "it is silent"),
        ("sh040", Part.FAILED, "it is silent"),
    ]
    assert "priority ep01/sh040" not in farm.manager.requests


@pytest.mark.parametrize("number", [-1, 101])
def test_a_priority_lies_between_0_and_100(number: int) -> None:
    with pytest.raises(UsageError, match=f"{number} is no priority"):
        changing_priority(number)


@pytest.mark.parametrize("fault", [Kill, Silence])
@pytest.mark.parametrize("make", [pausing, requeueing, lambda: changing_priority(90)])
def test_a_change_that_was_stopped_anywhere_ends_the_same_when_it_is_repeated(
    farm: SmallFarm, make: Callable[[], Change], fault: Callable[[int], Seam]
) -> None:
    manager, begun = farm.manager, dict(farm.manager.stored)
    counting = Seam()

    def run(seam: Seam) -> None:
        farm.manager = Wire(manager, seam)  # type: ignore[assignment]
        change_all(farm, make(), "job:sh0*")

    run(counting)
    wanted = dict(manager.stored)
    assert wanted != begun
    for number in range(len(counting.points)):
        manager.stored = dict(begun)
        try:
            run(fault(number))
        except (Killed, ManagerUnreachableError):
            pass
        run(Seam())
        assert manager.stored == wanted, f"stopped at {counting.points[number]}"
