# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes jobs of the open file: scenes, or their cameras or view layers; and what is ticked.

A scene's own tick counts for all of it. What is unticked of it is kept in the scene by name, so
that it is saved with the file and undone with it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import bpy

from ..core.planning.expansion import RenderUnit
from .inside.labels import text_of
from .properties.scene import (
    CAMERAS,
    VIEW_LAYERS,
    file_settings,
    own_scene,
    own_scenes,
    scene_settings,
)


def all_units(expand: str) -> list[RenderUnit]:
    """Return what the file's rows are, ticked or not, in the order of its scenes.

    A scene without anything to expand is a row itself; the check says what is wrong with it.
    """
    units: list[RenderUnit] = []
    for scene in own_scenes():
        units += units_of(scene, expand)
    return units


PIECE = 1000
"""Objects looked at in one piece: about a fifth of a millisecond."""


def units_in_pieces(expand: str) -> Iterator[list[RenderUnit]]:
    """Give the same as :func:`all_units`, a piece at a time; a piece may be empty.

    The file may be another at each piece: nothing of Blender's is kept in between. Rows of a scene
    come with its last piece.
    """
    for place, name in enumerate([text_of(scene) for scene in own_scenes()]):
        if expand != CAMERAS:
            here = own_scenes()[place : place + 1]
            yield [unit for scene in here for unit in units_of(scene, expand)]
            continue
        cameras: list[str] = []
        for start in itertools.count(0, PIECE):
            found = _cameras_between(place, start, start + PIECE)
            if found is None:
                break
            cameras += found
            yield []
        yield [RenderUnit(name, camera=one) for one in sorted(cameras)] or [RenderUnit(name)]


def _cameras_between(place: int, start: int, end: int) -> list[str] | None:
    """Return the cameras among some objects of a scene; None where there are no more."""
    objects = [one for scene in own_scenes()[place : place + 1] for one in scene.objects[start:end]]
    return _names(objects) if objects else None


def units_of(scene: bpy.types.Scene, expand: str) -> list[RenderUnit]:
    """Return the rows of a scene: at least one."""
    name = text_of(scene)
    units: list[RenderUnit] = []
    if expand == CAMERAS:
        units = [RenderUnit(name, camera=one) for one in camera_names(scene)]
    elif expand == VIEW_LAYERS:
        layers = [text_of(layer) for layer in scene.view_layers if layer.use]
        units = [RenderUnit(name, view_layer=one) for one in layers]
    return units or [RenderUnit(name)]


def camera_names(scene: bpy.types.Scene) -> list[str]:
    """Return the cameras of a scene that are not hidden from renders, sorted by name."""
    return sorted(_names(scene.objects))


def _names(objects: Iterable[bpy.types.Object]) -> list[str]:
    """Return the names of the cameras among objects."""
    return [text_of(one) for one in objects if one.type == "CAMERA" and not one.hide_render]


def picked_units(context: bpy.types.Context) -> list[RenderUnit]:
    """Return what is ticked."""
    expand = file_settings(context).expand
    return [
        unit
        for scene in own_scenes()
        if scene_settings(scene).is_included
        for unit in units_of(scene, expand)
        if not _is_excluded(scene, unit)
    ]


def is_picked(scene: bpy.types.Scene, unit: RenderUnit) -> bool:
    """Tell whether a row of a scene is ticked; cheap enough for ``draw``."""
    return scene_settings(scene).is_included and not _is_excluded(scene, unit)


def pick(unit: RenderUnit, *, is_picked: bool, expand: str) -> bool:
    """Tick or untick one row.

    To tick a row of a scene that is not ticked means this row alone.

    :return: whether there is such a scene.
    """
    scene = own_scene(unit.scene)
    if scene is None:
        return False
    settings = scene_settings(scene)
    if not unit.camera and not unit.view_layer:
        settings.is_included = is_picked
    elif not is_picked:
        _exclude(scene, unit)
    elif settings.is_included:
        _include(scene, unit)
    else:
        settings.is_included = True
        _forget_exclusions(scene)
        for other in units_of(scene, expand):
            if other != unit:
                _exclude(scene, other)
    return True


def pick_all(*, is_picked: bool) -> None:
    """Tick or untick all rows of the file."""
    for scene in own_scenes():
        scene_settings(scene).is_included = is_picked
        if is_picked:
            _forget_exclusions(scene)


def _is_excluded(scene: bpy.types.Scene, unit: RenderUnit) -> bool:
    settings = scene_settings(scene)
    if unit.camera:
        return unit.camera in settings.excluded_cameras
    return bool(unit.view_layer) and unit.view_layer in settings.excluded_layers


def _exclude(scene: bpy.types.Scene, unit: RenderUnit) -> None:
    if not _is_excluded(scene, unit):
        names, name = _exclusions(scene, unit)
        names.add().name = name


def _include(scene: bpy.types.Scene, unit: RenderUnit) -> None:
    names, name = _exclusions(scene, unit)
    index = names.find(name)
    if index >= 0:
        names.remove(index)


def _exclusions(scene: bpy.types.Scene, unit: RenderUnit) -> tuple[Any, str]:
    settings = scene_settings(scene)
    if unit.camera:
        return settings.excluded_cameras, unit.camera
    return settings.excluded_layers, unit.view_layer


def _forget_exclusions(scene: bpy.types.Scene) -> None:
    settings = scene_settings(scene)
    settings.excluded_cameras.clear()
    settings.excluded_layers.clear()


def pick_values(units: Iterable[RenderUnit]) -> list[dict[str, str]]:
    """Return what a snapshot says about what was ticked."""
    return [unit.to_json() for unit in units]
