# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one small picture that the tab shows: the last frame of the active job.

Blender reads a preview when it is drawn for the first time, in a job of its own, so that no picture
is decoded in the window's thread. Until then there is nothing to be seen of it: the picture before
stays, and the new one is drawn beside it, too small to be noticed, until it must have been read.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import bpy
import bpy.utils.previews
from bpy.utils.previews import ImagePreviewCollection

SETTLE_S = 0.8
"""By then Blender has read a picture that was drawn."""

_FILES = 2
"""So many files take turns, so that none is written while it is read."""


class _Slot:
    """The previews of this Blender; made with the first picture, gone with the extension."""

    previews: ImagePreviewCollection | None = None
    numbers = itertools.count(1)
    shown = ""
    coming = ""
    since_s = 0.0


def next_file() -> Path:
    """Return where the next picture is to be written; Blender removes the folder when it ends."""
    number = next(_Slot.numbers) % _FILES
    return Path(bpy.app.tempdir) / f"farm-last-frame-{number}.jpg"


def show(path: str, now_s: float) -> None:
    """Show a picture; another one goes as soon as this one can be seen.

    :param path: of a file; empty for no picture.
    """
    if not path:
        clear()
        return
    if _Slot.previews is None:
        _Slot.previews = bpy.utils.previews.new()
    if _Slot.coming:
        del _Slot.previews[_Slot.coming]
    _Slot.coming = f"frame-{next(_Slot.numbers)}"
    _Slot.previews.load(_Slot.coming, path, "IMAGE")
    _Slot.since_s = now_s
    if not _Slot.shown:
        _settle()


def is_settling() -> bool:
    """Tell whether a new picture waits to take the place of the old one."""
    return bool(_Slot.coming)


def settle(now_s: float) -> bool:
    """Let the new picture take the place of the old one, once it can be seen.

    :return: whether it did so now.
    """
    if not _Slot.coming or now_s - _Slot.since_s < SETTLE_S:
        return False
    _settle()
    return True


def icons() -> tuple[int, int]:
    """Return the icons of the picture that is shown and of the one to come; 0 for none."""
    return _icon(_Slot.shown), _icon(_Slot.coming)


def clear() -> None:
    """Show nothing."""
    _Slot.shown = _Slot.coming = ""
    if _Slot.previews is not None:
        _Slot.previews.clear()


def _icon(name: str) -> int:
    return _Slot.previews[name].icon_id if name and _Slot.previews is not None else 0


def _settle() -> None:
    if _Slot.shown and _Slot.previews is not None:
        del _Slot.previews[_Slot.shown]
    _Slot.shown, _Slot.coming = _Slot.coming, ""


def register() -> None:
    """Nothing yet: the first picture makes the collection."""


def unregister() -> None:
    """Free what Blender holds for the pictures."""
    clear()
    if _Slot.previews is not None:
        bpy.utils.previews.remove(_Slot.previews)
        _Slot.previews = None
