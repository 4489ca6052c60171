# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frozen files render the same pixels on a machine that has nothing else."""

import shutil
from pathlib import Path

import bpy

from tests.bpy_module import scenes
from tests.bpy_module.pictures import write_png


def test_external_image_goes_into_the_file(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    picture = write_png(studio / "textures" / "wood.png", seed=1)
    scene.collection.objects.link(scenes.plane("Floor", scenes.glowing("Wood", picture), (0, 0)))
    scenes.save(blend)
    before = scenes.pixels(blend, studio)

    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")

    shutil.rmtree(studio)
    assert scenes.pixels(frozen.target, store) == before


def chain_of_libraries(studio: Path) -> Path:
    """Make a shot that links a chair, with its own picture and a cutter, whose wood comes from a
    second library in another folder, with a picture of its own."""
    woods = scenes.new_file(studio / "lib" / "materials" / "woods.blend")
    oak = scenes.glowing(
        "Oak", write_png(studio / "lib" / "materials" / "maps" / "oak.png", seed=2)
    )
    oak.use_fake_user = True
    scenes.save(woods)

    chairs = scenes.new_file(studio / "lib" / "chairs.blend")
    (oak,) = scenes.link(woods, materials="Oak")
    seat = scenes.plane("Seat", oak, (-1, 0))
    cloth = scenes.glowing("Cloth", write_png(studio / "lib" / "maps" / "cloth.png", seed=3))
    back = scenes.plane("Back", cloth, (1, 0))
    cutter = scenes.plane("Cutter", None, (-0.7, 0.2))
    bevel = seat.modifiers.new("Follow", "SHRINKWRAP")
    bevel.target = cutter
    bevel.wrap_method = "NEAREST_VERTEX"
    chair = bpy.data.collections.new("Chair")
    chair.objects.link(seat)
    chair.objects.link(back)
    chair.use_fake_user = True
    cutter.use_fake_user = True
    scenes.save(chairs)

    shot = scenes.new_file(studio / "shots" / "sh010.blend")
    scene = scenes.only_scene()
    (chair,) = scenes.link(chairs, collections="Chair")
    instance = bpy.data.objects.new("A chair", None)
    instance.instance_type = "COLLECTION"
    instance.instance_collection = chair
    scene.collection.objects.link(instance)
    return scenes.save(shot)


def test_chain_of_libraries_with_their_images_goes_into_the_file(studio: Path, store: Path) -> None:
    blend = chain_of_libraries(studio)
    before = scenes.pixels(blend, studio)

    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")

    shutil.rmtree(studio)
    assert scenes.pixels(frozen.target, store) == before
    assert not bpy.data.libraries
    # The cutter is nobody's but the modifier's: kept, and in no collection.
    assert bpy.data.objects["Seat"].modifiers[0].target == bpy.data.objects["Cutter"]
    assert "Cutter" not in bpy.context.scene.collection.all_objects


def test_damage_to_any_link_of_the_chain_would_be_seen(studio: Path, store: Path) -> None:
    blend = chain_of_libraries(studio)
    before = scenes.pixels(blend, studio)
    for part in ("lib/materials/maps/oak.png", "lib/maps/cloth.png"):
        write_png(studio / part, seed=99)
        after = scenes.pixels(blend, studio)
        assert after != before, part
        before = after
    bpy.ops.wm.open_mainfile(filepath=str(studio / "lib" / "chairs.blend"))
    bpy.data.objects["Seat"].modifiers[0].target = None
    scenes.save(studio / "lib" / "chairs.blend")
    assert scenes.pixels(blend, studio) != before


def test_library_override_becomes_plain_data(studio: Path, store: Path) -> None:
    library = scenes.new_file(studio / "props.blend")
    material = scenes.glowing("Paint", write_png(studio / "paint.png", seed=4))
    prop = scenes.plane("Prop", material, (0, 0))
    prop.use_fake_user = True
    scenes.save(library)
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    (prop,) = scenes.link(library, objects="Prop")
    override = prop.override_create()
    override.location.x = 1
    override.rotation_euler.z = 0.5
    scene.collection.objects.link(override)
    scenes.save(blend)
    before = scenes.pixels(blend, studio)

    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")

    shutil.rmtree(studio)
    assert scenes.pixels(frozen.target, store) == before
    assert bpy.data.objects["Prop"].override_library is None


def test_override_of_a_rig_with_its_animation_keeps_its_pose(studio: Path, store: Path) -> None:
    library = scenes.new_file(studio / "rig.blend")
    armature = bpy.data.objects.new("Rig", bpy.data.armatures.new("Bones"))
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    bone = armature.data.edit_bones.new("Bone")
    bone.head, bone.tail = (0, 0, 0), (0, 1, 0)
    bpy.ops.object.mode_set(mode="OBJECT")
    skin = scenes.plane("Skin", scenes.glowing("Skin", write_png(studio / "skin.png", 5)), (0, 0))
    skin.modifiers.new("Armature", "ARMATURE").object = armature
    skin.vertex_groups.new(name="Bone").add([0, 1, 2, 3], 1, "REPLACE")
    skin.parent = armature
    # A ring: the rig depends on a thing that depends on the rig.
    ring = armature.constraints.new("LIMIT_DISTANCE")
    ring.target = skin
    ring.enabled = False
    hero = bpy.data.collections.new("Hero")
    for thing in (armature, skin):
        hero.objects.link(thing)
    bpy.context.scene.collection.objects.unlink(armature)
    hero.use_fake_user = True
    scenes.save(library)

    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    (hero,) = scenes.link(library, collections="Hero")
    hero = hero.override_hierarchy_create(scene, scene.view_layers[0], do_fully_editable=True)
    rig = next(one for one in hero.objects if one.type == "ARMATURE")
    pose = rig.pose.bones["Bone"]
    pose.rotation_mode = "XYZ"
    for frame, angle in ((1, 0.0), (10, 1.0)):
        pose.rotation_euler.z = angle
        pose.keyframe_insert("rotation_euler", frame=frame)
    scenes.save(blend)
    frames = (1, 7)
    before = [scenes.pixels(blend, studio, frame=frame) for frame in frames]
    assert before[0] != before[1]

    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")

    shutil.rmtree(studio)
    assert [scenes.pixels(frozen.target, store, frame=frame) for frame in frames] == before


def test_font_and_sound_go_into_the_file(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    text = bpy.data.objects.new("Title", bpy.data.curves.new("Title", "FONT"))
    text.data.body = "Ag"
    text.data.size = 2
    text.location.xy = (-1, -1)
    text.data.font = bpy.data.fonts.load(str(scenes.copy_font(studio / "title.woff2")))
    text.data.materials.append(scenes.glowing("White", None))
    scene.collection.objects.link(text)
    speaker = bpy.data.speakers.new("Speaker")
    speaker.sound = bpy.data.sounds.load(str(scenes.write_sound(studio / "noise.wav")))
    scene.collection.objects.link(bpy.data.objects.new("Speaker", speaker))
    scenes.save(blend)
    before = scenes.pixels(blend, studio)
    bpy.data.objects["Title"].data.font = bpy.data.fonts.load("<builtin>")
    assert scenes.pixels(scenes.save(studio / "other_font.blend"), studio) != before

    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")

    shutil.rmtree(studio)
    assert scenes.pixels(frozen.target, store) == before
    assert bpy.data.sounds["noise.wav"].packed_file is not None


def test_all_tiles_of_a_tiled_image_go_into_the_file(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    tiles = [write_png(studio / f"skin.{number}.png", number) for number in (1001, 1002)]
    thing = scenes.plane("Floor", scenes.glowing("Skin", tiles[0]), (0, 0))
    thing.scale = (3, 3, 1)
    for loop in thing.data.uv_layers[0].data:
        loop.uv.x *= 2
    scene.collection.objects.link(thing)
    image = bpy.data.images["skin.1001.png"]
    image.source = "TILED"
    image.filepath = "//skin.<UDIM>.png"
    image.tiles.new(tile_number=1002)
    scenes.save(blend)
    before = scenes.pixels(blend, studio)
    write_png(tiles[1], 5)
    assert scenes.pixels(blend, studio) != before
    write_png(tiles[1], 1002)

    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")

    shutil.rmtree(studio)
    assert scenes.pixels(frozen.target, store) == before


def test_linked_set_of_another_scene_stays_behind_the_shot(studio: Path, store: Path) -> None:
    library = scenes.new_file(studio / "set.blend")
    material = scenes.glowing("Wall", write_png(studio / "wall.png", seed=6))
    bpy.context.scene.name = "Set"
    bpy.context.scene.collection.objects.link(scenes.plane("Wall", material, (0.5, 0.5)))
    scenes.save(library)
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene("Set")
    (scene.background_set,) = scenes.link(library, scenes="Set")
    scenes.save(blend)
    before = scenes.pixels(blend, studio)

    frozen = scenes.freeze_scene(blend, "Set", store / "shot.blend")

    shutil.rmtree(studio)
    assert scenes.pixels(frozen.target, store) == before
    assert bpy.context.scene.background_set is not None


def test_packed_image_stays_as_it_is(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    picture = write_png(studio / "wood.png", seed=7)
    scene.collection.objects.link(scenes.plane("Floor", scenes.glowing("Wood", picture), (0, 0)))
    bpy.data.images[0].pack()
    scenes.save(blend)
    picture.unlink()
    before = scenes.pixels(blend, studio)

    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")

    shutil.rmtree(studio)
    assert scenes.pixels(frozen.target, store) == before
