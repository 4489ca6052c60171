# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive's format."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm_addon.core.archiving.archive_reader import read_label
from farm_addon.core.archiving.archive_writer import ArchiveMember, write_archive
from farm_addon.core.archiving.gzip_writer import BUFFER_BYTES
from farm_addon.core.archiving.tar_header import Entry, decode_header, encode_header
from farm_addon.core.errors import VolumeError
from tests.core.archiving.archives import label, read, write

CONTENTS = {
    "release/store/sh010.blend": b"BLENDER" * 50_000,
    "dist/näme with spaces \U0001f600.png": os.urandom(300_000),
    "dist/" + "deep/" * 40 + "empty.png": b"",
    "dist/one_block.png": bytes(512),
    "dist/large.exr": os.urandom(2 * BUFFER_BYTES + 17),
    "dist/large.blend": b"ab" * BUFFER_BYTES,
    "dist/just as large as a buffer.png": os.urandom(BUFFER_BYTES - 512),
    **{f"release/out/tiny/{number:06d}.png": os.urandom(300) for number in range(100)},
}


@pytest.mark.skipif(shutil.which("tar") is None, reason="there is no tar program")
def test_plain_tar_opens_it_and_its_sums_hold(tmp_path: Path) -> None:
    archive = write(tmp_path, CONTENTS)
    out = tmp_path / "out"
    out.mkdir()
    subprocess.run(["tar", "xzf", archive, "-C", out], check=True)
    for name, content in CONTENTS.items():
        assert (out / "ep01" / name).read_bytes() == content
    if shutil.which("sha256sum"):
        check = ["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"]
        subprocess.run(check, cwd=out / "ep01", check=True)


def test_python_opens_it(tmp_path: Path) -> None:
    with tarfile.open(write(tmp_path, CONTENTS)) as archive:
        names = archive.getnames()
    assert names[0] == "ep01/ARCHIVE.json"
    assert names[-1] == "ep01/SHA256SUMS"
    assert set(names[1:-1]) == {f"ep01/{name}" for name in CONTENTS}


def test_reading_gives_every_file_its_checksum(tmp_path: Path) -> None:
    archive = write(tmp_path, CONTENTS)
    content = read(archive)
    wanted = {name: hashlib.sha256(one).hexdigest() for name, one in CONTENTS.items()}
    assert {name: one for name, one in content.sums.items() if name != "ARCHIVE.json"} == wanted
    assert content.sha256 == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert content.archive_bytes == archive.stat().st_size
    assert read_label(archive, "ep01") == content.label


def test_frames_are_stored_and_the_rest_is_deflated(tmp_path: Path) -> None:
    frames = {"dist/frame.png": os.urandom(300_000)}
    assert 300_000 < write(tmp_path, frames).stat().st_size < 310_000
    blends = {"release/store/sh010.blend": b"BLENDER" * 50_000}
    assert write(tmp_path, blends).stat().st_size < 10_000


def test_what_shrinks_as_much_as_anything_can_is_no_bomb_of_ours(tmp_path: Path) -> None:
    contents = {"release/store/empty.blend": bytes(30 << 20)}
    assert read(write(tmp_path, contents)).label.size_bytes == 30 << 20


def test_two_archives_of_the_same_files_are_the_same(tmp_path: Path) -> None:
    first = write(tmp_path, CONTENTS).read_bytes()
    assert write(tmp_path, CONTENTS).read_bytes() == first


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=200) | st.integers(0, 3 * BUFFER_BYTES), max_size=8))
def test_whatever_sizes_the_files_have_they_come_back(pieces: list[bytes | int]) -> None:
    contents = {
        f"dist/{index}": one if isinstance(one, bytes) else os.urandom(one)
        for index, one in enumerate(pieces)
    }
    with tempfile.TemporaryDirectory() as folder:
        archive = write(Path(folder), contents)
        sums = read(archive).sums
        assert len(gzip.decompress(archive.read_bytes())) % 512 == 0
    for name, content in contents.items():
        assert sums[name] == hashlib.sha256(content).hexdigest()


@given(
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), min_size=1),
    st.integers(0, 1 << 40),
    st.integers(0, 1 << 32),
)
def test_a_header_says_what_was_written_in_it(name: str, size_bytes: int, mtime_s: int) -> None:
    import io

    wanted = Entry(name.rstrip("\0") or "x", size_bytes, mtime_s)
    data = encode_header(wanted)
    assert len(data) % 512 == 0
    assert decode_header(io.BytesIO(data).read) == wanted


def test_every_flipped_bit_and_every_cut_is_noticed(tmp_path: Path) -> None:
    contents = {name: one for name, one in CONTENTS.items() if "large" not in name}
    archive = write(tmp_path, contents)
    whole = archive.read_bytes()
    sums = read(archive).sums
    harmless = 0
    for place in range(20, len(whole), len(whole) // 40):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        archive.write_bytes(damaged)
        try:
            assert read(archive).sums == sums  # a time stamp in a gzip header, say
            harmless += 1
        except VolumeError:
            pass
        archive.write_bytes(whole[:place])
        with pytest.raises(VolumeError):
            read(archive)
    assert harmless <= 2


@pytest.mark.parametrize("content", [b"hello", b"", b"\x1f\x8b", bytes(10_000)])
def test_what_is_no_archive_at_all_is_refused_with_a_sentence(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(content)
    with pytest.raises(VolumeError, match="is (damaged|refused)"):
        read(path)


def test_a_file_that_has_another_size_by_now_stops_writing(tmp_path: Path) -> None:
    path = tmp_path / "frame.png"
    path.write_bytes(b"12345")
    for size_bytes in (4, 6, 100_000):
        member = ArchiveMember(str(path), "dist/frame.png", size_bytes, 0)
        with (
            open(tmp_path / "x.tar.gz", "wb", buffering=0) as file,
            pytest.raises(VolumeError, match="changed"),
        ):
            write_archive(file, label(1, size_bytes), [member], lambda _size: None)


class FullDisk:
    """A file on a disk that is full after some bytes."""

    def __init__(self, room_bytes: int) -> None:
        self.room_bytes = room_bytes

    def write(self, data: bytes) -> int:
        self.room_bytes -= len(data)
        if self.room_bytes < 0:
            raise OSError(28, "No space left on device")
        return len(data)


@pytest.mark.parametrize("room_bytes", [0, 1000, BUFFER_BYTES, 3 * BUFFER_BYTES])
def test_a_disk_that_is_full_is_told_by_whoever_waits_for_it(
    tmp_path: Path, room_bytes: int
) -> None:
    path = tmp_path / "frame.png"
    path.write_bytes(os.urandom(4 * BUFFER_BYTES))
    members = [ArchiveMember(str(path), "dist/frame.png", 4 * BUFFER_BYTES, 0)]
    with pytest.raises(OSError, match="No space left"):
        write_archive(
            FullDisk(room_bytes),  # type: ignore[arg-type]
            label(1, 4 * BUFFER_BYTES),
            members,
            lambda _size: None,
        )
