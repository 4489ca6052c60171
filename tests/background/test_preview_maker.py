# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of frames by a real Blender, where this Python cannot make them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import OpenImageIO
import pytest

from farm_addon.background import preview_maker
from farm_addon.background.preview_maker import PreviewMaker
from farm_addon.background.runtime import BlenderRuntime
from farm_addon.core.errors import BlenderError
from farm_addon.decoding.previews import Preview
from tests.fakes.pictures import write_picture

PARTS = [f"ViewLayer.Combined.{one}" for one in "RGBA"]


@pytest.fixture(scope="module")
def maker() -> Iterator[PreviewMaker]:
    found = PreviewMaker(has_openimageio=lambda: False)
    yield found
    found.close()


def wanted(folder: Path) -> list[Preview]:
    return [Preview(folder / "large.jpg", 1920, 1080), Preview(folder / "small.jpg", 40, 22)]


def shown(path: Path) -> tuple[int, int, float]:
    image = OpenImageIO.ImageBuf(str(path))
    assert image.file_format_name == "jpeg"
    pixels = image.get_pixels(OpenImageIO.FLOAT)[:, :, :3]
    return image.spec().width, image.spec().height, float(pixels.mean())


@pytest.mark.parametrize(
    ("name", "pixel_type", "channel_names", "level"),
    [
        ("a.png", "uint8", "RGB", 0.5),
        ("a.png", "uint16", "RGB", 0.5),
        ("a.jpg", "uint8", "RGB", 0.5),
        ("a.tif", "uint8", "RGB", 0.5),
        ("a.exr", "half", "RGB", 0.2140),
        ("a.exr", "float", PARTS, 0.2140),
    ],
)
def test_a_blender_makes_them_as_screens_show_them(
    runtime: BlenderRuntime,
    maker: PreviewMaker,
    tmp_path: Path,
    name: str,
    pixel_type: str,
    channel_names: list[str],
    level: float,
) -> None:
    source = write_picture(
        tmp_path / name, 80, 44, channel_names=channel_names, pixel_type=pixel_type, level=level
    )
    assert maker.make(source, wanted(tmp_path), lambda: runtime)
    large, small = shown(tmp_path / "large.jpg"), shown(tmp_path / "small.jpg")
    assert (large[:2], small[:2]) == ((80, 44), (40, 22))
    assert large[2] == pytest.approx(0.5, abs=0.03)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [name, "large.jpg", "small.jpg"]
    )


def test_what_is_no_picture_is_said_so_and_blender_lives_on(
    runtime: BlenderRuntime, maker: PreviewMaker, tmp_path: Path
) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(b"\x89PNG\r\n\x1a\ncut off")
    assert not maker.make(source, wanted(tmp_path), lambda: runtime)
    assert not maker.make(tmp_path / "missing.png", wanted(tmp_path), lambda: runtime)
    good = write_picture(tmp_path / "b.png")
    assert maker.make(good, wanted(tmp_path), lambda: runtime)


class FakeSession:
    """Answers at once; tells how often it was started and closed."""

    started = closed = 0
    is_alive = True

    def __init__(self, *_: object, **__: object) -> None:
        FakeSession.started += 1

    def start(self) -> None: ...

    def ask(self, *_: object, source: str, **__: object) -> dict[str, bool]:
        if "crash" in source:
            raise BlenderError("Blender died")
        return {"is_written": True}

    def close(self) -> None:
        FakeSession.closed += 1


def test_a_blender_is_kept_while_it_is_used_and_let_go_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeSession, "started", 0)
    monkeypatch.setattr(FakeSession, "closed", 0)
    maker = PreviewMaker(FakeSession, has_openimageio=lambda: False)  # type: ignore[arg-type]
    first = BlenderRuntime.parse("executable:/opt/blender")
    for _ in range(2):
        assert maker.make(tmp_path / "a.png", wanted(tmp_path), lambda: first)
    maker.tidy()
    assert (FakeSession.started, FakeSession.closed) == (1, 0)
    other = BlenderRuntime.parse("executable:/opt/other")
    assert maker.make(tmp_path / "a.png", wanted(tmp_path), lambda: other)
    assert (FakeSession.started, FakeSession.closed) == (2, 1)
    monkeypatch.setattr(preview_maker, "IDLE_S", -1.0)
    maker.tidy()
    maker.tidy()
    maker.close()
    assert (FakeSession.started, FakeSession.closed) == (2, 2)


def test_a_blender_that_died_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeSession, "started", 0)
    maker = PreviewMaker(FakeSession, has_openimageio=lambda: False)  # type: ignore[arg-type]
    runtime = BlenderRuntime.parse("executable:/opt/blender")
    with pytest.raises(BlenderError, match="died"):
        maker.make(tmp_path / "crash.png", wanted(tmp_path), lambda: runtime)
    assert maker.make(tmp_path / "a.png", wanted(tmp_path), lambda: runtime)
    assert FakeSession.started == 2
    maker.close()
