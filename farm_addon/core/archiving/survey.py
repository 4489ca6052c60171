# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What slash-and-burn would clear away: folders of the volume, and its jobs on the farm."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import VolumeError
from ..ports import Manager, ManagerAddress, RemoteJob
from ..storage.disk import is_folder, list_names, told
from ..storage.lock_owner import Owner
from ..volume import QUICK, Volume
from ..workspace import Workspace
from .member_names import is_passing
from .packed_record import read_folder
from .readiness import MAY_WRITE, unharvested_frames

_RESTORING = ".restoring"


@dataclass(slots=True)
class Doomed:
    """One thing that is to go.

    :param path: a folder, a file or a link; never followed.
    :param kind: ``release``, ``quick`` or ``foreign``: no release of ours.
    :param release_id: UUID; empty where there is no record that can be read.
    :param unharvested_frames: frames of its plan that are not in ``dist/``.
    :param is_archived: it has an archive, which holds all that was delivered.
    :param managers: where its jobs were sent.
    :param problem: why its record cannot be read.
    :param owner: who is working on it as its lock says; perhaps a run that is long dead.
    """

    path: Path
    kind: str
    size_bytes: int = 0
    files: int = 0
    release_id: str = ""
    unharvested_frames: int = 0
    is_archived: bool = False
    managers: list[ManagerAddress] = field(default_factory=list)
    running_jobs: int = 0
    problem: str = ""
    owner: str = ""

    @property
    def name(self) -> str:
        """Name of the release, ``quick``, or of whatever lies there."""
        return self.path.name

    @property
    def lock(self) -> Path | None:
        """The lock to hold while it is moved; None for what has none."""
        if self.name.startswith(".") and self.name.endswith(_RESTORING):
            return self.path.with_name(f"{self.name}.lock")
        return self.path / ".lock" if is_folder(self.path) else None

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``--json``."""
        return {
            "name": self.name,
            "kind": self.kind,
            "size_bytes": self.size_bytes,
            "files": self.files,
            "unharvested_frames": self.unharvested_frames,
            "archived": self.is_archived,
            "running_jobs": self.running_jobs,
            "problem": self.problem,
            "in_use_by": self.owner,
        }


@dataclass(slots=True)
class FarmJobs:
    """This volume's jobs on the farm.

    :param jobs: by Manager: all that carry this volume's UUID, and no other.
    :param silent: Managers that have jobs of ours, as records say, and cannot be asked.
    """

    jobs: dict[ManagerAddress, list[RemoteJob]] = field(default_factory=dict)
    silent: list[ManagerAddress] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, self.jobs.values()))


def find_doomed(volume: Volume) -> list[Doomed]:
    """Return everything in ``releases/``, and ``quick/``; look and change nothing."""
    found = [_look(volume.releases / name, volume) for name in _names(volume.releases)]
    if os.path.lexists(volume.quick):
        found.append(_look(volume.quick, volume))
    return found


def find_jobs(
    workspace: Workspace,
    doomed: Iterable[Doomed],
    managers: Mapping[ManagerAddress, Manager],
) -> FarmJobs:
    """Ask Managers for this volume's jobs, and count the running ones of each release.

    :param managers: those that can be asked from here.
    :raises ManagerError: if one of them does not answer.
    """
    found = FarmJobs()
    by_id = {one.release_id: one for one in doomed if one.release_id}
    addresses = dict.fromkeys((*managers, *(at for one in by_id.values() for at in one.managers)))
    for address in addresses:
        if address not in managers:
            found.silent.append(address)
            continue
        ours = [
            job
            for job in managers[address].jobs()
            if job.metadata.get("farm_volume") == workspace.config.volume_id
            and not job.is_deletion_requested
        ]
        found.jobs[address] = ours
        for job in ours:
            release = by_id.get(job.metadata.get("farm_release_id", ""))
            if release is not None and job.status in MAY_WRITE:
                release.running_jobs += 1
    return found


def trash_size(volume: Volume) -> int:
    """Return how many bytes are in the trash."""
    return tree_size(volume.trash)[0] if volume.trash.is_dir() else 0


def tree_size(path: Path) -> tuple[int, int]:
    """Return bytes and files of a folder, a file or a link; links are not followed.

    :raises VolumeError: if anything of it cannot be looked at.
    """
    with told("read", path):
        sizes = list(_sizes(str(path))) if is_folder(path) else [os.lstat(path).st_size]
    return sum(sizes), len(sizes)


def _names(folder: Path) -> list[str]:
    return [name for name in list_names(folder) if not is_passing(name)]


def _look(path: Path, volume: Volume) -> Doomed:
    doomed = Doomed(path, "quick" if path == volume.quick else "foreign")
    with suppress(VolumeError):  # it may vanish meanwhile; what is there is moved as it is
        doomed.size_bytes, doomed.files = tree_size(path)
    if not is_folder(path):
        return doomed
    if doomed.lock is not None:
        with suppress(OSError):
            doomed.owner = Owner.from_bytes(doomed.lock.read_bytes()).text()
    if not (path / "release.json").is_file():
        return doomed
    if doomed.kind != QUICK:
        doomed.kind = "release"
    try:
        release = read_folder(path)
    except VolumeError as ex:
        doomed.problem = ex.message
        return doomed
    doomed.release_id = release.id
    doomed.managers = release.managers()
    doomed.unharvested_frames = sum(unharvested_frames(job) for job in release.planned())
    is_archived = release.archive_sha256 or release.kept_sha256
    doomed.is_archived = (
        bool(is_archived)
        and all(delivery.is_archived for delivery in release.deliveries)
        and volume.archive(release.name).is_file()
    )
    return doomed


def _sizes(folder: str) -> Iterator[int]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_folder(entry.path):
                yield from _sizes(entry.path)
            else:
                yield entry.stat(follow_symlinks=False).st_size
