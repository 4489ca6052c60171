# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watching Managers: when they are asked, and what follows from their answers."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field, replace

import pytest

from farm_addon.core.errors import (
    FarmError,
    ManagerError,
    ManagerRefusedError,
    ManagerUnreachableError,
    UsageError,
)
from farm_addon.core.ports import Manager, ManagerAddress, RemoteJob, RemoteTask, RemoteWorker
from farm_addon.core.release.watch import Answers
from farm_addon.flamenco.watcher import Watcher
from tests.fakes.clock import FakeClock
from tests.fakes.farm import FakeManager

FARM = ManagerAddress(url="http://farm:8080")
LOCAL = ManagerAddress(user="mia", host="ws12")
SLOW_ID, QUICK_ID = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))


@dataclass
class World:
    """One Manager, who watches it, and what it is asked."""

    address: ManagerAddress = FARM
    clock: FakeClock = field(default_factory=FakeClock)
    connections: int = 0
    is_reachable: bool = True
    mark: object | None = "running"

    def __post_init__(self) -> None:
        self.manager = FakeManager(self.address)
        self.watcher = Watcher(self.connect, clock=self.clock, local_mark=lambda: self.mark)

    def connect(self, address: ManagerAddress) -> Manager:
        self.connections += 1
        if not self.is_reachable:
            raise ManagerUnreachableError("the connection was refused")
        return self.manager

    def add(self, status: str = "active", done: int = 0, total: int = 10) -> str:
        job_id = str(uuid.uuid4())
        self.manager.stored[job_id] = RemoteJob(
            job_id, "ep01/a", status, "", 50, {"big": "x"}, {}, done, total, "", "t0"
        )
        return job_id

    def change(self, job_id: str, **members: object) -> None:
        job = self.manager.stored[job_id]
        moved = {"updated": f"t{self.clock.now_s}", **members}
        self.manager.stored[job_id] = replace(job, **moved)  # type: ignore[arg-type]

    def look(self, *wanted: str) -> Answers:
        return self.watcher.look({self.address: list(wanted)})

    def pass_by(self, wanted: Collection[str], seconds: float = 0.0) -> list[str]:
        """Look as often as the watcher wants to within so many seconds; return the requests."""
        self.manager.requests.clear()
        end_s = self.clock.now_s + seconds
        while True:
            wait_s = self.watcher.wait_s()
            if self.clock.now_s + wait_s > end_s:
                self.clock.now_s = end_s
                return list(self.manager.requests)
            self.clock.wait(max(wait_s, 0.01))
            self.look(*wanted)

    def break_down(self, error: FarmError | None) -> None:
        def refuse(_what: str) -> None:
            if error is not None:
                raise error

        self.manager.before_answer = refuse


@pytest.fixture
def world() -> World:
    return World()


# --- when -----------------------------------------------------------------------------------------


def test_few_jobs_are_asked_for_one_by_one_every_five_seconds(world: World) -> None:
    job = world.add("queued")
    world.look(job)
    assert world.watcher.wait_s() == 5
    assert world.pass_by([job], 20) == [f"job {job}"] * 4


def test_many_jobs_are_asked_for_by_one_list(world: World) -> None:
    jobs = [world.add("queued") for _ in range(21)]
    assert set(world.look(*jobs).jobs) == set(jobs)
    assert world.manager.requests == ["jobs"]
    assert world.pass_by(jobs, 10) == ["jobs", "jobs"]


def test_of_many_jobs_the_last_unfinished_are_asked_for_one_by_one(world: World) -> None:
    done = [world.add("completed") for _ in range(30)]
    last = world.add("queued")
    world.look(*done, last)
    assert world.pass_by([*done, last], 30) == [f"job {last}"] * 5 + ["jobs"]


def test_a_farm_at_rest_is_asked_every_thirty_seconds(world: World) -> None:
    job = world.add("completed")
    world.look(job)
    assert world.watcher.wait_s() == 30
    assert world.pass_by([job], 90) == [f"job {job}"] * 3


def test_what_ended_just_now_is_watched_for_twenty_seconds_more(world: World) -> None:
    job = world.add()
    world.look(job)
    world.change(job, status="canceled")
    world.pass_by([job], 5)
    assert world.pass_by([job], 15) == [f"job {job}"] * 3
    world.change(job, status="active")  # a late report brought it back
    world.pass_by([job], 5)
    assert world.look(job).jobs[job].status == "active"


