# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archive a delivered release, and clear it away only after the archive was read back and verified.

Order: write beside the target, sync, verify, rename, say so in the journal, delete the finished
jobs on the Manager, remove the release's folder. A run that was stopped anywhere is finished by
the next one. ``dist/`` stays.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import BlockedError, FarmError, ManagerError, VolumeError
from ..findings import Finding, Severity
from ..ports import Manager, ManagerAddress, Reporter
from ..release.live import fetch_jobs, job_rows
from ..release.release_store import ReleaseStore
from ..storage.disk import hash_file
from ..storage.files import temporary_beside
from ..submission.submit import UNFINISHED, settle_unanswered
from ..workspace import Workspace
from .archive_file import ArchivedFile, ArchiveMember, verify_archive, write_archive

_LOCK = ".lock"
_RECORD = frozenset(("release.json", "journal.jsonl"))


@dataclass(frozen=True, slots=True)
class Archived:
    """What was archived, or was already.

    :param files: number of files inside, the checksum list not counted.
    """

    archive: Path
    size_bytes: int
    files: int
    sha256: str
    jobs_deleted: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``--json``."""
        return {
            "archive": str(self.archive),
            "size_bytes": self.size_bytes,
            "files": self.files,
            "sha256": self.sha256,
            "jobs_deleted": self.jobs_deleted,
        }


def judge_archiving(
    store: ReleaseStore, managers: Mapping[ManagerAddress, Manager]
) -> list[Finding]:
    """Return what forbids archiving: jobs that run, frames that were not harvested."""
    findings = _still_running(store, managers)
    for row in job_rows(store.release, managers):
        if row.state == "delivered":
            continue
        code, what = "not-harvested", "its frames were not harvested"
        if row.is_silent:
            code, what = "manager-silent", row.message
        elif row.is_waiting:
            continue
        findings.append(Finding(Severity.ERROR, code, f"Job ‘{row.job}’", what))
    if not store.release.planned():
        findings.append(
            Finding(Severity.ERROR, "no-jobs", f"Release ‘{store.release.name}’", "it has no jobs")
        )
    return findings


def _still_running(
    store: ReleaseStore, managers: Mapping[ManagerAddress, Manager]
) -> list[Finding]:
    """Find every job of ours that may still write frames: dropped and cancelled ones too."""
    asked: dict[ManagerAddress, dict[str, str]] = {}
    for name, state in store.release.jobs.items():
        for attempt in state.attempts:
            for submission in attempt.submissions:
                if submission.job_id and submission.manager in managers:
                    asked.setdefault(submission.manager, {})[submission.job_id] = name
    findings = []
    for address, names in asked.items():
        for job_id, job in fetch_jobs(managers[address], list(names)).items():
            if job.status in UNFINISHED or job.status == "cancel-requested":
                subject = f"Job ‘{names[job_id]}’"
                findings.append(
                    Finding(Severity.ERROR, "job-running", subject, f"it is still {job.status}")
                )
    return findings


def archive_release(
    workspace: Workspace, store: ReleaseStore, managers: Mapping[ManagerAddress, Manager]
) -> Archived:
    """Archive a release and clear it away.

    :param store: open for writing.
    :param managers: every Manager that has jobs of this release; all must be there.
    :raises BlockedError: while jobs run or frames are not harvested.
    :raises VolumeError: if anything cannot be read, written or verified; nothing was removed.
    :raises ManagerError: if a Manager does not answer; the archive is good, run it again to clear.
    """
    name = store.release.name
    target = workspace.volume.archive(name)
    if store.release.archive_sha256:
        if not target.is_file() or hash_file(target) != store.release.archive_sha256:
            raise VolumeError(
                f"release '{name}' was archived, but '{target}' is gone or was changed",
                hint="put the archive back; nothing has been removed",
            )
        count = len(verify_archive(target, name, _nothing))
    else:
        findings = judge_archiving(store, managers)
        if findings:
            raise BlockedError(f"release '{name}' is not ready to be archived", findings)
        count = _write(workspace, store, target)
    settle_unanswered(store, managers)
    deleted = _delete_jobs(store, managers)
    sha256 = store.release.archive_sha256
    _clear(workspace, store)
    return Archived(target, target.stat().st_size, count, sha256, deleted)


def verify(workspace: Workspace, name: str) -> Archived:
    """Read an archive again and check every file in it.

    :raises VolumeError: if there is none, or it is damaged.
    """
    target = workspace.volume.archive(name)
    if not target.is_file():
        raise VolumeError(f"there is no archive '{target}'")
    count = _Bytes(workspace.reporter, "verify", 0)
    found = verify_archive(target, name, count.add)
    count.finish()
    return Archived(target, target.stat().st_size, len(found), hash_file(target))


def _write(workspace: Workspace, store: ReleaseStore, target: Path) -> int:
    name = store.release.name
    files = workspace.files
    files.make_folder(target.parent)
    files.remove_leftovers(target.parent, of=target.name)
    if target.exists():
        return _adopt(workspace, store, target)
    members = list(_members(workspace, store))
    total = sum(member.path.stat().st_size for member in members)
    partial = temporary_beside(target)
    count = _Bytes(workspace.reporter, "archive", total)
    with files.open_new(partial) as output:
        archived, sha256 = write_archive(output, name, members, count.add)
    count.finish()
    workspace.reporter.status("verifying the archive")
    count = _Bytes(workspace.reporter, "verify", total)
    found = verify_archive(partial, name, count.add)
    count.finish()
    _compare(archived, found)
    store.add("archiving", sha256=sha256)
    files.rename(partial, target)
    _say_archived(workspace, store, target, sha256)
    return len(archived)


def _adopt(workspace: Workspace, store: ReleaseStore, target: Path) -> int:
    """Take the archive that an earlier run finished and did not come to note as done."""
    sha256 = store.release.archiving_sha256
    if not sha256 or hash_file(target) != sha256:
        raise VolumeError(
            f"'{target}' exists already and was not made from this release",
            hint="move it away, or archive under another release name",
        )
    count = len(verify_archive(target, store.release.name, _nothing))
    _say_archived(workspace, store, target, sha256)
    return count


def _say_archived(workspace: Workspace, store: ReleaseStore, target: Path, sha256: str) -> None:
    store.add(
        "archived",
        archive=workspace.volume.relative(target),
        sha256=sha256,
        size_bytes=target.stat().st_size,
    )


def _compare(archived: list[ArchivedFile], found: Mapping[str, str]) -> None:
    """Check that the archive holds what is on the disk now: nothing changed since it was read."""
    if {str(one.member.name): one.sha256 for one in archived} != found:
        raise VolumeError("the archive does not hold what was written to it; nothing was removed")
    for one in archived:
        try:
            now = os.stat(one.member.path)
        except OSError as ex:
            raise VolumeError(f"'{one.member.path}' vanished while it was archived") from ex
        if (now.st_size, now.st_mtime_ns) != (one.size_bytes, one.mtime_ns):
            raise VolumeError(f"'{one.member.path}' changed while it was archived")


def _members(workspace: Workspace, store: ReleaseStore) -> Iterator[ArchiveMember]:
    """Yield every file of the release and its delivery, sorted."""
    yield from _walk(store.folder, PurePosixPath("release"))
    dist = workspace.volume.dist_folder(store.release.name)
    if dist.is_dir():
        yield from _walk(dist, PurePosixPath("dist"))


def _walk(folder: Path, name: PurePosixPath) -> Iterator[ArchiveMember]:
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        if _is_lock(entry.name):
            continue
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            yield from _walk(Path(entry.path), name / entry.name)
        elif stat.S_ISREG(mode):
            yield ArchiveMember(Path(entry.path), name / entry.name)
        else:
            raise VolumeError(
                f"'{entry.path}' is neither a file nor a folder, and cannot be archived",
                hint="move it away, then archive again",
            )


def _delete_jobs(store: ReleaseStore, managers: Mapping[ManagerAddress, Manager]) -> int:
    """Delete the release's jobs on their Managers. Each was journalled by us under its id."""
    deleted = 0
    for state in store.release.jobs.values():
        for attempt in state.attempts:
            for submission in attempt.submissions:
                if submission.is_refused:
                    continue
                manager = managers.get(submission.manager)
                if manager is None:
                    raise ManagerError(
                        f"the jobs of release '{store.release.name}' are on"
                        f" {submission.manager.text()}, which cannot be asked from here"
                    )
                remote = manager.job(submission.job_id) if submission.job_id else None
                if remote is None:
                    continue
                if remote.metadata.get("farm_release_id") != store.release.id:
                    raise FarmError(
                        f"job {submission.job_id} on {submission.manager.text()}"
                        " does not belong to this release; it was left alone"
                    )
                manager.delete_job(submission.job_id)
                deleted += 1
    return deleted


