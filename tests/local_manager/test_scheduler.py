# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets which task when, and what the local manager does better than the tables say.

The tables of flamenco.md §4.1 and §4.2 themselves are checked row by row in ``tests/contract``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from farm_addon.local_manager import events
from farm_addon.local_manager.compile import compile_job
from farm_addon.local_manager.events import Command, Event, Outcome
from farm_addon.local_manager.model import Job, JobStatus, State, TaskStatus
from farm_addon.local_manager.scheduler import has_work, step
from farm_addon.local_manager.service import make_slots
from tests.fakes.local_service import VOLUME_ID, submission

NOW = datetime(2026, 4, 13, 12, 0, 0, tzinfo=UTC)
T, J = TaskStatus, JobStatus


class Farm:
    """The scheduler with its state, stepped by hand."""

    def __init__(self, slots: int = 1) -> None:
        self.state = State(make_slots(VOLUME_ID, slots))
        self.now = NOW
        self.commands: list[Command] = []

    def send(self, event: Event) -> list[Command]:
        self.now += timedelta(seconds=1)
        self.state, self.commands = step(self.state, event, self.now)
        return self.commands

    def submit(self, name: str = "a", priority: int = 50, frames: str = "1-3") -> str:
        job = compile_job(submission(name, priority, frames=frames), self.now)
        self.send(events.JobSubmitted(job))
        return job.id

    def put(self, status: JobStatus, *tasks: TaskStatus) -> str:
        """Add a job in a given state; its active tasks run on slots, in order."""
        job = compile_job(submission(frames=f"1-{len(tasks)}"), self.now)
        changed = [
            replace(task, status=status, steps_completed=1 if status is T.COMPLETED else 0)
            for task, status in zip(job.tasks, tasks, strict=True)
        ]
        job = replace(job, status=status, tasks=tuple(changed))
        slots = list(self.state.slots)
        active = [task for task in changed if task.status is T.ACTIVE]
        for number, task in enumerate(active, 1):
            run = events_run(number, job.id, task.id)
            slots[number - 1] = replace(slots[number - 1], run=run)
        self.state = replace(
            self.state, slots=tuple(slots), jobs={job.id: job}, runs=len(active), is_stopping=True
        )
        return job.id

    def request(self, job_id: str, status: JobStatus) -> Job:
        self.send(events.StatusRequested(job_id, status, "because"))
        return self.job(job_id)

    def set_task(self, job_id: str, index: int, status: TaskStatus) -> None:
        task = self.job(job_id).tasks[index]
        self.send(events.TaskStatusRequested(job_id, task.id, status, "by hand"))

    def end(self, outcome: Outcome = Outcome.COMPLETED, slot: int = 0, message: str = "") -> None:
        run = self.state.slots[slot].run
        assert run is not None
        self.send(events.RunEnded(slot, run.number, outcome, message))

    def job(self, job_id: str) -> Job:
        return self.state.jobs[job_id]

    def tasks(self, job_id: str) -> list[TaskStatus]:
        return [task.status for task in self.job(job_id).tasks]

    def ordered(self, kind: type[Command]) -> list[Command]:
        return [command for command in self.commands if isinstance(command, kind)]


def events_run(number: int, job_id: str, task_id: str):  # type: ignore[no-untyped-def]
    from farm_addon.local_manager.model import Run

    return Run(number, job_id, task_id)


ALL = (T.ACTIVE, T.QUEUED, T.SOFT_FAILED, T.COMPLETED, T.FAILED, T.PAUSED, T.CANCELED)


