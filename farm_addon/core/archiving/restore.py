# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restore a release from its archive, or refuse the archive whole.

Everything is unpacked into a temporary folder beside the releases and checked there. Then missing
files of the delivery get their names, and last the release's folder gets its own, in one step.
Until then nobody sees anything of it; a run that was stopped leaves the temporary folder, which the
next one clears away.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import UsageError, VolumeError
from ..names import check_name, fold
from ..release.record import Release
from ..release.release_store import archive_names, release_names
from ..storage.journal import Journal
from ..storage.lock import Lease
from ..storage.new_tree import NewTree
from ..workspace import Workspace
from .archive_label import ArchiveLabel
from .archive_reader import ArchiveContent, read_archive
from .clearing import RECORD, finish_clearing
from .member_names import DIST, RELEASE
from .packed_record import read_record, verify_archive
from .progress import ByteProgress
from .restore_checks import missing_deliveries, refuse_full
from .tar_header import Entry


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, or would be.

    :param files: of the release and its delivery in the archive.
    :param jobs: how many the release has in its plan.
    :param dist_files: files of the delivery that were missing in ``dist/``; ``dist_kept`` were
        there.
    """

    folder: Path
    archive: Path
    sha256: str
    files: int
    size_bytes: int
    jobs: int
    dist_files: int
    dist_kept: int

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``--json``."""
        return {
            "folder": str(self.folder),
            "archive": str(self.archive),
            "sha256": self.sha256,
            "files": self.files,
            "size_bytes": self.size_bytes,
            "jobs": self.jobs,
            "dist_files": self.dist_files,
            "dist_kept": self.dist_kept,
        }


def restore_release(workspace: Workspace, name: str, *, is_dry_run: bool = False) -> Restored:
    """Unpack a release from its archive, which stays.

    :param is_dry_run: check everything, and write nothing.
    :raises UsageError: if the release exists, or has no archive.
    :raises LockedError: if somebody else is restoring it.
    :raises VolumeError: if the archive is refused, or the delivery holds other files of the same
        names; nothing was changed.
    """
    name = check_name(name, kind="release")
    if is_dry_run:
        _refuse_impossible(workspace, name)
        return _try(workspace, name)
    temporary = workspace.volume.releases / f".{name}.restoring"
    workspace.files.make_folder(temporary.parent)
    with Lease(
        workspace.files,
        temporary.with_name(f"{temporary.name}.lock"),
        user=workspace.user,
        host=workspace.host,
        purpose=f"restore release {name}",
        on_wait=workspace.reporter.status,
    ) as lease:
        workspace.files.remove_tree(temporary)
        _refuse_impossible(workspace, name)
        try:
            restored = _Unpacking(workspace, name, temporary).run(lease)
        except BaseException:
            with suppress(VolumeError):
                workspace.files.remove_tree(temporary)
            raise
        workspace.files.remove_tree(temporary)
    return restored


def _refuse_impossible(workspace: Workspace, name: str) -> None:
    twin = next((one for one in release_names(workspace) if fold(one) == fold(name)), None)
    if twin is not None:
        raise UsageError(
            f"there is a release '{twin}' already",
            hint="archive it, or move it away, before an archive of its name is unpacked",
        )
    archive = workspace.volume.archive(name)
    if not archive.is_file():
        names = ", ".join(archive_names(workspace))
        raise UsageError(
            f"there is no archive '{archive}'",
            hint=f"the archives are: {names}" if names else "no release was archived yet",
        )


def _try(workspace: Workspace, name: str) -> Restored:
    """Do all that can be done without writing to the volume."""
    archive, progress = workspace.volume.archive(name), ByteProgress(workspace.reporter, "verify")

    def expect(label: ArchiveLabel) -> None:
        refuse_full(workspace, label)
        progress.expect(label.size_bytes)

    content, release = verify_archive(archive, name, progress.add, expect)
    progress.finish()
    missing = list(missing_deliveries(workspace.volume.dist_folder(name), content))
    return _restored(workspace, content, release, len(missing))


class _Unpacking:
    """Brings one release back.

    :param temporary: folder to unpack into; on the file system of the releases.
    """

    def __init__(self, workspace: Workspace, name: str, temporary: Path) -> None:
        self._workspace = workspace
        self._archive = workspace.volume.archive(name)
        self._dist = workspace.volume.dist_folder(name)
        self._target = workspace.volume.release_folder(name)
        self._folders = {RELEASE: temporary / RELEASE / name, DIST: temporary / DIST}
        self._tree = NewTree(workspace.files, temporary)

    def run(self, lease: Lease) -> Restored:
        """Unpack, check, and give everything its name."""
        workspace = self._workspace
        progress = ByteProgress(workspace.reporter, "restore")

        def expect(label: ArchiveLabel) -> None:
            refuse_full(workspace, label)
            progress.expect(label.size_bytes)

        name = self._target.name
        content = read_archive(self._archive, name, progress.add, self._take, expect)
        progress.finish()
        folder = self._folders[RELEASE]
        if not (folder / RECORD[0]).is_file():
            raise VolumeError(f"the archive '{self._archive}' is refused: it holds no release")
        release = read_record(folder, self._archive, content.label)
        missing = list(missing_deliveries(self._dist, content))
        for part in ("inputs", "store", "out", "reports"):
            self._tree.make_folder(folder / part)
        self._tree.sync()
        event = {"event": "restored", "sha256": content.sha256, **workspace.stamp()}
        Journal(workspace.files, folder / RECORD[1]).append(event)
        self._make_way()
        lease.assert_held()
        self._deliver(missing)
        workspace.files.rename(folder, self._target)
        return _restored(workspace, content, release, len(missing))

    def _take(self, name: str, entry: Entry, pieces: Iterable[memoryview]) -> None:
        top, _, rest = name.partition("/")
        self._tree.write(self._folders[top] / rest, pieces, entry.mtime_s)

    def _make_way(self) -> None:
        """Remove the empty folder that a stopped ``archive`` may have left of the release."""
        if not self._target.is_dir():
            return
        workspace = self._workspace
        with Lease(
            workspace.files,
            self._target / ".lock",
            user=workspace.user,
            host=workspace.host,
            purpose=f"restore release {self._target.name}",
            on_wait=workspace.reporter.status,
        ):
            finish_clearing(workspace, self._target.name)
        if self._target.exists():
            raise VolumeError(
                f"'{self._target}' holds files that are of no release",
                hint="move the folder away, then restore again",
            )

    def _deliver(self, missing: list[str]) -> None:
        """Give missing files of the delivery their names; those that are there stay."""
        files = self._workspace.files
        moves = [(self._folders[DIST] / name, self._dist / name) for name in missing]
        for folder in sorted({target.parent for _, target in moves}):
            files.make_folder(folder)
        files.move_all(moves)


def _restored(
    workspace: Workspace, content: ArchiveContent, release: Release, missing: int
) -> Restored:
    name = content.label.release
    delivered = sum(member.startswith(f"{DIST}/") for member in content.sums)
    return Restored(
        folder=workspace.volume.release_folder(name),
        archive=workspace.volume.archive(name),
        sha256=content.sha256,
        files=content.label.files,
        size_bytes=content.label.size_bytes,
        jobs=len(release.planned()),
        dist_files=missing,
        dist_kept=delivered - missing,
    )
