# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What kill does to which jobs, and that it comes to the same end however it was stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from farm_addon.core.errors import ManagerError, ManagerUnreachableError, UsageError
from farm_addon.core.farm_jobs.guards import owners, refuse_everything, refuse_too_many
from farm_addon.core.farm_jobs.killing import (
    Victim,
    count_outcomes,
    kill_jobs,
    plan_kill,
    still_meant,
    to_cancel,
    to_delete,
)
from farm_addon.core.ports import ManagerAddress
from tests.core.disturbances import Kill, Killed, Seam, Silence, Wire
from tests.core.farm_jobs.rows import farm_job
from tests.core.farm_jobs.small_farm import SmallFarm
from tests.fakes.farm import FakeManager


def kill(farm: SmallFarm, query: str, *, is_deleting: bool = False) -> list[Victim]:
    selection = farm.find(query)
    victims = plan_kill(selection.jobs)
    return kill_jobs(farm.workspace, selection.managers, victims, is_deleting=is_deleting)


def told(victims: list[Victim]) -> dict[str, str]:
    return {one.job.label: one.outcome.fate.value if one.outcome else "" for one in victims}


def statuses(farm: SmallFarm) -> dict[str, str]:
    return {job.name: job.status for job in farm.manager.stored.values()}


def test_what_is_to_become_of_each_job_is_known_before(farm: SmallFarm) -> None:
    farm.manager.stored.popitem()  # ep02/sh010
    victims = plan_kill(farm.jobs("job:*"))
    assert told(victims) == {
        "ep01/sh010": "",
        "ep01/sh020": "already finished",
        "ep01/sh030": "",
        "ep02/sh010": "not found",
    }  # and not the one that was never sent
    assert [job.label for job in to_cancel(victims)] == ["ep01/sh010", "ep01/sh030"]
    assert [job.label for job in to_delete(victims)] == ["ep01/sh010", "ep01/sh020", "ep01/sh030"]


def test_kill_cancels_what_matches_and_nothing_else(farm: SmallFarm) -> None:
    victims = kill(farm, "release:ep01")
    assert count_outcomes(victims) == {
        "cancelled": 2,
        "already finished": 1,
        "not found": 0,
        "failed": 0,
    }
    assert statuses(farm) == {
        "ep01/sh010": "canceled",
        "ep01/sh020": "completed",
        "ep01/sh030": "canceled",
        "ep02/sh010": "queued",
    }


def test_kill_twice_is_the_same_as_once(farm: SmallFarm) -> None:
    kill(farm, "release:ep01")
    before, requests = dict(farm.manager.stored), len(farm.manager.requests)
    assert set(told(kill(farm, "release:ep01")).values()) == {"already finished"}
    assert farm.manager.stored == before
    assert farm.manager.requests[requests:] == ["jobs"]


def test_deleting_takes_what_is_finished_too(farm: SmallFarm) -> None:
    victims = kill(farm, "release:ep01", is_deleting=True)
    assert [victim.is_deleted for victim in victims] == [True, True, True]
    assert statuses(farm) == {"ep02/sh010": "queued"}
    assert told(kill(farm, "release:ep01", is_deleting=True)) == {
        "ep01/sh010": "not found",
        "ep01/sh020": "not found",
        "ep01/sh030": "not found",
    }


def comes_back(farm: SmallFarm, label: str) -> Callable[[float], None]:
    def wait(_seconds: float) -> None:
        for job_id, job in farm.manager.stored.items():
            if job.name == label and job.status == "canceled":
                farm.manager.stored[job_id] = replace(job, status="active")

    return wait


def test_a_job_that_does_not_let_go_is_a_failure_and_is_not_deleted(farm: SmallFarm) -> None:
    farm.workspace = replace(farm.workspace, wait=comes_back(farm, "ep01/sh010"))
    victims = kill(farm, "release:ep01", is_deleting=True)
    assert told(victims)["ep01/sh010"] == "failed"
    assert statuses(farm) == {"ep01/sh010": "canceled", "ep02/sh010": "queued"}
    outcome = victims[0].outcome
    assert outcome is not None
    assert "has not let go" in outcome.message


def test_a_job_that_was_cancelled_just_now_is_seen_off_again(farm: SmallFarm) -> None:
    just_now = datetime.now(UTC).isoformat()
    long_ago = "2026-11-01T12:00:00Z"
    for job_id, job in farm.manager.stored.items():
        updated = just_now if job.name == "ep01/sh010" else long_ago
        farm.manager.stored[job_id] = replace(job, status="canceled", updated=updated)
    farm.workspace = replace(farm.workspace, wait=comes_back(farm, "ep01/sh010"))
    assert told(kill(farm, "release:ep01")) == {
        "ep01/sh010": "failed",
        "ep01/sh020": "already finished",
        "ep01/sh030": "already finished",
    }


