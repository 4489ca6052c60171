# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read what the scenes of a .blend file would render. Inside a background Blender.

Nothing is written, run or evaluated; the file and its folder stay as they are.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import bpy

from ...core.planning.scene_facts import BlenderBuild, FileFacts, Marker, SceneFacts
from .blendfile import open_file
from .closure import Closure
from .dependencies import dependencies, missing_data, outside_files
from .engines import EngineReader
from .labels import text_of
from .paths import data_folder
from .scene_output import (
    file_outputs_of,
    frame_size_px,
    needs_camera,
    shown_layers_of,
    views_of,
)


def build() -> BlenderBuild:
    """Tell which Blender this is."""
    program = bpy.app.binary_path
    return BlenderBuild(
        version=_triple(bpy.app.version),
        version_file=_triple(bpy.app.version_file),
        build_hash=bpy.app.build_hash.decode("ascii", "replace"),
        program=program or sys.executable,
        is_wheel=not program,
    )


def read_file(blend: str) -> FileFacts:
    """Open a file and tell what it holds.

    :param blend: absolute path.
    :raises BlenderError: if it cannot be opened.
    """
    file = open_file(blend)
    closure = Closure(file.scenes())
    engines = EngineReader(file.show_nothing())
    return FileFacts(
        path=blend,
        saved_with=_triple(bpy.data.version),
        build=build(),
        active_scene=text_of(file.active_scene),
        scenes=tuple(_scene_facts(scene, closure, engines) for scene in closure.scenes),
        dependencies=dependencies(outside_files(), closure),
        color_config=color_config(),
    )


def color_config() -> str:
    """Return the colour-management configuration that this process was given, if it is not the one
    that came with Blender; else empty."""
    config = os.environ.get("OCIO", "")
    own = os.path.join(data_folder(), "colormanagement", "config.ocio")
    if not config or (os.path.exists(config) and os.path.samefile(config, own)):
        return ""
    return config


def _scene_facts(scene: bpy.types.Scene, closure: Closure, engines: EngineReader) -> SceneFacts:
    render = scene.render
    width_px, height_px = frame_size_px(render)
    return SceneFacts(
        name=text_of(scene),
        camera=camera_name(scene),
        frame_start=scene.frame_start,
        frame_end=scene.frame_end,
        frame_step=scene.frame_step,
        width_px=width_px,
        height_px=height_px,
        engine=engines.engine(scene),
        file_format=render.image_settings.file_format,
        extension=render.file_extension,
        views=views_of(render),
        file_outputs=file_outputs_of(scene),
        scripts=closure.scripts(scene),
        is_burning_stamp=render.use_stamp,
        needs_camera=needs_camera(scene),
        missing_data=tuple(sorted(missing_data(closure, scene))),
        color_mode=render.image_settings.color_mode,
        cameras=camera_names(scene),
        view_layers=tuple(text_of(layer) for layer in scene.view_layers if layer.use),
        shown_layers=shown_layers_of(scene),
        markers=markers_of(scene),
    )


def camera_names(scene: bpy.types.Scene) -> tuple[str, ...]:
    """Return the cameras of a scene that are not hidden from renders, sorted by name."""
    cameras = (one for one in scene.objects if one.type == "CAMERA" and not one.hide_render)
    return tuple(sorted(text_of(one) for one in cameras))


def markers_of(scene: bpy.types.Scene) -> tuple[Marker, ...]:
    """Return the markers of a scene's timeline, by frame and name."""
    markers = (
        Marker(marker.frame, text_of(marker), marker.camera is not None)
        for marker in scene.timeline_markers
    )
    return tuple(sorted(markers, key=lambda one: (one.frame, one.name)))


def camera_name(scene: bpy.types.Scene) -> str | None:
    """Return the camera of a scene's first frame, after the markers that cameras are bound to.

    The last such marker up to a frame counts; before the first one, the first; a camera that is
    hidden from renders does not. Source: ``scene_camera_switch_find`` in Blender's scene.cc.
    """
    bound = [
        (marker.frame, marker.camera)
        for marker in scene.timeline_markers
        if marker.camera is not None and not marker.camera.hide_render
    ]
    before = [one for one in bound if one[0] <= scene.frame_start]
    if before:
        return text_of(max(before, key=lambda one: one[0])[1])
    if bound:
        return text_of(min(bound, key=lambda one: one[0])[1])
    return None if scene.camera is None else text_of(scene.camera)


def _triple(version: Any) -> tuple[int, int, int]:
    major, minor, patch = version
    return major, minor, patch
