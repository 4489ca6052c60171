# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Freeze and post jobs of one release: what submit, replace and seed have in common."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..delivery.moving import finish_delivery
from ..errors import FarmError
from ..farm_jobs.cancelling import cancel_jobs
from ..findings import Finding
from ..planning.scene_rules import Farm
from ..ports import Freezer, Manager, ManagerAddress
from ..release.release_store import ReleaseStore
from ..workspace import Workspace
from .freeze import freeze_jobs
from .reinstating import finish_reinstating
from .submit import Poster, settle_unanswered, undelivered_frames
from .superseding import cancel_attempt, finish_superseding

REPLACED = "replaced by a newer attempt"


@dataclass(frozen=True, slots=True)
class Services:
    """What sending jobs needs from outside.

    :param manager: where new submissions go.
    :param others: Managers that have, or may have, earlier submissions, and can be asked.
    :param extra_settings: more settings for each job, such as the Blender that is to render.
    :param is_paused: new jobs wait until somebody queues them.
    """

    manager: Manager
    others: Mapping[ManagerAddress, Manager]
    freezer: Freezer
    farm: Farm
    extra_settings: Mapping[str, Any] = field(default_factory=dict)
    is_paused: bool = False

    @property
    def managers(self) -> dict[ManagerAddress, Manager]:
        """All Managers that can be asked."""
        return {**self.others, self.manager.address: self.manager}


class Sender:
    """Sends jobs of one release.

    :param store: open for writing.
    """

    def __init__(self, workspace: Workspace, store: ReleaseStore, services: Services) -> None:
        self._workspace = workspace
        self._store = store
        self._services = services
        self._poster = Poster(
            workspace,
            store,
            services.manager,
            services.extra_settings,
            is_paused=services.is_paused,
        )
        self.hasher = workspace.hasher()

    def begin(self) -> list[str]:
        """Finish what was interrupted, and look up submissions whose answer was lost.

        :return: names of the jobs that had arrived.
        """
        finish_delivery(self._workspace, self._store)
        found = self._settle()
        self.reinstate()
        return found

    def reinstate(self) -> None:
        """Undo those replacements whose undoing was begun."""
        finish_reinstating(self._workspace, self._store, self._services.managers, self._poster)

    def _settle(self) -> list[str]:
        """Look lost answers up; what arrived late, after its attempt was replaced, is cancelled."""
        managers = self._services.managers
        names = []
        for name, attempt in settle_unanswered(self._store, managers):
            names.append(name)
            submission = attempt.submitted
            if submission and attempt.number != self._store.release.jobs[name].current:
                manager = managers[submission.manager]
                ids = [submission.job_id]
                cancel_jobs(manager, ids, REPLACED, self._workspace.reporter)
        return names

    def freeze(self, names: Sequence[str]) -> list[Finding]:
        """Freeze some jobs; an attempt that was sent is cancelled once its successor is there.

        :raises BlockedError, BlenderError, ManagerError, VolumeError: run it again to go on.
        """
        if not names:
            return []
        services = self._services
        return freeze_jobs(
            self._workspace,
            self._store,
            services.freezer,
            names,
            services.farm,
            self.hasher,
            lambda job: self.cancel(job, REPLACED),
        )

    def cancel(self, job: str, reason: str) -> None:
        """Cancel the current attempt of a job.

        :raises ManagerError: if it cannot be cancelled.
        """
        attempt = self._store.release.jobs[job].attempt
        if attempt is not None:
            cancel_attempt(self._store, self._services.managers, job, attempt, reason)

    def post(
        self,
        names: Sequence[str],
        again: Collection[str] = (),
        *,
        priority: int | None = None,
    ) -> list[str]:
        """Post the current attempts of some jobs, in the order given.

        :param again: those of them that are posted although a Manager had them once.
        :param priority: instead of the planned ones.
        :return: names of the jobs that were sent.
        :raises ManagerRefusedError: at the first job that the Manager refuses; what came before is
            submitted and stays so.
        :raises ManagerUnreachableError: the next run looks the unanswered job up.
        """
        reporter = self._workspace.reporter
        posted: list[str] = []
        for index, name in enumerate(names):
            reporter.progress("submit", index, len(names))
            state = self._store.release.jobs[name]
            attempt = state.attempt
            if attempt is None:
                raise FarmError(f"job '{name}' was never frozen")
            if attempt.submitted is None or name in again:
                frames = undelivered_frames(state, attempt)
                self._poster.post(attempt, state.plan, frames=frames, priority=priority)
                posted.append(name)
        reporter.progress("submit", len(names), len(names))
        return posted

    def finish(self) -> None:
        """Move what earlier attempts left behind to ``superseded/``."""
        finish_superseding(self._workspace, self._store, self._services.managers)
