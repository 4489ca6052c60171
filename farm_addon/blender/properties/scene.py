# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``Scene.farm``: what belongs in the file.

Ticks are each scene's own. All else is one value per file: every scene carries the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    IntProperty,
    StringProperty,
)

from .. import alarm, state

_BLEND_RELATIVE = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5) else set()
"""Paths that start with // are meant as Blender means them; older ones need not be told."""


SCENES, CAMERAS, VIEW_LAYERS = "SCENES", "CAMERAS", "VIEW_LAYERS"

EXPANSIONS = (
    (SCENES, "Scenes", "One job for each scene", "SCENE_DATA", 0),
    (CAMERAS, "Cameras", "One job for each camera of each scene", "CAMERA_DATA", 1),
    (VIEW_LAYERS, "View Layers", "One job for each view layer of each scene", "RENDERLAYERS", 2),
)

PRIORITY, CHUNK_SIZE_MAX = 50, 1_000_000

_OF_ANOTHER_PLAN = ("release", "volume", "expand")
"""Where one of these is changed, what was said of the rows is about others."""


def _share(name: str) -> Callable[[FARM_PG_scene, bpy.types.Context], None]:
    """Return an update callback that gives a value to the file's other scenes too. What was said
    about the plan is about another one from then on."""

    def update(group: FARM_PG_scene, context: bpy.types.Context) -> None:
        alarm.wake()
        plan = state.view().plan
        if name in _OF_ANOTHER_PLAN:
            plan.forget()
        plan.is_outdated = True
        value = getattr(group, name)
        for scene in bpy.data.scenes:
            if scene.library is None and getattr(scene_settings(scene), name) != value:
                setattr(scene_settings(scene), name, value)

    return update


def _known_releases(
    group: FARM_PG_scene, context: bpy.types.Context, edit_text: str
) -> Iterable[str]:
    """Return the volume's releases, as suggestions while a name is typed."""
    return sorted(state.view().farm.releases, key=str.casefold)


class FARM_PG_name(bpy.types.PropertyGroup):
    """A name in a list of names."""

    name: StringProperty(  # type: ignore[valid-type]
        name="Name", description="Name of a camera or view layer"
    )


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
        search=_known_releases,
        search_options={"SUGGESTION"},
    )
    volume: StringProperty(  # type: ignore[valid-type]
        name="Volume of This File",
        description="Folder of the farm for this file, where it is another than in the "
        "preferences. Empty: the one in the preferences",
        subtype="DIR_PATH",
        options=_BLEND_RELATIVE,
        update=_share("volume"),
    )
    expand: EnumProperty(  # type: ignore[valid-type]
        name="Jobs For",
        description="What becomes a job of its own",
        items=EXPANSIONS,
        update=_share("expand"),
    )
    excluded_cameras: CollectionProperty(type=FARM_PG_name)  # type: ignore[valid-type]
    excluded_layers: CollectionProperty(type=FARM_PG_name)  # type: ignore[valid-type]
    frames: StringProperty(  # type: ignore[valid-type]
        name="Frames",
        description="Frames to render instead of the scenes' own, such as 1-100, 1-100x5 or "
        "1,5,9. Empty: each scene's own",
        maxlen=200,
        update=_share("frames"),
    )
    uses_markers: BoolProperty(  # type: ignore[valid-type]
        name="Frames from Markers",
        description="Render the frames that have markers in the timeline, and deliver them under "
        "the markers' names",
        update=_share("uses_markers"),
    )
    uses_chunk_size: BoolProperty(  # type: ignore[valid-type]
        name="Set Chunk Size",
        description="Choose how many frames a Worker renders at a time; otherwise the farm's "
        "configuration says it",
        update=_share("uses_chunk_size"),
    )
    chunk_size: IntProperty(  # type: ignore[valid-type]
        name="Chunk Size",
        description="How many frames a Worker renders before it fetches more. Large chunks spare "
        "the time to load the file, small ones spread a job over more Workers",
        default=1,
        min=1,
        max=CHUNK_SIZE_MAX,
        soft_max=100,
        update=_share("chunk_size"),
    )
    uses_priority: BoolProperty(  # type: ignore[valid-type]
        name="Set Priority",
        description="Choose how urgent the jobs are; otherwise the farm's configuration says it",
        update=_share("uses_priority"),
    )
    priority: IntProperty(  # type: ignore[valid-type]
        name="Priority",
        description="Jobs of a higher priority are rendered first",
        default=PRIORITY,
        min=0,
        max=100,
        update=_share("priority"),
    )
    worker_tag: StringProperty(  # type: ignore[valid-type]
        name="Worker Tag",
        description="Only Workers with this tag render the jobs. Empty: as the farm's "
        "configuration says, else any Worker",
        maxlen=200,
        update=_share("worker_tag"),
    )
    job_name: StringProperty(  # type: ignore[valid-type]
        name="Job Name",
        description="Template of the names of jobs, from {release}, {file}, {scene}, {camera} and "
        "{view_layer}. Empty: as in the preferences",
        maxlen=500,
        update=_share("job_name"),
    )
    dist_name: StringProperty(  # type: ignore[valid-type]
        name="File Name",
        description="Template of the names of delivered files, from {job}, {frame:04d}, {ext} and "
        "the fields of job names. Empty: as in the preferences",
        maxlen=500,
        update=_share("dist_name"),
    )
    is_paused: BoolProperty(  # type: ignore[valid-type]
        name="Submit Paused",
        description="Let the jobs wait on the farm until somebody resumes them",
        update=_share("is_paused"),
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


def own_scenes() -> list[bpy.types.Scene]:
    """Return the file's scenes in its order; linked ones belong to their library."""
    return [scene for scene in bpy.data.scenes if scene.library is None]


def own_scene(name: str) -> bpy.types.Scene | None:
    """Return the file's own scene of a name, or None; a linked one may have the same."""
    return bpy.data.scenes.get((name, None))


def included_scenes() -> list[str]:
    """Return the names of the ticked scenes, in the file's order."""
    return [scene.name for scene in own_scenes() if scene_settings(scene).is_included]


CLASSES = (FARM_PG_name, FARM_PG_scene)
