# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs that render one camera or one view layer of a scene."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
import pytest

from farm_addon.blender.inside.proof import prove
from farm_addon.blender.inside.read_scenes import read_file
from farm_addon.core.errors import BlenderError
from farm_addon.core.planning.scene_facts import Marker
from tests.bpy_module import scenes
from tests.bpy_module.pictures import write_png


def two_planes(studio: Path) -> bpy.types.Scene:
    """Make a scene with two pictures side by side, and a camera above each: Left and Right."""
    scene = scenes.only_scene()
    bpy.data.objects.remove(scene.camera)
    for name, seed, x in (("Left", 1, -2.0), ("Right", 2, 2.0)):
        material = scenes.glowing(name, write_png(studio / f"{name}.png", seed))
        scene.collection.objects.link(scenes.plane(f"{name} picture", material, (x, 0)))
        add_camera(scene, name, x)
    scene.camera = bpy.data.objects["Left"]
    return scene


def add_camera(scene: bpy.types.Scene, name: str, x: float) -> Any:
    camera = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    camera.data.type = "ORTHO"
    camera.data.ortho_scale = 2
    camera.location = (x, 0, 5)
    scene.collection.objects.link(camera)
    return camera


def two_layers(studio: Path) -> bpy.types.Scene:
    """Make a scene with a view layer for each of two pictures that lie one on the other."""
    scene = scenes.only_scene()
    scene.render.film_transparent = True
    for name, seed in (("Back", 1), ("Front", 2)):
        collection = bpy.data.collections.new(name)
        scene.collection.children.link(collection)
        material = scenes.glowing(name, write_png(studio / f"{name}.png", seed))
        collection.objects.link(scenes.plane(name, material, (0, 0)))
    scene.view_layers[0].name = "Back"
    scene.view_layers.new("Front")
    for layer in scene.view_layers:
        for child in layer.layer_collection.children:
            child.exclude = child.name != layer.name
    return scene


def freeze_cameras(blend: Path, store: Path, *names: str) -> dict[str, Path]:
    orders = [replace(scenes.job_for("Shot", store / f"{n}.blend"), camera=n) for n in names]
    frozen = scenes.freeze_all(blend, orders)
    assert not any(one.findings for one in frozen)
    return {one.job: one.target for one in frozen}


def seen_through(blend: Path, camera: str, folder: Path) -> bytes:
    """Render a file as an artist would who makes this camera the active one."""
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    scene = bpy.data.scenes["Shot"]
    scene.timeline_markers.clear()
    scene.camera = bpy.data.objects[camera]
    copy = folder / f"by hand {camera}.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(copy), copy=True)
    return scenes.pixels(copy, folder)


def codes_of(frozen: Any) -> list[str]:
    return [one.code for one in frozen]


# --- reading ------------------------------------------------------------------------------------


