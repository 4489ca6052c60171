# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the demo's .blend: three scenes of pottery, an external texture, a linked library.

Runs inside Blender 4.2 or newer, or in a Python that has the bpy wheel::

    blender -b --factory-startup --python-exit-code 1 --python scripts/demo_scene.py -- FOLDER
    PYTHON scripts/demo_scene.py FOLDER

Writes ``FOLDER/pottery.blend`` and ``FOLDER/textures/terrazzo.png``, and the library
``FOLDER/library/ceramics.blend`` with ``FOLDER/library/textures/glaze.png``. The same every time:
all that is random has a seed. The scenes are small enough for two processor cores.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import bpy
from mathutils import Vector

# Blender does not put a script's own folder on its path.
sys.path.append(str(Path(__file__).resolve().parent))
import demo_shapes as shapes
from demo_shapes import Point
from demo_textures import write_glaze, write_terrazzo

# Blender's stubs know nothing of Cycles and little of nodes and libraries.
DATA: Any = bpy.data
CONTEXT: Any = bpy.context

FRAMES = 12
"""Frames of the animation: one turn of the table."""

SAMPLES_DENOISED, SAMPLES_PLAIN = 16, 24
"""Per pixel, with and without a denoiser in this build."""

# --- materials ----------------------------------------------------------------------------------


