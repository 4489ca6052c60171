# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What files a scene writes: size, views, extension, files of the compositor. Inside Blender.

Each rule was compared with really rendered frames (tests/bpy_module/test_rendered_size.py).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import bpy

from ...core.planning.scene_facts import FileOutput, View
from .labels import text_of
from .outside_objects import strips_of


def frame_size_px(render: Any) -> tuple[int, int]:
    """Return width and height of a rendered frame's file.

    :param render: a scene's ``RenderSettings``.
    """
    width, height = (
        length * render.resolution_percentage // 100
        for length in (render.resolution_x, render.resolution_y)
    )
    if render.use_border and render.use_crop_to_border:
        width = _cropped(width, render.border_min_x, render.border_max_x)
        height = _cropped(height, render.border_min_y, render.border_max_y)
    if _is_stereo_image(render):
        stereo = render.image_settings.stereo_3d_format
        if not stereo.use_squeezed_frame:
            width *= 2 if stereo.display_mode == "SIDEBYSIDE" else 1
            height *= 2 if stereo.display_mode == "TOPBOTTOM" else 1
    return width, height


def _cropped(length: int, start: float, end: float) -> int:
    """Blender multiplies in single precision and cuts the fraction off: 0.7 of 100 is 70."""
    return int(_single(end * length)) - int(_single(start * length))


def _single(value: float) -> float:
    rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    return rounded


def _enabled_views(render: Any) -> list[Any]:
    """Return the views that are rendered; a stereo set-up has left and right alone."""
    if not render.use_multiview:
        return []
    is_stereo = render.views_format == "STEREO_3D"
    return [
        view
        for view in render.views
        if view.use and (not is_stereo or text_of(view) in ("left", "right"))
    ]


def _is_stereo_image(render: Any) -> bool:
    """Whether two eyes go into one picture."""
    return len(_enabled_views(render)) > 1 and render.image_settings.views_format == "STEREO_3D"


def views_of(render: Any) -> tuple[View, ...]:
    """Return one view for each file of a frame; a file of all of them has neither name nor suffix.

    Of several views that one alone is enabled of, that one has its suffix from Blender 4.5 on.
    """
    views = _enabled_views(render)
    is_single = len(views) == 1 and bpy.app.version < (4, 5)
    if not views or is_single or render.image_settings.views_format != "INDIVIDUAL":
        return (View(),)
    return tuple(View(text_of(view), text_of(view, "file_suffix")) for view in views)


def compositor_of(scene: Any) -> Any:
    """Return the node tree that a scene's frames go through, or None."""
    if not scene.render.use_compositing:
        return None
    if hasattr(scene, "compositing_node_group"):  # Blender 5.0
        return scene.compositing_node_group
    return scene.node_tree if scene.use_nodes else None


def shown_layers_of(scene: bpy.types.Scene) -> tuple[str, ...] | None:
    """Return the view layers of a scene that its compositor shows; None where its frames pass
    through none, or come from its sequencer."""
    tree = compositor_of(scene)
    if tree is None or shows_sequencer(scene):
        return None
    layers = (
        text_of(node, "layer")
        for one in trees_of(tree)
        for node in one.nodes
        if node.type == "R_LAYERS"
        and not node.mute
        and any(socket.is_linked for socket in node.outputs)
        and node.scene in (None, scene)
    )
    return tuple(dict.fromkeys(layers))


def trees_of(tree: Any) -> Iterator[Any]:
    """Yield a node tree and the groups that it uses, each once.

    Groups may be nested so that there are very many ways from a tree to one of them.
    """
    seen = {tree}
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        yield one
        for node in one.nodes:
            group = node.node_tree if node.type == "GROUP" and not node.mute else None
            if group is not None and group not in seen:
                seen.add(group)
                waiting.append(group)


def file_outputs_of(scene: bpy.types.Scene) -> tuple[FileOutput, ...]:
    """Return the File Output nodes that write when a scene renders, those of the scenes in its
    strips included; a node that nothing is linked to writes nothing."""
    scenes = [scene]
    if scene.render.use_sequencer:
        strips = [strip for strip in strips_of(scene) if strip.type == "SCENE"]
        scenes += [strip.scene for strip in strips if strip.scene is not None]
    found: dict[tuple[str, str], FileOutput] = {}
    for one in dict.fromkeys(scenes):
        for output in _file_outputs(one):
            found.setdefault((output.group or f"scene {output.owner_scene}", output.node), output)
    return tuple(found.values())


def _file_outputs(scene: bpy.types.Scene) -> Iterator[FileOutput]:
    tree = compositor_of(scene)
    for one in () if tree is None else trees_of(tree):
        for node in one.nodes:
            is_writing = node.type == "OUTPUT_FILE" and not node.mute
            if is_writing and any(socket.is_linked for socket in node.inputs):
                group = "" if one == tree else text_of(one)
                yield FileOutput(text_of(scene), text_of(node), group)


def shows_sequencer(scene: bpy.types.Scene) -> bool:
    """Whether frames come from the sequencer rather than from the scene's own camera.

    Source: ``RE_seq_render_active`` in Blender's render/intern/pipeline.cc.
    """
    editor: Any = scene.sequence_editor
    if not scene.render.use_sequencer or editor is None:
        return False
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    return any(strip.type != "SOUND" and not strip.mute for strip in strips)


def needs_camera(scene: bpy.types.Scene) -> bool:
    """Whether Blender refuses to render a scene that has no camera.

    Source: ``check_valid_camera`` in the same file. Strips and Render Layers nodes that show other
    scenes need those scenes' cameras, not this one's.
    """
    if shows_sequencer(scene):
        return False
    tree = compositor_of(scene)
    if tree is None:
        return True
    return any(
        node.type == "R_LAYERS" and not node.mute and node.scene in (None, scene)
        for node in tree.nodes
    )