def test_cameras_layers_markers_and_colour_are_read(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = two_layers(studio)
    add_camera(scene, "Alpha", 0)
    add_camera(scene, "Hidden", 0).hide_render = True
    scene.view_layers.new("Unused").use = False
    scene.render.image_settings.color_mode = "RGBA"
    scene.timeline_markers.new("0_30_15", frame=3)
    switch = scene.timeline_markers.new("F_01", frame=1)
    switch.camera = bpy.data.objects["Alpha"]
    (facts,) = read_file(str(scenes.save(blend))).scenes
    assert facts.cameras == ("Alpha", "Camera of Shot")
    assert facts.view_layers == ("Back", "Front")
    assert facts.shown_layers is None
    assert facts.markers == (Marker(1, "F_01", True), Marker(3, "0_30_15", False))
    assert facts.color_mode == "RGBA"


def test_layers_that_the_compositor_shows_are_read(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = two_layers(studio)
    tree = scenes.compositor(scene)
    shown, idle, muted = (tree.nodes.new("CompositorNodeRLayers") for _ in range(3))
    for node, layer in ((shown, "Front"), (idle, "Back"), (muted, "Back")):
        node.scene = scene
        node.layer = layer
    muted.mute = True
    blur = tree.nodes.new("CompositorNodeBlur")
    for node in (shown, muted):
        tree.links.new(node.outputs["Image"], blur.inputs["Image"])
    tree.links.new(shown.outputs["Image"], blur.inputs["Image"])
    (facts,) = read_file(str(scenes.save(blend))).scenes
    assert facts.shown_layers == ("Front",)


# --- freezing cameras ---------------------------------------------------------------------------


def test_each_camera_renders_what_an_artist_sees_through_it(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    two_planes(studio)
    scenes.save(blend)
    by_hand = {name: seen_through(blend, name, studio) for name in ("Left", "Right")}
    assert by_hand["Left"] != by_hand["Right"]
    before = blend.read_bytes()

    targets = freeze_cameras(blend, store, "Right", "Left")

    assert {name: scenes.pixels(path, store) for name, path in targets.items()} == by_hand
    assert blend.read_bytes() == before


def test_camera_of_a_job_wins_over_cameras_that_markers_switch_to(
    studio: Path, store: Path
) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = two_planes(studio)
    for frame, name in ((-5, "Left"), (1, "Left"), (7, "Right")):
        scene.timeline_markers.new(f"F {frame}", frame=frame).camera = bpy.data.objects[name]
    scenes.save(blend)
    by_hand = seen_through(blend, "Right", studio)

    targets = freeze_cameras(blend, store, "Right")

    assert scenes.pixels(targets["Right"], store) == by_hand
    bpy.ops.wm.open_mainfile(filepath=str(targets["Right"]))
    markers = bpy.data.scenes["Shot"].timeline_markers
    assert [(one.name, one.camera) for one in markers] == [
        ("F -5", None),
        ("F 1", None),
        ("F 7", None),
    ]


def test_camera_of_one_job_does_not_leak_into_the_next(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = two_planes(studio)
    scene.timeline_markers.new("F", frame=1).camera = bpy.data.objects["Left"]
    scenes.save(blend)
    plain = scenes.job_for("Shot", store / "plain.blend")
    right = replace(scenes.job_for("Shot", store / "right.blend"), camera="Right")

    frozen = scenes.freeze_all(blend, [right, plain])

    assert not any(one.findings for one in frozen)
    bpy.ops.wm.open_mainfile(filepath=str(plain.target))
    scene = bpy.data.scenes["Shot"]
    assert scene.camera.name == "Left"
    assert scene.timeline_markers[0].camera.name == "Left"


def test_camera_that_only_a_marker_refers_to_is_no_loss(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = two_planes(studio)
    outside = bpy.data.objects.new("Outside", bpy.data.cameras.new("Outside"))
    scene.timeline_markers.new("F", frame=1).camera = outside
    scenes.save(blend)
    targets = freeze_cameras(blend, store, "Right")
    bpy.ops.wm.open_mainfile(filepath=str(targets["Right"]))
    assert bpy.data.scenes["Shot"].camera.name == "Right"


def test_linked_camera_that_must_be_renamed_is_found_again(studio: Path, store: Path) -> None:
    library = scenes.new_file(studio / "rig.blend")
    add_camera(bpy.data.scenes[0], "Right", 2.0)
    scenes.save(library)
    blend = scenes.new_file(studio / "shot.blend")
    scene = two_planes(studio)
    scene.collection.objects.unlink(bpy.data.objects["Right"])
    bpy.data.objects["Right"].use_fake_user = True  # keeps its name, and is no part of the scene
    (linked,) = scenes.link(library, objects="Right")
    scene.collection.objects.link(linked)
    scenes.save(blend)
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    scene = bpy.data.scenes["Shot"]
    scene.camera = next(one for one in scene.objects if one.library is not None)
    scenes.save(studio / "by hand.blend")
    by_hand = scenes.pixels(studio / "by hand.blend", studio)

    targets = freeze_cameras(blend, store, "Right")

    assert scenes.pixels(targets["Right"], store) == by_hand
    bpy.ops.wm.open_mainfile(filepath=str(targets["Right"]))
    assert bpy.data.scenes["Shot"].camera.name == "Right.001"


def test_camera_or_view_layer_that_is_gone_is_an_error(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    two_planes(studio)
    scenes.save(blend)
    order = scenes.job_for("Shot", store / "x.blend")
    with pytest.raises(BlenderError, match="no camera 'Middle'"):
        scenes.freeze_all(blend, [replace(order, camera="Middle")])
    with pytest.raises(BlenderError, match="no camera 'Left picture'"):
        scenes.freeze_all(blend, [replace(order, camera="Left picture")])
    with pytest.raises(BlenderError, match="no view layer 'Fog'"):
        scenes.freeze_all(blend, [replace(order, view_layer="Fog")])
    assert not list(store.iterdir())


def test_proof_refuses_another_camera_and_switching_markers(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = two_planes(studio)
    scene.timeline_markers.new("F", frame=9).camera = bpy.data.objects["Left"]
    scenes.save(blend)
    target = scenes.freeze_scene(blend, "Shot", store / "shot.blend").target
    order = replace(scenes.job_for("Shot", target), camera="Right")
    findings = prove(order, frozenset(), "Right")
    assert codes_of(findings) == ["wrong-camera", "wrong-camera"]
    assert "through ‘Left’, not ‘Right’" in findings[0].message
    assert "in frame 9" in findings[1].message


# --- freezing view layers -----------------------------------------------------------------------


def test_each_view_layer_renders_alone(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    two_layers(studio)
    scenes.save(blend)
    by_hand = {}
    for name in ("Back", "Front"):
        bpy.ops.wm.open_mainfile(filepath=str(blend))
        for layer in bpy.data.scenes["Shot"].view_layers:
            layer.use = layer.name == name
        scenes.save(studio / f"by hand {name}.blend")
        by_hand[name] = scenes.pixels(studio / f"by hand {name}.blend", studio)
    assert by_hand["Back"] != by_hand["Front"]
    orders = [
        replace(scenes.job_for("Shot", store / f"{name}.blend"), view_layer=name)
        for name in ("Front", "Back")
    ]

    frozen = scenes.freeze_all(blend, orders)

    assert not any(one.findings for one in frozen)
    assert {one.job: scenes.pixels(one.target, store) for one in frozen} == by_hand


def test_composited_frame_of_one_view_layer_is_that_layer(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = two_layers(studio)
    tree = scenes.compositor(scene)
    source = tree.nodes.new("CompositorNodeRLayers")
    source.scene = scene
    source.layer = "Front"
    invert = tree.nodes.new("CompositorNodeInvert")
    tree.links.new(source.outputs["Image"], invert.inputs["Color"])
    show(tree, invert.outputs["Color"])
    scenes.save(blend)
    by_hand = scenes.pixels(blend, studio)
    order = replace(scenes.job_for("Shot", store / "front.blend"), view_layer="Front")

    (frozen,) = scenes.freeze_all(blend, [order])

    assert not frozen.findings
    assert scenes.pixels(frozen.target, store) == by_hand


def show(tree: bpy.types.NodeTree, socket: Any) -> None:
    """Make a socket the compositor's result, whatever this Blender calls that."""
    if hasattr(tree, "interface") and bpy.app.version >= (5, 0):
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        output = tree.nodes.new("NodeGroupOutput")
    else:
        output = tree.nodes.new("CompositorNodeComposite")
    tree.links.new(socket, output.inputs[0])


def test_proof_refuses_other_view_layers(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    two_layers(studio)
    scenes.save(blend)
    target = scenes.freeze_scene(blend, "Shot", store / "shot.blend").target
    order = replace(scenes.job_for("Shot", target), view_layer="Front")
    (finding,) = prove(order, frozenset())
    assert finding.code == "wrong-view-layer"
    assert "‘Back’, ‘Front’, not ‘Front’ alone" in finding.message
