# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Save a small file with two scenes, in a background Blender: ``-- PATH``."""

import sys

import bpy

scene = bpy.context.scene
scene.render.engine = "CYCLES"
scene.cycles.samples = 1
scene.cycles.use_denoising = False
scene.render.resolution_x, scene.render.resolution_y = 32, 18
scene.render.image_settings.file_format = "PNG"
scene.frame_end = 3
detail = scene.copy()
detail.name = "Detail"
detail.use_fake_user = True
detail.frame_start = detail.frame_end = 7
bpy.ops.wm.save_as_mainfile(filepath=sys.argv[sys.argv.index("--") + 1])
