# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives as we write them, and as others would."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from farm_addon.core.archiving.archive_label import ArchiveLabel
from farm_addon.core.archiving.archive_reader import ArchiveContent, read_archive
from farm_addon.core.archiving.archive_writer import ArchiveMember, write_archive

RELEASE_ID = "6f7c1e6e-3b58-4a0e-9a71-0c6f1c2d3e4f"


def label(files: int, size_bytes: int, **changes: Any) -> ArchiveLabel:
    """Return a label of release ``ep01``."""
    values = {
        "release": "ep01",
        "release_id": RELEASE_ID,
        "files": files,
        "size_bytes": size_bytes,
        "when": "2026-11-24T12:00:00.000Z",
        "user": "mia",
        "host": "ws12",
    }
    return ArchiveLabel(**{**values, **changes})


def write(folder: Path, contents: Mapping[str, bytes]) -> Path:
    """Write an archive of these files as the verb does."""
    members = []
    for name, content in contents.items():
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        members.append(ArchiveMember(str(path), name, len(content), 1_700_000_000 * 10**9))
    target = folder / "ep01.tar.gz"
    with open(target, "wb", buffering=0) as file:
        said = label(len(members), sum(map(len, contents.values())))
        write_archive(file, said, members, lambda _size: None)
    return target


def read(path: Path) -> ArchiveContent:
    """Read one of release ``ep01``, strictly."""
    return read_archive(path, "ep01", lambda _size: None)


def entry(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    """Return a header of a tar file."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(content)
    return info


def forge(
    path: Path,
    contents: Mapping[str, bytes],
    *extra: tuple[tarfile.TarInfo, bytes],
    said: ArchiveLabel | None = None,
    sums: bytes | None = None,
    after: bytes = b"",
) -> Path:
    """Write an archive as somebody would who knows the format and means ill.

    :param contents: files, below the top folder.
    :param extra: entries that come before the checksum list.
    :param said: a label that lies.
    :param sums: a checksum list that lies.
    :param after: comes after the checksum list's content, before the end of the tar file.
    """
    size_bytes = sum(map(len, contents.values()))
    first = (said or label(len(contents), size_bytes)).to_bytes()
    everything = {"ARCHIVE.json": first, **contents}
    lines = (f"{hashlib.sha256(one).hexdigest()}  {n}\n" for n, one in everything.items())
    everything_sums = "".join(lines).encode() if sums is None else sums
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in everything.items():
            archive.addfile(entry(f"ep01/{name}", content), io.BytesIO(content))
        for info, content in extra:
            archive.addfile(info, io.BytesIO(content))
        name = "ep01/SHA256SUMS"
        archive.addfile(entry(name, everything_sums), io.BytesIO(everything_sums))
        end = archive.offset
    tar = out.getvalue()[:end] + after + bytes(1024)
    path.write_bytes(gzip.compress(tar, 1))
    return path