def test_a_new_job_is_asked_for_at_once(world: World) -> None:
    first = world.add("completed")
    world.look(first)
    second = world.add("queued")
    assert second in world.look(first, second).jobs


def test_a_look_before_its_time_asks_nothing(world: World) -> None:
    job = world.add("queued")
    world.look(job)
    world.manager.requests.clear()
    world.clock.now_s += 1
    assert world.look(job).changed == set()
    assert world.manager.requests == []


# --- what changed ---------------------------------------------------------------------------------


def test_only_what_changed_is_told(world: World) -> None:
    one, other = world.add("queued"), world.add("queued")
    assert world.look(one, other).changed == {one, other}
    world.change(other, status="paused")
    world.clock.wait(5)
    assert world.look(one, other).changed == {other}
    world.clock.wait(5)
    assert world.look(one, other).changed == set()


def test_settings_are_not_kept(world: World) -> None:
    job = world.add("queued")
    assert world.look(job).jobs[job].settings == {}
    world.clock.wait(5)
    assert world.look(job).changed == set()


def test_a_job_that_vanishes_is_asked_for_once_more(world: World) -> None:
    jobs = [world.add("completed") for _ in range(30)]
    world.look(*jobs)
    gone = world.manager.stored.pop(jobs[0])
    world.clock.wait(30)
    assert jobs[0] in world.look(*jobs).jobs
    assert world.pass_by(jobs, 5) == [f"job {jobs[0]}"]
    assert jobs[0] not in world.look(*jobs).jobs
    world.manager.stored[jobs[0]] = gone
    world.pass_by(jobs, 60)
    assert jobs[0] in world.look(*jobs).jobs


def test_jobs_that_nobody_wants_any_more_are_forgotten(world: World) -> None:
    one, other = world.add("queued"), world.add("queued")
    world.look(one, other)
    world.clock.wait(5)
    answers = world.look(one)
    assert set(answers.jobs) == {one}
    assert answers.asked == {one}


# --- silence --------------------------------------------------------------------------------------


def test_a_silent_manager_is_asked_less_and_less_and_over_a_new_connection(world: World) -> None:
    job = world.add("queued")
    world.look(job)
    world.break_down(ManagerUnreachableError("it does not answer"))
    world.clock.wait(5)
    waits = []
    for _ in range(6):
        answers = world.look(job)
        waits.append(world.watcher.wait_s())
        world.clock.wait(waits[-1])
    assert waits == [5, 10, 20, 30, 30, 30]
    assert world.connections == 6
    assert answers.silent == {FARM: "it does not answer"}
    assert answers.jobs[job].status == "queued"


@pytest.mark.parametrize(
    "error",
    [
        ManagerUnreachableError("could not list its jobs (HTTP status 503): busy"),
        ManagerError("it did not answer in JSON"),
        ManagerRefusedError("no", status=400),
    ],
)
def test_whatever_goes_wrong_takes_nothing_back(world: World, error: ManagerError) -> None:
    job = world.add("queued")
    world.look(job)
    world.break_down(error)
    world.clock.wait(5)
    answers = world.look(job)
    assert (answers.changed, set(answers.jobs)) == (set(), {job})
    assert set(answers.silent) == {FARM}
    world.break_down(None)
    world.change(job, status="completed")
    world.clock.wait(5)
    answers = world.look(job)
    assert (answers.silent, answers.jobs[job].status) == ({}, "completed")


def test_a_manager_that_was_never_reached_is_deaf_and_may_come(world: World) -> None:
    job = world.add("queued")
    world.is_reachable = False
    answers = world.look(job)
    assert (set(answers.deaf), answers.silent) == ({FARM}, {})
    assert answers.changed == {job}
    assert job not in answers.asked
    world.is_reachable = True
    world.clock.wait(5)
    answers = world.look(job)
    assert (answers.deaf, set(answers.jobs)) == ({}, {job})


