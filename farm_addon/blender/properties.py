# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties: ``Scene.farm`` belongs in the file, ``WindowManager.farm`` to the session.

A scene's tick lies in the scene itself, so the list of scenes is Blender's own list and can never
be out of step with it. Release and volume are one value per file: every scene carries the same.
"""

from __future__ import annotations

from collections.abc import Callable

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

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


class FARM_PG_job(bpy.types.PropertyGroup):
    """A row of the list of jobs; ``name`` is the job's."""

    state: StringProperty(  # type: ignore[valid-type]
        name="State", description="What the Manager says about the job"
    )
    attempt: IntProperty(  # type: ignore[valid-type]
        name="Attempt", description="How often the job was sent to the farm", min=0
    )
    done: IntProperty(  # type: ignore[valid-type]
        name="Done", description="How many of the job's steps are done", min=0
    )
    total: IntProperty(  # type: ignore[valid-type]
        name="Total", description="How many steps the job has, 0 where that is not known", min=0
    )
    message: StringProperty(  # type: ignore[valid-type]
        name="Message", description="What is worth knowing about the job"
    )


class FARM_PG_finding(bpy.types.PropertyGroup):
    """A row of a list of findings."""

    severity: StringProperty(  # type: ignore[valid-type]
        name="Severity", description="Whether it blocks (error), or should be looked at"
    )
    code: StringProperty(  # type: ignore[valid-type]
        name="Code", description="What kind of finding it is"
    )
    subject: StringProperty(  # type: ignore[valid-type]
        name="Subject", description="What the finding is about"
    )
    message: StringProperty(  # type: ignore[valid-type]
        name="Message", description="What is wrong or odd"
    )
    fix: StringProperty(  # type: ignore[valid-type]
        name="Fix", description="What to do about it"
    )


class FARM_PG_findings(bpy.types.PropertyGroup):
    """A list of findings and which of them is shown in full."""

    items: CollectionProperty(type=FARM_PG_finding)  # type: ignore[valid-type]
    index: IntProperty(  # type: ignore[valid-type]
        name="Finding", description="The finding that is shown in full", min=0
    )


class FARM_PG_session(bpy.types.PropertyGroup):
    """What this session of Blender knows about the release."""

    scene_index: IntProperty(  # type: ignore[valid-type]
        name="Scene", description="Scene that is selected in the list", min=0
    )
    jobs: CollectionProperty(type=FARM_PG_job)  # type: ignore[valid-type]
    job_index: IntProperty(  # type: ignore[valid-type]
        name="Job", description="Job whose message is shown in full", min=0
    )
    release_findings: PointerProperty(type=FARM_PG_findings)  # type: ignore[valid-type]
    delivery_findings: PointerProperty(type=FARM_PG_findings)  # type: ignore[valid-type]


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


def session(context: bpy.types.Context) -> FARM_PG_session:
    """Return what this session of Blender knows."""
    return context.window_manager.farm  # type: ignore[union-attr, no-any-return]


def included_scenes() -> list[str]:
    """Return the names of the ticked scenes, in the file's order; linked scenes are not ours."""
    return [
        scene.name
        for scene in bpy.data.scenes
        if scene.library is None and scene_settings(scene).is_included
    ]


CLASSES = (
    FARM_PG_scene,
    FARM_PG_job,
    FARM_PG_finding,
    FARM_PG_findings,
    FARM_PG_session,
)
_register_classes, _unregister_classes = bpy.utils.register_classes_factory(CLASSES)


def register() -> None:
    """Add the two pointers."""
    _register_classes()
    bpy.types.Scene.farm = PointerProperty(type=FARM_PG_scene)  # type: ignore[attr-defined]
    bpy.types.WindowManager.farm = PointerProperty(  # type: ignore[attr-defined]
        type=FARM_PG_session, options={"SKIP_SAVE"}
    )


def unregister() -> None:
    """Take the two pointers away again; what files have saved stays in them."""
    del bpy.types.WindowManager.farm  # type: ignore[attr-defined]
    del bpy.types.Scene.farm  # type: ignore[attr-defined]
    _unregister_classes()
