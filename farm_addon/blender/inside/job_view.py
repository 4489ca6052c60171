# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The camera and the view layer that a frozen file gets for its job, and only for that. Inside
Blender.

A camera that is bound to a marker takes over at the marker's frame, whatever the scene's camera is;
so a job with a camera of its own has no such markers.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence

import bpy

from ...core.errors import BlenderError
from ...core.ports import FreezeJob
from .labels import text_of


def mark_cameras(scenes: Mapping[str, bpy.types.Scene], jobs: Sequence[FreezeJob]) -> None:
    """Let each scene itself refer to its jobs' cameras, so that Blender follows them when linked
    data is made local, which may give them other names.

    :raises BlenderError: if a scene has no such camera.
    """
    for number, job in enumerate(jobs):
        if job.camera:
            scene = scenes[job.scene]
            scene[_mark(number)] = _find_camera(scene, job.camera)


def take_marked_cameras(
    scenes: Mapping[str, bpy.types.Scene], jobs: Sequence[FreezeJob]
) -> list[bpy.types.Object | None]:
    """Return what :func:`mark_cameras` marked, and unmark it; None for a job without a camera."""
    cameras = []
    for number, job in enumerate(jobs):
        scene = scenes[job.scene]
        cameras.append(scene[_mark(number)] if job.camera else None)
        if job.camera:
            del scene[_mark(number)]
    return cameras


def _mark(number: int) -> str:
    return f"farm_addon camera {number}"


def _find_camera(scene: bpy.types.Scene, name: str) -> bpy.types.Object:
    found = [one for one in scene.objects if one.type == "CAMERA" and text_of(one) == name]
    if not found:
        raise _gone(scene, f"camera '{name}'")
    return min(found, key=lambda one: one.library is not None)


@contextlib.contextmanager
def job_view(
    scene: bpy.types.Scene, job: FreezeJob, camera: bpy.types.Object | None
) -> Iterator[None]:
    """Let a scene be seen through its job's camera, with its job's view layer alone, and take that
    back at the end.

    :param camera: the job's camera; None for the scene's own.
    :raises BlenderError: if the scene has no such view layer.
    """
    layers = [text_of(layer) for layer in scene.view_layers]
    if job.view_layer and job.view_layer not in layers:
        raise _gone(scene, f"view layer '{job.view_layer}'")
    camera_before = scene.camera
    bound = [(marker, marker.camera) for marker in scene.timeline_markers]
    used = [layer.use for layer in scene.view_layers]
    try:
        if camera is not None:
            scene.camera = camera
            for marker, _ in bound:
                marker.camera = None
        if job.view_layer:
            for layer, name in zip(scene.view_layers, layers, strict=True):
                layer.use = name == job.view_layer
        yield
    finally:
        scene.camera = camera_before
        for marker, bound_camera in bound:
            marker.camera = bound_camera
        for layer, was_used in zip(scene.view_layers, used, strict=True):
            layer.use = was_used


def _gone(scene: bpy.types.Scene, what: str) -> BlenderError:
    return BlenderError(f"scene '{text_of(scene)}' has no {what}", hint="plan the file again")
