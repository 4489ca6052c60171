# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read from a file's scenes."""

import json
import sys
from pathlib import Path

import bpy
import pytest

from farm_addon.blender.inside.read_scenes import build, read_file
from farm_addon.blender.inside.scene_output import trees_of
from farm_addon.core.errors import BlenderError
from farm_addon.core.formats import output_format
from farm_addon.core.planning.scene_facts import FileFacts, FileOutput, SceneFacts
from tests.bpy_module import scenes
from tests.bpy_module.pictures import write_png


def facts_of(blend: Path, scene: str = "Shot") -> SceneFacts:
    """Read one scene."""
    return {one.name: one for one in read_file(str(blend)).scenes}[scene]


def test_build_tells_which_blender_this_is() -> None:
    told = build()
    assert told.version == tuple(bpy.app.version)
    assert told.is_wheel == (not bpy.app.binary_path)
    assert told.program in (sys.executable, bpy.app.binary_path)
    assert told.build_hash == bpy.app.build_hash.decode()


def test_frames_engine_and_format_are_read(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    scene.frame_start, scene.frame_end, scene.frame_step = 5, 40, 3
    scenes.set_format(scene, "OPEN_EXR")
    facts = facts_of(scenes.save(blend))
    assert (facts.frame_start, facts.frame_end, facts.frame_step) == (5, 40, 3)
    assert (facts.engine, facts.file_format, facts.extension) == ("CYCLES", "OPEN_EXR", ".exr")
    assert facts.camera == "Camera of Shot"
    assert (facts.scripts, facts.file_outputs, facts.is_burning_stamp) == ((), (), False)


def test_engine_that_is_not_installed_is_told_by_its_name(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scenes.only_scene("Known")
    scenes.set_up(bpy.data.scenes.new("Other")).render.engine = "BLENDER_WORKBENCH"
    bpy.ops.wm.save_as_mainfile(filepath=str(blend), compress=False)
    content = blend.read_bytes()
    assert content.count(b"BLENDER_WORKBENCH\0") == 1
    blend.write_bytes(content.replace(b"BLENDER_WORKBENCH\0", b"FOREIGN_ENGINE_01\0"))
    assert [facts_of(blend, name).engine for name in ("Known", "Other")] == [
        "CYCLES",
        "FOREIGN_ENGINE_01",
    ]
    frozen = scenes.freeze_scene(blend, "Other", store / "other.blend")
    assert b"FOREIGN_ENGINE_01\0" in frozen.target.read_bytes()


def test_facts_survive_the_wire(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    picture = write_png(studio / "wood.png", 1)
    scene.collection.objects.link(scenes.plane("Floor", scenes.glowing("Wood", picture), (0, 0)))
    facts = read_file(str(scenes.save(blend)))
    assert facts.dependencies
    assert FileFacts.from_json(json.loads(json.dumps(facts.to_json()))) == facts


def test_active_scene_is_the_files_own(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scenes.only_scene("Beta")
    for name in ("Alpha", "Zeta"):
        bpy.data.scenes.new(name)
    for name in ("Zeta", "Beta", "Alpha"):
        bpy.context.window_manager.windows[0].scene = bpy.data.scenes[name]
        facts = read_file(str(scenes.save(blend)))
        assert facts.active_scene == name
        assert [one.name for one in facts.scenes] == ["Alpha", "Beta", "Zeta"]
        assert facts.saved_with == tuple(bpy.app.version_file)
        bpy.ops.wm.open_mainfile(filepath=str(blend))


def test_linked_scene_is_its_own_files_business(studio: Path) -> None:
    library = scenes.new_file(studio / "set.blend")
    bpy.context.scene.name = "Set"
    scenes.save(library)
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    (scene.background_set,) = scenes.link(library, scenes="Set")
    facts = read_file(str(scenes.save(blend)))
    assert [one.name for one in facts.scenes] == ["Shot"]


def test_camera_may_come_from_a_marker(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    assert facts_of(scenes.save(blend)).camera == "Camera of Shot"
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    scene = bpy.data.scenes["Shot"]
    scene.camera = None
    for frame, name in ((-20, "Early"), (-10, "Hidden"), (50, "Late")):
        camera = bpy.data.objects.new(name, bpy.data.cameras.new(name))
        camera.hide_render = name == "Hidden"
        scene.collection.objects.link(camera)
        scene.timeline_markers.new(name, frame=frame).camera = camera
    scene.frame_start, scene.frame_end = 1, 10
    assert facts_of(scenes.save(blend)).camera == "Early"
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    bpy.data.scenes["Shot"].timeline_markers.remove(
        bpy.data.scenes["Shot"].timeline_markers["Early"]
    )
    assert facts_of(scenes.save(blend)).camera == "Late"


def test_scene_without_camera_has_none(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scenes.only_scene().camera = None
    facts = facts_of(scenes.save(blend))
    assert facts.camera is None
    assert facts.needs_camera


def test_edit_of_strips_needs_no_camera(studio: Path) -> None:
    blend = scenes.new_file(studio / "edit.blend")
    scene = scenes.only_scene("Edit")
    scene.camera = None
    if bpy.app.build_options.audaspace:
        scenes.add_strip(scene, "SOUND", scenes.write_sound(studio / "noise.wav"))
    assert facts_of(scenes.save(blend), "Edit").needs_camera
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    scene = bpy.data.scenes["Edit"]
    scenes.add_strip(scene, "IMAGE", write_png(studio / "card.png", 1))
    assert not facts_of(scenes.save(blend), "Edit").needs_camera
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    bpy.data.scenes["Edit"].render.use_sequencer = False
    assert facts_of(scenes.save(blend), "Edit").needs_camera


def test_active_file_output_nodes_are_named(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    tree = scenes.compositor(scene)
    layers = tree.nodes.new("CompositorNodeRLayers")
    active = scenes.file_output(tree, layers.outputs["Image"], studio)
    active.name = "Passes"
    muted = scenes.file_output(tree, layers.outputs["Image"], studio)
    muted.mute = True
    loose = scenes.file_output(tree, layers.outputs["Image"], studio)
    tree.links.remove(loose.inputs[0].links[0])
    assert facts_of(scenes.save(blend)).file_outputs == (FileOutput("Shot", "Passes"),)
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    bpy.data.scenes["Shot"].render.use_compositing = False
    assert facts_of(scenes.save(blend)).file_outputs == ()


def test_groups_that_are_used_in_very_many_ways_are_looked_at_once(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    tree = outer = scenes.compositor(scenes.only_scene())
    for depth in range(16):  # 2 to the power of 16 ways lead to the last one
        group = bpy.data.node_groups.new(f"Level {depth}", "CompositorNodeTree")
        for _twice in range(2):
            outer.nodes.new("CompositorNodeGroup").node_tree = group
        outer = group
    assert len(list(trees_of(tree))) == 17
    colour = outer.nodes.new("CompositorNodeRGB")
    scenes.file_output(outer, colour.outputs[0], studio).name = "Deep"
    assert facts_of(scenes.save(blend)).file_outputs == (FileOutput("Shot", "Deep", "Level 15"),)


def test_file_output_inside_a_group_is_named(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    tree = scenes.compositor(scenes.only_scene())
    group = bpy.data.node_groups.new("Utility", "CompositorNodeTree")
    colour = group.nodes.new("CompositorNodeRGB")
    scenes.file_output(group, colour.outputs[0], studio).name = "Deep"
    node = tree.nodes.new("CompositorNodeGroup")
    node.node_tree = group
    assert facts_of(scenes.save(blend)).file_outputs == (FileOutput("Shot", "Deep", "Utility"),)
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    users = [tree for tree in bpy.data.node_groups if tree.name != "Utility"]
    tree = users[0] if users else bpy.data.scenes["Shot"].node_tree
    tree.nodes[0].mute = True
    assert facts_of(scenes.save(blend)).file_outputs == ()


def drive(thing: bpy.types.Object, axis: int, expression: str) -> None:
    """Add a scripted driver."""
    driver = thing.driver_add("location", axis).driver
    driver.type = "SCRIPTED"
    driver.expression = expression


def test_scripted_drivers_and_registered_texts_are_named(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    thing = bpy.data.objects.new("Cube", None)
    scene.collection.objects.link(thing)
    drive(thing, 0, "sin(frame / 10) * 2")
    assert facts_of(scenes.save(blend)).scripts == ()
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    drive(bpy.data.objects["Cube"], 1, "__import__('random').random()")
    bpy.data.texts.new("notes.txt")
    bpy.data.texts.new("rig.py").use_module = True
    bpy.data.scenes.new("Other")
    scenes.save(blend)
    assert facts_of(blend).scripts == ("Driver of ‘Cube’ location", "Text ‘rig.py’ (registered)")
    assert facts_of(blend, "Other").scripts == ("Text ‘rig.py’ (registered)",)


def test_driver_inside_a_material_is_found(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    material = scenes.glowing("Lamp", None)
    emission = material.node_tree.nodes["Emission"]
    driver = emission.inputs["Strength"].driver_add("default_value").driver
    driver.type = "SCRIPTED"
    driver.expression = "bpy.context.scene.frame_current"
    scene.collection.objects.link(scenes.plane("Floor", material, (0, 0)))
    (script,) = facts_of(scenes.save(blend)).scripts
    assert script.startswith("Driver of ‘Lamp’ nodes")


def test_movie_format_is_read_as_such(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scenes.set_format(scenes.only_scene(), "FFMPEG")
    known = output_format(facts_of(scenes.save(blend)).file_format)
    assert known is not None
    assert known.is_video


def test_foreign_colour_configuration_is_told(
    studio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    assert read_file(str(blend)).color_config == ""
    own = bpy.utils.system_resource("DATAFILES", path="colormanagement")
    monkeypatch.setenv("OCIO", str(Path(own) / "config.ocio"))
    assert read_file(str(blend)).color_config == ""
    monkeypatch.setenv("OCIO", "/show/aces/config.ocio")
    assert read_file(str(blend)).color_config == "/show/aces/config.ocio"


def test_missing_library_does_not_stop_reading(studio: Path) -> None:
    library = scenes.new_file(studio / "props.blend")
    scenes.plane("Prop", None, (0, 0)).use_fake_user = True
    scenes.save(library)
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    (prop,) = scenes.link(library, objects="Prop")
    scene.collection.objects.link(prop)
    scenes.save(blend)
    library.unlink()
    facts = read_file(str(blend))
    assert [(one.path, one.exists) for one in facts.dependencies] == [(str(library), False)]


@pytest.mark.parametrize("content", [b"", b"BLENDER", b"GIF89a" + bytes(200)])
def test_file_that_is_no_blend_is_an_error(studio: Path, content: bytes) -> None:
    good = scenes.new_file(studio / "good.blend")
    read_file(str(good))
    bad = studio / "bad.blend"
    bad.write_bytes(content)
    with pytest.raises(BlenderError, match="cannot be opened"):
        read_file(str(bad))


def test_file_that_went_bad_after_it_was_read_is_an_error(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    read_file(str(blend))
    blend.write_bytes(b"BLENDER")
    with pytest.raises(BlenderError, match="cannot be opened"):
        read_file(str(blend))


def test_no_handler_is_left_behind(studio: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    before = list(bpy.app.handlers.load_post)
    read_file(str(blend))
    blend.write_bytes(b"BLENDER")
    with pytest.raises(BlenderError):
        read_file(str(blend))
    assert list(bpy.app.handlers.load_post) == before


def test_missing_file_is_an_error(studio: Path) -> None:
    with pytest.raises(BlenderError, match="is not there"):
        read_file(str(studio / "nothing.blend"))


def test_names_that_are_no_text_are_survived(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene("SceneXXXX")
    scene.collection.objects.link(bpy.data.objects.new("ThingXXXX", None))
    scene.timeline_markers.new("MarkXXXX", frame=1).camera = scene.camera
    scene.camera.name = "LensXXXX"
    bpy.ops.wm.save_as_mainfile(filepath=str(blend), compress=False)
    content = blend.read_bytes()
    assert content.count(b"XXXX") >= 4
    blend.write_bytes(content.replace(b"XXXX", b"\xff\xfe\xfd\xfc"))

    facts = read_file(str(blend))

    assert [one.name for one in facts.scenes] == ["Scene with an unreadable name 1"]
    assert facts.scenes[0].camera == "(unreadable name)"
    name = facts.scenes[0].name
    frozen = scenes.freeze_scene(blend, name, store / "shot.blend")
    bpy.ops.wm.open_mainfile(filepath=str(frozen.target))
    assert bpy.context.scene.name == name
