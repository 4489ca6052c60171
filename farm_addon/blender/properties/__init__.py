# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties: ``Scene.farm`` belongs in the file, ``WindowManager.farm`` to the session.

A scene's tick lies in the scene itself, so the list of scenes is Blender's own list and can never
be out of step with it.
"""

from __future__ import annotations

import bpy
from bpy.props import PointerProperty

from . import findings, scene, session
from .scene import FARM_PG_scene
from .session import FARM_PG_session

CLASSES = (*scene.CLASSES, *findings.CLASSES, *session.CLASSES)
_register_classes, _unregister_classes = bpy.utils.register_classes_factory(CLASSES)


def register() -> None:
    """Add the two pointers."""
    _register_classes()
    bpy.types.Scene.farm = PointerProperty(type=FARM_PG_scene)  # type: ignore[attr-defined]
    bpy.types.WindowManager.farm = PointerProperty(  # type: ignore[attr-defined]
        type=FARM_PG_session, options={"SKIP_SAVE"}
    )


def unregister() -> None:
    """Take the two pointers away again; what files have saved stays in them."""
    del bpy.types.WindowManager.farm  # type: ignore[attr-defined]
    del bpy.types.Scene.farm  # type: ignore[attr-defined]
    _unregister_classes()
