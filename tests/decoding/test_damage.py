# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zeros that nobody wrote are found wherever they lie; those that belong there are left alone."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest

from farm_addon.decoding import damage
from farm_addon.decoding.damage import find_damage
from farm_addon.decoding.tiff_strips import has_damaged_strip

SIZE = 50_000


def found(path: Path, data: bytes, name: str = "jpeg", compression: str = "") -> str:
    path.write_bytes(data)
    return find_damage(path, name, compression)


@pytest.mark.parametrize("start", [0, 1, 4095, 4096, 10_000, SIZE - 4097])
@pytest.mark.parametrize("window_bytes", [4096, 5000, 1 << 20])
def test_zeros_are_found_at_any_place(
    tmp_path: Path, start: int, window_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(damage, "_WINDOW_BYTES", window_bytes)
    data = bytearray(b"\x55" * SIZE)
    data[start : start + 4096] = bytes(4096)
    assert found(tmp_path / "a", bytes(data)) == (
        f"a part of it was never written: zeros from byte {start} on"
    )
    data[start + 4095] = 1
    assert found(tmp_path / "a", bytes(data)) == ""


def test_zeros_at_the_end_are_found(tmp_path: Path) -> None:
    assert "its end was never written" in found(tmp_path / "a", b"\x55" * SIZE + bytes(64))
    assert found(tmp_path / "a", b"\x55" * SIZE + bytes(63)) == ""


@pytest.mark.parametrize(
    ("name", "compression"),
    [("bmp", ""), ("dpx", ""), ("openexr", "none"), ("openexr", "zip"), ("png", "")],
)
def test_zeros_may_be_pixels_where_they_are_not_packed(
    tmp_path: Path, name: str, compression: str
) -> None:
    assert found(tmp_path / "a", bytes(SIZE), name, compression) == ""


def test_targa_has_to_end_as_blender_ends_it(tmp_path: Path) -> None:
    data = b"\x55" * 100 + b"TRUEVISION-XFILE.\0"
    assert found(tmp_path / "a", data, "targa") == ""
    assert found(tmp_path / "a", data[:-1], "targa") == "its end is missing"
    assert found(tmp_path / "a", b"x", "targa") == "its end is missing"


@pytest.mark.parametrize(
    ("magic", "order"), [(b"\x80\x2a\x5f\xd7", ">"), (b"\xd7\x5f\x2a\x80", "<")]
)
def test_cineon_knows_its_size(tmp_path: Path, magic: bytes, order: str) -> None:
    data = magic + bytes(16) + struct.pack(f"{order}I", 3000) + bytes(3000 - 24)
    assert found(tmp_path / "a", data, "cineon") == ""
    assert "2999 bytes instead of 3000" in found(tmp_path / "a", data[:-1], "cineon")


# --- the strips of a TIFF -------------------------------------------------------------------------


def tiff(strips: list[bytes], *, order: str = "<", compression: int = 8) -> bytes:
    """Return the parts of a TIFF that are looked at; more than one strip needs a table."""
    data, places = b"", []
    for strip in strips:
        places.append(8 + len(data))
        data += strip
    tables = 8 + len(data)
    data += struct.pack(f"{order}{len(strips)}I", *places)
    data += struct.pack(f"{order}{len(strips)}I", *map(len, strips))
    start = 8 + len(data)

    def entry(tag: int, kind: int, values: list[int], place: int) -> bytes:
        if len(values) == 1:
            layout = "Hxx" if kind == 3 else "I"
            return struct.pack(f"{order}HHI{layout}", tag, kind, 1, values[0])
        return struct.pack(f"{order}HHII", tag, kind, len(values), place)

    data += struct.pack(f"{order}H", 3)
    data += entry(259, 3, [compression], 0)
    data += entry(273, 4, places, tables)
    data += entry(279, 4, list(map(len, strips)), tables + 4 * len(strips))
    magic = b"II" if order == "<" else b"MM"
    return magic + struct.pack(f"{order}HI", 42, start) + data


STRIPS = [zlib.compress(bytes([number]) * 5000) for number in range(3)]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("count", [1, 3])
def test_every_strip_has_to_inflate(order: str, count: int) -> None:
    strips = STRIPS[:count]
    assert not has_damaged_strip(BytesIO(tiff(strips, order=order)))
    for place, strip in enumerate(strips):
        for bad in (strip[:-1], strip[:-1] + b"\0", b"no zlib", b""):
            changed = [*strips[:place], bad, *strips[place + 1 :]]
            assert has_damaged_strip(BytesIO(tiff(changed, order=order)))


def test_other_ways_of_packing_are_not_judged() -> None:
    assert not has_damaged_strip(BytesIO(tiff([b"anything"], compression=5)))
    assert not has_damaged_strip(BytesIO(b"II\x2b\0" + bytes(60)))  # the large kind


def test_directory_that_is_not_there_is_damage() -> None:
    data = tiff(STRIPS)
    for cut in (0, 3, 7, len(data) - 40, len(data) - 12):
        assert has_damaged_strip(BytesIO(data[:cut]))
    assert has_damaged_strip(BytesIO(b"II\x2a\0\xff\xff\xff\xff"))


def test_strip_that_is_said_to_be_endless_is_read_to_the_files_end() -> None:
    data = tiff(STRIPS[:1])
    length = struct.pack("<I", len(STRIPS[0]))
    assert has_damaged_strip(BytesIO(data.replace(length, b"\xff" * 4))) is False
