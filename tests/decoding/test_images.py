# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames are decoded fully, whatever they are called; nothing is printed about bad ones."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm_addon.core.errors import MissingLibraryError
from farm_addon.decoding import images
from farm_addon.decoding.images import decode_file
from tests.fakes.pictures import png, write_picture

pytest.importorskip("OpenImageIO")

FORMATS = {
    "png": ("png", "uint8"),
    "jpg": ("jpeg", "uint8"),
    "exr": ("openexr", "half"),
    "tif": ("tiff", "uint8"),
    "bmp": ("bmp", "uint8"),
    "hdr": ("hdr", "float"),
    "webp": ("webp", "uint8"),
}
CHECKED_TO_THE_BIT = ("png", "exr")


@pytest.fixture(autouse=True)
def silence(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Nothing is printed, by no library."""
    yield
    assert capfd.readouterr() == ("", "")


def frame(folder: Path, extension: str, **options: object) -> Path:
    _, pixel_type = FORMATS[extension]
    return write_picture(
        folder / f"frame.{extension}",
        96,
        64,
        pixel_type=pixel_type,
        **options,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("extension", FORMATS)
def test_whole_frame_decodes(tmp_path: Path, extension: str) -> None:
    verdict = decode_file(frame(tmp_path, extension))
    assert verdict.problem == ""
    assert verdict.format_name == FORMATS[extension][0]
    assert (verdict.width_px, verdict.height_px, verdict.channels) == (96, 64, 3)
    assert verdict.format_name in images.format_names()


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("kept", [0.02, 0.5, 0.9])
def test_truncated_frame_is_found(tmp_path: Path, extension: str, kept: float) -> None:
    path = frame(tmp_path, extension)
    data = path.read_bytes()
    path.write_bytes(data[: max(1, int(len(data) * kept))])
    assert decode_file(path).problem


@pytest.mark.parametrize("extension", FORMATS)
def test_frame_without_its_last_byte_is_found(tmp_path: Path, extension: str) -> None:
    path = frame(tmp_path, extension)
    path.write_bytes(path.read_bytes()[:-1])
    assert decode_file(path).problem


@pytest.mark.parametrize("extension", CHECKED_TO_THE_BIT)
def test_flipped_bit_is_found_unless_it_changes_no_pixel(tmp_path: Path, extension: str) -> None:
    import OpenImageIO as oiio

    path = frame(tmp_path, extension)
    data = path.read_bytes()
    pixels = oiio.ImageBuf(str(path)).get_pixels()
    found = 0
    # The last third holds nothing but pixels.
    for position in range(len(data) * 2 // 3, len(data), max(1, len(data) // 200)):
        damaged = tmp_path / f"damaged-{position}.{extension}"
        damaged.write_bytes(data[:position] + bytes([data[position] ^ 0x10]) + data[position + 1 :])
        if decode_file(damaged).problem:
            found += 1
        else:
            assert (oiio.ImageBuf(str(damaged)).get_pixels() == pixels).all()
    assert found > 50


@pytest.mark.parametrize("extension", FORMATS)
def test_zeros_and_text_are_no_frames(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"frame.{extension}"
    for data in (bytes(5000), b"Error: disk full\n" * 300):
        path.write_bytes(data)
        verdict = decode_file(path)
        assert verdict.problem
        assert verdict.format_name == ""


@pytest.mark.parametrize("extension", FORMATS)
def test_empty_frame_is_found(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"frame.{extension}"
    path.touch()
    assert decode_file(path).problem == "it is empty"


@pytest.mark.parametrize("real", FORMATS)
@pytest.mark.parametrize("pretended", ["png", "exr", "jpg"])
def test_mislabelled_frame_is_called_what_it_is(tmp_path: Path, real: str, pretended: str) -> None:
    path = frame(tmp_path, real).rename(tmp_path / f"other.{pretended}")
    verdict = decode_file(path)
    assert verdict.problem == ""
    assert verdict.format_name == FORMATS[real][0]


NOTE = 'studio: a note\nfarm:{"release":"ep01","id":"x:y","attempt":2,"inputs":"0"}'


@pytest.mark.parametrize("extension", ["png", "exr"])
def test_note_is_found_in_png_and_openexr(tmp_path: Path, extension: str) -> None:
    verdict = decode_file(frame(tmp_path, extension, texts={"Note": NOTE, "Frame": "7"}))
    assert verdict.note == NOTE
    assert verdict.metadata["Frame"] == "7"


def test_note_is_found_in_the_comments_of_a_jpeg(tmp_path: Path) -> None:
    path = frame(tmp_path, "jpg")
    data = path.read_bytes()
    comments = b""
    for text in (b"Blender:Frame:7", b"Blender:Note:" + NOTE.encode()):
        comments += b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text
    path.write_bytes(data[:2] + comments + data[2:])
    verdict = decode_file(path)
    assert verdict.note == NOTE
    assert verdict.metadata["Frame"] == "7"


def test_damage_in_the_last_part_is_found(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "parts.exr", 96, 64, pixel_type="half", parts=3)
    assert decode_file(path).problem == ""
    data = bytearray(path.read_bytes())
    data[-200] ^= 0xFF
    path.write_bytes(data)
    assert decode_file(path).problem


def test_picture_larger_than_a_block_is_read_to_its_last_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "_BLOCK_BYTES", 1)
    path = write_picture(tmp_path / "tall.exr", 8, 500, pixel_type="half")
    assert decode_file(path).problem == ""
    path.write_bytes(path.read_bytes()[:-10])
    assert decode_file(path).problem


def test_tiled_picture_decodes(tmp_path: Path) -> None:
    import OpenImageIO as oiio

    spec = oiio.ImageSpec(100, 70, 3, "half")
    spec.tile_width = spec.tile_height = 32
    picture = oiio.ImageBuf(spec)
    path = tmp_path / "tiled.exr"
    assert picture.write(str(path))
    verdict = decode_file(path)
    assert (verdict.problem, verdict.width_px, verdict.height_px) == ("", 100, 70)
    data = bytearray(path.read_bytes())
    data[-30:] = bytes(30)
    path.write_bytes(data)
    assert decode_file(path).problem


def test_problem_is_one_line_without_the_path(tmp_path: Path) -> None:
    path = tmp_path / "frame.jpg"
    for data in (b"\xff\xd8\xff\xe0" + b"x" * 50, b"\xff\xd8", b"nothing"):
        path.write_bytes(data)
        problem = decode_file(path).problem
        assert problem
        assert "\n" not in problem
        assert str(path) not in problem
        assert not problem.endswith(".")


def test_wide_png_with_alpha_and_sixteen_bits_decodes(tmp_path: Path) -> None:
    path = tmp_path / "frame.png"
    path.write_bytes(png(100, 40, depth=16, color_type=6))
    assert decode_file(path).channels == 4


def test_what_is_no_file_is_a_verdict(tmp_path: Path) -> None:
    assert "No such file" in decode_file(tmp_path / "nothing.exr").problem
    assert decode_file(tmp_path).problem == "it is no plain file"
    if sys.platform.startswith("linux"):
        path = Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.exr"))
        path.write_bytes(b"x")
        assert decode_file(path).problem == "its path is no valid text"


def test_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "OpenImageIO", None)
    assert not images.is_available()
    with pytest.raises(MissingLibraryError, match="OpenImageIO"):
        decode_file(tmp_path / "frame.exr")
