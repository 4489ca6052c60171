# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell a job that gets nowhere any more from one that only takes its time.

Flamenco leaves a job ``active`` for ever when what is left of it cannot run: fewer than a tenth of
its tasks failed, and the rest is done, waits behind a failed task, or was failed by every Worker.
No answer of the Manager says so; it follows from the job's tasks (flamenco.md §4.4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ..ports import BlockedWorker, Manager, RemoteJob, RemoteTask, RemoteWorker

UNFINISHED = frozenset(("active", "queued"))
WAITING = frozenset(("queued", "soft-failed"))
FAILED = frozenset(("failed", "soft-failed"))

VIDEO_TASK = "preview-video"
"""The one task of Flamenco's render job that waits for all others (flamenco.md §6.3)."""


def is_stalled(
    job: RemoteJob,
    tasks: Sequence[RemoteTask],
    workers: Iterable[RemoteWorker],
    blocked: Iterable[BlockedWorker] = (),
) -> bool:
    """Tell whether nothing more will happen to a job by itself although it is not finished.

    :param tasks: all of the job's; those that wait should be as :meth:`Manager.task` tells them,
        since a list of tasks does not say who failed them. Without that, and without ``blocked``,
        a job may be missed; none is called stalled that is not.
    """
    return bool(why_stalled(job, tasks, workers, blocked))


def why_stalled(
    job: RemoteJob,
    tasks: Sequence[RemoteTask],
    workers: Iterable[RemoteWorker],
    blocked: Iterable[BlockedWorker] = (),
) -> str:
    """Return what keeps a job from ever ending, as half a sentence; empty where it is not stalled.

    It is when the job is ``active`` or ``queued``, none of its tasks is active, one failed at
    least, and none is left that an awake Worker may run. While no Worker is awake those that are
    not count too, since such a job goes on when they come back.
    """
    if not _is_suspect(job, tasks):
        return ""
    able = _able(workers)
    barred = _barred(blocked)
    waiting = [task for task in tasks if task.status in WAITING]
    if any(_may_run(task, tasks, able, barred) for task in waiting):
        return ""
    failed = sum(task.status in FAILED for task in tasks)
    what = f"{failed} of {len(tasks)} tasks failed"
    stuck = len(waiting) - sum(task.status == "soft-failed" for task in waiting)
    if stuck:
        return f"{what} and {stuck} can no longer be run"
    return f"{what} and no Worker may run them again" if waiting else what


def find_stalled(manager: Manager, jobs: Iterable[RemoteJob]) -> dict[str, str]:
    """Ask for what a list of jobs does not tell; return why each stalled one is, by its id.

    Cheap: only jobs that a failure can have left unfinished are looked at, with one request each
    for their tasks; who failed a task is asked for where the answer hangs on it.

    :raises ManagerError: as the Manager's methods do.
    """
    found: dict[str, str] = {}
    workers: list[RemoteWorker] | None = None
    for job in jobs:
        if not may_have_failures(job):
            continue
        tasks = manager.tasks(job.id)
        if not _is_suspect(job, tasks):
            continue
        workers = manager.workers() if workers is None else workers
        why = _look_closer(manager, job, tasks, workers)
        if why:
            found[job.id] = why
    return found


def _look_closer(
    manager: Manager, job: RemoteJob, tasks: Sequence[RemoteTask], workers: Sequence[RemoteWorker]
) -> str:
    """Return why a suspect is stalled; the first task that may run after all ends the search."""
    blocked = manager.blocklist(job.id)
    able, barred = _able(workers), _barred(blocked)
    known = list(tasks)
    for position, task in enumerate(tasks):
        if task.status in WAITING and _may_run(task, tasks, able, barred):
            known[position] = manager.task(task.id) or task
            if _may_run(known[position], tasks, able, barred):
                return ""
    return why_stalled(job, known, workers, blocked)


def may_have_failures(job: RemoteJob) -> bool:
    """Tell whether a task of the job can have failed: that makes a job ``active``, and one that
    was put back to ``queued`` by hand has steps behind it."""
    return job.status == "active" or (job.status == "queued" and job.steps_completed > 0)


def _is_suspect(job: RemoteJob, tasks: Sequence[RemoteTask]) -> bool:
    statuses = {task.status for task in tasks}
    is_unfinished = job.status in UNFINISHED and not job.is_deletion_requested
    return is_unfinished and "active" not in statuses and not FAILED.isdisjoint(statuses)


def _able(workers: Iterable[RemoteWorker]) -> frozenset[str]:
    """Return the ids of the Workers that count: those awake, or all where none is."""
    known = list(workers)
    awake = frozenset(worker.id for worker in known if worker.status == "awake")
    return awake or frozenset(worker.id for worker in known)


def _barred(blocked: Iterable[BlockedWorker]) -> frozenset[tuple[str, str]]:
    return frozenset((one.worker_id, one.task_type) for one in blocked)


def _may_run(
    task: RemoteTask,
    tasks: Sequence[RemoteTask],
    able: Collection[str],
    barred: Collection[tuple[str, str]],
) -> bool:
    """Tell whether a Worker may get a task that waits; one that is yet to come may."""
    if task.name == VIDEO_TASK and any(
        one.status != "completed" for one in tasks if one.id != task.id
    ):
        return False
    return not able or any(
        worker not in task.failed_by and (worker, task.task_type) not in barred for worker in able
    )
