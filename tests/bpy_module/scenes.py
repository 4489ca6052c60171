# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builders of .blend files, and what the tests do with such files."""

import hashlib
import os
import shutil
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

from farm_addon.blender.inside.freeze import freeze
from farm_addon.core.findings import Severity
from farm_addon.core.ports import FreezeJob, FrozenJob
from farm_addon.core.provenance import Provenance
from tests.bpy_module.pictures import png_pixels

PROVENANCE = Provenance("ep01", "11111111-2222-3333-4444-555555555555", "sh010", 3, "0f" * 16)


# --- building -----------------------------------------------------------------------------------


def new_file(path: Path) -> Path:
    """Start a new file and save it, so that relative paths have a meaning."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    save(path)
    return path


def save(path: Path) -> Path:
    """Save the open file, without leaving a ``.blend1`` beside it."""
    bpy.context.preferences.filepaths.save_version = 0
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


def only_scene(name: str = "Shot") -> bpy.types.Scene:
    """Return the one scene of a new file, set up for fast renders, with a camera above it."""
    scene = bpy.data.scenes[0]
    scene.name = name
    return set_up(scene)


def set_up(scene: bpy.types.Scene) -> bpy.types.Scene:
    """Give a scene a camera that looks down, and the quickest settings."""
    camera = bpy.data.objects.new(f"Camera of {scene.name}", bpy.data.cameras.new("Lens"))
    camera.data.type = "ORTHO"
    camera.data.ortho_scale = 4
    camera.location.z = 5
    scene.collection.objects.link(camera)
    scene.camera = camera
    quick(scene)
    scene.frame_start = scene.frame_end = 1
    return scene


def quick(scene: bpy.types.Scene) -> None:
    """Set Cycles to one sample and few pixels; the image format stays."""
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.cycles.use_denoising = False
    scene.render.resolution_x, scene.render.resolution_y = 32, 24
    scene.render.resolution_percentage = 100
    scene.render.threads_mode = "FIXED"
    scene.render.threads = 1


def glowing(name: str, picture: Path | None) -> bpy.types.Material:
    """Return a material that shows a picture (by a path relative to the open file) as it is."""
    material = bpy.data.materials.new(name)
    if bpy.app.version < (5, 0):
        material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    emission = tree.nodes.new("ShaderNodeEmission")
    tree.links.new(emission.outputs[0], output.inputs["Surface"])
    if picture is not None:
        texture = tree.nodes.new("ShaderNodeTexImage")
        texture.interpolation = "Closest"
        texture.image = load_picture(picture)
        tree.links.new(texture.outputs["Color"], emission.inputs["Color"])
    return material


def load_picture(picture: Path) -> bpy.types.Image:
    """Load a picture by a path relative to the open file."""
    image = bpy.data.images.load(str(picture))
    image.filepath = bpy.path.relpath(str(picture))
    return image


def plane(name: str, material: bpy.types.Material | None, at: tuple[float, float]) -> Any:
    """Return a new unit square with a texture mapping, in no collection yet."""
    mesh = bpy.data.meshes.new(name)
    corners = [(-0.5, -0.5, 0), (0.5, -0.5, 0), (0.5, 0.5, 0), (-0.5, 0.5, 0)]
    mesh.from_pydata(corners, [], [(0, 1, 2, 3)])
    layer = mesh.uv_layers.new()
    for loop, corner in zip(layer.data, corners, strict=True):
        loop.uv = (corner[0] + 0.5, corner[1] + 0.5)
    if material is not None:
        mesh.materials.append(material)
    thing = bpy.data.objects.new(name, mesh)
    thing.location.xy = at
    return thing


def link(library: Path, **names: str) -> list[Any]:
    """Link datablocks of a library by a relative path: ``link(path, materials="Oak")``."""
    with bpy.data.libraries.load(str(library), link=True, relative=True) as (_, wanted):
        for kind, name in names.items():
            setattr(wanted, kind, [name])
    return [getattr(wanted, kind)[0] for kind in names]


def write_sound(path: Path) -> Path:
    """Write a tenth of a second of silence."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    return path


