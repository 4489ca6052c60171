# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A farm with a few releases, whose records are written event by event."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from farm_addon.core.farm_jobs.farm_job import FarmJob
from farm_addon.core.farm_jobs.selecting import Selection, find_jobs
from farm_addon.core.ports import Manager, ManagerAddress
from farm_addon.core.release.jobs import PlannedJob
from farm_addon.core.release.release_store import write_release
from farm_addon.core.workspace import Workspace
from tests.core.farm_jobs.rows import planned_job, remote_job
from tests.fakes.farm import FakeManager

VOLUME_KEY = "farm_volume"


@dataclass
class SmallFarm:
    """Releases on a volume and their jobs on Managers.

    :param others: Managers beside the main one.
    :param asked: addresses that were asked for, in order.
    """

    workspace: Workspace
    manager: FakeManager = field(default_factory=FakeManager)
    others: list[FakeManager] = field(default_factory=list)
    asked: list[ManagerAddress] = field(default_factory=list)

    def plan(self, release: str, *jobs: PlannedJob | str, drop: tuple[str, ...] = ()) -> None:
        plans = [job if isinstance(job, PlannedJob) else planned_job(job) for job in jobs]
        with write_release(self.workspace, release, "plan", create=True) as store:
            data = [plan.to_json() for plan in plans]
            store.add("planned", jobs=data, drop=list(drop))

    def send(
        self,
        release: str,
        job: str,
        status: str = "queued",
        *,
        manager: FakeManager | None = None,
        is_answered: bool = True,
        user: str = "mia",
        **remote: Any,
    ) -> str:
        """Send the next attempt of a job; return the Manager's id of it."""
        manager = manager or self.manager
        address, submission, job_id = manager.address, str(uuid.uuid4()), str(uuid.uuid4())
        workspace = replace(self.workspace, user=user)
        with write_release(workspace, release, "submit") as store:
            number = len(store.release.jobs[job].attempts) + 1
            key = store.release.jobs[job].plan.render_key()
            one = {"job": job, "attempt": number}
            store.add("frozen", **one, inputs="0" * 32, render_key=key, store="", build={})
            where = (
                {"user": address.user, "host": address.host}
                if address.is_local
                else {"url": address.url}
            )
            store.add("submitting", **one, submission=submission, manager=where)
            if is_answered:
                store.add("submitted", **one, submission=submission, job_id=job_id)
            metadata = self.metadata(
                release, job, number, user=user, release_id=store.release.id, submission=submission
            )
        manager.stored[job_id] = remote_job(
            job_id, status, name=f"{release}/{job}", metadata=metadata, **remote
        )
        return job_id

    def metadata(self, release: str, job: str, attempt: int, **more: str) -> dict[str, str]:
        said = {
            VOLUME_KEY: self.workspace.config.volume_id,
            "farm_release": release,
            "farm_job": job,
            "farm_attempt": str(attempt),
            "farm_host": "ws12",
        }
        return said | {f"farm_{name}": value for name, value in more.items()}

    def record(self, release: str, kind: str, **members: Any) -> None:
        with write_release(self.workspace, release, "record") as store:
            store.add(kind, **members)

    def managers(self) -> dict[ManagerAddress, Manager]:
        return {one.address: one for one in (self.manager, *self.others)}

    def ask(self, addresses: Collection[ManagerAddress]) -> Mapping[ManagerAddress, Manager]:
        self.asked = list(addresses)
        known = self.managers()
        wanted = {self.manager.address, *addresses}
        return {address: known[address] for address in known if address in wanted}

    def find(self, query: str, what: str = "jobs", *, with_foreign: bool = False) -> Selection:
        return find_jobs(self.workspace, what, query, self.ask, with_foreign=with_foreign)

    def jobs(self, query: str, what: str = "jobs", **options: bool) -> list[FarmJob]:
        return list(self.find(query, what, **options).jobs)

    def labels(self, query: str, what: str = "jobs", **options: bool) -> list[str]:
        """Return what a query finds: ``RELEASE/JOB status attempt``."""
        found = self.jobs(query, what, **options)
        return [f"{job.label} {job.status} {job.attempt}" for job in found]