@pytest.mark.parametrize(
    ("before", "requested", "after", "tasks"),
    [
        (J.ACTIVE, J.CANCEL_REQUESTED, J.CANCELED,
         (T.CANCELED, T.CANCELED, T.CANCELED, T.COMPLETED, T.FAILED, T.PAUSED, T.CANCELED)),
        (J.ACTIVE, J.FAILED, J.FAILED,
         (T.CANCELED, T.CANCELED, T.CANCELED, T.COMPLETED, T.FAILED, T.PAUSED, T.CANCELED)),
        (J.ACTIVE, J.PAUSE_REQUESTED, J.PAUSE_REQUESTED,
         (T.ACTIVE, T.PAUSED, T.PAUSED, T.COMPLETED, T.FAILED, T.PAUSED, T.CANCELED)),
        (J.FAILED, J.REQUEUEING, J.QUEUED,
         (T.ACTIVE, T.QUEUED, T.QUEUED, T.COMPLETED, T.QUEUED, T.QUEUED, T.QUEUED)),
        (J.COMPLETED, J.REQUEUEING, J.QUEUED, (T.QUEUED,) * 7),
        (J.ACTIVE, J.QUEUED, J.QUEUED, ALL),
        (J.QUEUED, J.ACTIVE, J.ACTIVE, ALL),
        (J.ACTIVE, J.COMPLETED, J.COMPLETED, ALL),
        (J.ACTIVE, J.CANCELED, J.CANCELED, ALL),
        (J.ACTIVE, J.PAUSED, J.PAUSED, ALL),
        (J.ACTIVE, J.UNDER_CONSTRUCTION, J.UNDER_CONSTRUCTION, ALL),
        (J.CANCELED, J.CANCELED, J.CANCELED, ALL),
    ],
)  # fmt: skip
def test_a_requested_status_does_what_flamenco_does(
    before: JobStatus, requested: JobStatus, after: JobStatus, tasks: tuple[TaskStatus, ...]
) -> None:
    farm = Farm()
    job_id = farm.put(before, *ALL)
    assert farm.request(job_id, requested).status is after
    assert farm.tasks(job_id) == list(tasks)


def test_a_pause_without_active_tasks_is_at_once() -> None:
    farm = Farm()
    job_id = farm.put(J.QUEUED, T.QUEUED, T.COMPLETED)
    assert farm.request(job_id, J.PAUSE_REQUESTED).status is J.PAUSED
    assert farm.tasks(job_id) == [T.PAUSED, T.COMPLETED]


@pytest.mark.parametrize("requested", [J.QUEUED, J.REQUEUEING])
def test_requeueing_a_job_whose_tasks_are_all_completed_completes_it(requested: JobStatus) -> None:
    farm = Farm()
    job_id = farm.put(J.CANCELED, T.COMPLETED, T.COMPLETED)
    assert farm.request(job_id, requested).status is J.COMPLETED


def test_requeueing_a_completed_job_takes_its_steps_back_to_zero() -> None:
    farm = Farm()
    job_id = farm.put(J.COMPLETED, T.COMPLETED, T.COMPLETED)
    farm.request(job_id, J.REQUEUEING)
    assert [task.steps_completed for task in farm.job(job_id).tasks] == [0, 0]


def test_the_status_that_a_job_has_changes_nothing() -> None:
    farm = Farm()
    job_id = farm.put(J.PAUSED, T.PAUSED)
    before = farm.job(job_id)
    farm.request(job_id, J.PAUSED)
    assert farm.job(job_id).activity == before.activity
    assert farm.job(job_id).updated == before.updated


def test_cancelling_stops_the_render_and_names_the_reason() -> None:
    farm = Farm()
    job_id = farm.submit()
    job = farm.request(job_id, J.CANCEL_REQUESTED)
    assert farm.ordered(events.StopRun) == [events.StopRun(0, 1)]
    assert job.activity.endswith("because")


def test_tasks_run_in_order_and_complete_the_job() -> None:
    farm = Farm()
    job_id = farm.submit()
    assert farm.job(job_id).status is J.ACTIVE
    for done in range(3):
        assert farm.tasks(job_id)[done] is T.ACTIVE
        farm.end()
    assert farm.job(job_id).status is J.COMPLETED
    assert farm.tasks(job_id) == [T.COMPLETED] * 3
    assert not has_work(farm.state)


