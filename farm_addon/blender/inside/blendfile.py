# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open .blend files and choose the scene that a saved one opens with, and evaluate nothing.

Blender evaluates the scene of each window as soon as a file is open, and a cloth with a disk cache
then writes ``blendcache_*`` beside the file. A handler that runs before that puts an empty scene
into the windows; nothing of the file is evaluated from then on, not even while it is saved. That
is also faster, and keeps every datablock as it was saved.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ...core.errors import BlenderError
from .labels import text_of

_EMPTY_SCENE_NAME = "farm_addon nothing"


class OpenFile:
    """The file that is open now. Its datablocks are worthless once another file is opened.

    :param active_scene: the scene that a plain render would take.
    """

    def __init__(self, path: str, active_scene: bpy.types.Scene) -> None:
        self.path = path
        self.active_scene = active_scene
        self._empty_scene: bpy.types.Scene | None = None

    def scenes(self) -> list[bpy.types.Scene]:
        """Return the file's own scenes in its order; linked ones belong to their library."""
        return [
            scene
            for scene in bpy.data.scenes
            if scene != self._empty_scene and scene.library is None
        ]

    def show_nothing(self) -> bpy.types.Scene:
        """Show an empty scene in all windows and return it."""
        if self._empty_scene is None:
            self._empty_scene = bpy.data.scenes.new(_EMPTY_SCENE_NAME)
            for window in _windows():
                window.scene = self._empty_scene
        return self._empty_scene

    def editing(self) -> contextlib.AbstractContextManager[Any]:
        """Return a context in which operators work, on the empty scene."""
        empty_scene = self.show_nothing()
        return bpy.context.temp_override(window=_windows()[0], scene=empty_scene)

    def activate(self, scene: bpy.types.Scene) -> None:
        """Make a scene the one that a saved file opens with, without evaluating it.

        Assigning it to a window would evaluate it; replacing every use of an empty scene that the
        windows show does not.
        """
        empty_scene = self.show_nothing()
        empty_scene.user_remap(scene)
        bpy.data.scenes.remove(empty_scene)
        self._empty_scene = None
        if any(window.scene != scene for window in _windows()):
            raise BlenderError(f"scene '{text_of(scene)}' of '{self.path}' cannot be made active")


def open_file(path: str, *, with_windows: bool = False) -> OpenFile:
    """Open a .blend file without running its scripts, and without evaluating it.

    :param path: absolute.
    :param with_windows: load the file's own windows too, as ``blender -b FILE`` does.
    :raises BlenderError: if it cannot be opened. A complaint of Blender's about a file that did
        open, such as a missing library, is none.
    """
    if not os.path.isfile(path):
        raise BlenderError(f"'{path}' is not there")
    # The windows that are there stay, and are saved with the next file: let them be Blender's own.
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    opened: list[OpenFile] = []

    @persistent  # type: ignore[untyped-decorator]
    def look_away(*_: Any) -> None:
        file = OpenFile(path, _windows()[0].scene)
        file.show_nothing()
        opened.append(file)

    complaint = ""
    bpy.app.handlers.load_post.append(look_away)
    try:
        bpy.ops.wm.open_mainfile(filepath=path, load_ui=with_windows, use_scripts=False)
    except RuntimeError as ex:
        complaint = _one_line(ex)
    finally:
        # One that is left over also makes the bpy wheel 4.5 hang when its process ends.
        bpy.app.handlers.load_post.remove(look_away)
    if not opened or not _is_open(path):
        raise BlenderError(
            f"'{path}' cannot be opened: {complaint or 'Blender does not say why'}",
            hint="see whether Blender opens it",
        )
    _give_readable_names()
    return opened[0]


def save_copy(target: str) -> None:
    """Write what is open to another file, uncompressed; the open file stays what it is.

    Blender writes beside the target and renames at the end: a file that is there is whole. What it
    complains of besides is for whoever opens the file again to see.

    :param target: absolute; nothing is there yet.
    :raises BlenderError: if it was not written.
    """
    # Else whatever of other scenes is still outside would be packed now, or missed.
    bpy.data.use_autopack = False
    complaint = ""
    try:
        bpy.ops.wm.save_as_mainfile(
            filepath=target, check_existing=False, copy=True, compress=False, relative_remap=True
        )
    except RuntimeError as ex:
        complaint = _one_line(ex)
    try:
        with open(target, "rb+") as file:
            os.fsync(file.fileno())
    except OSError as ex:
        raise BlenderError(
            f"'{target}' cannot be written: {complaint or ex.strerror or ex}"
        ) from ex


def _windows() -> list[bpy.types.Window]:
    manager = bpy.context.window_manager
    return [] if manager is None else list(manager.windows)


def _is_open(path: str) -> bool:
    return bool(bpy.data.filepath) and os.path.samefile(bpy.data.filepath, path)


def _one_line(ex: RuntimeError) -> str:
    """Return the first line of what an operator reported."""
    lines = [line.strip() for line in str(ex).splitlines() if line.strip()]
    return lines[0].removeprefix("Error: ") if lines else ""


def _give_readable_names() -> None:
    """Rename scenes whose name is no text, in memory, the same way each time: nobody could ask for
    such a scene."""
    number = 0
    for scene in bpy.data.scenes:
        try:
            bool(scene.name)
        except UnicodeDecodeError:
            number += 1
            scene.name = f"Scene with an unreadable name {number}"
