# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of frames as JPEG files."""

from __future__ import annotations

from pathlib import Path

import OpenImageIO
import pytest

from farm_addon.decoding.previews import Preview, write_previews
from tests.fakes.pictures import png, write_picture


def wanted(folder: Path) -> list[Preview]:
    return [Preview(folder / "large.jpg", 1920, 1080), Preview(folder / "small.jpg", 200, 112)]


def shown(path: Path) -> tuple[int, int, float]:
    image = OpenImageIO.ImageBuf(str(path))
    assert image.file_format_name == "jpeg"
    pixels = image.get_pixels(OpenImageIO.FLOAT)
    return image.spec().width, image.spec().height, float(pixels.mean())


@pytest.mark.parametrize(
    ("size", "large", "small"),
    [
        ((3840, 2160), (1920, 1080), (199, 112)),
        ((1000, 1000), (1000, 1000), (112, 112)),
        ((64, 48), (64, 48), (64, 48)),
        ((4000, 1), (1920, 1), (200, 1)),
    ],
)
def test_pictures_fit_and_are_not_enlarged(
    tmp_path: Path, size: tuple[int, int], large: tuple[int, int], small: tuple[int, int]
) -> None:
    source = write_picture(tmp_path / "a.png", *size)
    assert write_previews(source, wanted(tmp_path))
    assert shown(tmp_path / "large.jpg")[:2] == large
    assert shown(tmp_path / "small.jpg")[:2] == small


def test_what_is_transparent_is_grey(tmp_path: Path) -> None:
    source = write_picture(tmp_path / "a.png", channel_names=("R", "G", "B", "A"), level=0.0)
    assert write_previews(source, wanted(tmp_path))
    assert shown(tmp_path / "large.jpg")[2] == pytest.approx(0.2, abs=0.02)


def test_layers_are_shown_by_their_combined_pass(tmp_path: Path) -> None:
    names = [f"ViewLayer.Combined.{one}" for one in "RGB"] + ["ViewLayer.Depth.Z"]
    source = write_picture(
        tmp_path / "a.exr", channel_names=names, pixel_type="float", level=0.2140
    )
    assert write_previews(source, wanted(tmp_path))
    assert shown(tmp_path / "large.jpg")[2] == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("content", [b"", b"no picture", png()[:60]])
def test_what_cannot_be_read_makes_no_picture(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(content)
    assert not write_previews(source, wanted(tmp_path))
    assert not write_previews(tmp_path / "missing.png", wanted(tmp_path))
    assert list(tmp_path.iterdir()) == [source]


def test_a_folder_that_is_not_there_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    source = write_picture(tmp_path / "a.png")
    with pytest.raises(OSError, match="cannot be written"):
        write_previews(source, wanted(tmp_path / "missing"))
