# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold before an archive's files get their names."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from ..errors import VolumeError
from ..storage.disk import hash_file, is_file, told
from ..workspace import Workspace
from .archive_label import ArchiveLabel
from .archive_reader import ArchiveContent
from .member_names import DIST

_FILE_BYTES = 4096
"""What a file takes on a disk beyond its content, roughly."""


def refuse_full(workspace: Workspace, label: ArchiveLabel) -> None:
    """Refuse what cannot have room before anything of it is written."""
    root = workspace.volume.root
    with told("read", root):
        free_bytes = shutil.disk_usage(root).free
    needed_bytes = label.size_bytes + label.files * _FILE_BYTES
    if needed_bytes > free_bytes:
        raise VolumeError(
            f"release '{label.release}' needs {needed_bytes / 1e9:.1f} GB, and '{root}' has"
            f" {free_bytes / 1e9:.1f} GB left",
            hint="free some space, then restore again",
        )


def missing_deliveries(dist: Path, content: ArchiveContent) -> Iterator[str]:
    """Yield the files of the archive's delivery that are not in ``dist/``, relative to it.

    :raises VolumeError: for the first one that is there with other content.
    """
    start = f"{DIST}/"
    for member, sha256 in content.sums.items():
        if not member.startswith(start):
            continue
        name = member[len(start) :]
        target = dist / name
        if is_file(target):
            with told("read", target):
                is_same = hash_file(target) == sha256
        elif target.is_symlink() or target.exists():
            is_same = False
        else:
            yield name
            continue
        if not is_same:
            raise VolumeError(
                f"'{target}' is not the file that was archived; nothing was restored",
                hint="move it away, then restore again",
            )
