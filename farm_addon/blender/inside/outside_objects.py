# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outside files of objects and scenes: simulation and mesh caches, nodes, sequencer strips.

Inside Blender. None of them can be packed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import bpy

from .labels import label, text_of
from .paths import resolve
from .survey import Survey

_KINDS_OF_NODES = {"ShaderNodeScript": "script", "ShaderNodeTexIES": "ies"}


def survey_objects(survey: Survey) -> None:
    """Add what modifiers, particle systems and rigid bodies read from disk."""
    # Blender 5.2 lists this folder for every cache, wherever the cache is.
    for library in (None, *bpy.data.libraries):
        survey.pass_over(_disk_cache_folder(library), None)
    for thing in bpy.data.objects:
        for modifier in thing.modifiers:
            _survey_modifier(survey, thing, modifier)
        for system in thing.particle_systems:
            owner = f"{label(thing)}, particles ‘{text_of(system)}’"
            _survey_point_cache(survey, system.point_cache, owner, thing)
    for scene in bpy.data.scenes:
        if scene.rigidbody_world is not None:
            owner = f"{label(scene)}, rigid bodies"
            _survey_point_cache(survey, scene.rigidbody_world.point_cache, owner, scene)


def _survey_modifier(survey: Survey, thing: bpy.types.Object, modifier: Any) -> None:
    owner = f"{label(thing)}, modifier ‘{text_of(modifier)}’"
    if modifier.type in ("CLOTH", "SOFT_BODY"):
        _survey_point_cache(survey, modifier.point_cache, owner, thing)
    elif modifier.type == "DYNAMIC_PAINT" and modifier.canvas_settings is not None:
        for surface in modifier.canvas_settings.canvas_surfaces:
            _survey_point_cache(survey, surface.point_cache, owner, thing)
    elif modifier.type == "FLUID" and modifier.domain_settings is not None:
        folder = modifier.domain_settings.cache_directory
        survey.add_path(folder, "simulation", owner, thing, is_folder=True)
    elif modifier.type == "NODES":
        _survey_bakes(survey, thing, modifier, owner)
    else:
        _survey_files_of_modifier(survey, thing, modifier, owner)


def _survey_files_of_modifier(
    survey: Survey, thing: bpy.types.Object, modifier: Any, owner: str
) -> None:
    is_mesh_cache = modifier.type == "MESH_CACHE"
    if is_mesh_cache or (modifier.type == "MULTIRES" and modifier.is_external):
        survey.add_path(modifier.filepath, "mesh-cache", owner, thing)
    elif modifier.type == "OCEAN" and modifier.is_cached:
        survey.add_path(modifier.filepath, "simulation", owner, thing, is_folder=True)
    elif modifier.type in ("MULTIRES", "OCEAN"):
        survey.pass_over(modifier.filepath, thing.library)


def _survey_point_cache(survey: Survey, cache: Any, owner: str, user: bpy.types.ID) -> None:
    """Add the folder of an external cache, or of a disk cache, baked or not: whoever evaluates an
    unbaked one writes it beside his .blend."""
    for one in cache.point_caches:
        if one.use_external:
            path = survey.pass_over(one.filepath or "//", user.library)
            survey.add([path], "simulation", owner, user, is_folder=True)
        elif one.use_disk_cache:
            path = _disk_cache_folder(user.library)
            survey.add([path], "simulation", owner, user, is_folder=True)


def _disk_cache_folder(library: bpy.types.Library | None) -> str:
    """Return where Blender keeps disk caches: a folder named after the .blend, beside it."""
    home = bpy.data.filepath if library is None else resolve(library.filepath, None)
    folder, name = os.path.split(home)
    return os.path.join(folder, f"blendcache_{os.path.splitext(name)[0]}")


def _survey_bakes(survey: Survey, thing: bpy.types.Object, modifier: Any, owner: str) -> None:
    """Add bakes of geometry nodes that are on disk; before Blender 4.3 all of them were."""
    base = survey.pass_over(modifier.bake_directory, thing.library)
    base_target = getattr(modifier, "bake_target", "DISK")
    for bake in modifier.bakes:
        own = survey.pass_over(bake.directory, thing.library)
        target = getattr(bake, "bake_target", "INHERIT")
        is_packed = (base_target if target == "INHERIT" else target) == "PACKED"
        folder = own if bake.use_custom_path else base and os.path.join(base, str(bake.bake_id))
        if folder and not is_packed and os.path.isdir(folder):
            survey.add([folder], "simulation", owner, thing, is_folder=True)


def survey_nodes(survey: Survey) -> None:
    """Add what nodes read from disk by a path of their own, rather than through a datablock."""
    for user, tree in node_trees():
        for node in tree.nodes:
            if node.bl_idname in _KINDS_OF_NODES:
                _survey_node(survey, node, user)
            elif node.bl_idname.startswith("GeometryNodeImport") and not node.mute:
                _survey_import_node(survey, node, user)


def _survey_node(survey: Survey, node: Any, user: bpy.types.ID) -> None:
    path = survey.pass_over(node.filepath, user.library)
    if path and node.mode == "EXTERNAL" and not node.mute:
        survey.add([path], _KINDS_OF_NODES[node.bl_idname], _node_label(node, user), user)


def _survey_import_node(survey: Survey, node: Any, user: bpy.types.ID) -> None:
    """Geometry nodes that import a file (Blender 4.5): its path may be the result of other nodes,
    and then nobody knows it before the scene is evaluated."""
    sockets = [one for one in node.inputs if isinstance(getattr(one, "default_value", None), str)]
    if sockets and not sockets[0].is_linked:
        path = sockets[0].default_value
    else:
        path = "//(a path that other nodes make)"
    survey.add_path(path, "other", _node_label(node, user), user)


def _node_label(node: Any, user: bpy.types.ID) -> str:
    return f"{label(user)}, node ‘{text_of(node)}’"


def node_trees() -> Iterator[tuple[bpy.types.ID, bpy.types.NodeTree]]:
    """Yield every node tree with the datablock that it belongs to: itself, for a group."""
    for group in bpy.data.node_groups:
        yield group, group
    data = bpy.data
    for owners in (data.materials, data.worlds, data.lights, data.textures, data.linestyles):
        for owner in owners:
            if owner.node_tree is not None:
                yield owner, owner.node_tree
    for scene in data.scenes:
        # From Blender 5.0 on a scene's compositor is a group.
        tree = getattr(scene, "node_tree", None)
        if tree is not None:
            yield scene, tree


def survey_strips(survey: Survey) -> None:
    """Add pictures and movies of the sequencers; sounds, clips and masks are datablocks."""
    for scene in bpy.data.scenes:
        for strip in strips_of(scene):
            owner = f"{label(scene)}, strip ‘{text_of(strip)}’"
            if strip.type == "MOVIE":
                survey.add_path(strip.filepath, "movie", owner, scene, is_strip=True)
            elif strip.type == "IMAGE":
                folder = resolve(strip.directory or "//", scene.library)
                files = [os.path.join(folder, element.filename) for element in strip.elements]
                survey.add(files, "image-sequence", owner, scene, is_strip=True)


def strips_of(scene: bpy.types.Scene) -> list[Any]:
    """Return all strips of a scene's sequencer, those inside meta strips too."""
    editor: Any = scene.sequence_editor
    if editor is None:
        return []
    # Renamed in Blender 4.4.
    return list(editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all)
