# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show a contact sheet in an Image Editor without a trace in the artist's file.

Blender keeps every picture in the open file, and saves those that something uses; an editor that
shows one is such a user. So the picture's count of users is set to none as soon as it is shown:
Blender goes on showing it and does not save it, and the file is not marked as changed. An undo
counts anew, so the same is done once more before each save. Whoever uses the picture elsewhere, as
in a material, keeps it: then it is theirs. Tried in 5.2 windows and in the modules 4.2, 4.5, 5.2.

What is shown is a JPEG of a screen's size, which a child made: Blender decodes it when it draws, in
some 15 ms, where the sheet itself takes 130 ms.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import bpy
from bpy.app.handlers import persistent

from . import alarm, state
from .state import View
from .view import notices
from .view.notices import Notice

log = logging.getLogger(__name__)

NAME = "Contact Sheet"
_MARK = "farm_contact_sheet"
"""Custom property of our picture."""


CANNOT_BE_READ = "The contact sheet cannot be read"


class _Slot:
    """What is left to be done until a picture is shown."""

    steps: Iterator[None] = iter(())


def show_soon(path: str) -> None:
    """Show a picture in the editor that shows the last one, else in a window of its own: over some
    ticks, since to open a window alone takes Blender longer than a tick should.

    No editor of the artist is taken for it.
    """
    _Slot.steps = _show(path)
    alarm.wake()


def attend(view: View, now_s: float) -> bool:
    """Go one step on; called at every tick.

    :return: whether another one may follow.
    """
    try:
        next(_Slot.steps)
    except StopIteration:
        return False
    except RuntimeError as ex:
        log.info("the contact sheet cannot be shown: %s", ex)
        notices.add(view.notices, Notice(CANNOT_BE_READ, "ERROR", "contact-sheet"))
        view.has_changed = True
        return False
    view.is_behind = True
    return True


def _show(path: str) -> Iterator[None]:
    _remove(load(path))  # Where it cannot be read, all stays as it is.
    areas = _areas_that_show(_ours())
    if not areas:
        # Windows may close until the next tick: its address says whether it is still there.
        made = _new_window().as_pointer()
        yield
        areas = [window.screen.areas[0] for window in _windows() if window.as_pointer() == made]
    for image in _ours():
        _remove(image)
    image = load(path)
    for area in areas:
        area.type = "IMAGE_EDITOR"
        space = area.spaces.active
        assert isinstance(space, bpy.types.SpaceImageEditor)
        space.image = image
        area.tag_redraw()
    image.user_clear()


def load(path: str) -> bpy.types.Image:
    """Return a picture that belongs to no file.

    :raises RuntimeError: if it cannot be read.
    """
    image = bpy.data.images.load(path)
    image.name = NAME
    image[_MARK] = True
    image.user_clear()
    return image


def forget() -> None:
    """Let pictures go that nobody sees any more, and see to it that the others are not saved."""
    for image in _ours():
        if _areas_that_show([image]):
            image.user_clear()
        else:
            _remove(image)


def _remove(image: bpy.types.Image) -> None:
    """Remove a picture that nothing but editors uses; they show nothing then.

    Blender is not asked to look for users: it would count the editors down from none, and complain
    about that in its log.
    """
    image.user_clear()
    bpy.data.images.remove(image, do_unlink=False)


def _ours() -> list[bpy.types.Image]:
    """Return our pictures; one that the artist uses elsewhere is ours no more."""
    marked = [image for image in bpy.data.images if image.get(_MARK)]
    for image in marked:
        if image.users and bpy.data.user_map(subset={image})[image]:
            del image[_MARK]
    return [image for image in marked if image.get(_MARK)]


def _windows() -> list[bpy.types.Window]:
    manager = bpy.context.window_manager
    assert manager is not None
    return list(manager.windows)


def _areas_that_show(images: list[bpy.types.Image]) -> list[bpy.types.Area]:
    return [
        area
        for window in _windows()
        for area in window.screen.areas
        if isinstance(area.spaces.active, bpy.types.SpaceImageEditor)
        and area.spaces.active.image in images
    ]


def _new_window() -> bpy.types.Window:
    before = set(_windows())
    window = _windows()[0]
    with bpy.context.temp_override(window=window, area=window.screen.areas[0]):
        bpy.ops.wm.window_new()
    (made,) = set(_windows()) - before
    return made


@persistent  # type: ignore[untyped-decorator]
def before_save(*_arguments: object) -> None:
    """Keep the picture out of the file; called by Blender before a file is saved."""
    forget()


def register() -> None:
    """Show pictures and see to saves, where there are windows."""
    _Slot.steps = iter(())
    if not bpy.app.background:
        state.view().chores.append(attend)
        bpy.app.handlers.save_pre.append(before_save)


def unregister() -> None:
    """Let pictures go; stop seeing to saves. The view goes, and its chores with it."""
    _Slot.steps = iter(())
    if before_save in bpy.app.handlers.save_pre:
        bpy.app.handlers.save_pre.remove(before_save)
        forget()
