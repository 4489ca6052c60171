# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs are cancelled only where that makes sense, and stay cancelled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from farm_addon.core.errors import ManagerError, ManagerRefusedError, ManagerUnreachableError
from farm_addon.core.farm_jobs.cancelling import CancelOutcome, Fate, cancel_jobs, see_off
from farm_addon.core.workspace import Workspace
from tests.core.farm_jobs.rows import remote_job
from tests.fakes.farm import FakeManager, RecordingReporter

CANCEL = "cancel-requested"


def manager_with(**statuses: str) -> FakeManager:
    manager = FakeManager()
    for job_id, status in statuses.items():
        manager.stored[job_id] = remote_job(job_id, status.replace("_", "-"), name=job_id)
    return manager


def cancel(manager: FakeManager, *ids: str) -> dict[str, str]:
    outcomes = cancel_jobs(manager, ids or list(manager.stored), "because", RecordingReporter())
    return {job_id: outcome.fate.value for job_id, outcome in outcomes.items()}


@pytest.mark.parametrize(
    ("status", "fate", "after"),
    [
        ("active", Fate.CANCELLED, "canceled"),
        ("queued", Fate.CANCELLED, "canceled"),
        ("failed", Fate.CANCELLED, "canceled"),
        ("paused", Fate.CANCELLED, "canceled"),
        ("pause-requested", Fate.CANCELLED, "canceled"),
        ("cancel-requested", Fate.CANCELLED, "cancel-requested"),
        ("completed", Fate.FINISHED, "completed"),
        ("canceled", Fate.FINISHED, "canceled"),
        ("requeueing", Fate.FAILED, "requeueing"),
        ("under-construction", Fate.FAILED, "under-construction"),
        ("a status of tomorrow", Fate.FAILED, "a status of tomorrow"),
    ],
)
def test_a_job_is_cancelled_only_from_where_it_may_be(status: str, fate: Fate, after: str) -> None:
    manager = manager_with(a=status)
    outcome = cancel_jobs(manager, ["a"], "because", RecordingReporter())["a"]
    assert outcome.fate is fate
    assert bool(outcome.message) == (fate is Fate.FAILED)
    assert manager.stored["a"].status == after


def test_a_job_that_is_gone_or_about_to_go_is_not_found() -> None:
    manager = manager_with(a="active")
    manager.stored["a"] = replace(manager.stored["a"], is_deletion_requested=True)
    assert cancel(manager, "a", "b") == {"a": "not found", "b": "not found"}
    assert not [one for one in manager.requests if one.startswith(CANCEL)]


def test_cancelling_twice_finds_nothing_to_do() -> None:
    manager = manager_with(a="active", b="queued")
    assert set(cancel(manager).values()) == {"cancelled"}
    requests = len(manager.requests)
    assert set(cancel(manager).values()) == {"already finished"}
    assert manager.requests[requests:] == ["job a", "job b"]


def test_many_jobs_are_read_with_one_request() -> None:
    manager = manager_with(**{f"j{number}": "completed" for number in range(50)})
    assert set(cancel(manager).values()) == {"already finished"}
    assert manager.requests == ["jobs"]


class Stubborn(FakeManager):
    """Refuses to cancel one job, loses another, and may fall silent."""

    silent_after = 10**9

    def set_job_status(self, job_id: str, status: str, reason: str) -> None:
        if len(self.requests) >= self.silent_after:
            raise ManagerUnreachableError("the Manager does not answer")
        if job_id == "refused":
            raise ManagerRefusedError("it says no", status=422)
        if job_id == "odd":
            raise ManagerError("it answers oddly")
        if job_id == "vanished":
            self.stored.pop(job_id)
        super().set_job_status(job_id, status, reason)


def stubborn(*ids: str) -> Stubborn:
    manager = Stubborn()
    manager.stored = {job_id: remote_job(job_id, "active", name=job_id) for job_id in ids}
    return manager


def test_each_job_has_its_own_outcome() -> None:
    manager = stubborn("refused", "a", "vanished", "odd", "b")
    outcomes = cancel_jobs(manager, list(manager.stored), "because", RecordingReporter())
    assert outcomes == {
        "refused": CancelOutcome(Fate.FAILED, "it says no"),
        "a": CancelOutcome(Fate.CANCELLED),
        "vanished": CancelOutcome(Fate.GONE),
        "odd": CancelOutcome(Fate.FAILED, "it answers oddly"),
        "b": CancelOutcome(Fate.CANCELLED),
    }
    assert [outcome.is_over for outcome in outcomes.values()] == [False, True, True, False, True]


def test_a_silent_manager_is_asked_no_more() -> None:
    manager = stubborn("a", "b", "c", "d")
    manager.silent_after = 5  # four reads and one cancel
    outcomes = cancel_jobs(manager, ["a", "b", "c", "d"], "because", RecordingReporter())
    assert [outcome.fate for outcome in outcomes.values()] == [Fate.FAILED] * 3 + [Fate.CANCELLED]
    assert {outcome.message for outcome in outcomes.values()} == {"", "the Manager does not answer"}
    assert len(manager.requests) == 5


