# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links of every sort survive freezing; what would not is said before a file is used."""

import shutil
from pathlib import Path
from typing import Any

import bpy
import pytest

from farm_addon.blender.inside.read_scenes import read_file
from tests.bpy_module import scenes
from tests.bpy_module.pictures import write_png


def prop(path: Path, name: str, seed: int, picture: str = "") -> Path:
    """Make a library with one object that shows a picture."""
    scenes.new_file(path)
    material = scenes.glowing(name, write_png(path.parent / (picture or f"{path.stem}.png"), seed))
    scenes.plane(name, material, (0, 0)).use_fake_user = True
    return scenes.save(path)


def colour_by_random(material: bpy.types.Material) -> None:
    """Let a material's colour depend on the object's random number."""
    tree = material.node_tree
    info = tree.nodes.new("ShaderNodeObjectInfo")
    tree.links.new(info.outputs["Random"], tree.nodes["Emission"].inputs["Color"])


def two_of_a_name(studio: Path, *, is_random: bool) -> Path:
    """Make a shot with a ‘Cube’ of its own and another one from a library."""
    library = prop(studio / "lib.blend", "Cube", 1)
    if is_random:
        colour_by_random(bpy.data.materials["Cube"])
        scenes.save(library)
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    picture = write_png(studio / "own.png", 2)
    scene.collection.objects.link(scenes.plane("Cube", scenes.glowing("Own", picture), (1, 0)))
    (linked,) = scenes.link(library, objects="Cube")
    scene.collection.objects.link(linked)
    return scenes.save(blend)


def test_two_things_of_one_name_both_stay(studio: Path, store: Path) -> None:
    blend = two_of_a_name(studio, is_random=False)
    before = scenes.pixels(blend, studio)
    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")
    shutil.rmtree(studio)
    assert scenes.pixels(frozen.target, store) == before
    assert sorted(one.name for one in bpy.context.scene.objects if one.type == "MESH") == [
        "Cube",
        "Cube.001",
    ]


def test_rename_that_would_change_pixels_blocks(studio: Path, store: Path) -> None:
    blend = two_of_a_name(studio, is_random=True)
    (frozen,) = scenes.freeze_all(blend, [scenes.job_for("Shot", store / "shot.blend")])
    assert [(one.code, one.subject) for one in frozen.findings] == [
        ("name-clash", "Object ‘Cube.001’")
    ]
    assert not list(store.iterdir())


def test_override_keeps_the_name_that_random_colours_come_from(studio: Path, store: Path) -> None:
    library = prop(studio / "lib.blend", "Cube", 1)
    colour_by_random(bpy.data.materials["Cube"])
    scenes.save(library)
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    (linked,) = scenes.link(library, objects="Cube")
    scene.collection.objects.link(linked.override_create())
    scenes.save(blend)
    before = scenes.pixels(blend, studio)
    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")
    shutil.rmtree(studio)
    assert scenes.pixels(frozen.target, store) == before


def test_original_of_an_override_stays_where_something_refers_to_it(
    studio: Path, store: Path
) -> None:
    library = scenes.new_file(studio / "lib.blend")
    material = scenes.glowing("Paint", write_png(studio / "paint.png", 1))
    base = scenes.plane("Base", material, (1, 1))
    follower = scenes.plane("Follower", material, (0, 0))
    follower.constraints.new("COPY_LOCATION").target = base
    base.use_fake_user = follower.use_fake_user = True
    scenes.save(library)
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    (follower,) = scenes.link(library, objects="Follower")
    scene.collection.objects.link(follower)
    (base,) = scenes.link(library, objects="Base")
    override = base.override_create(remap_local_usages=False)
    override.location.xy = (-1, -1)
    scene.collection.objects.link(override)
    scenes.save(blend)
    before = scenes.pixels(blend, studio)
    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")
    shutil.rmtree(studio)
    assert scenes.pixels(frozen.target, store) == before


