# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clear a release away after its archive was verified: first its jobs, then its folder."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from ..errors import FarmError, ManagerError
from ..farm_jobs.cancelling import cancel_jobs, see_off
from ..ports import Manager, ManagerAddress
from ..release.live import fetch_jobs
from ..release.release_store import ReleaseStore
from ..storage.disk import list_names, told
from ..workspace import Workspace
from .member_names import is_passing
from .readiness import sent_jobs

RECORD = ("release.json", "journal.jsonl")
"""What goes last, in this order: without its header a folder is no release any more."""


def cancel_running(
    workspace: Workspace,
    managers: Mapping[ManagerAddress, Manager],
    running: Mapping[ManagerAddress, Sequence[str]],
    reason: str,
) -> int:
    """Cancel jobs, and wait until their Workers have let go.

    :return: how many there were.
    :raises ManagerError: if one could not be cancelled, or has come back.
    """
    for address, ids in running.items():
        manager = managers[address]
        outcomes = cancel_jobs(manager, ids, reason, workspace.reporter)
        failed = [one for one in outcomes.values() if not one.is_over]
        if failed:
            raise ManagerError(
                f"{len(failed)} job(s) on {address.text()} could not be cancelled:"
                f" {failed[0].message}",
                hint="run the same command again",
            )
        back = see_off(workspace, manager, ids, reason)
        if back:
            raise ManagerError(
                f"{len(back)} job(s) on {address.text()} came back after they were cancelled",
                hint="run the same command again",
            )
    return sum(map(len, running.values()))


def delete_jobs(store: ReleaseStore, managers: Mapping[ManagerAddress, Manager]) -> int:
    """Delete the release's jobs on their Managers. Each was journalled by us under its id.

    :param managers: those to ask; jobs on others stay.
    :return: how many there were.
    :raises FarmError: if one of them is not of this release; none was deleted then.
    """
    deleted = 0
    for address, ids in sent_jobs(store.release).items():
        if address not in managers:
            continue
        remote = fetch_jobs(managers[address], list(ids))
        for job in remote.values():
            if job.metadata.get("farm_release_id") != store.release.id:
                raise FarmError(
                    f"job {job.id} on {address.text()} does not belong to this release;"
                    " it was left alone"
                )
        for job in remote.values():
            if not job.is_deletion_requested:
                managers[address].delete_job(job.id)
                deleted += 1
    return deleted


def clear_release(workspace: Workspace, store: ReleaseStore) -> None:
    """Remove what the release's folder holds, but for its lock; :func:`finish_clearing` comes after
    the lock was given back."""
    files = workspace.files
    with told("read", store.folder):
        names = sorted(os.listdir(store.folder))
    for name in names:
        if name not in RECORD and not is_passing(name):
            files.remove_tree(store.folder / name)
    for name in RECORD:
        files.remove(store.folder / name)


def finish_clearing(workspace: Workspace, name: str) -> None:
    """Remove the empty folder of a release that was archived, and what a stopped run left in it.

    A folder that holds anything else stays.
    """
    folder = workspace.volume.release_folder(name)
    if not folder.is_dir() or (folder / "release.json").exists():
        return
    workspace.files.remove_leftovers(folder)
    names = list_names(folder)
    if all(name in RECORD or is_passing(name) for name in names):
        workspace.files.remove_tree(folder)
