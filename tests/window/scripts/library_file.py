# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Save a library with one chair, in a background Blender: ``-- PATH SIZE``."""

import sys

import bpy

path, size = sys.argv[sys.argv.index("--") + 1 :]
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.mesh.primitive_cube_add(size=float(size))
bpy.context.object.name = "Chair"
bpy.ops.wm.save_as_mainfile(filepath=path)