def test_one_silent_manager_keeps_nobody_from_another(world: World) -> None:
    other = FakeManager(ManagerAddress(url="http://other:8080"))
    job = world.add("queued")
    other.stored[job] = world.manager.stored[job]
    managers: dict[ManagerAddress, Manager] = {other.address: other}

    def connect(address: ManagerAddress) -> Manager:
        if address in managers:
            return managers[address]
        raise ManagerUnreachableError("the connection was refused")

    watcher = Watcher(connect, clock=world.clock)
    answers = watcher.look({FARM: [str(uuid.uuid4())], other.address: [job]})
    assert (set(answers.deaf), set(answers.jobs)) == ({FARM}, {job})


# --- the local manager ----------------------------------------------------------------------------


def test_the_local_manager_is_asked_every_second_while_it_renders() -> None:
    world = World(LOCAL)
    job = world.add("queued")
    world.look(job)
    assert world.pass_by([job], 3) == [f"job {job}"] * 3


def test_a_local_manager_at_rest_is_left_alone_until_its_state_changes() -> None:
    world = World(LOCAL)
    job = world.add("completed")
    world.look(job)
    assert world.pass_by([job], 3600) == []
    world.mark = "changed"
    world.look(job)
    assert world.manager.requests == [f"job {job}"]


def test_a_local_manager_that_has_left_is_not_started_by_looking() -> None:
    world = World(LOCAL)
    job = world.add("completed")
    world.look(job)
    world.mark = None
    assert world.pass_by([job], 3600) == []
    assert world.watcher.look_at_farm(LOCAL).answers is False
    assert (world.manager.requests, world.connections) == ([], 1)


def test_a_local_manager_started_anew_is_connected_to_again() -> None:
    world = World(LOCAL)
    job = world.add("queued")
    world.look(job)
    world.break_down(ManagerUnreachableError("the connection was refused"))
    world.clock.wait(1)
    world.look(job)
    world.manager = FakeManager(LOCAL, stored=dict(world.manager.stored))  # elsewhere
    world.change(job, status="completed")
    world.clock.wait(1)
    assert world.look(job).jobs[job].status == "completed"
    assert world.connections == 2


# --- stalled --------------------------------------------------------------------------------------


def stall(world: World) -> str:
    """Return a job that gets nowhere any more."""
    job = world.add("active", 9)
    world.manager.known_workers = (RemoteWorker("w1", "node1", "awake"),)
    world.manager.known_tasks[job] = [
        RemoteTask("t1", "render-1", "completed", "blender"),
        RemoteTask("t2", "render-2", "failed", "blender"),
    ]
    return job


def test_a_job_that_gets_nowhere_is_stalled(world: World) -> None:
    job = stall(world)
    assert world.look(job).stalled == {job: "1 of 2 tasks failed"}


def test_tasks_of_a_job_are_looked_at_once_a_minute(world: World) -> None:
    job = world.add("active", 3)
    world.look(job)
    requests = world.pass_by([job], 120)
    assert requests.count(f"tasks {job}") == 2


def test_a_stalled_job_that_moves_is_looked_at_at_once(world: World) -> None:
    job = stall(world)
    world.look(job)
    world.manager.known_tasks[job][1] = RemoteTask("t2", "render-2", "active", "blender")
    world.change(job)
    world.clock.wait(5)
    answers = world.look(job)
    assert (answers.stalled, answers.changed) == ({}, {job})


def test_a_stalled_job_that_ends_is_not_stalled(world: World) -> None:
    job = stall(world)
    world.look(job)
    world.change(job, status="canceled")
    world.clock.wait(5)
    answers = world.look(job)
    assert (answers.stalled, answers.changed) == ({}, {job})


def test_jobs_that_only_wait_are_no_suspects(world: World) -> None:
    jobs = [world.add("queued") for _ in range(50)]
    job = stall(world)
    assert set(world.look(*jobs, job).stalled) == {job}
    assert world.manager.requests.count(f"tasks {job}") == 1
    assert not any(f"tasks {one}" in world.manager.requests for one in jobs)


def test_of_many_suspects_a_few_are_looked_at_each_time_and_all_in_the_end(world: World) -> None:
    jobs = [world.add("active", 1) for _ in range(45)]
    world.look(*jobs)
    assert sum(one.startswith("tasks") for one in world.manager.requests) == 20
    requests = world.pass_by(jobs, 10)
    assert sum(one.startswith("tasks") for one in requests) == 25


# --- ETA ------------------------------------------------------------------------------------------