def test_the_highest_priority_comes_first_then_the_oldest_job() -> None:
    farm = Farm()
    farm.state = replace(farm.state, is_stopping=True)
    names = [("low", 10), ("first", 50), ("second", 50), ("high", 90)]
    ids = {farm.submit(name, priority, "1"): name for name, priority in names}
    farm.state = replace(farm.state, is_stopping=False)
    farm.send(events.Restarted())
    order = []
    while farm.state.slots[0].run is not None:
        order.append(ids[farm.state.slots[0].run.job_id])
        farm.end()
    assert order == ["high", "first", "second", "low"]


def test_a_new_priority_counts_for_the_next_task() -> None:
    farm = Farm()
    first, second = farm.submit("first"), farm.submit("second")
    farm.send(events.PriorityRequested(second, 80))
    farm.end()
    assert farm.tasks(first) == [T.COMPLETED, T.QUEUED, T.QUEUED]
    assert farm.tasks(second)[0] is T.ACTIVE


def test_slots_share_a_job() -> None:
    farm = Farm(slots=2)
    job_id = farm.submit()
    assert farm.tasks(job_id) == [T.ACTIVE, T.ACTIVE, T.QUEUED]
    workers = {task.worker_name for task in farm.job(job_id).tasks}
    assert workers == {"local-1", "local-2", ""}


def test_a_paused_job_starts_nothing_until_it_is_requeued() -> None:
    farm = Farm()
    job = compile_job(replace(submission(), initial_status=J.PAUSED), NOW)
    farm.send(events.JobSubmitted(job))
    assert farm.tasks(job.id) == [T.QUEUED] * 3
    assert farm.state.slots[0].run is None
    farm.request(job.id, J.REQUEUEING)
    assert farm.tasks(job.id)[0] is T.ACTIVE


def test_pausing_lets_the_active_task_end() -> None:
    farm = Farm()
    job_id = farm.submit()
    assert farm.request(job_id, J.PAUSE_REQUESTED).status is J.PAUSE_REQUESTED
    assert has_work(farm.state)
    farm.end()
    assert farm.job(job_id).status is J.PAUSED
    assert farm.tasks(job_id) == [T.COMPLETED, T.PAUSED, T.PAUSED]
    assert not has_work(farm.state)


def test_a_crash_while_pausing_leaves_the_task_paused() -> None:
    farm = Farm()
    job_id = farm.submit(frames="1-20")
    farm.request(job_id, J.PAUSE_REQUESTED)
    farm.end(Outcome.CRASHED)
    assert farm.job(job_id).status is J.PAUSED
    assert farm.tasks(job_id) == [T.PAUSED] * 20


def test_a_crashed_render_is_tried_twice_more_then_fails() -> None:
    farm = Farm()
    job_id = farm.submit(frames="1")
    for attempt in (1, 2):
        farm.end(Outcome.CRASHED, message="Blender crashed")
        assert farm.tasks(job_id) == [T.ACTIVE]
        assert farm.job(job_id).tasks[0].tries == attempt
    farm.end(Outcome.CRASHED, message="Blender crashed")
    assert farm.tasks(job_id) == [T.FAILED]
    assert farm.job(job_id).status is J.FAILED
    assert "Blender crashed" in farm.job(job_id).activity


def test_a_requeued_task_has_all_its_tries_again() -> None:
    farm = Farm()
    job_id = farm.submit(frames="1")
    for _ in range(3):
        farm.end(Outcome.CRASHED)
    farm.request(job_id, J.REQUEUEING)
    assert farm.tasks(job_id) == [T.ACTIVE]
    assert farm.job(job_id).tasks[0].tries == 0


def test_a_tenth_of_failed_tasks_fails_the_job_and_cancels_the_rest() -> None:
    farm = Farm()
    job_id = farm.submit(frames="1-10")
    farm.end(Outcome.FAILED, message="no")
    assert farm.job(job_id).status is J.FAILED
    assert farm.tasks(job_id) == [T.FAILED] + [T.CANCELED] * 9


