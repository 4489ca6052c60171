# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Blender in the background renders frames and tells what it wrote."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from farm_addon.background.messages import RenderedFrame
from farm_addon.background.renderer import render_frames
from farm_addon.background.runtime import BlenderRuntime
from farm_addon.background.session import BlenderSession
from farm_addon.core.errors import BlenderError
from farm_addon.decoding.decoder import LocalDecoder
from tests.background.conftest import MakeBlend

Render = Callable[..., list[RenderedFrame]]

SCENES = """
s.render.image_settings.file_format = "PNG"
s.render.use_overwrite = True
s.render.filepath = "//elsewhere/"
other = another("Other")
other.render.image_settings.file_format = "JPEG"
stereo = another("Stereo")
stereo.render.use_multiview = True
stereo.render.image_settings.views_format = "INDIVIDUAL"
"""


@pytest.fixture(scope="module")
def blend(make_blend: MakeBlend) -> Path:
    return make_blend("scenes", SCENES)


@pytest.fixture
def render(session: BlenderSession, blend: Path, tmp_path: Path) -> Render:
    """Return a function that renders into the test's own folder."""

    def run(
        frames: list[int],
        scene: str | None = None,
        file_format: str | None = None,
        output: str | None = None,
        file: Path | None = None,
    ) -> list[RenderedFrame]:
        rendered = render_frames(
            session,
            file or blend,
            scene=scene,
            output=output or str(tmp_path / "out" / "######"),
            file_format=file_format,
            frames=frames,
        )
        return list(rendered)

    return run


