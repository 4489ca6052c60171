# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open a release's record: to read it, or, under its lock, to write it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import LockedError, UsageError, VolumeError
from ..names import check_name
from ..storage.disk import list_names
from ..storage.journal import STATE_SCHEMA, Header, Journal
from ..storage.lock import Lease
from ..volume import QUICK
from ..workspace import Workspace
from .events import Event, apply, fold
from .record import Release
from .snapshot import is_long, put_aside_before, state_event

_log = logging.getLogger(__name__)

HISTORY = "journal-history"
"""The folder of a release that keeps what its journal held before it was compacted."""


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
        self.add_many([(kind, members)])

    def add_many(self, events: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Append some events, each a kind and its members, with one write; move the state on.

        :raises LockedError: as :meth:`add`.
        """
        assert self._lease is not None, "opened for reading"
        self._lease.assert_held()
        stamp = self._workspace.stamp()
        added: list[Event] = [{"event": kind, **members, **stamp} for kind, members in events]
        self._journal.append_many(added)
        for event in added:
            apply(self.release, event)

    def compact(self) -> None:
        """Let the journal begin anew with the whole state; what it held goes to ``HISTORY``.

        The header says first that the journal may begin so. Stopped anywhere, nothing is lost, and
        the next one who writes a lot does it again.

        :raises LockedError: if the lock was lost meanwhile.
        """
        assert self._lease is not None, "opened for reading"
        files, header = self._workspace.files, self.folder / "release.json"
        files.make_folder(self.folder / HISTORY)
        known = Header.read(header)
        if known.schema < STATE_SCHEMA:
            replace(known, schema=STATE_SCHEMA).write(files, header)
        history = put_aside_before(next(self._journal.events(), None)) + 1
        event = {**state_event(self.release, history), **self._workspace.stamp()}
        kept = self.folder / HISTORY / f"{history:06d}.jsonl"
        self._journal.replace(event, kept, self._lease.assert_held)


def release_names(workspace: Workspace) -> list[str]:
    """Return the names of the releases on the volume, sorted."""
    folder = workspace.volume.releases
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if (path / "release.json").is_file())


def archive_names(workspace: Workspace) -> list[str]:
    """Return the names of the releases that have an archive, as their files spell them, sorted."""
    names = list_names(workspace.volume.archives)
    return [
        name.removesuffix(".tar.gz")
        for name in names
        if name.endswith(".tar.gz") and name[0] != "."
    ]


def known_names(workspace: Workspace) -> list[str]:
    """Return what the verbs know as a release: the releases, and ``quick`` where it is used."""
    is_used = (workspace.volume.quick / "release.json").is_file()
    return [*([QUICK] if is_used else []), *release_names(workspace)]


def check_release_name(name: str) -> str:
    """Return the name of a release in its one form; ``quick`` is the one that has no name.

    :raises NameRefusedError: if it is not legal.
    """
    return QUICK if name == QUICK else check_name(name, kind="release")


def read_release(workspace: Workspace, name: str) -> ReleaseStore:
    """Open a release, or ``quick``, to look at it.

    :raises UsageError: if there is none of this name, with the names that there are.
    :raises RecordError: if its record cannot be read.
    """
    return _open(workspace, check_release_name(name), None)


@contextmanager
def write_release(
    workspace: Workspace,
    name: str,
    purpose: str,
    *,
    create: bool = False,
    is_archiving: bool = False,
) -> Iterator[ReleaseStore]:
    """Open a release, or ``quick``, to change it, holding its lock.

    :param purpose: what is being done, for whoever has to wait: ``submit release ep01``.
    :param create: make the release where there is none.
    :param is_archiving: also a release whose archive is there already.
    :raises LockedError: if somebody else is changing it.
    :raises UsageError, RecordError: as :func:`read_release`.
    """
    name = check_release_name(name)
    if is_archiving and name == QUICK:
        raise UsageError(
            f"the jobs of '{QUICK}' are no release, and cannot be archived",
            hint=f"deliver them: farm harvest release {QUICK}",
        )
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
        for part in ("", "store", "inputs", "reports", HISTORY):
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
    lines = 0

    def events() -> Iterator[Event]:
        nonlocal lines
        for lines, event in enumerate(journal.events(), 1):  # noqa: B007 - counted for below
            yield event

    release = fold(header.name, header.release_id, events())
    store = ReleaseStore(workspace, name, release, journal, lease)
    is_lasting = lease is not None and not release.archive_sha256
    if is_lasting and is_long(lines, len(release.jobs)):
        _compact(store)
    return store


def _compact(store: ReleaseStore) -> None:
    """Compact a journal. It can wait: a verb that frees the full disk must not fail by it."""
    try:
        store.compact()
    except LockedError:
        raise
    except VolumeError as ex:
        _log.warning("the journal of '%s' stays long: %s", store.release.name, ex)


def _refuse_missing(workspace: Workspace, name: str) -> None:
    if (workspace.volume.release_folder(name) / "release.json").is_file():
        return
    if workspace.volume.archive(name).is_file():
        raise UsageError(
            f"release '{name}' is archived in '{workspace.volume.archive(name)}'",
            hint=f"restore it first: farm restore release {name}",
        )
    if name == QUICK:
        raise UsageError(
            f"there is no quick job on '{workspace.volume.root}'",
            hint="send one: farm seed job FILE.blend JOB",
        )
    names = release_names(workspace)
    raise UsageError(
        f"there is no release '{name}' on '{workspace.volume.root}'",
        hint=f"the releases are: {', '.join(names)}" if names else "plan one: farm plan release …",
    )
