# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove a frozen file by opening it as a Worker would. Inside a background Blender.

Blender renders the wrong scene, in the wrong format, without a texture, and exits 0; so all that
is looked at here, in the file itself, before anybody renders it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import bpy

from ...core.errors import BlenderError
from ...core.findings import Finding, Severity
from ...core.ports import FreezeJob
from .blendfile import OpenFile, open_file
from .closure import Closure
from .dependencies import matters, outside_files
from .labels import label, text_of

Contents = frozenset[tuple[str, str]]
"""Type and name of each datablock."""


def contents_of(datablocks: Collection[bpy.types.ID]) -> Contents:
    """Return what datablocks are called, without libraries and what no file keeps."""
    return frozenset(
        (type(one).__name__, text_of(one))
        for one in datablocks
        if not isinstance(one, bpy.types.Library) and not one.is_runtime_data
    )


def prove(job: FreezeJob, contents: Contents, camera: str = "") -> list[Finding]:
    """Open a job's frozen file and compare it with what it must be.

    :param contents: all that the job's scene reached when the file was saved.
    :param camera: name of the job's camera in the file; empty where it has none of its own.
    :return: blocking findings; empty where it is proved.
    """
    try:
        file = open_file(str(job.target), with_windows=True)
    except BlenderError as ex:
        return [_wrong("not-readable", job, f"its frozen file does not open: {ex.message}")]
    active = text_of(file.active_scene)
    if active != job.scene:
        return [
            _wrong("wrong-scene", job, f"its frozen file opens scene ‘{active}’, not ‘{job.scene}’")
        ]
    return [
        *_wrong_settings(job, file.active_scene),
        *_wrong_view(job, file.active_scene, camera),
        *_not_inside(job, contents, file),
    ]


def _wrong_settings(job: FreezeJob, scene: bpy.types.Scene) -> Iterator[Finding]:
    render = scene.render
    if render.image_settings.file_format != job.file_format:
        yield _wrong(
            "wrong-format",
            job,
            f"its frozen file writes {render.image_settings.file_format or 'an unknown format'},"
            f" not {job.file_format}",
        )
    if render.use_overwrite or render.use_placeholder or not render.use_file_extension:
        yield _wrong("wrong-settings", job, "its frozen file would write frames in another way")


def _wrong_view(job: FreezeJob, scene: bpy.types.Scene, camera: str) -> Iterator[Finding]:
    if camera:
        through = "" if scene.camera is None else text_of(scene.camera)
        if through != camera:
            yield _wrong(
                "wrong-camera", job, f"its frozen file renders through ‘{through}’, not ‘{camera}’"
            )
        for marker in scene.timeline_markers:
            if marker.camera is not None:
                yield _wrong(
                    "wrong-camera",
                    job,
                    f"its frozen file switches to camera ‘{text_of(marker.camera)}’ in frame"
                    f" {marker.frame}",
                )
    used = [text_of(layer) for layer in scene.view_layers if layer.use]
    if job.view_layer and used != [job.view_layer]:
        names = ", ".join(f"‘{name}’" for name in used) or "none"
        yield _wrong(
            "wrong-view-layer",
            job,
            f"its frozen file renders the view layers {names}, not ‘{job.view_layer}’ alone",
        )


def _not_inside(job: FreezeJob, contents: Contents, file: OpenFile) -> Iterator[Finding]:
    """Find what the scene needs and the file does not hold."""
    scene = file.active_scene
    closure = Closure([scene])
    reached = closure.reached(scene)
    lost = contents - contents_of(reached)
    for kind, name in sorted(lost)[:5]:
        yield _wrong("not-self-contained", job, f"its frozen file lost {kind} ‘{name}’")
    for one in reached:
        library = one.library
        if library is not None and not getattr(library, "is_archive", False):
            yield _wrong("not-self-contained", job, f"its frozen file still links {label(one)}")
    for outside in outside_files():
        if outside.kind != "library" and matters(outside, scene, closure):
            yield _wrong(
                "not-self-contained",
                job,
                f"its frozen file still needs '{outside.path}' ({outside.owner})",
            )


def _wrong(code: str, job: FreezeJob, message: str) -> Finding:
    return Finding(
        Severity.ERROR,
        code,
        f"Job ‘{job.job}’",
        message,
        "report this with the .blend: freezing should not have made such a file",
    )
