# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Save a small file with three scenes, one of which links a chair: ``-- PATH LIBRARY``."""

import sys

import bpy

path, library = sys.argv[sys.argv.index("--") + 1 :]
scene = bpy.context.scene
scene.render.engine = "CYCLES"
scene.cycles.samples = 1
scene.cycles.use_denoising = False
scene.render.resolution_x, scene.render.resolution_y = 32, 18
scene.render.image_settings.file_format = "PNG"
scene.frame_end = 3
for name, frame in (("Detail", 7), ("Interior", 9)):
    still = scene.copy()
    still.name = name
    still.use_fake_user = True
    still.frame_start = still.frame_end = frame
with bpy.data.libraries.load(library, link=True, relative=True) as (_found, linked):
    linked.objects = ["Chair"]
# The scenes share their collection; only this one gets the chair.
bpy.data.scenes["Interior"].collection.objects.link(linked.objects[0])
bpy.ops.wm.save_as_mainfile(filepath=path)