def test_less_than_a_tenth_fails_the_job_when_the_rest_is_done_and_not_before() -> None:
    farm = Farm()
    job_id = farm.submit(frames="1-11")
    farm.end(Outcome.FAILED, message="no")
    for _ in range(10):
        assert farm.job(job_id).status is J.ACTIVE
        farm.end()
    assert farm.job(job_id).status is J.FAILED
    assert farm.tasks(job_id) == [T.FAILED] + [T.COMPLETED] * 10
    assert not has_work(farm.state)


def test_late_news_of_a_cancelled_run_change_nothing() -> None:
    farm = Farm()
    job_id = farm.submit()
    farm.request(job_id, J.CANCEL_REQUESTED)
    farm.send(events.StepsReported(0, 1, 1))
    farm.end(Outcome.COMPLETED)
    assert farm.job(job_id).status is J.CANCELED
    assert farm.tasks(job_id) == [T.CANCELED] * 3
    assert farm.job(job_id).tasks[0].steps_completed == 0
    assert farm.state.slots[0].run is None


def test_news_of_an_earlier_run_change_nothing() -> None:
    farm = Farm()
    job_id = farm.submit()
    farm.end()
    farm.send(events.RunEnded(0, 1, Outcome.FAILED, "late"))
    farm.send(events.StepsReported(0, 1, 1))
    assert farm.tasks(job_id) == [T.COMPLETED, T.ACTIVE, T.QUEUED]


def test_a_task_requeued_at_once_waits_until_its_old_render_is_over() -> None:
    farm = Farm(slots=2)
    job_id = farm.submit(frames="1")
    farm.request(job_id, J.CANCEL_REQUESTED)
    farm.request(job_id, J.REQUEUEING)
    assert farm.tasks(job_id) == [T.QUEUED]
    farm.end(Outcome.STOPPED)
    assert farm.tasks(job_id) == [T.ACTIVE]


def test_a_job_requeued_under_construction_is_queued() -> None:
    farm = Farm()
    job_id = farm.put(J.UNDER_CONSTRUCTION, T.CANCELED, T.COMPLETED)
    assert farm.request(job_id, J.REQUEUEING).status is J.QUEUED


def test_an_unfinished_job_of_which_nothing_can_run_any_more_ends() -> None:
    farm = Farm()
    job_id = farm.put(J.ACTIVE, *[T.COMPLETED] * 11, T.ACTIVE)
    farm.set_task(job_id, 11, T.FAILED)
    assert farm.job(job_id).status is J.FAILED
    farm = Farm()
    job_id = farm.put(J.ACTIVE, T.ACTIVE, T.CANCELED)
    farm.end()
    assert farm.job(job_id).status is J.CANCELED
    assert "nothing of it is left" in farm.job(job_id).activity


def test_a_task_that_is_cancelled_by_hand_stops_its_render_and_the_next_one_starts() -> None:
    farm = Farm()
    job_id = farm.submit()
    farm.set_task(job_id, 0, T.CANCELED)
    assert farm.ordered(events.StopRun) == [events.StopRun(0, 1)]
    farm.end(Outcome.COMPLETED)
    assert farm.tasks(job_id) == [T.CANCELED, T.ACTIVE, T.QUEUED]


def test_a_task_that_is_active_by_hand_is_rendered_when_a_slot_is_free() -> None:
    farm = Farm()
    first, second = farm.submit("first"), farm.submit("second", frames="1-2")
    farm.request(first, J.CANCEL_REQUESTED)
    farm.request(second, J.PAUSE_REQUESTED)
    farm.set_task(second, 1, T.ACTIVE)
    assert farm.job(second).status is J.ACTIVE
    assert farm.ordered(events.StartRun) == []
    farm.end(Outcome.STOPPED)
    assert farm.tasks(second) == [T.PAUSED, T.ACTIVE]
    assert [run.task.name for run in farm.ordered(events.StartRun)] == ["render-2"]  # type: ignore[attr-defined]
    farm.end()
    assert farm.tasks(second) == [T.PAUSED, T.COMPLETED]


