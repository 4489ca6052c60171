# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find out what costs something to know about jobs: whether they are stalled or stale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..ports import Manager, ManagerAddress
from ..release.release_store import ReleaseStore
from ..release.stalled import find_stalled
from ..submission.staleness import Verdict, judge_jobs
from ..workspace import Workspace
from .farm_job import FarmJob


class FlagReader:
    """Answers for the jobs of one selection; each file is read once at most."""

    def __init__(
        self,
        workspace: Workspace,
        stores: Mapping[str, ReleaseStore],
        managers: Mapping[ManagerAddress, Manager],
    ) -> None:
        self._workspace = workspace
        self._stores = stores
        self._managers = managers
        self._hasher = workspace.hasher()

    def ask(self, flag: str, jobs: Sequence[FarmJob]) -> list[bool]:
        """Tell which of some jobs are ``stalled`` or ``stale``, in their order.

        :raises ManagerError: where a Manager does not answer.
        """
        self._workspace.reporter.status(f"finding out which of {len(jobs)} job(s) are {flag}")
        return self.stalled(jobs) if flag == "stalled" else self.stale(jobs)

    def stalled(self, jobs: Sequence[FarmJob]) -> list[bool]:
        """Tell which jobs nothing will change any more although they are not at their end."""
        found: set[tuple[ManagerAddress, str]] = set()
        for address, manager in self._managers.items():
            here = [one.remote for one in jobs if one.remote and one.manager == address]
            found |= {(address, job_id) for job_id in find_stalled(manager, here)}
        return [
            job.remote is not None
            and job.manager is not None
            and (job.manager, job.remote.id) in found
            for job in jobs
        ]

    def stale(self, jobs: Sequence[FarmJob]) -> list[bool]:
        """Tell which jobs depend on a file that changed since they were frozen. Of an attempt that
        no longer counts nobody can tell: it is not."""
        wanted: dict[str, dict[str, None]] = {}
        for job in jobs:
            if self._counts(job):
                wanted.setdefault(job.release, {})[job.job] = None
        found: set[tuple[str, str]] = set()
        for release, names in wanted.items():
            store = self._stores[release]
            verdicts = judge_jobs(self._workspace, store, names, self._hasher)
            found |= {(release, one.job) for one in verdicts if one.verdict is Verdict.STALE}
        return [self._counts(job) and (job.release, job.job) in found for job in jobs]

    def _counts(self, job: FarmJob) -> bool:
        """Tell whether a job is the current attempt of a release's record."""
        return job.release in self._stores and job.plan is not None and not job.is_superseded