def sizes(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Return format and size of every file in a folder; all of them decode."""
    verdicts = list(LocalDecoder().decode(sorted(folder.iterdir())))
    assert [verdict.problem for verdict in verdicts] == [""] * len(verdicts)
    return {v.path.name: (v.format_name, v.width_px, v.height_px) for v in verdicts}


def test_frames_are_written_and_told(render: Render, tmp_path: Path) -> None:
    frames = render([3, 1])
    assert [frame.frame for frame in frames] == [3, 1]
    assert [frame.files for frame in frames] == [
        (tmp_path / "out" / "000003.png",),
        (tmp_path / "out" / "000001.png",),
    ]
    assert not any(frame.skipped for frame in frames)
    assert all(frame.seconds > 0 for frame in frames)
    assert sizes(tmp_path / "out") == {
        "000001.png": ("png", 64, 48),
        "000003.png": ("png", 64, 48),
    }


def test_frame_that_is_there_is_left_and_told_so(render: Render, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "000002.png").write_bytes(b"as it was")
    first, second = render([2, 4])
    assert (first.skipped, first.files) == (True, ())
    assert (second.skipped, len(second.files)) == (False, 1)
    assert (tmp_path / "out" / "000002.png").read_bytes() == b"as it was"


def test_other_scene_renders_in_its_own_format(render: Render, tmp_path: Path) -> None:
    render([5], scene="Other")
    assert sizes(tmp_path / "out") == {"000005.jpg": ("jpeg", 32, 16)}


def test_format_of_a_request_does_not_stay(render: Render, tmp_path: Path) -> None:
    render([1], file_format="OPEN_EXR_MULTILAYER")
    render([2], file_format="OPEN_EXR")
    render([3], file_format="JPEG")
    render([4])
    found = {name: kind for name, (kind, _, _) in sizes(tmp_path / "out").items()}
    assert found == {
        "000001.exr": "openexr",
        "000002.exr": "openexr",
        "000003.jpg": "jpeg",
        "000004.png": "png",
    }


def test_unknown_format_is_refused(render: Render) -> None:
    with pytest.raises(BlenderError, match="cannot write PAPER"):
        render([1], file_format="PAPER")


def test_missing_scene_is_refused_and_not_replaced(render: Render, tmp_path: Path) -> None:
    with pytest.raises(BlenderError, match="no scene 'Nowhere'") as caught:
        render([1], scene="Nowhere")
    assert "'Main'" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_every_view_is_a_file(render: Render, tmp_path: Path) -> None:
    (frame,) = render([7], scene="Stereo")
    assert [path.name for path in frame.files] == ["000007_L.png", "000007_R.png"]
    assert set(sizes(tmp_path / "out")) == {"000007_L.png", "000007_R.png"}
    (again,) = render([7], scene="Stereo")
    assert again.skipped


def test_frame_with_a_view_missing_is_rendered_whole(render: Render, tmp_path: Path) -> None:
    render([7], scene="Stereo")
    (tmp_path / "out" / "000007_R.png").unlink()
    (frame,) = render([7], scene="Stereo")
    assert not frame.skipped
    assert set(sizes(tmp_path / "out")) == {"000007_L.png", "000007_R.png"}


def test_path_is_taken_as_it_is(render: Render, tmp_path: Path) -> None:
    folder = tmp_path / "{blend_name} ü '%d' {x}"
    (frame,) = render([1], output=str(folder / "######"))
    assert frame.files == (folder / "000001.png",)
    assert set(sizes(folder)) == {"000001.png"}


def test_output_that_cannot_be_written_is_one_sentence(render: Render, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BlenderError, match="frame 1 cannot be rendered: ") as caught:
        render([1], output=str(tmp_path / "file" / "######"))
    assert "\n" not in caught.value.message


def test_file_that_is_none_is_refused_and_the_next_is_rendered(
    render: Render, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.blend"
    bad.write_bytes(b"BLENDER-v405" + bytes(100))
    for path in (bad, tmp_path / "nothing.blend"):
        with pytest.raises(BlenderError, match=r"cannot be (opened|read)"):
            render([1], file=path)
    assert len(render([1])) == 1


def test_file_that_has_changed_is_loaded_again(
    render: Render, make_blend: MakeBlend, tmp_path: Path
) -> None:
    path = make_blend("changing", "quick(s, 40, 20)", tmp_path / "changing.blend")
    render([1], file=path)
    make_blend("changing", "quick(s, 20, 10)", path)
    render([2], file=path)
    assert sizes(tmp_path / "out") == {
        "000001.png": ("png", 40, 20),
        "000002.png": ("png", 20, 10),
    }


def test_file_that_has_not_changed_stays_loaded(
    render: Render, make_blend: MakeBlend, tmp_path: Path
) -> None:
    path = make_blend("warm", "", tmp_path / "warm.blend")
    stamp = os.stat(path)
    render([1], file=path)
    # Nobody reads it again: the same size and time, and no longer a .blend file.
    with open(path, "r+b") as file:
        file.write(bytes(100))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert len(render([2], file=path)) == 1


def test_folder_of_the_file_stays_as_it_is(render: Render, blend: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in blend.parent.iterdir()}
    render([1])
    render([1], scene="Other")
    assert {p: p.stat().st_mtime_ns for p in blend.parent.iterdir()} == before


def test_pixels_are_those_of_the_command_line(
    render: Render, runtime: BlenderRuntime, make_blend: MakeBlend, tmp_path: Path
) -> None:
    if runtime.is_wheel:
        pytest.skip("the wheel has no command line to compare with")
    oiio = pytest.importorskip("OpenImageIO")
    code = "s.camera.keyframe_insert('location', frame=1); s.camera.location.x += 3\n"
    code += "s.camera.keyframe_insert('location', frame=20)"
    path = make_blend("moving", code)
    render([1, 9], file=path)
    command = [str(runtime.program), "-b", "--factory-startup", str(path)]
    command += ["--render-output", str(tmp_path / "cli" / "######"), "--render-frame", "1,9"]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=True)
    pixels = {
        (folder, name): oiio.ImageBuf(str(tmp_path / folder / name)).get_pixels()
        for folder in ("out", "cli")
        for name in ("000001.png", "000009.png")
    }
    assert (pixels["out", "000001.png"] == pixels["cli", "000001.png"]).all()
    assert (pixels["out", "000009.png"] == pixels["cli", "000009.png"]).all()
    assert (pixels["out", "000001.png"] != pixels["out", "000009.png"]).any()


def test_engine_that_a_wheel_cannot_render_is_refused(
    render: Render, runtime: BlenderRuntime, make_blend: MakeBlend
) -> None:
    if not runtime.is_wheel:
        pytest.skip("an executable may render with every engine")
    path = make_blend("workbench", "s.render.engine = 'BLENDER_WORKBENCH'")
    with pytest.raises(BlenderError, match="only Cycles renders"):
        render([1], file=path)


def test_what_blender_prints_is_in_the_log(session: BlenderSession, render: Render) -> None:
    render([11])
    log = session.test.log.read_text()  # type: ignore[attr-defined]
    assert "000011.png" in log or "Fra:11" in log