def test_a_task_requeued_by_hand_has_all_its_tries_again() -> None:
    farm = Farm()
    job_id = farm.submit(frames="1-20")
    farm.end(Outcome.CRASHED)
    farm.end(Outcome.CRASHED)
    assert farm.job(job_id).tasks[0].tries == 2
    farm.set_task(job_id, 0, T.QUEUED)
    assert farm.job(job_id).tasks[0].tries == 0


def test_a_task_requeued_on_a_completed_job_renders_the_whole_job_again() -> None:
    farm = Farm()
    job_id = farm.submit(frames="1-2")
    farm.end()
    farm.end()
    farm.set_task(job_id, 1, T.QUEUED)
    assert farm.tasks(job_id) == [T.ACTIVE, T.QUEUED]
    assert farm.job(job_id).status is J.ACTIVE


def test_a_task_of_an_unknown_job_or_an_unknown_task_changes_nothing() -> None:
    farm = Farm()
    job_id = farm.submit()
    assert farm.send(events.TaskStatusRequested("x", "y", T.FAILED, "")) == []
    assert farm.send(events.TaskStatusRequested(job_id, "y", T.FAILED, "")) == []


def test_what_happens_by_hand_is_in_the_log() -> None:
    farm = Farm()
    job_id = farm.put(J.PAUSED, T.QUEUED)
    for status in (T.PAUSED, T.ACTIVE, T.COMPLETED, T.COMPLETED):
        farm.set_task(job_id, 0, status)
        lines = [command.text[21:] for command in farm.ordered(events.AppendLog)]  # type: ignore[attr-defined]
        was = {T.PAUSED: T.QUEUED, T.ACTIVE: T.PAUSED, T.COMPLETED: T.ACTIVE}[status]
        expected = [f"task changed status {was} -> {status}"]
        assert lines == expected or (status is T.COMPLETED and lines == [])


@pytest.mark.parametrize(
    ("status", "after"),
    [
        (J.CANCEL_REQUESTED, (J.CANCELED, [T.CANCELED, T.COMPLETED])),
        (J.REQUEUEING, (J.ACTIVE, [T.ACTIVE, T.COMPLETED])),
        (J.PAUSE_REQUESTED, (J.PAUSED, [T.PAUSED, T.COMPLETED])),
    ],
)
def test_after_a_kill_what_a_job_was_on_its_way_to_is_finished(
    status: JobStatus, after: tuple[JobStatus, list[TaskStatus]]
) -> None:
    farm = Farm()
    job_id = farm.put(status, T.ACTIVE, T.COMPLETED)
    farm.state = State(make_slots(VOLUME_ID, 1), farm.state.jobs)
    farm.send(events.Restarted())
    assert (farm.job(job_id).status, farm.tasks(job_id)) == after


def test_the_last_log_line_of_a_deleted_job_comes_before_its_removal() -> None:
    farm = Farm()
    job_id = farm.put(J.ACTIVE, T.QUEUED)
    farm.set_task(job_id, 0, T.ACTIVE)
    farm.send(events.DeletionRequested(job_id))
    assert [type(command) for command in farm.commands] == [events.AppendLog, events.ForgetJob]


def test_steps_are_zero_of_zero_until_the_first_is_reported() -> None:
    farm = Farm()
    job_id = farm.submit()
    assert not farm.job(job_id).is_counting
    farm.send(events.StepsReported(0, 1, 99))
    assert farm.job(job_id).is_counting
    assert farm.job(job_id).tasks[0].steps_completed == 1


def test_deleting_a_job_that_renders_waits_for_its_render() -> None:
    farm = Farm()
    job_id = farm.submit()
    farm.send(events.DeletionRequested(job_id))
    assert farm.job(job_id).delete_requested_at
    assert farm.ordered(events.ForgetJob) == []
    farm.end(Outcome.STOPPED)
    assert job_id not in farm.state.jobs
    assert farm.ordered(events.ForgetJob) == [events.ForgetJob(job_id)]
    assert farm.ordered(events.SaveJob) == []


