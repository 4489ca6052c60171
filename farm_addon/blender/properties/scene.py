# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``Scene.farm``: what belongs in the file. Release and volume are one value per file: every scene
carries the same.
"""

from __future__ import annotations

from collections.abc import Callable

import bpy
from bpy.props import BoolProperty, StringProperty

_BLEND_RELATIVE = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5) else set()
"""Paths that start with // are meant as Blender means them; older ones need not be told."""


def _share(name: str) -> Callable[[FARM_PG_scene, bpy.types.Context], None]:
    """Return an update callback that gives a value to the file's other scenes too."""

    def update(group: FARM_PG_scene, context: bpy.types.Context) -> None:
        value = getattr(group, name)
        for scene in bpy.data.scenes:
            if scene.library is None and getattr(scene_settings(scene), name) != value:
                setattr(scene_settings(scene), name, value)

    return update


class FARM_PG_scene(bpy.types.PropertyGroup):
    """What a file says about releases."""

    is_included: BoolProperty(  # type: ignore[valid-type]
        name="Render This Scene",
        description="Make this scene a job of the release",
        default=True,
    )
    release: StringProperty(  # type: ignore[valid-type]
        name="Release",
        description="Name of the release that this file's scenes are planned into. It becomes a "
        "folder on the volume",
        maxlen=64,
        update=_share("release"),
    )
    volume: StringProperty(  # type: ignore[valid-type]
        name="Volume of This File",
        description="Folder of the farm for this file, where it is another than in the "
        "preferences. Empty: the one in the preferences",
        subtype="DIR_PATH",
        options=_BLEND_RELATIVE,
        update=_share("volume"),
    )


def scene_settings(scene: bpy.types.Scene) -> FARM_PG_scene:
    """Return what a file says about releases, as this scene has it."""
    return scene.farm  # type: ignore[attr-defined, no-any-return]


def file_settings(context: bpy.types.Context) -> FARM_PG_scene:
    """Return the settings that hold the file's release and volume.

    The scene in the window speaks for the file; one that was added later and knows no release
    yields to the first that does.
    """
    assert context.scene is not None
    own = scene_settings(context.scene)
    if own.release or own.volume:
        return own
    for scene in bpy.data.scenes:
        settings = scene_settings(scene)
        if scene.library is None and (settings.release or settings.volume):
            return settings
    return own


def included_scenes() -> list[str]:
    """Return the names of the ticked scenes, in the file's order; linked scenes are not ours."""
    return [
        scene.name
        for scene in bpy.data.scenes
        if scene.library is None and scene_settings(scene).is_included
    ]


CLASSES = (FARM_PG_scene,)