def test_datablock_that_left_its_library_blocks(studio: Path, store: Path) -> None:
    library = prop(studio / "lib.blend", "Chair", 1)
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    (chair,) = scenes.link(library, objects="Chair")
    scene.collection.objects.link(chair)
    scenes.save(blend)
    bpy.ops.wm.open_mainfile(filepath=str(library))
    bpy.data.objects["Chair"].name = "Armchair"
    scenes.save(library)

    facts = read_file(str(blend))
    (frozen,) = scenes.freeze_all(blend, [scenes.job_for("Shot", store / "shot.blend")])

    assert facts.scenes[0].missing_data == ("Object ‘Chair’ of library ‘lib.blend’",)
    assert scenes.error_codes(frozen) == ["missing-data"]


def test_scene_with_a_missing_library_does_not_hold_up_the_others(
    studio: Path, store: Path
) -> None:
    library = prop(studio / "lib.blend", "Chair", 1)
    blend = scenes.new_file(studio / "shot.blend")
    a, b = scenes.only_scene("A"), scenes.set_up(bpy.data.scenes.new("B"))
    (chair,) = scenes.link(library, objects="Chair")
    a.collection.objects.link(chair)
    material = scenes.glowing("Own", write_png(studio / "own.png", 2))
    b.collection.objects.link(scenes.plane("Own", material, (0, 0)))
    scenes.save(blend)
    before = scenes.pixels(blend, studio, "B")
    library.unlink()

    orders = [scenes.job_for(name, store / f"{name}.blend") for name in "AB"]
    frozen_a, frozen_b = scenes.freeze_all(blend, orders)

    assert "missing-file" in scenes.error_codes(frozen_a)
    assert not frozen_b.findings
    shutil.rmtree(studio)
    assert scenes.pixels(frozen_b.target, store) == before