def test_deleting_an_idle_job_is_at_once() -> None:
    farm = Farm()
    job_id = farm.put(J.COMPLETED, T.COMPLETED)
    farm.send(events.DeletionRequested(job_id))
    assert farm.state.jobs == {}


def test_after_a_kill_active_tasks_are_queued_again_and_run() -> None:
    farm = Farm()
    job_id = farm.put(J.ACTIVE, T.COMPLETED, T.ACTIVE, T.QUEUED)
    killed = replace(farm.state, slots=make_slots(VOLUME_ID, 1), is_stopping=False)
    farm.state = killed
    farm.send(events.Restarted())
    assert farm.tasks(job_id) == [T.COMPLETED, T.ACTIVE, T.QUEUED]
    assert [c.task.name for c in farm.ordered(events.StartRun)] == ["render-2"]  # type: ignore[union-attr]


def test_after_a_kill_a_pause_and_a_deletion_are_finished() -> None:
    farm = Farm()
    paused = farm.put(J.PAUSE_REQUESTED, T.ACTIVE, T.PAUSED)
    job = farm.job(paused)
    deleted = replace(job, id="d", delete_requested_at="2026-01-01T00:00:00Z")
    farm.state = State(make_slots(VOLUME_ID, 1), {paused: job, "d": deleted})
    farm.send(events.Restarted())
    assert farm.job(paused).status is J.PAUSED
    assert farm.tasks(paused) == [T.PAUSED, T.PAUSED]
    assert "d" not in farm.state.jobs


def test_shutting_down_returns_the_running_task_and_starts_no_other() -> None:
    farm = Farm()
    job_id = farm.submit()
    farm.send(events.ShutdownRequested())
    assert farm.ordered(events.StopRun) == [events.StopRun(0, 1)]
    assert farm.tasks(job_id) == [T.QUEUED] * 3
    farm.end(Outcome.STOPPED)
    assert farm.tasks(job_id) == [T.QUEUED] * 3
    assert farm.state.slots[0].run is None


def test_what_is_saved_comes_before_what_is_done() -> None:
    farm = Farm()
    farm.submit()
    kinds = [type(command).__name__ for command in farm.commands]
    assert kinds == ["SaveJob", "AppendLog", "AppendLog", "StartRun"]
    assert "Task assigned to worker local-1" in farm.commands[1].text  # type: ignore[union-attr]
    assert "task changed status queued -> active" in farm.commands[2].text  # type: ignore[union-attr]


def test_events_about_unknown_jobs_and_slots_change_nothing() -> None:
    farm = Farm()
    for event in (
        events.StatusRequested("x", J.FAILED, ""),
        events.PriorityRequested("x", 1),
        events.DeletionRequested("x"),
        events.StepsReported(7, 1, 1),
    ):
        assert farm.send(event) == []


