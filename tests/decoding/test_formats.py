# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to frames of each format: whole ones decode, and this damage is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from farm_addon.core.formats import output_format
from farm_addon.core.ports import FrameVerdict
from farm_addon.decoding import images
from farm_addon.decoding.images import decode_file
from tests.fakes.pictures import cineon

oiio = pytest.importorskip("OpenImageIO")
numpy = pytest.importorskip("numpy")

WIDTH, HEIGHT = 200, 120

CUT = "truncated"
LAST = "last byte gone"
HOLE = "hole"  # 4 KiB of zeros
TAIL = "tail"  # zeros from the middle on
BIT = "bit"


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which Blender packs frames, and the damage that is always found in it."""

    api_name: str
    extension: str
    pixel_type: str = "uint8"
    compression: str = ""
    found: tuple[str, ...] = (CUT, LAST, HOLE, TAIL)

    def __str__(self) -> str:
        return f"{self.api_name} {self.compression}".strip()


# The same as in docs/formats.md.
KINDS = (
    Kind("PNG", "png", found=(CUT, LAST, HOLE, TAIL, BIT)),
    Kind("JPEG", "jpg"),
    Kind("OPEN_EXR", "exr", "half", "zip", (CUT, LAST, HOLE, TAIL, BIT)),
    Kind("OPEN_EXR", "exr", "half", "zips", (CUT, LAST, HOLE, TAIL, BIT)),
    Kind("OPEN_EXR", "exr", "float", "pxr24", (CUT, LAST, HOLE, TAIL, BIT)),
    Kind("OPEN_EXR", "exr", "half", "piz"),
    Kind("OPEN_EXR", "exr", "half", "rle"),
    Kind("OPEN_EXR", "exr", "half", "dwaa"),
    Kind("OPEN_EXR", "exr", "half", "dwab"),
    Kind("OPEN_EXR", "exr", "half", "none", (CUT, LAST, TAIL)),
    Kind("OPEN_EXR", "exr", "half", "b44", (CUT, LAST, TAIL)),
    Kind("TIFF", "tif", "uint16", "zip", (CUT, LAST, HOLE, TAIL, BIT)),
    Kind("TIFF", "tif", "uint8", "lzw"),
    Kind("TIFF", "tif", "uint8", "packbits"),
    Kind("TIFF", "tif", "uint8", "none", (CUT, LAST)),
    Kind("WEBP", "webp"),
    Kind("BMP", "bmp", found=(CUT, LAST)),
    Kind("HDR", "hdr", "float"),
    Kind("TARGA", "tga", compression="rle"),
    Kind("TARGA_RAW", "tga", found=(CUT, LAST, TAIL)),
    Kind("JPEG2000", "jp2"),
    Kind("CINEON", "cin", found=(CUT, LAST)),
    Kind("DPX", "dpx", "uint16", found=(CUT, LAST)),
    Kind("IRIS", "sgi", compression="rle"),
)


@pytest.fixture(params=KINDS, ids=str)
def kind(request: pytest.FixtureRequest) -> Kind:
    chosen: Kind = request.param
    known = output_format(chosen.api_name)
    assert known is not None
    if known.decoder_name not in images.format_names():
        pytest.skip(f"this OpenImageIO does not read {known.decoder_name}")
    return chosen


@pytest.fixture
def frame(kind: Kind, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Path]:
    path = write(kind, tmp_path / f"frame.{kind.extension}")
    spec = oiio.ImageInput.open(str(path)).spec()
    if not spec.get_string_attribute("compression").startswith(kind.compression):
        pytest.skip(f"this OpenImageIO does not write {kind}")
    yield path
    said = capfd.readouterr()
    # 3.0 prints about OpenEXR files on its own.
    assert said == ("", "") or (kind.extension == "exr" and oiio.VERSION < 30100)


def write(kind: Kind, path: Path) -> Path:
    """Write a frame with noise all over, so that damage hits something everywhere."""
    if kind.extension == "cin":
        path.write_bytes(cineon(WIDTH, HEIGHT))
        return path
    spec = oiio.ImageSpec(WIDTH, HEIGHT, 3, kind.pixel_type)
    if kind.compression:
        spec.attribute("compression", kind.compression)
    noise = numpy.random.default_rng(7).random((HEIGHT, WIDTH, 3), dtype=numpy.float32)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    assert output.write_image(0.1 + 0.9 * noise), output.geterror()
    assert output.close(), output.geterror()
    return path


def damaged(path: Path, data: bytes) -> FrameVerdict:
    path.write_bytes(data)
    return decode_file(path)


def with_zeros(data: bytes, start: int, count: int) -> bytes:
    return data[:start] + bytes(len(data[start : start + count])) + data[start + count :]


def damages(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield damaged copies of a file, each with its kind; pixels are hit, not headers."""
    size = len(data)
    for part in (0.02, 0.3, 0.5, 0.9, 0.99):
        yield CUT, data[: int(size * part)]
    yield LAST, data[:-1]
    for start in range(size // 4, size - 4096, max(1, size // 12)):
        yield HOLE, with_zeros(data, start, 4096)
    yield TAIL, with_zeros(data, size // 2, size)
    for position in range(size // 4, size * 9 // 10, max(1, size // 40)):
        yield BIT, data[:position] + bytes([data[position] ^ 0x08]) + data[position + 1 :]


def test_whole_frame_decodes(kind: Kind, frame: Path) -> None:
    verdict = decode_file(frame)
    known = output_format(kind.api_name)
    assert known is not None
    assert verdict.problem == ""
    assert verdict.format_name == known.decoder_name
    assert (verdict.width_px, verdict.height_px, verdict.channels) == (WIDTH, HEIGHT, 3)
    assert not verdict.is_black
    assert verdict.bad_pixels == 0
    assert len(verdict.pixels_digest) == 32


def test_damage_is_found(kind: Kind, frame: Path) -> None:
    data = frame.read_bytes()
    pixels = decode_file(frame).pixels_digest
    for damage, content in damages(data):
        verdict = damaged(frame, content)
        if damage in kind.found:
            # A few bits mean nothing: padding, or a name in the header.
            is_harmless = damage == BIT and verdict.pixels_digest == pixels
            assert verdict.problem or is_harmless, damage
        if verdict.problem:
            assert not verdict.pixels_digest


def test_name_says_nothing(kind: Kind, frame: Path) -> None:
    other = frame.rename(frame.with_name("other.png"))
    verdict = decode_file(other)
    assert verdict.problem == ""
    known = output_format(kind.api_name)
    assert known is not None
    assert verdict.format_name == known.decoder_name


def test_short_last_strip_of_a_tiff_is_checked_to_the_bit(tmp_path: Path) -> None:
    assert HEIGHT % 32, "the last strip has fewer rows than the others"
    path = write(Kind("TIFF", "tif", "uint16", "zip"), tmp_path / "frame.tif")
    data = path.read_bytes()
    for at in range(len(data) - 3000, len(data) - 1000, 200):
        content = data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :]
        assert damaged(path, content).problem


def test_format_that_is_not_read_here_is_named(tmp_path: Path) -> None:
    path = tmp_path / "frame.avif"
    path.write_bytes(b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miaf" + bytes(500))
    verdict = decode_file(path)
    assert verdict.problem
    if "heif" not in images.format_names():
        assert verdict.format_name == "heif"
        assert verdict.problem == "it is heif, which cannot be decoded here"