def test_what_somebody_queued_again_while_one_was_asked_is_left_alone(farm: SmallFarm) -> None:
    shown = plan_kill(farm.jobs("release:ep01"))
    for job_id, job in farm.manager.stored.items():
        status = {"ep01/sh010": "completed", "ep01/sh020": "queued"}.get(job.name, job.status)
        farm.manager.stored[job_id] = replace(job, status=status)
    meant = still_meant(shown, farm.jobs("release:ep01"))
    assert told(meant) == {"ep01/sh010": "already finished", "ep01/sh030": ""}
    assert [job.label for job in to_delete(meant)] == ["ep01/sh010", "ep01/sh030"]
    assert told(still_meant(shown, farm.jobs("status:failed"))) == {"ep01/sh030": ""}


def test_jobs_of_a_manager_that_cannot_be_asked_are_failures(farm: SmallFarm) -> None:
    farm.plan("ep03", "sh010")
    farm.send("ep03", "sh010", manager=FakeManager(ManagerAddress(user="ben", host="ws3")))
    victims = kill(farm, "release:ep03")
    assert told(victims) == {"ep03/sh010": "failed"}
    assert victims[0].outcome is not None
    assert "ben on ws3" in victims[0].outcome.message


def test_each_manager_is_asked_for_its_own_jobs(farm: SmallFarm) -> None:
    other = FakeManager(ManagerAddress(url="http://other:8080"))
    farm.others.append(other)
    farm.plan("ep03", "sh010")
    farm.send("ep03", "sh010", "active", manager=other)
    kill(farm, "job:sh010 is:unfinished")
    assert {job.status for job in other.stored.values()} == {"canceled"}
    assert statuses(farm)["ep02/sh010"] == "canceled"


class Undeletable(FakeManager):
    error: ManagerError = ManagerError("it keeps it")

    def delete_job(self, job_id: str) -> None:
        self._asked("delete")
        raise self.error


@pytest.mark.parametrize(
    ("error", "requests"),
    [(ManagerError("it keeps it"), 3), (ManagerUnreachableError("it is silent"), 1)],
)
def test_what_cannot_be_deleted_is_a_failure(
    farm: SmallFarm, error: ManagerError, requests: int
) -> None:
    manager = Undeletable(stored=farm.manager.stored)
    manager.error = error
    farm.manager = manager
    victims = kill(farm, "release:ep01", is_deleting=True)
    assert set(told(victims).values()) == {"failed"}
    assert manager.requests.count("delete") == requests
    assert victims[1].outcome is not None
    assert victims[1].outcome.message == f"it could not be deleted: {error.message}"


# --- stopped anywhere -----------------------------------------------------------------------------


@pytest.mark.parametrize("is_deleting", [False, True])
@pytest.mark.parametrize("fault", [Kill, Silence])
def test_kill_that_was_stopped_anywhere_ends_the_same_when_it_is_repeated(
    farm: SmallFarm, is_deleting: bool, fault: Callable[[int], Seam]
) -> None:
    manager, begun = farm.manager, dict(farm.manager.stored)
    counting = Seam()

    def run(seam: Seam) -> None:
        farm.manager = Wire(manager, seam)  # type: ignore[assignment]
        kill(farm, "release:ep01", is_deleting=is_deleting)

    run(counting)
    wanted = dict(manager.stored)
    assert len(counting.points) > 8
    for number in range(len(counting.points)):
        manager.stored = dict(begun)
        try:
            run(fault(number))
        except (Killed, ManagerUnreachableError):
            pass
        else:
            assert fault is Silence  # told as outcomes
        run(Seam())
        assert manager.stored == wanted, f"stopped at {counting.points[number]}"


# --- guards ---------------------------------------------------------------------------------------


def test_a_query_that_matches_everything_needs_to_be_meant(farm: SmallFarm) -> None:
    selection = farm.find("job:*")
    with pytest.raises(UsageError, match=r"'job:\*' matches every job on the farm"):
        refuse_everything(selection, is_all=False)
    refuse_everything(selection, is_all=True)
    refuse_everything(farm.find("release:*1"), is_all=False)
    with pytest.raises(UsageError, match="every job of release 'ep01'"):
        refuse_everything(farm.find("job:*", "ep01.jobs"), is_all=False)


def test_more_jobs_than_expected_are_refused() -> None:
    refuse_too_many(3, 3)
    with pytest.raises(UsageError, match="4 jobs would be changed, more than 3") as caught:
        refuse_too_many(4, 3)
    assert "--limit 4" in caught.value.hint


def test_other_peoples_jobs_are_counted_as_theirs() -> None:
    jobs = [farm_job(user=user) for user in ("mia", "ben", "zoe", "ben", "")]
    assert owners(jobs, "mia") == {"ben": 2, "zoe": 1, "somebody who is not recorded": 1}
