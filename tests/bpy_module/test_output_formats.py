# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames that this Blender renders decode, in every format that it has."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import pytest

from farm_addon.blender.inside import decode
from farm_addon.core.formats import output_format
from farm_addon.decoding.decoder import LocalDecoder
from tests.bpy_module import scenes

pytest.importorskip("numpy")

FORMATS = (
    *("PNG", "JPEG", "OPEN_EXR", "OPEN_EXR_MULTILAYER", "TIFF", "WEBP", "BMP", "HDR", "TARGA"),
    *("TARGA_RAW", "JPEG2000", "CINEON", "DPX", "IRIS", "AVIF"),
)


@pytest.fixture(scope="module")
def decoder() -> LocalDecoder:
    """What the op ``decode`` of a background Blender uses."""
    if not decode.seems_to_have_openimageio():
        pytest.skip("this Blender has no OpenImageIO for Python")
    return LocalDecoder()


def add_light(scene: bpy.types.Scene) -> None:
    """Give a scene a world that is no black."""
    scene.world = bpy.data.worlds.new("Day")
    if bpy.app.version < (5, 0):
        scene.world.use_nodes = True
    background = next(n for n in scene.world.node_tree.nodes if n.type == "BACKGROUND")
    background.inputs["Color"].default_value = (0.5, 0.3, 0.1, 1.0)


def rendered(studio: Path, file_format: str, prepare: Callable[[Any], None]) -> Path:
    """Render one frame of an empty scene."""
    scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    try:
        scenes.set_format(scene, file_format)
    except TypeError:
        pytest.skip(f"this Blender has no {file_format}")
    prepare(scene)
    scene.render.resolution_x, scene.render.resolution_y = 64, 48
    scene.render.resolution_percentage = 100
    scene.render.filepath = str(studio / "out" / "######")
    bpy.ops.render.render(animation=True)
    (path,) = (studio / "out").iterdir()
    return path


@pytest.mark.parametrize("file_format", FORMATS)
def test_frame_decodes(studio: Path, decoder: LocalDecoder, file_format: str) -> None:
    known = output_format(file_format)
    assert known is not None
    path = rendered(studio, file_format, add_light)
    if not path.stat().st_size:
        pytest.skip(f"this Blender cannot write {file_format}")
    if not decoder.can_decode(known.decoder_name):
        pytest.skip(f"this OpenImageIO does not read {known.decoder_name}")
    (verdict,) = decoder.decode([path])
    assert verdict.problem == ""
    assert (verdict.width_px, verdict.height_px) == (64, 48)
    assert verdict.format_name == known.decoder_name
    assert path.suffix == known.extension
    assert (verdict.bad_pixels, verdict.is_black) == (0, False)
    assert verdict.pixels_digest

    data = path.read_bytes()
    for kept in (len(data) // 2, len(data) - 1):
        path.write_bytes(data[:kept])
        (verdict,) = decoder.decode([path])
        assert verdict.problem


@pytest.mark.parametrize("file_format", ["OPEN_EXR_MULTILAYER", "PNG"])
def test_black_frame_is_told_though_it_has_depth(
    studio: Path, decoder: LocalDecoder, file_format: str
) -> None:
    def prepare(scene: bpy.types.Scene) -> None:
        scene.view_layers[0].use_pass_z = True
        scene.world = None
        scene.view_settings.view_transform = "Standard"
        scene.render.dither_intensity = 0

    (verdict,) = decoder.decode([rendered(studio, file_format, prepare)])
    assert verdict.problem == ""
    assert verdict.is_black
    assert verdict.bad_pixels == 0
