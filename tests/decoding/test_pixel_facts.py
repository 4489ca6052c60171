# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Black frames, pixels that are no numbers, frames that are the same; in files with layers too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from farm_addon.decoding import images
from farm_addon.decoding.channels import ChannelRoles
from farm_addon.decoding.images import decode_file
from tests.fakes.pictures import write_picture

oiio = pytest.importorskip("OpenImageIO")
numpy = pytest.importorskip("numpy")

LAYERS = tuple(
    f"ViewLayer.{name}"
    for name in (
        *("Combined.A", "Combined.B", "Combined.G", "Combined.R"),
        *("CryptoObject00.a", "CryptoObject00.b", "CryptoObject00.g", "CryptoObject00.r"),
        *("Depth.Z", "Normal.X", "Normal.Y", "Normal.Z", "UV.A", "UV.U", "UV.V"),
    )
)


def write(path: Path, pixels: Any, names: tuple[str, ...] = ("R", "G", "B", "A")) -> Path:
    kind = "half" if pixels.dtype == numpy.float16 else str(pixels.dtype)
    spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], len(names), kind)
    spec.channelnames = names
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    assert output.write_image(pixels), output.geterror()
    assert output.close()
    return path


def opaque(kind: str = "float16", channels: int = 4) -> Any:
    """Return a black picture of 20 rows and 30 columns; alpha, the last or only one, is 1."""
    pixels = numpy.zeros((20, 30, channels), kind)
    pixels[..., 3] = 1 if kind.startswith("float") else 255
    return pixels


# --- black ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "kind"), [("a.exr", "float16"), ("a.png", "uint8")])
def test_black_is_told_whatever_alpha_says(tmp_path: Path, name: str, kind: str) -> None:
    pixels = opaque(kind)
    assert decode_file(write(tmp_path / name, pixels)).is_black
    pixels[19, 29, 2] = 1
    assert not decode_file(write(tmp_path / name, pixels)).is_black


