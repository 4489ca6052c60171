# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far jobs are on Managers before 3.8, which count no steps: their tasks are counted.

A list of tasks costs the Manager more than the job itself (flamenco.md §11), so that only few
running jobs are counted, and on a slow timer; and once more when one of them runs no longer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..core.ports import Manager, RemoteJob
from ..core.release.live import FEW_JOBS
from ..core.release.stalled import VIDEO_TASK
from . import version as versions

COUNT_INTERVAL_S = 30.0


@dataclass(frozen=True, slots=True)
class _Count:
    done: int
    total: int
    status: str
    when_s: float


class TaskCounts:
    """Remembers how many tasks of which jobs are done."""

    def __init__(self) -> None:
        self._counts: dict[str, _Count] = {}

    def look(self, now: float, manager: Manager, jobs: Mapping[str, RemoteJob]) -> list[str]:
        """Count where that is due; return the ids of the jobs that were counted.

        :param now: monotonic seconds.
        :raises ManagerError: as the Manager's methods do.
        """
        if manager.version() >= versions.STEPS:
            return []
        running = sum(job.status == "active" for job in jobs.values())
        if running > FEW_JOBS:
            return []
        due = [job for job in jobs.values() if self._is_due(now, job)][:FEW_JOBS]
        for job in due:
            tasks = [task for task in manager.tasks(job.id) if task.name != VIDEO_TASK]
            done = sum(task.status == "completed" for task in tasks)
            self._counts[job.id] = _Count(done, len(tasks), job.status, now)
        return [job.id for job in due]

    def applied(self, job: RemoteJob) -> RemoteJob:
        """Return a job with its tasks as its steps, where they were counted."""
        count = self._counts.get(job.id)
        if count is None:
            return job
        done = count.total if job.status == "completed" else count.done
        return replace(job, steps_completed=done, steps_total=count.total)

    def forget(self, job_id: str) -> None:
        """Forget a job."""
        self._counts.pop(job_id, None)

    def _is_due(self, now: float, job: RemoteJob) -> bool:
        count = self._counts.get(job.id)
        if job.status == "active":
            return now - (count.when_s if count else -math.inf) >= COUNT_INTERVAL_S
        return count is not None and count.status != job.status != "completed"
