# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seed one job into ``quick``, ahead of everything that waits on the Manager."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import LockedError
from ..findings import Finding, Severity
from ..ports import Manager
from ..release.live import fetch_jobs
from ..release.record import JobState
from ..release.release_store import ReleaseStore, write_release
from ..storage.disk import is_file
from ..volume import QUICK
from ..workspace import Workspace
from .decisions import Need, decide
from .seed_choice import Seed, Step
from .sender import Sender, Services
from .submit import UNFINISHED
from .superseding import Managers, jobs_of

PRIORITY_MAX = 100


@dataclass(frozen=True, slots=True)
class Seeded:
    """What became of it.

    :param priority: that it has now where it waits.
    :param posted: it was sent now; ``requeued``: it had failed, and was queued again.
    """

    job: str
    step: Step
    attempt: int
    priority: int
    posted: bool = False
    requeued: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``--json``."""
        return {
            "job": self.job,
            "step": self.step.value,
            "attempt": self.attempt,
            "priority": self.priority,
            "posted": self.posted,
            "requeued": self.requeued,
        }


def seed_job(workspace: Workspace, seed: Seed, services: Services) -> Seeded:
    """Freeze and send a job with a priority above all that waits; or see to one that was sent.

    :raises LockedError: if somebody else has seeded a job of this name meanwhile.
    :raises BlockedError, BlenderError, ManagerError, VolumeError: run it again to go on.
    """
    job = seed.plan.name
    with write_release(workspace, QUICK, f"seed job {job}", create=True) as store:
        sender = Sender(workspace, store, services)
        sender.begin()
        _refuse_overtaken(store, seed)
        known = store.release.jobs.get(job)
        if known is None or known.plan != seed.plan:
            store.add("planned", jobs=[seed.plan.to_json()], drop=[])
        priority = _priority_ahead(workspace, store, services.manager, job)
        state = store.release.jobs[job]
        if seed.step is Step.ADVANCE:
            sender.finish()
            return _advance(sender, state, services.managers, priority)
        _keep_brought_file(workspace, store, state)
        (decision,) = decide(workspace, store, [job], sender.hasher)
        if seed.step is Step.REPLACE or decision.need is Need.FREEZE:
            sender.freeze([job])
        posted = sender.post([job], priority=priority)
        sender.finish()
        return Seeded(job, seed.step, state.current, priority, posted=bool(posted))


def _refuse_overtaken(store: ReleaseStore, seed: Seed) -> None:
    """Refuse to go on where what was shown to the user does not hold any more."""
    state = store.release.jobs.get(seed.plan.name)
    is_new = state is None
    if is_new is not (seed.step is Step.NEW) or (state and state.current != seed.attempt):
        raise LockedError(
            f"somebody else has seeded a quick job '{seed.plan.name}' meanwhile",
            hint="look at it: farm status release quick; or choose another name",
        )


def _priority_ahead(workspace: Workspace, store: ReleaseStore, manager: Manager, job: str) -> int:
    """Return a priority above that of everything on the Manager that is not at its end, as far as
    there is one; where nothing is, the usual one."""
    own = (store.release.id, job)
    others = [
        remote.priority
        for remote in manager.jobs()
        if remote.status in UNFINISHED
        and (remote.metadata.get("farm_release_id"), remote.metadata.get("farm_job")) != own
    ]
    if not others:
        return workspace.config.priority
    if max(others) >= PRIORITY_MAX:
        workspace.reporter.finding(_beside(job))
    return min(PRIORITY_MAX, max(others) + 1)


def _beside(job: str) -> Finding:
    return Finding(
        Severity.WARNING,
        "no-priority-left",
        f"Job ‘{job}’",
        f"another job has priority {PRIORITY_MAX} already, so that it goes beside it, not ahead",
        "lower the other one: farm priority",
    )


def _advance(sender: Sender, state: JobState, managers: Managers, priority: int) -> Seeded:
    """Put a job that was sent ahead; queue it again where it had failed, post it again where its
    Manager has lost it."""
    job, is_there, is_requeued = state.plan.name, False, False
    for address, ids in jobs_of([state.attempt] if state.attempt else []).items():
        if address not in managers:
            is_there = True
            continue
        manager = managers[address]
        for remote in fetch_jobs(manager, ids).values():
            is_there = True
            is_failed = remote.status in ("failed", "canceled")
            if (is_failed or remote.status in UNFINISHED) and remote.priority < priority:
                manager.set_priority(remote.id, priority)
            if is_failed:
                manager.set_job_status(remote.id, "requeueing", "seeded again")
                is_requeued = True
    posted = [] if is_there or state.is_delivered else sender.post([job], [job], priority=priority)
    return Seeded(
        job,
        Step.ADVANCE,
        state.current,
        priority,
        posted=bool(posted),
        requeued=is_requeued,
    )


def _keep_brought_file(workspace: Workspace, store: ReleaseStore, state: JobState) -> None:
    """Keep a file that somebody put into ``store/`` by hand, before its frozen form takes its
    place: as attempt 0."""
    job = state.plan.name
    brought = store.blend(job)
    if state.current or state.plan.source.on_this_computer(workspace.volume.root) != brought:
        return
    kept = store.superseded(job, 0) / f"{job}.blend"
    if not is_file(kept):
        workspace.files.make_folder(kept.parent)
        workspace.files.copy_verified(brought, kept)
