# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record inside an archive: it must be that of the release that the archive is of, and one that
this farm_addon can read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from ..errors import RecordError
from ..release.events import fold
from ..release.record import Release
from ..storage.files import Files
from ..storage.journal import Header, Journal
from ..storage.new_tree import NewTree
from .archive_label import ArchiveLabel
from .archive_reader import ArchiveContent, read_archive
from .clearing import RECORD
from .member_names import RELEASE
from .tar_header import Entry


def read_folder(folder: Path) -> Release:
    """Read the record in a release's folder, wherever that lies.

    :raises RecordError: if it cannot be read.
    :raises VolumeError: if there is none.
    """
    header = Header.read(folder / RECORD[0])
    return fold(header.name, header.release_id, Journal(Files(), folder / RECORD[1]).read())


def read_record(folder: Path, archive: Path, label: ArchiveLabel) -> Release:
    """Read a record that was unpacked.

    :param folder: named as the release is.
    :param archive: where it comes from.
    :raises RecordError: if it cannot be read, or is another release's; ``NewerSchemaError`` if a
        newer farm_addon wrote it.
    """
    try:
        release = read_folder(folder)
    except RecordError as ex:
        said = ex.message.replace(f"{folder.parent}", RELEASE)
        raise type(ex)(f"the archive '{archive}' is refused: {said}", hint=ex.hint) from ex
    if (release.name, release.id) != (label.release, label.release_id):
        raise RecordError(f"the archive '{archive}' is refused: it holds another release's record")
    return release


def verify_archive(
    archive: Path,
    name: str,
    on_bytes: Callable[[int], None],
    on_label: Callable[[ArchiveLabel], None] | None = None,
) -> tuple[ArchiveContent, Release]:
    """Read an archive again, check every file in it, and the record as restoring would.

    The record alone is unpacked, into this computer's temporary folder.

    :raises VolumeError: naming the first thing that is wrong.
    """
    with tempfile.TemporaryDirectory(prefix="farm-verify-") as folder:
        root = Path(folder) / "unpacked"
        tree = NewTree(Files(), root)

        def take(member: str, entry: Entry, pieces: Iterable[memoryview]) -> None:
            if member.removeprefix(f"{RELEASE}/") in RECORD:
                tree.write(root / name / member.rpartition("/")[2], pieces, entry.mtime_s)
            else:
                for _ in pieces:
                    pass

        content = read_archive(archive, name, on_bytes, take, on_label)
        if f"{RELEASE}/{RECORD[0]}" not in content.sums:
            raise RecordError(f"the archive '{archive}' is refused: it holds no release")
        return content, read_record(root / name, archive, content.label)