def test_an_eta_follows_from_steps_that_got_done_while_watching(world: World) -> None:
    job = world.add("queued", 0, 0)
    assert world.look(job).eta_s == {}
    world.change(job, status="active", steps_total=10)
    world.clock.wait(5)
    world.look(job)
    for done in (1, 2, 3):
        world.change(job, steps_completed=done)
        world.clock.wait(5)
        answers = world.look(job)
    assert answers.eta_s == {job: 35.0}
    assert answers.changed == {job}


def test_a_stalled_or_finished_job_has_no_eta(world: World) -> None:
    job = world.add("active")
    for done in range(4):
        world.change(job, steps_completed=done)
        world.look(job)
        world.clock.wait(5)
    assert job in world.look(job).eta_s
    world.change(job, status="failed")
    world.clock.wait(5)
    answers = world.look(job)
    assert (answers.eta_s, answers.changed) == ({}, {job})


# --- the farm -------------------------------------------------------------------------------------


def test_a_farm_tells_version_storage_and_workers(world: World) -> None:
    world.manager.known_workers = (RemoteWorker("w1", "node1", "awake"),)
    look = world.watcher.look_at_farm(FARM)
    assert (look.answers, look.version, look.storage) == (True, "3.9", "/mnt/farm")
    assert [worker.name for worker in look.workers] == ["node1"]
    assert world.watcher.wait_s() == 30


def test_a_farm_that_does_not_answer_says_why_and_is_asked_again(world: World) -> None:
    world.is_reachable = False
    look = world.watcher.look_at_farm(FARM)
    assert (look.answers, look.message) == (False, "the connection was refused")
    assert world.watcher.look_at_farm(FARM) == look
    assert world.connections == 1
    world.is_reachable = True
    world.clock.wait(world.watcher.wait_s())
    assert world.watcher.look_at_farm(FARM).answers


def test_a_farm_whose_jobs_cannot_be_asked_for_does_not_answer(world: World) -> None:
    job = world.add("queued")
    world.look(job)
    assert world.watcher.look_at_farm(FARM).answers
    world.break_down(ManagerUnreachableError("it does not answer"))
    world.clock.wait(5)
    world.look(job)
    look = world.watcher.look_at_farm(FARM)
    assert (look.answers, look.message, look.version) == (False, "it does not answer", "3.9")


def test_a_refusal_to_tell_the_storage_is_no_silence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> str:
        raise ManagerRefusedError("the configuration cannot be read", status=500)

    monkeypatch.setattr(world.manager, "storage_location", refuse)
    look = world.watcher.look_at_farm(FARM)
    assert (look.answers, look.storage) == (True, "")


def test_the_local_manager_is_asked_how_it_stands_only_with_its_jobs() -> None:
    world = World(LOCAL)
    assert world.watcher.look_at_farm(LOCAL).answers is False
    assert world.connections == 0
    job = world.add("completed")
    world.look(job)
    assert world.watcher.look_at_farm(LOCAL).answers
    world.manager.requests.clear()
    world.clock.wait(600)
    assert world.watcher.look_at_farm(LOCAL).answers
    assert world.manager.requests == []


def test_waiting_never_lasts_longer_than_half_a_minute(world: World) -> None:
    assert world.watcher.wait_s() == 30


# --- Managers that take their time ----------------------------------------------------------------


def test_a_manager_that_hangs_delays_the_others_no_longer_than_patience() -> None:
    other = ManagerAddress(url="http://other:8080")
    clock, release = FakeClock(), threading.Event()
    slow, quick = FakeManager(FARM), FakeManager(other)
    slow.before_answer = lambda _what: None if release.wait(30) else None
    for manager, job_id in ((slow, SLOW_ID), (quick, QUICK_ID)):
        manager.stored[job_id] = RemoteJob(
            job_id, "ep01/a", "active", "", 50, {}, {}, 1, 10, "", "t0"
        )
    managers = {FARM: slow, other: quick}
    watcher = Watcher(managers.__getitem__, clock=clock, patience_s=0.2)
    wanted = {FARM: [SLOW_ID], other: [QUICK_ID]}

    began = time.monotonic()
    answers = watcher.look(wanted)
    assert time.monotonic() - began < 10
    assert answers.jobs.keys() == {QUICK_ID}
    assert answers.changed == {QUICK_ID}
    assert answers.may_answer(FARM)
    assert not answers.silent
    assert watcher.look_at_farm(FARM).message.endswith("has not answered yet")
    assert 0 < watcher.wait_s() <= 1

    clock.wait(5)
    quick.stored[QUICK_ID] = replace(quick.stored[QUICK_ID], steps_completed=2, updated="t1")
    assert watcher.look(wanted).jobs[QUICK_ID].steps_completed == 2
    assert slow.requests == [f"job {SLOW_ID}"]  # asked once, not once more while it thinks

    release.set()
    deadline = time.monotonic() + 10
    while SLOW_ID not in answers.jobs and time.monotonic() < deadline:
        answers = watcher.look(wanted)
    assert answers.jobs.keys() == {SLOW_ID, QUICK_ID}
    assert not answers.may_answer(FARM)


