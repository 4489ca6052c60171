# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must follow when another file is opened. Nothing of it in background mode."""

from __future__ import annotations

import bpy
from bpy.app.handlers import persistent

from . import state
from .apply import clear_findings, clear_jobs
from .properties.session import session


@persistent  # type: ignore[untyped-decorator]
def forget_file(*_arguments: object) -> None:
    """Forget what was said about the file before; called by Blender after a file was opened.

    A verb that runs goes on: it works on a snapshot, not on the file.
    """
    view = state.view()
    current = session(bpy.context)
    clear_jobs(view, current)
    clear_findings(current.release_findings)
    clear_findings(current.delivery_findings)
    current.scene_index = 0
    view.forget_file()


def register() -> None:
    """Follow the opening of files."""
    if not bpy.app.background:
        bpy.app.handlers.load_post.append(forget_file)


def unregister() -> None:
    """Stop following."""
    if forget_file in bpy.app.handlers.load_post:
        bpy.app.handlers.load_post.remove(forget_file)