def test_colours_below_an_alpha_of_zero_are_not_black(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    spec = oiio.ImageSpec(4, 4, 4, "uint8")
    spec.attribute("oiio:UnassociatedAlpha", 1)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    pixels = numpy.full((4, 4, 4), 200, "uint8")
    pixels[..., 3] = 0
    assert output.write_image(pixels)
    assert output.close()
    assert not decode_file(path).is_black


def test_black_of_a_damaged_file_is_not_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.exr", opaque())
    path.write_bytes(path.read_bytes()[:-5])
    verdict = decode_file(path)
    assert verdict.problem
    assert (verdict.is_black, verdict.pixels_digest) == (False, "")


def test_combined_pass_decides_whether_a_file_with_layers_is_black(tmp_path: Path) -> None:
    pixels = numpy.ones((6, 5, len(LAYERS)), "float32")
    red = LAYERS.index("ViewLayer.Combined.R")
    pixels[..., red - 2 : red + 1] = 0
    assert decode_file(write(tmp_path / "a.exr", pixels, LAYERS)).is_black
    pixels[3, 3, red] = 0.5
    assert not decode_file(write(tmp_path / "a.exr", pixels, LAYERS)).is_black


def test_all_parts_of_a_file_are_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "parts.exr"
    names = ("View.Combined", "View.Diffuse", "View.Combined.right")
    for levels, is_black in (((0.0, 1.0, 0.0), True), ((0.0, 0.0, 0.5), False)):
        specs = []
        for name in names:
            spec = oiio.ImageSpec(8, 8, 3, "half")
            spec.attribute("oiio:subimagename", name)
            specs.append(spec)
        output = oiio.ImageOutput.create(str(path))
        assert output.open(str(path), tuple(specs)), output.geterror()
        for part, level in enumerate(levels):
            if part:
                assert output.open(str(path), specs[part], "AppendSubimage")
            assert output.write_image(numpy.full((8, 8, 3), level, "float32"))
        assert output.close()
        verdict = decode_file(path)
        assert (verdict.problem, verdict.is_black) == ("", is_black)


# --- not a number ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["float16", "float32"])
def test_pixels_that_are_no_numbers_are_counted_once_each(tmp_path: Path, kind: str) -> None:
    pixels = opaque(kind)
    pixels[0, 0, :] = numpy.nan
    pixels[5, 7, 1] = numpy.inf
    pixels[19, 29, 3] = -numpy.inf
    verdict = decode_file(write(tmp_path / "a.exr", pixels))
    assert verdict.problem == ""
    assert verdict.bad_pixels == 3
    assert not verdict.is_black


def test_depths_and_hashes_may_be_anything(tmp_path: Path) -> None:
    pixels = numpy.full((6, 5, len(LAYERS)), numpy.nan, "float32")
    first = LAYERS.index("ViewLayer.Combined.A")
    pixels[..., first : first + 4] = 0.5
    assert decode_file(write(tmp_path / "a.exr", pixels, LAYERS)).bad_pixels == 0
    pixels[2, 2, first] = numpy.inf
    assert decode_file(write(tmp_path / "a.exr", pixels, LAYERS)).bad_pixels == 1


def test_blocks_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = numpy.zeros((500, 8, 4), "float32")
    pixels[::100, 3, 0] = numpy.nan
    path = write(tmp_path / "a.exr", pixels)
    whole = decode_file(path)
    monkeypatch.setattr(images, "_BLOCK_BYTES", 1)
    assert decode_file(path) == whole
    assert whole.bad_pixels == 5


# --- the same -------------------------------------------------------------------------------------


def test_digest_is_of_the_pixels_alone(tmp_path: Path) -> None:
    one = write_picture(tmp_path / "one.png", texts={"Note": "a", "Frame": "1"})
    other = write_picture(tmp_path / "other.png", texts={"Note": "b", "Frame": "2"})
    assert one.read_bytes() != other.read_bytes()
    assert decode_file(one).pixels_digest == decode_file(other).pixels_digest
    third = write_picture(tmp_path / "third.png", level=0.5)
    assert decode_file(third).pixels_digest != decode_file(one).pixels_digest


def test_digest_does_not_depend_on_how_pixels_are_packed(tmp_path: Path) -> None:
    pixels = numpy.random.default_rng(1).random((64, 48, 3)).astype("float16")
    digests = set()
    for compression in ("none", "zip", "piz", "tiles"):
        spec = oiio.ImageSpec(48, 64, 3, "half")
        spec.attribute("compression", "zip" if compression == "tiles" else compression)
        if compression == "tiles":
            spec.tile_width = spec.tile_height = 16
        path = tmp_path / f"{compression}.exr"
        picture = oiio.ImageBuf(spec)
        assert picture.set_pixels(oiio.ROI(0, 48, 0, 64, 0, 1, 0, 3), pixels.astype("float32"))
        assert picture.write(str(path)), picture.geterror()
        digests.add(decode_file(path).pixels_digest)
    assert len(digests) == 1


def test_pixels_of_other_shape_are_not_the_same(tmp_path: Path) -> None:
    wide = write_picture(tmp_path / "wide.png", 8, 2, level=0.5)
    high = write_picture(tmp_path / "high.png", 2, 8, level=0.5)
    assert decode_file(wide).pixels_digest != decode_file(high).pixels_digest


# --- which channels -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "shown", "checked"),
    [
        (("R", "G", "B"), (0, 1, 2), (0, 1, 2)),
        (("R", "G", "B", "A"), (0, 1, 2), (0, 1, 2, 3)),
        (("Y",), (0,), (0,)),
        (("Y", "A"), (0,), (0, 1)),
        (("channel0", "channel1"), (0, 1), (0, 1)),
        (("Z",), (0,), (0,)),
        (("Normal.X", "Normal.Y", "Normal.Z", "AO.R", "AO.G", "AO.B"), (3, 4, 5), (3, 4, 5)),
        (LAYERS, (1, 2, 3), (0, 1, 2, 3)),
    ],
)
def test_roles_follow_from_names(
    names: tuple[str, ...], shown: tuple[int, ...], checked: tuple[int, ...]
) -> None:
    roles = ChannelRoles.of(names)
    assert (roles.shown, roles.checked) == (shown, checked)


def test_name_of_a_part_may_be_the_pass() -> None:
    assert ChannelRoles.of(("R", "G", "B"), "ViewLayer.Combined").is_combined
    assert not ChannelRoles.of(("R", "G", "B"), "ViewLayer.Diffuse").is_combined
