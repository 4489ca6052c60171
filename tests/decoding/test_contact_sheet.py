# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sheet shows each picture in its own shape and colours, in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from farm_addon.decoding.contact_sheet import Picture, make_contact_sheet, sample_evenly
from farm_addon.decoding.images import decode_file
from farm_addon.decoding.thumbnail import thumbnail
from tests.fakes.pictures import write_picture

oiio = pytest.importorskip("OpenImageIO")
numpy = pytest.importorskip("numpy")


def sheet_of(folder: Path, pictures: list[Picture], **options: Any) -> Any:
    """Make a sheet, see that it is a whole PNG, and return its pixels."""
    path = folder / "sheet.png"
    path.write_bytes(make_contact_sheet(pictures, **options))
    verdict = decode_file(path)
    assert (verdict.problem, verdict.format_name, verdict.channels) == ("", "png", 3)
    return oiio.ImageBuf(str(path)).get_pixels(oiio.UINT8)


def flat(folder: Path, name: str, level: float, **options: Any) -> Picture:
    path = write_picture(folder / name, options.pop("width", 320), options.pop("height", 180),
                         level=level, **options)  # fmt: skip
    return Picture(path, path.stem)


def columns_with(pixels: Any, level: int) -> set[int]:
    return set(numpy.where((abs(pixels[:, :, 0].astype(int) - level) <= 1).any(axis=0))[0])


def test_pictures_lie_side_by_side_in_order(tmp_path: Path) -> None:
    pictures = [flat(tmp_path, f"{n}.png", level) for n, level in enumerate((0.4, 0.6, 0.8))]
    pixels = sheet_of(tmp_path, pictures)
    spans = [columns_with(pixels, round(level * 255)) for level in (0.4, 0.6)]
    assert len(spans[0]) >= 320
    assert max(spans[0]) < 720
    assert pixels.shape[1] > pixels.shape[0]


def test_linear_pictures_are_shown_as_a_screen_shows_them(tmp_path: Path) -> None:
    picture = flat(tmp_path, "frame.exr", 0.2140, pixel_type="half")
    small = thumbnail(picture.path, 320, 180, 0.1)
    assert small.shape == (180, 320, 3)
    assert numpy.allclose(small, 0.5, atol=0.005)


def test_combined_pass_is_shown_of_a_file_with_layers(tmp_path: Path) -> None:
    names = [f"View.{layer}.{c}" for layer in ("AO", "Combined", "Normal") for c in "RGB"]
    path = write_picture(tmp_path / "layers.exr", 9, 6, channel_names=names, pixel_type="half")
    full = oiio.ImageBuf(str(path))
    order = list(full.spec().channelnames)
    expected = full.get_pixels(oiio.FLOAT)[3, 4, order.index("View.Combined.R")]
    small = thumbnail(path, 9, 6, 0.1)
    encoded = 1.055 * expected ** (1 / 2.4) - 0.055
    assert small[3, 4, 0] == pytest.approx(encoded, abs=0.01)


def test_transparent_parts_show_the_background(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "clear.png", 20, 20, channel_names="RGBA", level=0.0)
    assert numpy.allclose(thumbnail(path, 20, 20, 0.3), 0.3, atol=0.01)


def test_grey_pictures_are_grey(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "grey.png", 20, 20, channel_names="Y", level=0.6)
    small = thumbnail(path, 20, 20, 0.1)
    assert small.shape == (20, 20, 3)
    assert numpy.allclose(small, 0.6, atol=0.01)


@pytest.mark.parametrize(("width", "height"), [(640, 100), (100, 640), (4000, 2), (1, 1)])
def test_aspect_is_kept(tmp_path: Path, width: int, height: int) -> None:
    path = write_picture(tmp_path / "frame.png", width, height)
    rows, columns, _ = thumbnail(path, 320, 180, 0.1).shape
    assert rows <= 180
    assert columns <= 320
    assert columns == pytest.approx(max(1, rows * width / height), abs=max(1.0, width / height))


def test_picture_that_cannot_be_read_leaves_an_empty_cell(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"nothing")
    (tmp_path / "empty.png").touch()
    names = ("bad.png", "empty.png", "missing.png")
    pixels = sheet_of(tmp_path, [Picture(tmp_path / name, name) for name in names])
    assert pixels.shape[1] > 500


def test_labels_are_written_below(tmp_path: Path) -> None:
    picture = flat(tmp_path, "frame.png", 0.2)
    plain = sheet_of(tmp_path, [Picture(picture.path, "")])
    named = sheet_of(tmp_path, [Picture(picture.path, "sh010 000001")])
    rows = numpy.where((plain != named).any(axis=(1, 2)))[0]
    assert len(rows) > 5
    assert rows.min() > plain.shape[0] / 2


def test_any_label_fits_and_none_is_trouble(tmp_path: Path) -> None:
    path = flat(tmp_path, "frame.png", 0.2).path
    labels = ["x" * 500, "日本語 " * 30, "a\nb\0c", "\udc80", "🎬"]
    pixels = sheet_of(tmp_path, [Picture(path, label) for label in labels], title="x" * 20)
    assert (pixels[:, -8:] == pixels[0, 0]).all()


def test_too_many_are_sampled_fairly(tmp_path: Path) -> None:
    shots = [flat(tmp_path, f"a{n}.png", 0.4, width=32, height=18) for n in range(30)]
    pictures = [Picture(p.path, p.label, "shot") for p in shots]
    still = flat(tmp_path, "still.png", 0.9, width=32, height=18)
    pictures.append(Picture(still.path, "still", "still"))
    pixels = sheet_of(tmp_path, pictures, max_pictures=6)
    assert columns_with(pixels, round(0.9 * 255))


def test_no_pictures_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        make_contact_sheet([])


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, []), (1, [0]), (2, [0, 9]), (3, [0, 4, 9]), (10, list(range(10))), (99, list(range(10)))],
)
def test_sample_has_both_ends(count: int, expected: list[int]) -> None:
    assert sample_evenly(range(10), count) == expected
