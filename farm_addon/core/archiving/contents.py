# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into a release's archive: every file of its folder, and its delivery."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ..errors import VolumeError
from ..storage.disk import told, volume_error
from .archive_writer import ArchiveMember
from .member_names import DIST, RELEASE, MemberNames, is_passing


def find_members(release: Path, dist: Path) -> list[ArchiveMember]:
    """Return every file to archive, sorted within its folder; looks, and reads none.

    :param release: the release's folder; ``dist``: that of its delivery, which may be missing.
    :raises VolumeError: for what no archive can hold: links, devices, names that are not legal on
        every platform.
    """
    members = list(_walk(str(release), RELEASE))
    if dist.is_dir():
        members += _walk(str(dist), DIST)
    names = MemberNames()
    for member in members:
        problem = names.add(member.name)
        if problem:
            raise VolumeError(
                f"'{member.path}' cannot be archived: {problem}",
                hint="rename it, or move it away, then archive again",
            )
    return members


def _walk(folder: str, name: str) -> Iterator[ArchiveMember]:
    with told("read", Path(folder)), os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if is_passing(entry.name):
            continue
        try:
            about = entry.stat(follow_symlinks=False)
        except OSError as ex:
            raise volume_error("read", Path(entry.path), ex) from ex
        inner = f"{name}/{entry.name}"
        if stat.S_ISREG(about.st_mode):
            yield ArchiveMember(entry.path, inner, about.st_size, about.st_mtime_ns)
        elif stat.S_ISDIR(about.st_mode) and not _is_junction(about):
            yield from _walk(entry.path, inner)
        else:
            raise VolumeError(
                f"'{entry.path}' is neither a file nor a folder, and cannot be archived",
                hint="move it away, then archive again",
            )


def _is_junction(about: os.stat_result) -> bool:
    """Tell a folder that leads elsewhere, which Windows alone has."""
    return bool(getattr(about, "st_reparse_tag", 0))