def material(name: str, colour: str, *, roughness: float = 0.5, **inputs: float) -> Any:
    """Return a material with a Principled shader.

    :param colour: sRGB, as six hexadecimal digits.
    :param inputs: further sockets of the shader, ``coat_weight=1`` for *Coat Weight*.
    """
    made = DATA.materials.new(name)
    if made.node_tree is None:
        made.use_nodes = True
    shader = next(n for n in made.node_tree.nodes if n.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = linear(colour)
    shader.inputs["Roughness"].default_value = roughness
    for socket, value in inputs.items():
        shader.inputs[socket.replace("_", " ").title()].default_value = value
    return made


def paint(made: Any, image_file: Path, *, box_scale: float = 0.0) -> None:
    """Put an external image onto a material: by UV, or from six sides, ``box_scale`` per unit."""
    tree = made.node_tree
    shader = next(n for n in tree.nodes if n.type == "BSDF_PRINCIPLED")
    texture = tree.nodes.new("ShaderNodeTexImage")
    texture.image = DATA.images.load(str(image_file))
    texture.image.filepath = bpy.path.relpath(str(image_file))
    tree.links.new(texture.outputs["Color"], shader.inputs["Base Color"])
    coordinates = tree.nodes.new("ShaderNodeTexCoord")
    if not box_scale:
        tree.links.new(coordinates.outputs["UV"], texture.inputs["Vector"])
        return
    texture.projection, texture.projection_blend = "BOX", 0.15
    mapping = tree.nodes.new("ShaderNodeMapping")
    mapping.inputs["Scale"].default_value = (box_scale,) * 3
    tree.links.new(coordinates.outputs["Object"], mapping.inputs["Vector"])
    tree.links.new(mapping.outputs["Vector"], texture.inputs["Vector"])


def linear(colour: str) -> tuple[float, float, float, float]:
    """Return the scene-linear value of an sRGB colour in hexadecimal digits."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return (red, green, blue, 1.0)


# --- objects ------------------------------------------------------------------------------------


def mesh(name: str, shape: shapes.Shape) -> Any:
    """Return a shape as a mesh."""
    made = DATA.meshes.new(name)
    made.from_pydata(shape.vertices, [], shape.faces)
    layer = made.uv_layers.new(name="UVMap")
    for loop in made.loops:
        layer.data[loop.index].uv = shape.uvs[loop.vertex_index]
    made.polygons.foreach_set("use_smooth", [shape.is_smooth] * len(made.polygons))
    made.update()
    return made


def add(
    where: Any,
    name: str,
    data: Any,
    made: Any = None,
    at: Point = (0, 0, 0),
) -> Any:
    """Put a new object into a collection; its material is the object's own, not the mesh's."""
    placed = DATA.objects.new(name, data)
    placed.location = at
    where.objects.link(placed)
    if made is not None:
        if not data.materials:
            data.materials.append(None)
        placed.material_slots[0].link = "OBJECT"
        placed.material_slots[0].material = made
    return placed


def look_at(placed: Any, target: Point) -> None:
    """Turn a camera or a lamp so that it looks at a point."""
    direction = Vector(target) - placed.location
    placed.rotation_euler = direction.to_track_quat("-Z", "Y").to_euler()


# --- the library --------------------------------------------------------------------------------


def write_library(folder: Path) -> Path:
    """Write the linked library: four pieces of pottery, each a collection of its own."""
    blend = folder / "ceramics.blend"
    glaze_file = write_glaze(folder / "textures" / "glaze.png")
    start_file(blend)
    glaze = material("Glaze", "2f7f86", roughness=0.22, coat_weight=0.6, coat_roughness=0.08)
    paint(glaze, glaze_file)
    cream = material("Cream", "efe3cf", roughness=0.32, coat_weight=0.35, coat_roughness=0.15)
    clay = material("Terracotta", "b9603f", roughness=0.62)
    ink = material("Ink", "23395b", roughness=0.2, coat_weight=0.7, coat_roughness=0.05)
    for name, profile, made in (
        ("Vase", shapes.VASE, glaze),
        ("Bowl", shapes.BOWL, cream),
        ("Cup", shapes.CUP, clay),
        ("Bottle", shapes.BOTTLE, ink),
    ):
        collection = DATA.collections.new(name)
        CONTEXT.scene.collection.children.link(collection)
        add(collection, name, mesh(name, shapes.pot(profile)), made)
        if name == "Cup":
            add(collection, "Handle", mesh("Handle", shapes.handle()), made)
    bpy.ops.wm.save_mainfile()
    return blend


# --- the scenes ---------------------------------------------------------------------------------


class Studio:
    """What the three scenes share: lamps, meshes, materials and the linked pottery."""

    def __init__(self, terrazzo_file: Path, library: Path) -> None:
        self.terrazzo = material("Terrazzo", "e8ddcb", roughness=0.35)
        paint(self.terrazzo, terrazzo_file, box_scale=0.55)
        self.brass = material("Brass", "d9a650", roughness=0.24, metallic=1.0)
        self.backdrop = mesh("Backdrop", shapes.backdrop())
        self.ball = mesh("Ball", shapes.ball())
        with DATA.libraries.load(str(library), link=True, relative=True) as (theirs, ours):
            ours.collections = list(theirs.collections)
        self.pottery = {c.name: c for c in ours.collections}
        self.lamps = DATA.collections.new("Lamps")
        self._lamp("Key", (-4.2, -3.6, 5.2), 3.2, 620, "ffe2c4")
        self._lamp("Rim", (4.8, 1.6, 3.6), 2.2, 330, "bcd6ff")
        self._lamp("Fill", (2.5, -6.5, 2.4), 4.0, 110, "ffd9d0")

    def _lamp(self, name: str, at: Point, size: float, power_w: float, colour: str) -> None:
        lamp = DATA.lights.new(name, "AREA")
        lamp.shape, lamp.size, lamp.energy = "DISK", size, power_w
        lamp.color = linear(colour)[:3]
        look_at(add(self.lamps, name, lamp, at=at), (0, 0, 0.8))

    def scene(self, name: str, wall: str, size_px: tuple[int, int]) -> Any:
        """Return a new scene with lamps and a backdrop of its own colour, set up to render."""
        scene = DATA.scenes.new(name)
        scene.collection.children.link(self.lamps)
        add(scene.collection, f"{name} backdrop", self.backdrop, material(f"{name} wall", wall))
        scene.world = make_world(name, wall)
        set_up_render(scene, size_px)
        return scene

    def put(self, scene: Any, name: str, at: Point, turn: float = 0, size: float = 1) -> Any:
        """Put an instance of the linked pottery into a scene; ``turn`` in degrees."""
        placed = add(scene.collection, name, None, at=at)
        placed.instance_type = "COLLECTION"
        placed.instance_collection = self.pottery[name]
        placed.rotation_euler.z = math.radians(turn)
        placed.scale = (size,) * 3
        return placed

    def plinth(self, scene: Any, at: Point, radius: float, height: float) -> Any:
        """Put a terrazzo plinth into a scene."""
        data = mesh("Plinth", shapes.plinth(radius, height))
        return add(scene.collection, "Plinth", data, self.terrazzo, at)

    def arch(self, scene: Any, colour: str, at: Point, width: float, height: float) -> Any:
        """Stand an arch in front of the backdrop."""
        made = material(f"{scene.name} arch", colour, roughness=0.7)
        return add(scene.collection, "Arch", mesh("Arch", shapes.arch(width, height)), made, at)

    def sphere(self, scene: Any, at: Point, radius: float) -> Any:
        """Put a brass ball into a scene."""
        placed = add(scene.collection, "Ball", self.ball, self.brass, at)
        placed.scale = (radius,) * 3
        return placed


def make_world(name: str, colour: str) -> Any:
    """Return a dim world of the wall's colour: light from where no lamp is."""
    world = DATA.worlds.new(name)
    if world.node_tree is None:
        world.use_nodes = True
    background = next(n for n in world.node_tree.nodes if n.type == "BACKGROUND")
    background.inputs["Color"].default_value = linear(colour)
    background.inputs["Strength"].default_value = 0.35
    return world


def camera(
    scene: Any, at: Point, target: Point, lens_mm: float, focus: Point, fstop: float
) -> None:
    """Give a scene its camera."""
    data = DATA.cameras.new(f"{scene.name} camera")
    data.lens = lens_mm
    data.dof.use_dof = True
    data.dof.focus_distance = math.dist(at, focus)
    data.dof.aperture_fstop = fstop
    scene.camera = add(scene.collection, data.name, data, at=at)
    look_at(scene.camera, target)


def set_up_render(scene: Any, size_px: tuple[int, int]) -> None:
    """Choose Cycles on the processor, few samples, PNG."""
    scene.render.engine = "CYCLES"
    scene.render.resolution_x, scene.render.resolution_y = size_px
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "PNG"
    scene.render.fps = 12
    scene.render.use_persistent_data = True
    scene.frame_start = scene.frame_end = scene.frame_current = 1
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 4, 2, 3
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.use_adaptive_sampling = False
    cycles.sample_clamp_indirect, cycles.blur_glossy, cycles.filter_width = 1.5, 2.0, 1.9
    cycles.use_denoising = has_denoiser(scene)
    cycles.denoising_prefilter = "FAST"
    cycles.samples = SAMPLES_DENOISED if cycles.use_denoising else SAMPLES_PLAIN


def has_denoiser(scene: Any) -> bool:
    """Tell whether this build of Cycles can denoise; distributions' builds often cannot."""
    try:
        scene.cycles.denoiser = "OPENIMAGEDENOISE"
    except TypeError:
        return False
    return True


def add_turntable(studio: Studio) -> Any:
    """The animation: pottery on a table that turns once."""
    scene = studio.scene("Turntable", "dcab8e", (480, 300))
    scene.frame_end = FRAMES
    studio.arch(scene, "c27a58", (0.0, 2.5, 0.0), 3.3, 3.05)
    table = studio.plinth(scene, (0, 0, 0), 1.75, 0.3)
    for placed in (
        studio.put(scene, "Vase", (-0.55, 0.55, 0.3), 20),
        studio.put(scene, "Bowl", (0.75, -0.6, 0.3)),
        studio.put(scene, "Cup", (-0.75, -0.8, 0.3), 200),
        studio.put(scene, "Bottle", (0.75, 0.65, 0.3)),
        studio.sphere(scene, (0.72, -0.52, 0.63), 0.22),
        studio.sphere(scene, (0.02, -1.2, 0.44), 0.14),
    ):
        placed.parent = table
    for frame in range(1, FRAMES + 1):
        table.rotation_euler.z = math.radians(360 * (frame - 1) / FRAMES)
        table.keyframe_insert("rotation_euler", index=2, frame=frame)
    camera(scene, (0, -9.6, 3.3), (0, 0, 1.0), 62, (0, -0.7, 0.8), 0.35)
    return scene


def add_vase(studio: Studio) -> Any:
    """A still, upright: the vase on a plinth before an arch."""
    scene = studio.scene("Vase", "5f8d8b", (480, 600))
    studio.arch(scene, "3f6f70", (0.55, 1.9, 0), 2.6, 3.6)
    studio.plinth(scene, (-0.1, 0, 0), 0.85, 0.85)
    studio.plinth(scene, (1.0, -0.75, 0), 0.5, 0.35)
    studio.put(scene, "Vase", (-0.1, 0, 0.85), 150)
    studio.put(scene, "Bottle", (1.0, -0.75, 0.35), 0, 0.75)
    studio.sphere(scene, (-0.85, -1.0, 0.24), 0.24)
    camera(scene, (-1.2, -8.4, 2.1), (0.12, 0, 1.32), 60, (-0.1, -0.4, 1.6), 0.3)
    return scene


def add_cups(studio: Studio) -> Any:
    """A still, wide: cups and bowls from a little above."""
    scene = studio.scene("Cups", "e6d3b8", (640, 400))
    studio.plinth(scene, (0.1, 0.2, 0), 1.5, 0.18)
    studio.put(scene, "Bowl", (-0.35, 0.45, 0.18), 0, 1.1)
    studio.put(scene, "Bowl", (-0.35, 0.45, 0.4), 0, 0.95)
    studio.put(scene, "Cup", (0.8, 0.1, 0.18), -40)
    studio.put(scene, "Cup", (0.15, -0.75, 0.18), -150, 0.85)
    studio.put(scene, "Bottle", (1.9, 1.3, 0), 0, 1.1)
    studio.put(scene, "Vase", (-1.9, 1.5, 0), 60, 0.9)
    studio.sphere(scene, (-1.35, -0.75, 0.2), 0.2)
    studio.sphere(scene, (1.55, -0.85, 0.13), 0.13)
    camera(scene, (0.6, -6.6, 4.4), (0.05, 0.1, 0.35), 62, (0.3, -0.4, 0.5), 0.28)
    return scene


# --- the files ----------------------------------------------------------------------------------


def start_file(blend: Path) -> None:
    """Begin a new, empty file and save it, so that paths can be relative to it."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    CONTEXT.preferences.filepaths.save_version = 0
    blend.parent.mkdir(parents=True, exist_ok=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(blend))


def write_demo(folder: Path) -> Path:
    """Write everything; return the .blend that has the scenes."""
    library = write_library(folder / "library")
    terrazzo_file = write_terrazzo(folder / "textures" / "terrazzo.png")
    blend = folder / "pottery.blend"
    start_file(blend)
    unused = CONTEXT.scene
    studio = Studio(terrazzo_file, library)
    first, *_ = [make(studio) for make in (add_turntable, add_vase, add_cups)]
    CONTEXT.window.scene = first
    DATA.scenes.remove(unused)
    bpy.ops.wm.save_mainfile()
    return blend


def main() -> int:
    """Take the folder from the command line, as Blender or as Python got it."""
    given = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    if len(given) != 1:
        print("usage: demo_scene.py FOLDER", file=sys.stderr)
        return 2
    print(f"made {write_demo(Path(given[0]).absolute())}", flush=True)
    return 0


if __name__ == "__main__":
    if status := main():
        sys.exit(status)
