# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must follow when a file is opened or saved, and after undo. Nothing of it in background
mode: a Blender that renders or freezes must start nothing by itself.

Handlers only take note; the app timer acts on it. So opening and saving take no longer than before.
"""

from __future__ import annotations

from collections.abc import Callable

import bpy
from bpy.app.handlers import persistent

from . import alarm, state, watching
from .apply import clear_findings
from .properties.session import session


@persistent  # type: ignore[untyped-decorator]
def forget_file(*_arguments: object) -> None:
    """Forget what was said about the file before; called by Blender after a file was opened.

    A verb that runs goes on: it works on a snapshot, not on the file.
    """
    state.view().forget_file()
    current = session(bpy.context)
    clear_findings(current.release_findings)
    clear_findings(current.delivery_findings)
    current.scene_index = 0
    watching.expect_freshness()


@persistent  # type: ignore[untyped-decorator]
def look_again(*_arguments: object) -> None:
    """Look whether jobs are stale now; called by Blender after a file was saved. What a check said
    was about the file before."""
    state.view().plan.is_outdated = True
    watching.expect_freshness()


@persistent  # type: ignore[untyped-decorator]
def look_at_choices(*_arguments: object) -> None:
    """Look what is chosen now; called by Blender after undo and redo, which tell no property."""
    alarm.wake()


HANDLERS: tuple[tuple[list[Callable[..., None]], Callable[..., None]], ...] = (
    (bpy.app.handlers.load_post, forget_file),
    (bpy.app.handlers.save_post, look_again),
    (bpy.app.handlers.undo_post, look_at_choices),
    (bpy.app.handlers.redo_post, look_at_choices),
)


def register() -> None:
    """Follow what happens to files."""
    if not bpy.app.background:
        for handlers, handler in HANDLERS:
            handlers.append(handler)


def unregister() -> None:
    """Stop following."""
    for handlers, handler in HANDLERS:
        if handler in handlers:
            handlers.remove(handler)
