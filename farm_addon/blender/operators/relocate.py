# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find a missing file again, and let its user point to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import StringProperty

from ...core.errors import UsageError
from ..inside.outside_objects import strips_of
from ..translations import iface
from .fixes import FixOperator

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

_COLLECTIONS = {
    "IMAGE": "images",
    "LIBRARY": "libraries",
    "SOUND": "sounds",
    "FONT": "fonts",
    "MOVIECLIP": "movieclips",
    "CACHEFILE": "cache_files",
    "VOLUME": "volumes",
    "OBJECT": "objects",
    "SCENE": "scenes",
    "MATERIAL": "materials",
    "WORLD": "worlds",
    "LIGHT": "lights",
    "TEXTURE": "textures",
    "LINESTYLE": "linestyles",
    "NODETREE": "node_groups",
}


class FARM_OT_fix_missing_file(FixOperator, bpy.types.Operator):
    """Choose where the missing file is now"""

    bl_idname = "farm.fix_missing_file"
    bl_label = "Relocate Missing File"

    id_type: StringProperty(  # type: ignore[valid-type]
        name="Type", description="Type of the datablock that uses the file", options={"HIDDEN"}
    )
    id_name: StringProperty(  # type: ignore[valid-type]
        name="Name", description="Name of the datablock that uses the file", options={"HIDDEN"}
    )
    missing: StringProperty(  # type: ignore[valid-type]
        name="Missing", description="Path of the missing file", options={"HIDDEN"}
    )
    filepath: StringProperty(  # type: ignore[valid-type]
        name="File",
        description="Where the file is now",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Let the artist find the file."""
        if self.filepath or bpy.app.background:
            return self.execute(context)
        self.filepath = self.missing
        assert context.window_manager is not None
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def mend(self, context: bpy.types.Context) -> str:
        """Point to the file."""
        path = os.path.abspath(bpy.path.abspath(self.filepath)) if self.filepath else ""
        if not os.path.isfile(path):
            raise UsageError(f"there is no file '{path}'", hint="choose the file that is missing")
        datablock = _find(self.id_type, self.id_name)
        users = list(_users(datablock, self.missing))
        if not users:
            raise UsageError(
                f"‘{self.id_name}’ does not use '{self.missing}' any more",
                hint="check the file again",
            )
        for user, is_directly in users:
            _point(user, path, is_directly=is_directly)
        if isinstance(datablock, bpy.types.Library):
            datablock.reload()
        return iface("‘{name}’ uses '{path}' now").format(name=self.id_name, path=path)


def _find(id_type: str, name: str) -> Any:
    """Return a datablock of this file's own.

    :raises UsageError: if there is none.
    """
    found = None
    if id_type == "LIBRARY":
        found = bpy.data.libraries.get(name)
    elif id_type in _COLLECTIONS:
        found = getattr(bpy.data, _COLLECTIONS[id_type]).get((name, None))
    if found is None:
        raise UsageError(f"this file has no ‘{name}’ of its own", hint="check the file again")
    return found


def _users(datablock: Any, missing: str) -> Iterator[tuple[Any, bool]]:
    """Yield what has the missing path, and whether it is the path of the file itself: image strips
    have a folder and names.

    A datablock with a path has no other one.
    """
    if hasattr(datablock, "filepath"):
        yield datablock, True
        return
    wanted = _key(missing)
    for part in _parts(datablock):
        if getattr(part, "filepath", "") and _key(part.filepath) == wanted:
            yield part, True
        elif getattr(part, "elements", None) and hasattr(part, "directory"):
            names = (element.filename for element in part.elements)
            if any(_key(os.path.join(part.directory, name)) == wanted for name in names):
                yield part, False


def _parts(datablock: Any) -> Iterator[Any]:
    """Yield modifiers, nodes and strips."""
    yield from getattr(datablock, "modifiers", ())
    tree = datablock if hasattr(datablock, "nodes") else getattr(datablock, "node_tree", None)
    if tree is not None:
        yield from tree.nodes
    if isinstance(datablock, bpy.types.Scene):
        yield from strips_of(datablock)


def _point(user: Any, path: str, *, is_directly: bool) -> None:
    """Let something use a file, relative to the .blend where its path was relative before."""
    if is_directly:
        user.filepath = _like(user.filepath, path)
    else:
        user.directory = _like(user.directory, os.path.dirname(path) + os.sep)


def _like(before: str, path: str) -> str:
    if not before.startswith("//") or not bpy.data.filepath:
        return path
    try:
        return bpy.path.relpath(path)
    except ValueError:  # another drive
        return path


def _key(path: str) -> str:
    return os.path.normcase(os.path.abspath(bpy.path.abspath(path)))


register, unregister = bpy.utils.register_classes_factory((FARM_OT_fix_missing_file,))