def test_missing_file_blocks_with_its_owner(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    picture = write_png(studio / "wood.png", 1)
    scene.collection.objects.link(scenes.plane("Floor", scenes.glowing("Wood", picture), (0, 0)))
    scenes.save(blend)
    picture.unlink()
    (frozen,) = scenes.freeze_all(blend, [scenes.job_for("Shot", store / "shot.blend")])
    (finding,) = frozen.findings
    assert (finding.code, finding.subject) == ("missing-file", "Image ‘wood.png’")
    assert str(picture) in finding.message
    assert not list(store.iterdir())


def test_sequence_blocks_with_one_finding_however_long(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    first = [write_png(studio / f"fire_{number:03d}.png", number) for number in range(20)][0]
    scene.collection.objects.link(scenes.plane("Fire", scenes.glowing("Fire", first), (0, 0)))
    bpy.data.images[0].source = "SEQUENCE"
    scenes.save(blend)
    (frozen,) = scenes.freeze_all(blend, [scenes.job_for("Shot", store / "shot.blend")])
    assert scenes.error_codes(frozen) == ["cannot-freeze-image-sequence"]
    assert "and 19 more" in frozen.findings[0].message


def test_what_only_another_scene_needs_does_not_block(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    a, b = scenes.only_scene("A"), scenes.set_up(bpy.data.scenes.new("B"))
    first = write_png(studio / "fire_001.png", 1)
    a.collection.objects.link(scenes.plane("Fire", scenes.glowing("Fire", first), (0, 0)))
    bpy.data.images[0].source = "SEQUENCE"
    b.collection.objects.link(scenes.plane("Plain", None, (0, 0)))
    scenes.save(blend)
    frozen = scenes.freeze_all(blend, [scenes.job_for("B", store / "b.blend")])
    assert not frozen[0].findings


def test_automatic_packing_of_the_source_does_not_get_in_the_way(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    a, b = scenes.only_scene("A"), scenes.set_up(bpy.data.scenes.new("B"))
    for seed, scene in enumerate((a, b)):
        picture = write_png(studio / f"{scene.name}.png", seed)
        material = scenes.glowing(scene.name, picture)
        scene.collection.objects.link(scenes.plane(scene.name, material, (0, 0)))
    scenes.save(blend)
    bpy.data.use_autopack = True
    (studio / "A.png").rename(studio / "A.away")
    with pytest.raises(RuntimeError, match="pack"):
        scenes.save(blend)
    bpy.data.use_autopack = True
    frozen = scenes.freeze_all(blend, [scenes.job_for("B", store / "b.blend")])
    assert not frozen[0].findings


def test_freezing_leaves_no_properties_of_its_own(studio: Path, store: Path) -> None:
    library = prop(studio / "lib.blend", "Chair", 1)
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    (chair,) = scenes.link(library, objects="Chair")
    scene.collection.objects.link(chair)
    bpy.data.cameras[0]["mine"] = 1
    scenes.save(blend)
    before = properties(blend)
    assert ("Camera", "Lens") in before

    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")

    after = properties(frozen.target)
    assert {key: after[key] for key in before} == before


def properties(blend: Path) -> dict[tuple[str, str], list[str]]:
    """Return the custom properties of everything that has some, the add-ons' hidden ones too."""
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    return {
        (type(one).__name__, one.name): sorted(one.keys())
        for one in bpy.data.user_map()
        if type(one).__name__ in ("Scene", "Camera", "Object", "Mesh", "Material", "Image")
    }


def test_compressed_source_is_frozen_uncompressed(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scenes.only_scene()
    bpy.ops.wm.save_as_mainfile(filepath=str(blend), compress=True)
    assert not blend.read_bytes().startswith(b"BLENDER")
    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")
    assert frozen.target.read_bytes().startswith(b"BLENDER")


def kit(path: Path) -> Path:
    """Make a library of things that are used in every way that a link can be."""
    scenes.new_file(path)
    for seed, name in enumerate(("Leaf", "Pebble", "Trunk", "Sky")):
        material = scenes.glowing(name, write_png(path.parent / "maps" / f"{name}.png", seed))
        thing = scenes.plane(name, material, (0, 0))
        thing.scale = (0.4, 0.4, 0.4)
        thing.use_fake_user = True
    trunk = bpy.data.objects["Trunk"]
    trunk.shape_key_add(name="Basis")
    bent = trunk.shape_key_add(name="Bent")
    for point in bent.data:
        point.co.x += 0.8
    bent.value = 0.5
    # Its size comes from another object, by a driver: nothing else refers to that.
    ruler = bpy.data.objects.new("Ruler", None)
    ruler.location.z = 2
    ruler.use_fake_user = True
    driver = trunk.driver_add("scale", 0).driver
    variable = driver.variables.new()
    variable.name = "z"
    variable.type = "TRANSFORMS"
    variable.targets[0].id = ruler
    variable.targets[0].transform_type = "LOC_Z"
    driver.expression = "z / 2"
    tree = bpy.data.node_groups.new("Scatter", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    tree.interface.new_socket("Thing", in_out="INPUT", socket_type="NodeSocketObject")
    source, sink = tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")
    info = tree.nodes.new("GeometryNodeObjectInfo")
    info.transform_space = "ORIGINAL"
    tree.links.new(source.outputs["Thing"], info.inputs["Object"])
    tree.links.new(info.outputs["Geometry"], sink.inputs["Geometry"])
    tree.use_fake_user = True
    stones = bpy.data.collections.new("Stones")
    stones.objects.link(bpy.data.objects["Pebble"])
    stones.use_fake_user = True
    action = bpy.data.actions.new("Sway")
    action.use_fake_user = True
    return scenes.save(path)


def nodes_input(modifier: Any, thing: bpy.types.Object) -> None:
    """Give the one object socket of a geometry nodes modifier its object."""
    (socket,) = [
        one
        for one in modifier.node_group.interface.items_tree
        if one.item_type == "SOCKET" and one.in_out == "INPUT"
    ]
    if hasattr(modifier, "properties"):  # Blender 5.2
        getattr(modifier.properties.inputs, socket.identifier).value = thing
    else:
        modifier[socket.identifier] = thing


def test_links_of_every_sort_survive(studio: Path, store: Path) -> None:
    library = kit(studio / "lib" / "kit.blend")
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    trunk, stones, scatter, leaf = scenes.link(
        library, objects="Trunk", collections="Stones", node_groups="Scatter", materials="Leaf"
    )
    (pebble,) = scenes.link(library, objects="Pebble")
    (leaf_object,) = scenes.link(library, objects="Leaf")
    scene.collection.objects.link(trunk)
    # The same datablocks are used by local and by linked ones.
    own = scenes.plane("Own", leaf, (-1.2, 1))
    scene.collection.objects.link(own)
    scatterer = scenes.plane("Scatterer", None, (-1.2, -0.8))
    scene.collection.objects.link(scatterer)
    modifier = scatterer.modifiers.new("Scatter", "NODES")
    modifier.node_group = scatter
    nodes_input(modifier, leaf_object)
    instance = bpy.data.objects.new("Instance", None)
    instance.instance_type = "COLLECTION"
    instance.instance_collection = stones
    instance.location.xy = (1.2, 0.9)
    scene.collection.objects.link(instance)
    # A linked object that only a constraint refers to.
    follower = scenes.plane("Follower", bpy.data.materials["Leaf"], (1.2, -0.9))
    follower.constraints.new("COPY_ROTATION").target = pebble
    scene.collection.objects.link(follower)
    hair = scenes.plane("Field", None, (0, -0.6))
    scene.collection.objects.link(hair)
    hair.modifiers.new("Hair", "PARTICLE_SYSTEM")
    settings = hair.particle_systems[0].settings
    settings.type = "HAIR"
    settings.count = 3
    settings.render_type = "OBJECT"
    settings.instance_object = pebble
    settings.particle_size = 0.5
    scenes.save(blend)
    before = scenes.pixels(blend, studio)
    names_before = sorted(one.name for one in bpy.context.scene.objects)

    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")

    shutil.rmtree(studio)
    assert scenes.pixels(frozen.target, store) == before
    assert sorted(one.name for one in bpy.context.scene.objects) == names_before
    assert not bpy.data.libraries
    assert len({one.data for one in bpy.data.objects if one.type == "MESH"}) == 7


def test_every_part_of_the_kit_is_seen(studio: Path, store: Path) -> None:
    """The test above would notice each part: change one and the pixels change."""
    test_links_of_every_sort_survive(studio, store)
    frozen = store / "shot.blend"
    before = scenes.pixels(frozen, store)
    for change in (
        lambda: setattr(bpy.data.objects["Ruler"].location, "z", 1),
        lambda: setattr(bpy.data.objects["Pebble"].rotation_euler, "z", 1),
        lambda: setattr(bpy.data.shape_keys[0].key_blocks["Bent"], "value", 0),
        lambda: setattr(bpy.data.objects["Scatterer"].modifiers[0], "show_render", False),
        lambda: setattr(bpy.data.particles[0], "particle_size", 1),
        lambda: setattr(bpy.data.objects["Instance"], "instance_collection", None),
    ):
        bpy.ops.wm.open_mainfile(filepath=str(frozen))
        change()
        changed = scenes.save(store / "changed.blend")
        assert scenes.pixels(changed, store, "Shot") != before


@pytest.mark.skipif(bpy.app.version < (5, 0), reason="packed linked data is new in Blender 5.0")
def test_packed_linked_data_stays_inside(studio: Path, store: Path) -> None:
    library = prop(studio / "lib.blend", "Chair", 1)
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    with bpy.data.libraries.load(str(library), link=True, pack=True) as (_, wanted):
        wanted.objects = ["Chair"]
    scene.collection.objects.link(wanted.objects[0])
    scenes.save(blend)
    before = scenes.pixels(blend, studio)
    assert bpy.data.objects["Chair"].is_linked_packed
    library.unlink()

    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")

    shutil.rmtree(studio)
    assert scenes.pixels(frozen.target, store) == before
