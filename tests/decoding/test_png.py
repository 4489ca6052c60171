# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""PNG files are checked completely without any library."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farm_addon.core.ports import FrameVerdict
from farm_addon.decoding import png_chunks
from farm_addon.decoding.png import decode_png
from farm_addon.decoding.png_chunks import SIGNATURE, PngError, walk_chunks
from tests.fakes.pictures import CHANNELS, DEPTHS, chunk, pixel_rows, png

KINDS = [
    (color_type, depth, is_interlaced)
    for color_type, depths in DEPTHS.items()
    for depth in depths
    for is_interlaced in (False, True)
]
SIZES = [(1, 1), (3, 5), (8, 8), (17, 9)]


def decoded(folder: Path, data: bytes) -> FrameVerdict:
    path = folder / "frame.png"
    path.write_bytes(data)
    return decode_png(path)


@pytest.mark.parametrize(("color_type", "depth", "is_interlaced"), KINDS)
def test_every_kind_of_png_decodes(
    tmp_path: Path, color_type: int, depth: int, is_interlaced: bool
) -> None:
    for width, height in SIZES:
        data = png(width, height, depth=depth, color_type=color_type, is_interlaced=is_interlaced)
        verdict = decoded(tmp_path, data)
        assert verdict.problem == ""
        assert (verdict.width_px, verdict.height_px) == (width, height)
        assert (verdict.format_name, verdict.channels) == ("png", CHANNELS[color_type])


@pytest.mark.parametrize("is_interlaced", [False, True])
def test_rows_are_counted_as_another_decoder_counts_them(
    tmp_path: Path, is_interlaced: bool
) -> None:
    images = pytest.importorskip("farm_addon.decoding.images")
    pytest.importorskip("OpenImageIO")
    path = tmp_path / "frame.png"
    path.write_bytes(png(17, 9, is_interlaced=is_interlaced, filter_type=4))
    assert images.decode_file(path).problem == decode_png(path).problem == ""


def test_note_and_metadata_are_read(tmp_path: Path) -> None:
    texts = [(b"Note", "studio ü\nfarm:{}".encode()), (b"Title", b"caf\xe9"), (b"Frame", b"007")]
    verdict = decoded(tmp_path, png(texts=texts))
    assert verdict.note == "studio ü\nfarm:{}"
    assert verdict.metadata == {"Note": "studio ü\nfarm:{}", "Title": "café", "Frame": "007"}


def test_metadata_are_bounded(tmp_path: Path) -> None:
    texts = [(b"Key%d" % n, b"x" * 100_000) for n in range(100)]
    metadata = decoded(tmp_path, png(texts=texts)).metadata
    assert len(metadata) == 64
    assert max(map(len, metadata.values())) == 4096


def test_truncated_anywhere_is_found(tmp_path: Path) -> None:
    data = png()
    for length in range(1, len(data)):
        verdict = decoded(tmp_path, data[:length])
        assert verdict.problem
        with pytest.raises(PngError):
            walk_chunks(BytesIO(data[:length]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.data())
def test_flipped_bit_anywhere_is_found(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(png(40, 30))
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= 1 << data.draw(st.integers(0, 7))
    assert decoded(tmp_path, bytes(content)).problem
    with pytest.raises(PngError):
        walk_chunks(BytesIO(content))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_a_verdict(tmp_path: Path, data: bytes) -> None:
    assert decoded(tmp_path, data).problem


def test_truncated_picture_is_still_called_png(tmp_path: Path) -> None:
    verdict = decoded(tmp_path, png()[:-20])
    assert verdict.format_name == "png"
    assert verdict.problem.startswith("it ends after")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"GIF89a" + b"x" * 50, "it is no PNG"),
        (png(rows=pixel_rows(16, 12, 8, 6, False)[:-1]), "fewer pixels"),
        (png(rows=pixel_rows(16, 12, 8, 6, False) + b"\0"), "more pixels"),
        (png(rows=pixel_rows(16, 12, 8, 6, False, filter_type=5)), "unknown filter"),
        (png() + b"more", "4 bytes follow its end"),
        (png(0, 12, rows=b""), "header makes no sense"),
        (png(depth=3, rows=b""), "header makes no sense"),
        (png(color_type=2, depth=4, rows=b""), "header makes no sense"),
        (png(color_type=3).replace(b"PLTE", b"pLTE"), "checksum of pLTE"),
    ],
)
def test_damage_is_named(tmp_path: Path, data: bytes, words: str) -> None:
    assert words in decoded(tmp_path, data).problem