def test_a_manager_that_cannot_be_read_is_an_outcome_too() -> None:
    manager = manager_with(a="active")

    def silence(_what: str) -> None:
        raise ManagerUnreachableError("the Manager does not answer")

    manager.before_answer = silence
    assert cancel(manager) == {"a": "failed"}


# --- seeing off -----------------------------------------------------------------------------------


class Clock:
    """Counts the seconds waited, and does something at some of them."""

    def __init__(self, manager: FakeManager, back_at_s: tuple[float, ...] = ()) -> None:
        self.now_s = 0.0
        self._manager = manager
        self._back_at_s = list(back_at_s)

    def wait(self, seconds: float) -> None:
        self.now_s += seconds
        while self._back_at_s and self._back_at_s[0] <= self.now_s:
            self._back_at_s.pop(0)
            self._manager.stored["a"] = replace(self._manager.stored["a"], status="active")


def seen_off(workspace: Workspace, manager: FakeManager, clock: Clock, *ids: str) -> list[str]:
    return see_off(replace(workspace, wait=clock.wait), manager, ids, "because")


def test_jobs_are_looked_at_after_3_and_15_seconds(workspace: Workspace) -> None:
    manager = manager_with(a="canceled", b="canceled")
    clock = Clock(manager)
    assert seen_off(workspace, manager, clock, "a", "b") == []
    assert clock.now_s == 15.0
    assert manager.requests == ["job a", "job b"] * 2


def test_a_job_that_comes_back_is_cancelled_again(workspace: Workspace) -> None:
    manager = manager_with(a="canceled", b="canceled")
    assert seen_off(workspace, manager, Clock(manager, (2.0,)), "a", "b") == []
    assert manager.stored["a"].status == "canceled"


def test_a_job_that_comes_back_late_has_not_let_go(workspace: Workspace) -> None:
    manager = manager_with(a="canceled", b="canceled")
    assert seen_off(workspace, manager, Clock(manager, (2.0, 14.0)), "a", "b") == ["a"]
    assert manager.stored["a"].status == "canceled"


class Watched(FakeManager):
    """Notes, as real ones do, when it changed a job; its clock does not go like ours."""

    def set_job_status(self, job_id: str, status: str, reason: str) -> None:
        super().set_job_status(job_id, status, reason)
        self.stored[job_id] = replace(self.stored[job_id], updated="2031-01-01T12:00:30Z")


@pytest.mark.parametrize(
    ("status", "created", "updated", "waited_s"),
    [
        ("active", "12:00:00", "12:00:00", 15.0),
        ("pause-requested", "11:00:00", "11:30:00", 15.0),
        ("queued", "11:00:00", "12:00:05", 3.0),
        ("paused", "11:00:00", "11:00:00", 3.0),
        ("failed", "11:00:00", "12:00:10", 3.0),
        ("queued", "11:00:00", "12:00:15", 15.0),  # perhaps taken from a Worker just now
        ("failed", "12:00:29", "12:00:29", 15.0),  # a job that is new, but did run
        ("queued", "12:00:29", "12:00:29.5", 3.0),  # nothing has happened to it yet
        ("queued", "12:00:25", "12:00:29", 15.0),
        ("queued", "", "12:00:00", 15.0),
    ],
)
def test_a_job_that_no_worker_had_is_looked_at_once(
    workspace: Workspace, status: str, created: str, updated: str, waited_s: float
) -> None:
    moments = [f"2031-01-01T{one}Z" if one else "" for one in (created, updated)]
    manager = Watched()
    manager.stored["a"] = remote_job("a", status, created=moments[0], updated=moments[1])
    outcomes = cancel_jobs(manager, ["a"], "because", RecordingReporter())
    clock = Clock(manager)
    waiting = replace(workspace, wait=clock.wait)
    assert see_off(waiting, manager, ["a"], "because", outcomes) == []
    assert clock.now_s == waited_s


def test_a_queued_job_that_a_worker_got_at_the_last_moment_is_cancelled_again(
    workspace: Workspace,
) -> None:
    manager = Watched()
    manager.stored["a"] = remote_job("a", "queued", created="2031-01-01T11:00:00Z")
    outcomes = cancel_jobs(manager, ["a"], "because", RecordingReporter())
    clock = Clock(manager, (2.0,))
    waiting = replace(workspace, wait=clock.wait)
    assert see_off(waiting, manager, ["a"], "because", outcomes) == []
    assert (clock.now_s, manager.stored["a"].status) == (15.0, "canceled")


def test_what_nobody_can_look_at_has_not_let_go(workspace: Workspace) -> None:
    manager = manager_with(a="canceled")

    def silence(_what: str) -> None:
        raise ManagerUnreachableError("the Manager does not answer")

    manager.before_answer = silence
    assert seen_off(workspace, manager, Clock(manager), "a") == ["a"]


def test_nothing_is_waited_for_where_nothing_was_cancelled(workspace: Workspace) -> None:
    manager = manager_with()
    clock = Clock(manager)
    assert seen_off(workspace, manager, clock) == []
    assert (clock.now_s, manager.requests) == (0.0, [])


def test_a_job_that_vanished_or_failed_has_let_go(workspace: Workspace) -> None:
    manager = manager_with(a="failed")
    assert seen_off(workspace, manager, Clock(manager), "a", "gone") == []
    assert manager.stored["a"].status == "failed"
