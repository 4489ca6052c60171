# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a release's archive under a temporary name, and prove that it holds what is on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import VolumeError
from ..release.release_store import ReleaseStore
from ..workspace import Workspace
from .archive_label import ArchiveLabel
from .archive_reader import ArchiveContent, read_archive
from .archive_writer import ArchiveMember, write_archive
from .contents import find_members
from .member_names import LABEL_NAME
from .progress import ByteProgress


def make_archive(workspace: Workspace, store: ReleaseStore, partial: Path) -> ArchiveContent:
    """Write the archive of a release and its delivery, read it back, and compare.

    :param partial: where; nothing is there yet.
    :raises VolumeError: if anything cannot be read, written or verified, or changed meanwhile.
    """
    reporter, name = workspace.reporter, store.release.name
    members = find_members(store.folder, workspace.volume.dist_folder(name))
    label = _label(workspace, store, members)
    progress = ByteProgress(reporter, "archive", label.size_bytes)
    with workspace.files.open_new(partial) as output:
        archived = write_archive(output, label, members, progress.add)
    progress.finish()
    reporter.status("verifying the archive")
    content = read_again(workspace, partial, name)
    found = {member: sha256 for member, sha256 in content.sums.items() if member != LABEL_NAME}
    if {one.member.name: one.sha256 for one in archived} != found:
        raise VolumeError("the archive does not hold what was written to it; nothing was removed")
    _compare(members, find_members(store.folder, workspace.volume.dist_folder(name)))
    return content


def read_again(workspace: Workspace, path: Path, name: str) -> ArchiveContent:
    """Read a release's archive from its beginning to its end, and tell how far it is.

    :raises VolumeError: naming the first thing that is wrong.
    """
    progress = ByteProgress(workspace.reporter, "verify")
    content = read_archive(
        path, name, progress.add, on_label=lambda label: progress.expect(label.size_bytes)
    )
    progress.finish()
    return content


def _label(
    workspace: Workspace, store: ReleaseStore, members: Sequence[ArchiveMember]
) -> ArchiveLabel:
    stamp = workspace.stamp()
    return ArchiveLabel(
        release=store.release.name,
        release_id=store.release.id,
        files=len(members),
        size_bytes=sum(member.size_bytes for member in members),
        when=stamp["when"],
        user=workspace.user,
        host=workspace.host,
    )


def _compare(before: Sequence[ArchiveMember], after: Sequence[ArchiveMember]) -> None:
    """Check that the disk holds what it held before: what is about to go is in the archive."""
    if before == after:
        return
    then, now = ({one.name: one for one in members} for members in (before, after))
    for name in (*then, *now):
        if then.get(name) != now.get(name):
            what = "vanished" if name not in now else "changed" if name in then else "was made"
            path = (now.get(name) or then[name]).path
            raise VolumeError(
                f"'{path}' {what} while it was archived", hint="archive again; nothing was removed"
            )