def reassembled(data: bytes, *parts: bytes) -> bytes:
    return data[:8] + b"".join(parts) + chunk(b"IEND", b"")


def test_chunks_in_impossible_places_are_named(tmp_path: Path) -> None:
    data = png(idat_bytes=10_000)
    header = data[8:33]
    pixels = data[33:-12]
    cases = {
        "does not begin with a header": reassembled(data, pixels),
        "two headers": reassembled(data, header, header, pixels),
        "no pixels": reassembled(data, header),
        "more follows the end of its pixels": reassembled(data, header, pixels, pixels),
        "not together": reassembled(data, header, pixels, chunk(b"tEXt", b"a\0b"), pixels),
        "cannot be inflated": reassembled(data, header, chunk(b"IDAT", b"no zlib at all")),
        "wrong length": reassembled(data, chunk(b"IHDR", b"short"), pixels),
        "no chunk begins": reassembled(data, header, chunk(b"1234", b""), pixels),
    }
    for words, content in cases.items():
        assert words in decoded(tmp_path, content).problem
    palette = png(color_type=3, idat_bytes=10_000)
    without = reassembled(palette, palette[8:33], palette[palette.index(b"IDAT") - 4 : -12])
    assert "palette is missing" in decoded(tmp_path, without).problem


def test_bomb_is_not_inflated(tmp_path: Path) -> None:
    bomb = png(4, 4, rows=bytes(50 << 20), idat_bytes=1 << 20)
    assert len(bomb) < 1 << 20
    assert "more pixels" in decoded(tmp_path, bomb).problem


def test_what_is_no_file_is_a_verdict(tmp_path: Path) -> None:
    assert "No such file" in decode_png(tmp_path / "nothing.png").problem
    assert decode_png(tmp_path).problem == "it is no plain file"
    (tmp_path / "empty.png").touch()
    assert decode_png(tmp_path / "empty.png").problem == "it is empty"
    assert decode_png(Path("a\0b.png")).problem == "its path cannot be one"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are POSIX")
def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert decode_png(tmp_path / "pipe.png").problem == "it is no plain file"


# --- chunks of any size ---------------------------------------------------------------------------


def walked(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return the chunks, the pieces of each put together."""
    found: list[tuple[bytes, bytes]] = []

    def take(kind: bytes, piece: memoryview) -> None:
        if found and found[-1][0] == kind == b"IDAT":
            found[-1] = kind, found[-1][1] + bytes(piece)
        else:
            found.append((kind, bytes(piece)))

    walk_chunks(BytesIO(data), take)
    return found


LARGE = [
    png_chunks._ROOM_BYTES + more
    for more in (-13, -12, -11, -1, 0, 1, png_chunks._WINDOW_BYTES - 12, 3 * 10**5)
]


@pytest.mark.parametrize("large", LARGE)
@pytest.mark.parametrize("before", [0, 1, 8192, 100_000])
def test_chunk_of_any_size_at_any_place_is_walked(large: int, before: int) -> None:
    parts = [(b"IHDR", bytes(13)), (b"eXIf", b"e" * before), (b"IDAT", os.urandom(large))]
    parts.append((b"tEXt", b"a\0b"))
    data = SIGNATURE + b"".join(chunk(kind, payload) for kind, payload in parts)
    whole = data + chunk(b"IEND", b"")
    assert walked(whole) == [*parts, (b"IEND", b"")]
    position = data.index(b"IDAT") + 4 + large // 2
    bad = whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :]
    with pytest.raises(PngError, match="checksum of IDAT"):
        walk_chunks(BytesIO(bad))
    for length in (len(data) - 20, position, len(whole) - 1):
        with pytest.raises(PngError, match=f"ends after {length} bytes"):
            walk_chunks(BytesIO(whole[:length]))
    with pytest.raises(PngError, match="300000 bytes follow"):
        walk_chunks(BytesIO(whole + bytes(300_000)))


def test_many_small_chunks_are_walked() -> None:
    parts = [(b"IHDR", bytes(13)), *((b"teXt", os.urandom(n % 300)) for n in range(3000))]
    data = SIGNATURE + b"".join(chunk(kind, payload) for kind, payload in parts)
    assert walked(data + chunk(b"IEND", b""))[:-1] == parts


class Trickle(BytesIO):
    """A file that gives less than it is asked for, as a network may."""

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return super().readinto(buffer[:1000])


def test_file_that_comes_in_drops_is_walked() -> None:
    walk_chunks(Trickle(png(200, 200, idat_bytes=3000)))
