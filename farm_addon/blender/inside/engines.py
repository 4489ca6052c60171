# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which engine a scene asks for, installed here or not. Inside Blender.

Blender keeps the name of an engine that it does not have, and writes it back, but tells
``BLENDER_EEVEE`` instead, like the first of its list. A release must say what it will be rendered
with, so the name is read where Blender keeps it: in the settings' own memory.
"""

from __future__ import annotations

import ctypes
from typing import Any

import bpy

_SEARCHED_BYTES = 3072
"""``RenderData.engine`` lies at 2452 (4.2, 5.2) or 2460 (4.5); the scene goes on beyond 5000."""
_ENGINE_BYTES = 32
"""DNA: ``char engine[32]``."""


class EngineReader:
    """Reads engines of the scenes of the open file.

    :param probe: a scene of which nothing matters; its engine is changed.
    """

    def __init__(self, probe: bpy.types.Scene) -> None:
        render: Any = probe.render
        try:
            render.engine = "CYCLES"
        except TypeError:
            # Without Cycles there is nothing to find the place by.
            self._offset = -1
        else:
            memory = ctypes.string_at(render.as_pointer(), _SEARCHED_BYTES)
            self._offset = memory.find(b"CYCLES\0")

    def engine(self, scene: bpy.types.Scene) -> str:
        """Return the identifier as the file has it, or what Blender tells where it is unknown."""
        told = str(scene.render.engine)
        if self._offset < 0:
            return told
        memory = ctypes.string_at(scene.render.as_pointer() + self._offset, _ENGINE_BYTES)
        name = memory.partition(b"\0")[0].decode("utf-8", "replace")
        return name or told
