# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archive a delivered release, and clear it away only after the archive was read back and verified.

Order: write beside the target, sync, verify, rename, say so in the journal, delete the finished
jobs on the Manager, remove the release's folder. A run that was stopped anywhere is finished by
the next one. ``dist/`` stays. Where the release is kept, all ends with the word in the journal.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BlockedError, ManagerError, UsageError, VolumeError
from ..findings import blocking
from ..ports import Manager, ManagerAddress
from ..release.release_store import ReleaseStore
from ..storage.files import temporary_beside
from ..submission.interrupted import finish_interrupted
from ..submission.submit import settle_unanswered
from ..workspace import Workspace
from .archive_reader import ArchiveContent, read_label
from .clearing import cancel_running, clear_release, delete_jobs
from .making import make_archive, read_again
from .packed_record import verify_archive
from .progress import ByteProgress
from .readiness import judge_archiving


@dataclass(frozen=True, slots=True)
class Archived:
    """What was archived, or was already.

    :param files: of the release and its delivery inside; label and checksum list not counted.
    :param sha256: of the archive.
    :param is_kept: the release lives on beside it.
    """

    archive: Path
    size_bytes: int
    files: int
    sha256: str
    jobs_deleted: int = 0
    jobs_cancelled: int = 0
    is_kept: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``--json``."""
        return {
            "archive": str(self.archive),
            "size_bytes": self.size_bytes,
            "files": self.files,
            "sha256": self.sha256,
            "jobs_deleted": self.jobs_deleted,
            "jobs_cancelled": self.jobs_cancelled,
            "kept": self.is_kept,
        }


def archive_release(
    workspace: Workspace,
    store: ReleaseStore,
    managers: Mapping[ManagerAddress, Manager],
    *,
    is_as_is: bool = False,
    is_kept: bool = False,
) -> Archived:
    """Archive a release and clear it away, or let it live on beside its archive.

    :param store: open for writing.
    :param managers: those that can be asked from here; all that have jobs of this release must be
        there, unless it is archived as it is.
    :param is_as_is: although frames were not harvested, or are lost; jobs that run are cancelled
        first.
    :param is_kept: change nothing but to write the archive.
    :raises BlockedError: while jobs run or frames are not harvested, or are lost.
    :raises VolumeError: if anything cannot be read, written or verified; nothing was removed.
    :raises ManagerError: if a Manager does not answer; where the archive is there already, it is
        good, and running it again clears the release away.
    """
    name, cancelled = store.release.name, 0
    target = workspace.volume.archive(name)
    if store.release.archive_sha256:
        content = _read_again(workspace, target, name, store.release.archive_sha256)
        answering = dict(managers) if is_as_is else _all_managers(store, managers)
        is_kept = False
    else:
        finish_interrupted(workspace, store)
        ready = judge_archiving(workspace, store, managers, is_as_is=is_as_is, is_kept=is_kept)
        if blocking(ready.findings):
            raise BlockedError(f"release '{name}' is not ready to be archived", ready.findings)
        for finding in ready.findings:
            workspace.reporter.finding(finding)
        answering = ready.managers
        reason = f"release {name} is archived as it is"
        cancelled = cancel_running(workspace, answering, ready.running, reason)
        workspace.files.make_folder(target.parent)
        workspace.files.remove_leftovers(target.parent, of=target.name)
        content = _adopt(workspace, store, target, is_kept) or _write(
            workspace, store, target, is_kept
        )
    deleted = 0
    if not is_kept:
        settle_unanswered(store, answering)
        deleted = delete_jobs(store, answering)
        clear_release(workspace, store)
    size_bytes, files = content.archive_bytes, content.label.files
    return Archived(target, size_bytes, files, content.sha256, deleted, cancelled, is_kept)


def verify(workspace: Workspace, name: str) -> Archived:
    """Read an archive again and check every file in it, as strictly as restoring would.

    :raises UsageError: if there is none.
    :raises VolumeError: if it is damaged, or not what we would have written.
    """
    target = workspace.volume.archive(name)
    if not target.is_file():
        raise UsageError(f"there is no archive '{target}'")
    progress = ByteProgress(workspace.reporter, "verify")
    content, _ = verify_archive(
        target, name, progress.add, lambda label: progress.expect(label.size_bytes)
    )
    progress.finish()
    return Archived(target, content.archive_bytes, content.label.files, content.sha256)


def _read_again(workspace: Workspace, target: Path, name: str, sha256: str) -> ArchiveContent:
    """Verify the archive after which a release is only cleared away."""
    content = read_again(workspace, target, name) if target.is_file() else None
    if content is None or content.sha256 != sha256:
        raise VolumeError(
            f"release '{name}' was archived, but '{target}' is gone or was changed",
            hint="put the archive back; nothing has been removed",
        )
    return content


def _all_managers(
    store: ReleaseStore, managers: Mapping[ManagerAddress, Manager]
) -> dict[ManagerAddress, Manager]:
    for address in store.release.managers():
        if address not in managers:
            raise ManagerError(
                f"the jobs of release '{store.release.name}' are on {address.text()},"
                " which cannot be asked from here",
                hint="archive where it can be asked, or leave them there: --as-is",
            )
    return dict(managers)


def _adopt(
    workspace: Workspace, store: ReleaseStore, target: Path, is_kept: bool
) -> ArchiveContent | None:
    """Take the archive that an earlier run finished and did not come to note as done; None where
    one is to be written, perhaps in place of an older one of this release."""
    name, sha256 = store.release.name, store.release.archiving_sha256
    if not os.path.lexists(target):
        return None
    try:
        label = read_label(target, name)
    except VolumeError:
        label = None
    if label is None or label.release_id != store.release.id:
        raise VolumeError(
            f"'{target}' exists already and was not made from this release",
            hint="move it away, or archive under another release name",
        )
    if not sha256:
        return None
    content = read_again(workspace, target, name)
    if content.sha256 != sha256:
        return None
    _say_archived(workspace, store, target, content, is_kept=is_kept)
    return content


def _write(
    workspace: Workspace, store: ReleaseStore, target: Path, is_kept: bool
) -> ArchiveContent:
    """Write the archive, verify it, and give it its name."""
    files = workspace.files
    partial = temporary_beside(target)
    try:
        content = make_archive(workspace, store, partial)
    except BaseException:
        with suppress(VolumeError):
            files.remove(partial)
        raise
    if not is_kept:
        store.add("archiving", sha256=content.sha256)
    place = files.replace if target.exists() else files.rename
    place(partial, target)
    _say_archived(workspace, store, target, content, is_kept=is_kept)
    return content


def _say_archived(
    workspace: Workspace,
    store: ReleaseStore,
    target: Path,
    content: ArchiveContent,
    *,
    is_kept: bool,
) -> None:
    kept = {"kept": True} if is_kept else {}
    store.add(
        "archived",
        archive=workspace.volume.relative(target),
        sha256=content.sha256,
        size_bytes=content.archive_bytes,
        **kept,
    )