@settings(max_examples=40, stateful_step_count=30, deadline=None)
class AnyOrder(RuleBasedStateMachine):
    """Whatever happens, in whatever order, the promises hold."""

    def __init__(self) -> None:
        super().__init__()
        self.farm = Farm(slots=2)

    @rule(frames=st.integers(1, 12), priority=st.integers(0, 100))
    def submit(self, frames: int, priority: int) -> None:
        self.farm.submit(priority=priority, frames=f"1-{frames}")

    @rule(which=st.integers(0, 9), status=st.sampled_from(JobStatus))
    def request(self, which: int, status: JobStatus) -> None:
        ids = list(self.farm.state.jobs)
        if ids:
            self.farm.send(events.StatusRequested(ids[which % len(ids)], status, "x"))

    @rule(which=st.integers(0, 9), task=st.integers(0, 11), status=st.sampled_from(TaskStatus))
    def change_a_task(self, which: int, task: int, status: TaskStatus) -> None:
        ids = list(self.farm.state.jobs)
        if ids:
            job = self.farm.job(ids[which % len(ids)])
            # The one thing that leaves a pause without an end, here as with Flamenco.
            if (job.status, status) != (J.PAUSE_REQUESTED, T.QUEUED):
                self.farm.set_task(job.id, task % len(job.tasks), status)

    @rule(which=st.integers(0, 9), priority=st.integers(0, 100))
    def prioritise(self, which: int, priority: int) -> None:
        ids = list(self.farm.state.jobs)
        if ids:
            self.farm.send(events.PriorityRequested(ids[which % len(ids)], priority))

    @rule(slot=st.integers(0, 1), steps=st.integers(0, 3))
    def report(self, slot: int, steps: int) -> None:
        run = self.farm.state.slots[slot].run
        if run is not None:
            self.farm.send(events.StepsReported(slot, run.number, steps))

    @rule(which=st.integers(0, 9))
    def delete(self, which: int) -> None:
        ids = list(self.farm.state.jobs)
        if ids:
            self.farm.send(events.DeletionRequested(ids[which % len(ids)]))

    @rule(slot=st.integers(0, 1), outcome=st.sampled_from(Outcome))
    def end(self, slot: int, outcome: Outcome) -> None:
        if self.farm.state.slots[slot].run is not None:
            self.farm.end(outcome, slot)

    @rule()
    def be_killed(self) -> None:
        self.farm.state = State(make_slots(VOLUME_ID, 2), self.farm.state.jobs)
        self.farm.send(events.Restarted())

    @invariant()
    def no_task_is_on_two_slots(self) -> None:
        running = [slot.run.task_id for slot in self.farm.state.slots if slot.run]
        assert len(running) == len(set(running))

    @invariant()
    def every_run_is_of_an_active_task_or_stopping(self) -> None:
        for slot in self.farm.state.slots:
            job = self.farm.state.jobs.get(slot.run.job_id) if slot.run else None
            for task in job.tasks if job else ():
                if slot.run and task.id == slot.run.task_id:
                    assert task.status is T.ACTIVE or slot.run.is_stopping

    @invariant()
    def no_slot_is_idle_while_something_could_run(self) -> None:
        state = self.farm.state
        running = {slot.run.task_id for slot in state.slots if slot.run}
        waiting = [
            task
            for job in state.jobs.values()
            for task in job.tasks
            if job.status in (J.QUEUED, J.ACTIVE)
            and not job.delete_requested_at
            and task.status in (T.QUEUED, T.SOFT_FAILED, T.ACTIVE)
            and task.id not in running
        ]
        assert not waiting or all(slot.run for slot in state.slots)

    @invariant()
    def a_pause_that_is_under_way_has_an_active_task(self) -> None:
        for job in self.farm.state.jobs.values():
            statuses = {task.status for task in job.tasks}
            if job.status is J.PAUSE_REQUESTED:
                assert T.ACTIVE in statuses

    @invariant()
    def steps_are_within_what_there_is(self) -> None:
        for job in self.farm.state.jobs.values():
            for task in job.tasks:
                assert 0 <= task.steps_completed <= task.steps_total
                assert task.status is not T.COMPLETED or task.steps_completed == task.steps_total


TestAnyOrder = AnyOrder.TestCase


@given(st.lists(st.sampled_from([Outcome.COMPLETED, Outcome.CRASHED, Outcome.FAILED]), max_size=99))
def test_a_job_left_alone_always_ends(outcomes: list[Outcome]) -> None:
    farm = Farm()
    job_id = farm.submit(frames="1-12")
    while farm.state.slots[0].run is not None:
        farm.end(outcomes.pop() if outcomes else Outcome.COMPLETED)
    job = farm.job(job_id)
    assert job.status in (J.COMPLETED, J.FAILED)
    assert (job.status is J.COMPLETED) == (set(farm.tasks(job_id)) == {T.COMPLETED})
