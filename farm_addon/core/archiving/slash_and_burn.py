# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clear a whole farm away: this volume's jobs on the Managers, ``releases/`` and ``quick/``.

Folders go to ``trash/<when>/`` by one rename each, so that each is wholly there or wholly gone;
moved back they are releases again. ``dist/``, ``archives/`` and what is Flamenco's stay. A run that
was stopped anywhere is finished by the next one.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import LockedError
from ..farm_jobs.cancelling import cancel_jobs, see_off
from ..ports import Manager, ManagerAddress, RemoteJob
from ..storage.disk import is_file, is_folder, list_names
from ..storage.lock import Lease
from ..workspace import Workspace
from .member_names import is_passing
from .readiness import MAY_WRITE
from .survey import Doomed, FarmJobs, tree_size

_REASON = "the farm is cleared"


@dataclass(slots=True)
class Burnt:
    """What was cleared away.

    :param moved: where each thing is now in ``trash/``, relative to the volume, by name.
    :param refused: why other things were left where they are, by name.
    :param trash_bytes: what was removed from ``trash/`` for good.
    """

    moved: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    jobs_cancelled: int = 0
    jobs_deleted: int = 0
    trash_bytes: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``--json``."""
        return {
            "moved": self.moved,
            "refused": self.refused,
            "jobs_cancelled": self.jobs_cancelled,
            "jobs_deleted": self.jobs_deleted,
            "removed_bytes": self.trash_bytes,
        }


def slash_and_burn(
    workspace: Workspace,
    doomed: Sequence[Doomed],
    farm: FarmJobs,
    managers: Mapping[ManagerAddress, Manager],
    *,
    is_now: bool = False,
) -> Burnt:
    """Cancel and delete this volume's jobs, then move its folders to the trash.

    What somebody else is working on, and what has jobs that cannot be cancelled, is left alone,
    with its jobs.

    :param doomed: of :func:`.survey.find_doomed`; ``farm``: of :func:`.survey.find_jobs`.
    :param is_now: empty the trash afterwards, with what was in it before.
    :raises LockedError: if somebody else is clearing the farm away.
    :raises ManagerError: if a Manager stops answering; run it again to go on.
    :raises VolumeError: if a folder cannot be moved or removed.
    """
    burnt, trash = Burnt(), workspace.volume.trash
    workspace.files.make_folder(trash)
    with ExitStack() as leases:
        _take(workspace, trash / ".lock", leases)
        _tidy_trash(workspace)
        held: list[tuple[Doomed, Lease | None]] = []
        for one in doomed:
            lost = [address for address in one.managers if address in farm.silent]
            if lost:
                burnt.refused[one.name] = (
                    f"its jobs are on {lost[0].text()}, which cannot be asked from here"
                )
                continue
            try:
                lease = _take(workspace, one.lock, leases) if one.lock else None
            except LockedError as ex:
                burnt.refused[one.name] = ex.message
            else:
                held.append((one, lease))
        for address, jobs in farm.jobs.items():
            _clear_jobs(workspace, managers[address], jobs, doomed, burnt)
        _move(workspace, held, burnt)
        if is_now:
            _empty_trash(workspace, burnt)
    return burnt


def _take(workspace: Workspace, lock: Path, leases: ExitStack) -> Lease:
    return leases.enter_context(
        Lease(
            workspace.files,
            lock,
            user=workspace.user,
            host=workspace.host,
            purpose="slash-and-burn",
            on_wait=workspace.reporter.status,
        )
    )


def _belongs(job: RemoteJob, one: Doomed) -> bool:
    """Tell whether a job is a release's; by its name where the release's UUID is not known."""
    if one.release_id:
        return job.metadata.get("farm_release_id") == one.release_id
    return job.metadata.get("farm_release") == one.name


def _of_those_that_go(
    jobs: Iterable[RemoteJob], doomed: Iterable[Doomed], burnt: Burnt
) -> list[RemoteJob]:
    left = [one for one in doomed if one.name in burnt.refused]
    return [job for job in jobs if not any(_belongs(job, one) for one in left)]


def _clear_jobs(
    workspace: Workspace,
    manager: Manager,
    jobs: Sequence[RemoteJob],
    doomed: Sequence[Doomed],
    burnt: Burnt,
) -> None:
    """Cancel the running ones of some jobs, see them off, and delete all, but for those of releases
    that are left alone: some of these may turn out meanwhile."""
    jobs = _of_those_that_go(jobs, doomed, burnt)
    running = [job.id for job in jobs if job.status in MAY_WRITE]
    outcomes = cancel_jobs(manager, running, _REASON, workspace.reporter) if running else {}
    stuck = {job_id: one.message for job_id, one in outcomes.items() if not one.is_over}
    cancelled = [job_id for job_id in outcomes if job_id not in stuck]
    for job_id in see_off(workspace, manager, cancelled, _REASON):
        stuck[job_id] = "it came back after it was cancelled; run it again"
    burnt.jobs_cancelled += len(running) - len(stuck)
    for job in jobs:
        if job.id in stuck:
            owners = [one.name for one in doomed if _belongs(job, one)]
            for name in owners or [job.name]:
                burnt.refused[name] = f"job '{job.name}' still runs: {stuck[job.id]}"
    jobs = [job for job in _of_those_that_go(jobs, doomed, burnt) if job.id not in stuck]
    for index, job in enumerate(jobs):
        workspace.reporter.progress("delete", index, len(jobs))
        manager.delete_job(job.id)
        burnt.jobs_deleted += 1
    if jobs:
        workspace.reporter.progress("delete", len(jobs), len(jobs))


def _move(workspace: Workspace, held: Sequence[tuple[Doomed, Lease | None]], burnt: Burnt) -> None:
    """Move what is to go to the trash, each by one rename."""
    files, volume = workspace.files, workspace.volume
    folder: Path | None = None
    for one, lease in held:
        if one.name in burnt.refused or not os.path.lexists(one.path):
            continue
        folder = folder or _new_trash(workspace)
        target = folder / one.path.relative_to(volume.root)
        files.make_folder(target.parent)
        if lease is not None:
            lease.assert_held()
        # Of a file, rename() makes a second name first; stopped there, two would be in the trash.
        (files.replace if is_file(one.path) else files.rename)(one.path, target)
        if lease is not None:
            files.remove(target / ".lock")
        burnt.moved[one.name] = volume.relative(target)


def _new_trash(workspace: Workspace) -> Path:
    """Return a folder of the trash that is not there yet, named after the time."""
    when = workspace.stamp()["when"][:19].replace("-", "").replace(":", "")
    folder = workspace.volume.trash / f"{when}Z"
    if os.path.lexists(folder):
        folder = folder.with_name(f"{folder.name}-{secrets.token_hex(4)}")
    return folder


def _trash_names(workspace: Workspace) -> list[str]:
    return [name for name in list_names(workspace.volume.trash) if not is_passing(name)]


def _tidy_trash(workspace: Workspace) -> None:
    """Remove folders of the trash that a stopped run came to put nothing into."""
    for name in _trash_names(workspace):
        folder = workspace.volume.trash / name
        for path in (folder / "releases", folder):
            if is_folder(path) and not list_names(path):
                workspace.files.remove_folder(path)


def _empty_trash(workspace: Workspace, burnt: Burnt) -> None:
    trash = workspace.volume.trash
    for name in _trash_names(workspace):
        burnt.trash_bytes += tree_size(trash / name)[0]
        workspace.files.remove_tree(trash / name)
    burnt.moved.clear()
