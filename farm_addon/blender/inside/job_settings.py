# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The render settings that a frozen file gets for its job, and only for that. Inside Blender."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import bpy

from ...core.errors import BlenderError
from ...core.ports import FreezeJob
from ...core.provenance import add_to_note
from .labels import text_of

NEUTRAL_OUTPUT = "/tmp/"
"""Blender's own default. Whoever renders says where; the artist's folder must not be the answer."""

_CHANGED = (
    "filepath",
    "use_file_extension",
    "use_overwrite",
    "use_placeholder",
    "use_stamp_note",
    "stamp_note_text",
    "metadata_input",
)
_FORMAT_PARTS = ("media_type", "file_format", "color_mode", "color_depth")
"""In the order in which they can be set: each decides what the next may be."""


@contextlib.contextmanager
def job_settings(scene: bpy.types.Scene, job: FreezeJob) -> Iterator[None]:
    """Give a scene its job's settings, and take them back at the end.

    A scene that burns metadata into its pixels keeps its note: ours would be seen.

    :raises BlenderError: if this Blender does not know the job's format.
    """
    render = scene.render
    before = {name: getattr(render, name) for name in _CHANGED}
    format_before = _format_of(render.image_settings)
    try:
        render.filepath = NEUTRAL_OUTPUT
        render.use_file_extension = True
        render.use_overwrite = False
        render.use_placeholder = False
        if not render.use_stamp:
            render.stamp_note_text = add_to_note(render.stamp_note_text, job.provenance)
            render.use_stamp_note = True
            # Else the frames of a sequencer carry the strips' metadata, and no note.
            render.metadata_input = "SCENE"
        _set_format(render.image_settings, job, text_of(scene))
        yield
    finally:
        for name, value in before.items():
            setattr(render, name, value)
        _restore_format(render.image_settings, format_before)


def _format_of(settings: Any) -> dict[str, str]:
    return {name: getattr(settings, name) for name in _FORMAT_PARTS if hasattr(settings, name)}


def _set_format(settings: Any, job: FreezeJob, scene: str) -> None:
    if settings.file_format == job.file_format:
        return
    try:
        if hasattr(settings, "media_type"):  # Blender 5.0
            is_multilayer = job.file_format == "OPEN_EXR_MULTILAYER"
            settings.media_type = "MULTI_LAYER_IMAGE" if is_multilayer else "IMAGE"
        settings.file_format = job.file_format
    except TypeError as ex:
        raise BlenderError(
            f"scene '{scene}' cannot be rendered as '{job.file_format}': this Blender does not"
            " know the format"
        ) from ex


def _restore_format(settings: Any, before: dict[str, str]) -> None:
    for name, value in before.items():
        if value and getattr(settings, name) != value:
            setattr(settings, name, value)
