# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The size and the files that are read from a scene are those of its really rendered frames."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import pytest

from farm_addon.blender.inside.read_scenes import read_file
from farm_addon.core.planning.scene_facts import SceneFacts
from tests.bpy_module import scenes
from tests.bpy_module.pictures import png_size_px

Prepare = Callable[[Any], None]


def rendered(studio: Path, prepare: Prepare, file_format: str = "PNG") -> tuple[SceneFacts, list]:
    """Read a scene's facts, render it, and return the facts with the files of frame 7."""
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    scene.frame_start = scene.frame_end = 7
    scenes.set_format(scene, file_format)
    prepare(scene.render)
    scenes.save(blend)
    facts = read_file(str(blend)).scenes[0]
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    bpy.context.scene.render.filepath = str(studio / "out" / "######")
    bpy.ops.render.render(animation=True)
    return facts, sorted((studio / "out").iterdir())


def resolution(width: int, height: int, percentage: int) -> Prepare:
    """Prepare a resolution."""

    def prepare(render: Any) -> None:
        render.resolution_x, render.resolution_y = width, height
        render.resolution_percentage = percentage

    return prepare


def border(width: int, height: int, percentage: int, *box: float) -> Prepare:
    """Prepare a cropped border: min x, max x, min y, max y."""

    def prepare(render: Any) -> None:
        resolution(width, height, percentage)(render)
        render.use_border = render.use_crop_to_border = True
        render.border_min_x, render.border_max_x = box[:2]
        render.border_min_y, render.border_max_y = box[2:]

    return prepare


@pytest.mark.parametrize(
    "prepare",
    [
        resolution(64, 36, 100),
        resolution(101, 51, 50),
        resolution(127, 63, 33),
        resolution(40, 30, 150),
        border(100, 100, 100, 0.1, 0.7, 0.3, 0.9),
        border(100, 70, 77, 0.1, 0.7, 0.29, 0.57),
        border(97, 61, 50, 0.333, 0.667, 0.25, 1.0),
        border(30, 30, 100, 0.0, 1.0, 0.0, 1.0),
        border(99, 99, 99, 0.01, 0.02, 0.5, 0.99),
    ],
)
def test_size_is_that_of_the_frame(studio: Path, prepare: Prepare) -> None:
    facts, files = rendered(studio, prepare)
    assert [path.name for path in files] == ["000007.png"]
    assert (facts.width_px, facts.height_px) == png_size_px(files[0])


def test_border_that_is_not_cropped_leaves_the_whole_frame(studio: Path) -> None:
    def prepare(render: Any) -> None:
        border(64, 40, 100, 0.25, 0.5, 0.25, 0.5)(render)
        render.use_crop_to_border = False

    facts, files = rendered(studio, prepare)
    assert (facts.width_px, facts.height_px) == png_size_px(files[0]) == (64, 40)


def stereo(setup: str, views_format: str, **options: Any) -> Prepare:
    """Prepare two eyes."""

    def prepare(render: Any) -> None:
        render.use_multiview = True
        render.views_format = setup
        render.image_settings.views_format = views_format
        for name, value in options.items():
            setattr(render.image_settings.stereo_3d_format, name, value)

    return prepare


@pytest.mark.parametrize(
    "options",
    [
        {"display_mode": "ANAGLYPH"},
        {"display_mode": "INTERLACE"},
        {"display_mode": "SIDEBYSIDE", "use_squeezed_frame": False},
        {"display_mode": "SIDEBYSIDE", "use_squeezed_frame": True},
        {"display_mode": "TOPBOTTOM", "use_squeezed_frame": False},
    ],
)
def test_two_eyes_in_one_picture_are_one_file(studio: Path, options: dict[str, Any]) -> None:
    facts, files = rendered(studio, stereo("STEREO_3D", "STEREO_3D", **options))
    assert [view.file_suffix for view in facts.views] == [""]
    assert [path.name for path in files] == ["000007.png"]
    assert (facts.width_px, facts.height_px) == png_size_px(files[0])


def expected_names(facts: SceneFacts) -> list[str]:
    """Return the files that the facts promise for frame 7."""
    return sorted(f"000007{view.file_suffix}{facts.extension}" for view in facts.views)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "OPEN_EXR", "OPEN_EXR_MULTILAYER"])
def test_individual_views_are_one_file_each(studio: Path, file_format: str) -> None:
    facts, files = rendered(studio, stereo("STEREO_3D", "INDIVIDUAL"), file_format)
    assert [view.name for view in facts.views] == ["left", "right"]
    assert [path.name for path in files] == expected_names(facts)


def test_multiview_exr_is_one_file(studio: Path) -> None:
    facts, files = rendered(studio, stereo("STEREO_3D", "MULTIVIEW"), "OPEN_EXR_MULTILAYER")
    assert [path.name for path in files] == expected_names(facts) == ["000007.exr"]


def test_views_that_are_off_or_no_eyes_are_not_rendered(studio: Path) -> None:
    def prepare(render: Any) -> None:
        stereo("STEREO_3D", "INDIVIDUAL")(render)
        render.views["right"].file_suffix = "_right_eye"
        render.views.new("third")

    facts, files = rendered(studio, prepare)
    assert [path.name for path in files] == expected_names(facts)
    assert [view.file_suffix for view in facts.views] == ["_L", "_right_eye"]


@pytest.mark.parametrize("views_format", ["INDIVIDUAL", "STEREO_3D"])
def test_one_eye_alone_is_named_as_blender_names_it(studio: Path, views_format: str) -> None:
    def prepare(render: Any) -> None:
        stereo("STEREO_3D", views_format)(render)
        render.views["right"].use = False

    facts, files = rendered(studio, prepare)
    assert [path.name for path in files] == expected_names(facts)
    assert (facts.width_px, facts.height_px) == png_size_px(files[0])


@pytest.mark.parametrize(
    "file_format",
    [
        "BMP",
        "TARGA",
        "TARGA_RAW",
        "JPEG2000",
        "CINEON",
        "DPX",
        "HDR",
        "TIFF",
        "WEBP",
        "IRIS",
        "AVIF",
    ],
)
def test_extension_is_that_of_the_frame(studio: Path, file_format: str) -> None:
    settings = bpy.types.ImageFormatSettings.bl_rna.properties["file_format"]
    if file_format not in settings.enum_items:
        pytest.skip(f"this Blender has no {file_format}")
    if file_format == "AVIF" and bpy.app.binary_path:
        pytest.skip("a distribution's Blender may be unable to write it")
    # JPEG 2000 has no pictures below 32 pixels.
    facts, files = rendered(studio, resolution(40, 40, 100), file_format)
    assert facts.file_format == file_format
    assert [path.name for path in files] == expected_names(facts)
