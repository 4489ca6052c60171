# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's own parts: what it says where nothing is installed, its textures and shapes."""

from __future__ import annotations

import math
from pathlib import Path

import demo
import demo_shapes
import demo_textures
import pytest
import pythons


def test_without_blender_and_python_the_demo_names_all_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "find_blender", lambda: None)
    monkeypatch.setattr(demo, "find_pythons", list)

    status = demo.main(["--folder", str(tmp_path / "demo")])

    said = capsys.readouterr().out
    assert status == 1
    assert str(tmp_path / "demo") in said
    for way in ("$BLENDER", "Python 3.11 or 3.13", "--get-blender"):
        assert way in said


def test_python_that_cannot_make_environments_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = pythons.Python((3, 11, 2), Path("/usr/bin/python3"), False, False)
    monkeypatch.setattr(demo, "find_blender", lambda: None)
    monkeypatch.setattr(demo, "find_pythons", lambda: [bare])
    monkeypatch.setenv("FARM_CACHE", str(tmp_path / "cache"))

    status = demo.main(["--folder", str(tmp_path / "demo")])

    assert status == 1
    assert "apt install python3-venv" in capsys.readouterr().out


def test_demo_refuses_a_folder_that_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        demo.main(["--folder", str(tmp_path)])
    assert f"{tmp_path} is there already" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["write_terrazzo", "write_glaze"])
def test_textures_are_the_same_every_time_and_whole(name: str, tmp_path: Path) -> None:
    import OpenImageIO as oiio

    write = getattr(demo_textures, name)
    sizes = (64,) if name == "write_terrazzo" else (64, 128)
    first = write(tmp_path / "a" / "first.png", *sizes)
    second = write(tmp_path / "second.png", *sizes)

    assert first.read_bytes() == second.read_bytes()
    image = oiio.ImageBuf(str(first))
    assert image.read(), image.geterror()
    assert (image.spec().width, image.spec().height, image.nchannels) == (64, sizes[-1], 3)
    low, high = image.get_pixels().min(), image.get_pixels().max()
    assert high - low > 0.2


def shapes_to_check() -> dict[str, demo_shapes.Shape]:
    return {
        "vase": demo_shapes.pot(demo_shapes.VASE),
        "bowl": demo_shapes.pot(demo_shapes.BOWL),
        "cup": demo_shapes.pot(demo_shapes.CUP),
        "bottle": demo_shapes.pot(demo_shapes.BOTTLE),
        "handle": demo_shapes.handle(),
        "ball": demo_shapes.ball(),
        "plinth": demo_shapes.plinth(1.0, 0.5),
        "arch": demo_shapes.arch(2.0, 3.0),
        "backdrop": demo_shapes.backdrop(),
    }


@pytest.mark.parametrize(
    "name", ["vase", "bowl", "cup", "bottle", "handle", "ball", "plinth", "arch", "backdrop"]
)
def test_shapes_are_sound(name: str) -> None:
    shape = shapes_to_check()[name]

    assert len(shape.uvs) == len(shape.vertices)
    assert all(math.isfinite(number) for vertex in shape.vertices for number in vertex)
    for face in shape.faces:
        assert len(set(face)) == len(face) >= 3
        assert all(0 <= corner < len(shape.vertices) for corner in face)


def test_pot_stands_on_the_ground() -> None:
    heights = [z for _, _, z in demo_shapes.pot(demo_shapes.VASE).vertices]
    assert min(heights) == pytest.approx(0, abs=0.02)
    assert max(heights) == pytest.approx(1.93, abs=0.02)
