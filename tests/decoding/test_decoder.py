# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decoder in this Python, with and without OpenImageIO."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from farm_addon.decoding import decoder, images
from farm_addon.decoding.decoder import LocalDecoder
from tests.fakes.pictures import png


@pytest.fixture(params=["openimageio", "png alone"])
def local(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> LocalDecoder:
    if request.param == "openimageio":
        pytest.importorskip("OpenImageIO")
    else:
        monkeypatch.setitem(sys.modules, "OpenImageIO", None)
    return LocalDecoder(threads=3)


def frames(folder: Path, count: int) -> list[Path]:
    """Write frames; each third is cut off."""
    paths = []
    for number in range(count):
        path = folder / f"{number:06d}.png"
        data = png(8 + number, 8)
        path.write_bytes(data[:-30] if number % 3 == 2 else data)
        paths.append(path)
    return paths


def test_verdicts_come_in_order_and_find_the_bad_ones(local: LocalDecoder, tmp_path: Path) -> None:
    paths = frames(tmp_path, 40)
    verdicts = list(local.decode(paths))
    assert [verdict.path for verdict in verdicts] == paths
    assert [bool(verdict.problem) for verdict in verdicts] == [n % 3 == 2 for n in range(40)]
    whole = [n for n in range(40) if n % 3 != 2]
    assert [verdicts[n].width_px for n in whole] == [8 + n for n in whole]


def test_no_paths_are_no_verdicts(local: LocalDecoder) -> None:
    assert list(local.decode([])) == []


def test_png_can_be_decoded_always(local: LocalDecoder) -> None:
    assert local.can_decode("png")
    assert not local.can_decode("")
    assert local.can_decode("openexr") == local.has_openimageio


def test_first_verdict_comes_before_the_last_file_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[Path] = []
    monkeypatch.setitem(sys.modules, "OpenImageIO", None)
    monkeypatch.setattr(
        decoder, "decode_png", lambda path: decoded.append(path) or images.FrameVerdict(path)
    )
    paths = [tmp_path / str(number) for number in range(1000)]
    verdicts = LocalDecoder(threads=2).decode(paths)
    assert next(verdicts).path == paths[0]
    assert len(decoded) < 50
    verdicts.close()  # type: ignore[attr-defined]
    assert not [t for t in threading.enumerate() if t.name.startswith("farm-decode")]


def test_version_names_what_decodes(local: LocalDecoder) -> None:
    assert local.version == LocalDecoder(threads=1).version
    assert ("OpenImageIO" in local.version) == local.has_openimageio


def test_python_goes_on_while_frames_are_decoded(tmp_path: Path) -> None:
    """With the lock held, the other thread would count almost nothing meanwhile."""
    oiio = pytest.importorskip("OpenImageIO")
    from tests.fakes.pictures import write_picture

    path = write_picture(tmp_path / "large.exr", 3000, 2000, pixel_type="half")
    assert oiio
    done = threading.Event()
    turns = 0

    def count() -> None:
        nonlocal turns
        while not done.wait(0.001):
            turns += 1

    counter = threading.Thread(target=count)
    counter.start()
    try:
        (verdict,) = LocalDecoder(threads=1).decode([path])
    finally:
        done.set()
        counter.join()
    assert verdict.problem == ""
    assert turns > 10
