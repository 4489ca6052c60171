# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scene needs Python for when its file is opened or rendered. Inside Blender.

With auto-run off Blender leaves these out without an error, and renders other pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import bpy

from .labels import text_of


def scripts_of(scene: bpy.types.Scene, reached: Iterable[bpy.types.ID]) -> tuple[str, ...]:
    """Return what a scene needs scripts for, in the artist's words, sorted.

    A text that is registered runs whenever its file is opened, and may do anything: it counts for
    every scene. A driver whose expression is simple arithmetic needs no Python.

    :param reached: all that the scene reaches.
    """
    found = {f"Text ‘{text_of(text)}’ (registered)" for text in bpy.data.texts if text.use_module}
    found.update(_freestyle_scripts(scene))
    for datablock in reached:
        found.update(_scripted_drivers(datablock))
    return tuple(sorted(found))


def _scripted_drivers(datablock: bpy.types.ID) -> Iterator[str]:
    for animated in (datablock, *_embedded(datablock)):
        animation = getattr(animated, "animation_data", None)
        for curve in animation.drivers if animation is not None else ():
            driver = curve.driver
            is_scripted = driver.type == "SCRIPTED" and not driver.is_simple_expression
            if is_scripted and driver.expression and not curve.mute:
                yield f"Driver of ‘{text_of(datablock)}’ {text_of(curve, 'data_path')}"


def _embedded(datablock: bpy.types.ID) -> Iterable[Any]:
    """Return the datablocks inside a datablock, which have animation of their own."""
    inner = [getattr(datablock, "node_tree", None)]
    if isinstance(datablock, bpy.types.Scene):
        inner.append(datablock.collection)
    return [one for one in inner if one is not None]


def _freestyle_scripts(scene: bpy.types.Scene) -> Iterator[str]:
    if not scene.render.use_freestyle:
        return
    for layer in scene.view_layers:
        settings = layer.freestyle_settings
        if layer.use_freestyle and settings.mode == "SCRIPT":
            for module in settings.modules:
                if module.use and module.script is not None:
                    yield f"Freestyle script ‘{text_of(module.script)}’"
