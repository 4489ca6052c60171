# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive's format."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path, PurePosixPath

import pytest

from farm_addon.core.archiving.archive_file import ArchiveMember, verify_archive, write_archive
from farm_addon.core.errors import VolumeError

CONTENTS = {
    "release/store/sh010.blend": b"BLENDER" * 50_000,
    "dist/näme with spaces \U0001f600.png": os.urandom(300_000),
    "dist/" + "deep/" * 40 + "empty.png": b"",
    "dist/one_block.png": bytes(512),
}


def make(folder: Path) -> Path:
    members = []
    for name, content in CONTENTS.items():
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        members.append(ArchiveMember(path, PurePosixPath(name)))
    target = folder / "ep01.tar.gz"
    with open(target, "wb") as file:
        write_archive(file, "ep01", members, lambda _size: None)
    return target


def verify(path: Path) -> dict[str, str]:
    return verify_archive(path, "ep01", lambda _size: None)


@pytest.mark.skipif(shutil.which("tar") is None, reason="there is no tar program")
def test_plain_tar_opens_it_and_its_sums_hold(tmp_path: Path) -> None:
    archive = make(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    subprocess.run(["tar", "xzf", archive, "-C", out], check=True)
    for name, content in CONTENTS.items():
        assert (out / "ep01" / name).read_bytes() == content
    if shutil.which("sha256sum"):
        check = ["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"]
        subprocess.run(check, cwd=out / "ep01", check=True)


def test_verifying_reads_every_file(tmp_path: Path) -> None:
    assert set(verify(make(tmp_path))) == set(CONTENTS)


def test_frames_are_stored_and_the_rest_is_deflated(tmp_path: Path) -> None:
    size_bytes = make(tmp_path).stat().st_size
    assert 300_000 < size_bytes < 330_000


def test_every_flipped_bit_and_every_cut_is_noticed(tmp_path: Path) -> None:
    archive = make(tmp_path)
    whole = archive.read_bytes()
    sums = verify(archive)
    harmless = 0
    for place in range(20, len(whole), len(whole) // 40):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        archive.write_bytes(damaged)
        try:
            assert verify(archive) == sums  # a time stamp in a gzip header, say
            harmless += 1
        except VolumeError:
            pass
        archive.write_bytes(whole[:place])
        with pytest.raises(VolumeError):
            verify(archive)
    assert harmless <= 2


def _tar(path: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for info, content in entries:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def _entry(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    return info


@pytest.mark.parametrize(
    "entries",
    [
        [(_entry("ep01/../x"), b"")],
        [(_entry("other/x"), b"")],
        [(_entry("ep01/x", tarfile.SYMTYPE), b"")],
        [(_entry("ep01/x"), b"a"), (_entry("ep01/x"), b"b")],
        [(_entry("ep01/SHA256SUMS"), b"00  x\n")],
        [(_entry("ep01/x"), b"unlisted"), (_entry("ep01/SHA256SUMS"), b"")],
        [(_entry("ep01/x"), b"no list")],
    ],
)
def test_an_archive_that_we_would_not_write_is_refused(
    tmp_path: Path, entries: list[tuple[tarfile.TarInfo, bytes]]
) -> None:
    with pytest.raises(VolumeError):
        verify(_tar(tmp_path / "hostile.tar.gz", *entries))


def test_no_archive_at_all_is_said_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(b"hello")
    with pytest.raises(VolumeError, match="is damaged"):
        verify(path)