def _clear(workspace: Workspace, store: ReleaseStore) -> None:
    """Remove what the release's folder holds; the header goes last but for the journal and lock.

    Without its header the folder is no release any more, and :func:`finish_clearing` takes it up.
    """
    files = workspace.files
    for entry in sorted(store.folder.iterdir()):
        if entry.name not in _RECORD and not _is_lock(entry.name):
            files.remove_tree(entry)
    files.remove(store.folder / "release.json")
    files.remove(store.folder / "journal.jsonl")


def finish_clearing(workspace: Workspace, name: str) -> None:
    """Remove the empty folder of a release that was archived, and what a stopped run left in it.

    :raises OSError: never; a folder that holds anything else stays.
    """
    folder = workspace.volume.release_folder(name)
    if not folder.is_dir() or (folder / "release.json").exists():
        return
    workspace.files.remove_leftovers(folder)
    names = [entry.name for entry in folder.iterdir()]
    if all(name in _RECORD or _is_lock(name) for name in names):
        workspace.files.remove_tree(folder)


def _is_lock(name: str) -> bool:
    """Tell whether a file is the release's lock, or stands beside it for a moment."""
    return name.startswith(".") and _LOCK in name


class _Bytes:
    """Turns pieces of bytes into progress, not more often than a person can see."""

    def __init__(self, reporter: Reporter, topic: str, total: int) -> None:
        self._reporter, self._topic, self._total = reporter, topic, total
        self._done = self._told = 0
        reporter.progress(topic, 0, total)

    def add(self, size_bytes: int) -> None:
        """Count some bytes."""
        self._done += size_bytes
        if self._done - self._told >= 16 << 20:
            self._told = self._done
            self._reporter.progress(self._topic, self._done, max(self._total, self._done))

    def finish(self) -> None:
        """Say that it is done."""
        self._reporter.progress(self._topic, self._done, self._done)


def _nothing(_size_bytes: int) -> None:
    """Count nothing."""
