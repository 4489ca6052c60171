# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which datablocks a scene's pixels can depend on. Inside Blender.

Blender knows the users of every datablock (``bpy.data.user_map``); turned around, that says what
each one uses. A use that never reaches a rendered pixel is left out; in doubt it counts.
"""

from __future__ import annotations

from collections.abc import Iterable

import bpy

from .scripts import scripts_of

_NEVER_RENDERED = ("WindowManager", "Screen", "WorkSpace", "Brush", "Palette", "PaintCurve")


class Closure:
    """What the scenes of the open file reach. Worthless once another file is opened, or datablocks
    are made or removed."""

    def __init__(self, scenes: Iterable[bpy.types.Scene]) -> None:
        self._uses = _uses()
        self._reached = {scene: self._walk(scene) for scene in scenes}
        self._scripts = {one: scripts_of(one, reached) for one, reached in self._reached.items()}

    @property
    def scenes(self) -> list[bpy.types.Scene]:
        """The scenes that were asked about, in their order."""
        return list(self._reached)

    def reached(self, scene: bpy.types.Scene) -> frozenset[bpy.types.ID]:
        """Return the scene itself, all that it reaches, and the libraries that any of it is from.

        A library that only another library refers to is there if something of it is reached.
        """
        return self._reached[scene]

    def may_reach(self, scene: bpy.types.Scene, datablock: bpy.types.ID) -> bool:
        """Tell whether a datablock may matter to a scene: one with scripts can find anything by
        its name."""
        return datablock in self._reached[scene] or bool(self._scripts[scene])

    def scripts(self, scene: bpy.types.Scene) -> tuple[str, ...]:
        """Return what a scene needs scripts for, in the artist's words."""
        return self._scripts[scene]

    def _walk(self, scene: bpy.types.Scene) -> frozenset[bpy.types.ID]:
        reached: set[bpy.types.ID] = set()
        waiting: list[bpy.types.ID] = [scene]
        while waiting:
            datablock = waiting.pop()
            if datablock in reached:
                continue
            reached.add(datablock)
            waiting += self._uses.get(datablock, ())
            if datablock.library is not None:
                # Without what that library uses: it counts for what of it is reached.
                reached.add(datablock.library)
        return frozenset(reached)


def _uses() -> dict[bpy.types.ID, list[bpy.types.ID]]:
    uses: dict[bpy.types.ID, list[bpy.types.ID]] = {}
    for datablock, users in bpy.data.user_map().items():
        for user in users:
            if _may_matter(user, datablock):
                uses.setdefault(user, []).append(datablock)
    return uses


def _may_matter(user: bpy.types.ID, used: bpy.types.ID) -> bool:
    """Tell whether pixels can depend on this use."""
    if isinstance(user, bpy.types.Library) or type(used).__name__ in _NEVER_RENDERED:
        return False
    if isinstance(user, bpy.types.Camera):
        # Background pictures of a camera are drawn in viewports alone.
        return not isinstance(used, (bpy.types.Image, bpy.types.MovieClip))
    if isinstance(user, bpy.types.Object) and user.type == "EMPTY":
        # So is the picture that an empty shows.
        return not isinstance(used, bpy.types.Image)
    return True