def test_a_manager_that_fails_late_gets_its_rest_from_then_on(world: World) -> None:
    job_id = world.add()

    def time_out(_what: str) -> None:
        world.clock.now_s += 30
        raise ManagerUnreachableError("it did not answer within 30 s")

    world.manager.before_answer = time_out
    world.look(job_id)
    assert world.watcher.wait_s() == 5
    world.clock.wait(5)
    world.look(job_id)
    assert world.watcher.wait_s() == 10


def test_what_is_missing_on_this_computer_is_told_like_silence(world: World) -> None:
    job_id = world.add()
    world.look(job_id)
    world.break_down(UsageError("the file of certificates '/ca.pem' does not exist"))
    world.clock.wait(5)
    answers = world.look(job_id)
    assert answers.silent[FARM].startswith("the file of certificates")
    assert answers.jobs.keys() == {job_id}


def test_a_mistake_in_the_program_is_not_hidden_by_the_thread(world: World) -> None:
    job_id = world.add()

    def stumble(_what: str) -> None:
        raise ZeroDivisionError

    world.manager.before_answer = stumble
    with pytest.raises(ZeroDivisionError):
        world.look(job_id)


# --- Managers that count no steps -----------------------------------------------------------------


def test_before_3_8_the_tasks_of_few_jobs_are_counted_on_a_slow_timer(world: World) -> None:
    world.manager.known_version = (3, 7)
    job_id = world.add(done=0, total=0)
    world.manager.known_tasks[job_id] = [
        RemoteTask("t1", "render-1-5", "completed", "blender"),
        RemoteTask("t2", "render-6-10", "active", "blender"),
        RemoteTask("t3", "preview-video", "queued", "ffmpeg"),
    ]
    answers = world.look(job_id)
    assert (answers.jobs[job_id].steps_completed, answers.jobs[job_id].steps_total) == (1, 2)
    world.manager.known_tasks[job_id][1] = RemoteTask("t2", "render-6-10", "completed", "blender")
    assert not any("tasks" in what for what in world.pass_by([job_id], 25))
    requests = world.pass_by([job_id], 10)
    assert sum(what == f"tasks {job_id}" for what in requests) == 1
    assert world.look(job_id).jobs[job_id].steps_completed == 2
    world.change(job_id, status="failed", updated="t9")
    world.pass_by([job_id], 10)
    assert world.look(job_id).jobs[job_id].steps_completed == 2  # what was counted stays


def test_before_3_8_what_is_completed_is_done_whatever_was_counted(world: World) -> None:
    world.manager.known_version = (3, 7)
    job_id = world.add(done=0, total=0)
    world.manager.known_tasks[job_id] = [
        RemoteTask("t1", "render-1-5", "completed", "blender"),
        RemoteTask("t2", "render-6-10", "active", "blender"),
    ]
    world.look(job_id)
    world.change(job_id, status="completed")
    world.clock.wait(5)
    assert world.look(job_id).jobs[job_id].steps_completed == 2
    assert world.pass_by([job_id], 60).count(f"tasks {job_id}") == 0


def test_before_3_8_tasks_of_many_running_jobs_are_not_counted(world: World) -> None:
    world.manager.known_version = (3, 7)
    ids = [world.add(done=0, total=0) for _ in range(21)]
    done = RemoteTask("t1", "render-1-5", "completed", "blender")
    world.manager.known_tasks.update((job_id, [done]) for job_id in ids)
    world.look(*ids)
    world.pass_by(ids, 50)
    assert {job.steps_total for job in world.look(*ids).jobs.values()} == {0}
