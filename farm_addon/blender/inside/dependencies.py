# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file outside the open .blend that pixels depend on, and the scenes that it matters to.

Inside Blender. The survey asks every kind of datablock that is known to read files; Blender's own
list of paths is the safety net under it, and what only that knows cannot be frozen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import bpy

from ...core.planning.scene_facts import Dependency
from .closure import Closure
from .labels import data_user, label, text_of
from .outside_data import survey_data
from .outside_objects import survey_nodes, survey_objects, survey_strips
from .paths import key, resolve
from .survey import OutsideFile, Survey


def outside_files() -> list[OutsideFile]:
    """Return every use of a file outside the open .blend; packed ones are inside."""
    survey = Survey()
    survey_data(survey)
    survey_objects(survey)
    survey_nodes(survey)
    survey_strips(survey)
    owners: dict[str, bpy.types.ID] | None = None
    for path in bpy.utils.blend_paths(absolute=True, packed=False, local=False):
        if not path or survey.has_seen(path):
            continue
        owners = _owners_by_path() if owners is None else owners
        user = owners.get(key(path))
        survey.add([path], "other", label(user) if user else "The file", user)
    return survey.files


def _owners_by_path() -> dict[str, bpy.types.ID]:
    """Return who refers to which path, as Blender itself tells it (4.5 and newer)."""
    if not hasattr(bpy.data, "file_path_map"):
        return {}
    return {
        key(resolve(path, datablock.library)): datablock
        for datablock, paths in bpy.data.file_path_map(include_libraries=False).items()
        for path in paths
    }


def matters(file: OutsideFile, scene: bpy.types.Scene, closure: Closure) -> bool:
    """Tell whether a scene's pixels may depend on a file; yes, where its user is not known."""
    if file.user is None:
        return True
    if not closure.may_reach(scene, file.user):
        return False
    # Another scene reaches it through a scene strip, which may render the sequencer regardless.
    return not file.is_strip or scene != file.user or scene.render.use_sequencer


def dependencies(files: Iterable[OutsideFile], closure: Closure) -> tuple[Dependency, ...]:
    """Return each file once for each kind of use, sorted by path, with the closure's scenes."""
    merged: dict[tuple[str, str], Dependency] = {}
    for file in files:
        at = (key(file.path), file.kind)
        before = merged.get(at)
        names = set(before.scenes) if before else set()
        names |= {text_of(one) for one in closure.scenes if matters(file, one, closure)}
        merged[at] = Dependency(
            path=before.path if before else file.path,
            kind=file.kind,
            owner=before.owner if before else file.owner,
            is_packable=file.is_packable,
            exists=before.exists if before else file.exists(),
            scenes=tuple(sorted(names)),
            user=before.user if before else data_user(file.user),
        )
    return tuple(sorted(merged.values(), key=lambda one: (one.path, one.kind)))


def missing_data(closure: Closure, scene: bpy.types.Scene) -> Iterator[str]:
    """Yield the labels of linked datablocks that a scene reaches and that their library does not
    have (any more); Blender renders without them. Where the library itself is missing, that says
    it all."""
    for datablock in closure.reached(scene):
        library = datablock.library
        if library is not None and datablock.is_missing and not library.is_missing:
            yield label(datablock)
