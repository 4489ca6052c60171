# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open a release's record: to read it, or, under its lock, to write it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import UsageError
from ..names import check_name
from ..storage.journal import Header, Journal
from ..storage.lock import Lease
from ..workspace import Workspace
from .record import Event, Release, apply, fold


class ReleaseStore:
    """An open release: its folder, its state, and (under the lock) its journal.

    Made by :func:`read_release` and :func:`write_release`.
    """

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        release: Release,
        journal: Journal,
        lease: Lease | None,
    ) -> None:
        self._workspace = workspace
        self._journal = journal
        self._lease = lease
        self.release = release
        self.folder: Path = workspace.volume.release_folder(name)
        self.relative = PurePosixPath(workspace.volume.relative(self.folder))

    def blend(self, job: str) -> Path:
        """Return where the current attempt's frozen file is."""
        return self.folder / "store" / f"{job}.blend"

    def inputs(self, job: str) -> Path:
        """Return where the current attempt's inputs are recorded."""
        return self.folder / "inputs" / f"{job}.json"

    def superseded(self, job: str, attempt: int) -> Path:
        """Return the folder that an earlier attempt goes to."""
        return self.folder / "superseded" / job / str(attempt)

    def add(self, kind: str, **members: Any) -> None:
        """Append one event and move the state on.

        :raises LockedError: if the lock was lost meanwhile; nothing was written.
        """
        assert self._lease is not None, "opened for reading"
        self._lease.assert_held()
        event: Event = {"event": kind, **members, **self._workspace.stamp()}
        self._journal.append(event)
        apply(self.release, event)


def release_names(workspace: Workspace) -> list[str]:
    """Return the names of the releases on the volume, sorted."""
    folder = workspace.volume.releases
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if (path / "release.json").is_file())


def read_release(workspace: Workspace, name: str) -> ReleaseStore:
    """Open a release to look at it.

    :raises UsageError: if there is none of this name, with the names that there are.
    :raises RecordError: if its record cannot be read.
    """
    return _open(workspace, check_name(name, kind="release"), None)


@contextmanager
def write_release(
    workspace: Workspace,
    name: str,
    purpose: str,
    *,
    create: bool = False,
    is_archiving: bool = False,
) -> Iterator[ReleaseStore]:
    """Open a release to change it, holding its lock.

    :param purpose: what is being done, for whoever has to wait: ``submit release ep01``.
    :param create: make the release where there is none.
    :param is_archiving: also a release whose archive is there already.
    :raises LockedError: if somebody else is changing it.
    :raises UsageError, RecordError: as :func:`read_release`.
    """
    name = check_name(name, kind="release")
    files = workspace.files
    folder = workspace.volume.release_folder(name)
    if not create:
        _refuse_missing(workspace, name)
    files.make_folder(folder)
    with Lease(
        files,
        folder / ".lock",
        user=workspace.user,
        host=workspace.host,
        purpose=purpose,
        on_wait=workspace.reporter.status,
    ) as lease:
        if not (folder / "release.json").exists():
            if not create or workspace.volume.archive(name).exists():
                _refuse_missing(workspace, name)
            _create(workspace, name, folder)
        for part in ("", "store", "inputs", "reports"):
            files.remove_leftovers(folder / part)
        store = _open(workspace, name, lease)
        if not is_archiving:
            _refuse_archived(workspace, store.release)
        yield store


def _refuse_archived(workspace: Workspace, release: Release) -> None:
    """Refuse to change a release whose archive is there: what came later would go unarchived."""
    archive = workspace.volume.archive(release.name)
    is_there = bool(release.archiving_sha256) and archive.is_file()
    if release.archive_sha256 or is_there:
        raise UsageError(
            f"release '{release.name}' is archived in '{archive}' and about to be cleared away",
            hint=f"finish that: farm archive release {release.name}",
        )


def _create(workspace: Workspace, name: str, folder: Path) -> None:
    for part in ("inputs", "store", "out", "reports"):
        workspace.files.make_folder(folder / part)
    stamp = workspace.stamp()
    header = Header(release_id=str(uuid.uuid4()), name=name, created=stamp["when"])
    header.write(workspace.files, folder / "release.json")


def _open(workspace: Workspace, name: str, lease: Lease | None) -> ReleaseStore:
    _refuse_missing(workspace, name)
    folder = workspace.volume.release_folder(name)
    header = Header.read(folder / "release.json")
    journal = Journal(workspace.files, folder / "journal.jsonl")
    release = fold(header.name, header.release_id, journal.read())
    return ReleaseStore(workspace, name, release, journal, lease)


def _refuse_missing(workspace: Workspace, name: str) -> None:
    if (workspace.volume.release_folder(name) / "release.json").is_file():
        return
    if workspace.volume.archive(name).is_file():
        raise UsageError(f"release '{name}' is archived in '{workspace.volume.archive(name)}'")
    names = release_names(workspace)
    raise UsageError(
        f"there is no release '{name}' on '{workspace.volume.root}'",
        hint=f"the releases are: {', '.join(names)}" if names else "plan one: farm plan release …",
    )