def copy_font(path: Path) -> Path:
    """Copy one of Blender's own fonts to where an artist might keep one."""
    fonts = Path(bpy.utils.system_resource("DATAFILES", path="fonts"))
    return Path(shutil.copy(next(fonts.glob("*Mono*.woff2")), path))


def add_strip(scene: bpy.types.Scene, kind: str, path: Path) -> Any:
    """Add a picture, movie or sound strip at frame 1."""
    editor = scene.sequence_editor or scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    add = {"IMAGE": strips.new_image, "MOVIE": strips.new_movie, "SOUND": strips.new_sound}[kind]
    return add(path.name, filepath=str(path), channel=1, frame_start=1)


def compositor(scene: bpy.types.Scene) -> bpy.types.NodeTree:
    """Return an empty compositor of a scene, whatever this Blender calls it."""
    if hasattr(scene, "compositing_node_group"):
        tree = bpy.data.node_groups.new(f"Compositor of {scene.name}", "CompositorNodeTree")
        scene.compositing_node_group = tree
        return tree
    scene.use_nodes = True
    scene.node_tree.nodes.clear()
    return scene.node_tree


def file_output(tree: bpy.types.NodeTree, source: Any, folder: Path) -> Any:
    """Add a File Output node that is linked to a socket."""
    node = tree.nodes.new("CompositorNodeOutputFile")
    if hasattr(node, "file_output_items"):
        node.directory = str(folder)
        node.file_output_items.new("RGBA", "Image")
    else:
        node.base_path = str(folder)
    tree.links.new(source, node.inputs[0])
    return node


def set_format(scene: bpy.types.Scene, file_format: str) -> None:
    """Choose an output format, whatever this Blender wants first."""
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        media = {"OPEN_EXR_MULTILAYER": "MULTI_LAYER_IMAGE", "FFMPEG": "VIDEO"}
        settings.media_type = media.get(file_format, "IMAGE")
    settings.file_format = file_format


# --- using --------------------------------------------------------------------------------------


def job_for(scene: str, target: Path, file_format: str = "PNG") -> FreezeJob:
    """Return an order for one scene."""
    return FreezeJob(target.stem, scene, target, file_format, PROVENANCE)


def freeze_all(blend: Path, jobs: Sequence[FreezeJob]) -> list[FrozenJob]:
    """Freeze jobs, telling nobody how far it is."""
    return list(freeze(str(blend), jobs, progress=lambda *_: None))


def freeze_scene(blend: Path, scene: str, target: Path) -> FrozenJob:
    """Freeze one scene and see to it that nothing was found."""
    (frozen,) = freeze_all(blend, [job_for(scene, target)])
    assert not frozen.findings
    return frozen


def error_codes(frozen: FrozenJob) -> list[str]:
    """Return the codes of the blocking findings."""
    return [one.code for one in frozen.findings if one.severity is Severity.ERROR]


def render(blend: Path, folder: Path, scene: str = "", frame: int = 1) -> Path:
    """Render one frame as a PNG, of the scene that the file opens with where none is named."""
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    chosen = bpy.data.scenes[scene] if scene else bpy.context.scene
    chosen.render.filepath = str(folder / f"{blend.stem}_{chosen.name}_######")
    chosen.render.use_file_extension = True
    set_format(chosen, "PNG")
    chosen.frame_start = chosen.frame_end = frame
    bpy.ops.render.render(animation=True, scene=chosen.name)
    return folder / f"{blend.stem}_{chosen.name}_{frame:06d}.png"


def pixels(blend: Path, folder: Path, scene: str = "", frame: int = 1) -> bytes:
    """Render one frame and return what is compared of it."""
    return png_pixels(render(blend, folder, scene, frame))


def tree_state(folder: Path) -> dict[str, tuple[str, int]]:
    """Return every file and folder below a folder, with content and time of change."""
    state = {}
    for root, folders, files in os.walk(folder):
        for name in files + folders:
            path = Path(root, name)
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            state[str(path.relative_to(folder))] = (content, path.stat().st_mtime_ns)
    return state
