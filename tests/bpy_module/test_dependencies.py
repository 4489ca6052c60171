# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every outside file is found, with its kind, its owner, and the scenes that it matters to."""

import os
from pathlib import Path

import bpy
import pytest

from farm_addon.blender.inside.paths import key, resolve
from farm_addon.blender.inside.read_scenes import read_file
from farm_addon.core.planning.scene_facts import DataUser, Dependency
from tests.bpy_module import scenes
from tests.bpy_module.pictures import write_png


def read(blend: Path) -> dict[str, Dependency]:
    """Return the dependencies by their path relative to the file's folder."""
    found = read_file(str(blend)).dependencies
    assert [one.path for one in found] == sorted(one.path for one in found)
    return {os.path.relpath(one.path, blend.parent): one for one in found}


def two_scenes(blend: Path) -> tuple[bpy.types.Scene, bpy.types.Scene]:
    """Start a file with scenes A and B."""
    scenes.new_file(blend)
    return scenes.only_scene("A"), scenes.set_up(bpy.data.scenes.new("B"))


def library(path: Path, seed: int) -> Path:
    """Make a library with an object, and a material whose picture lies in a folder beside it."""
    scenes.new_file(path)
    picture = write_png(path.parent / "maps" / f"{path.stem}.png", seed)
    material = scenes.glowing(path.stem, picture)
    scenes.plane(path.stem, material, (0, 0)).use_fake_user = True
    return scenes.save(path)


def test_library_and_its_images_belong_to_the_scene_that_uses_them(studio: Path) -> None:
    chair = library(studio / "lib" / "chair.blend", 1)
    table = library(studio / "lib" / "table.blend", 2)
    blend = studio / "shots" / "shot.blend"
    a, b = two_scenes(blend)
    for scene, path in ((a, chair), (b, table)):
        (thing,) = scenes.link(path, objects=path.stem)
        scene.collection.objects.link(thing)
    (shared,) = scenes.link(table, materials="table")
    b.collection.objects.link(scenes.plane("Top", shared, (0, 0)))

    found = read(scenes.save(blend))

    assert {path: (one.kind, one.scenes) for path, one in found.items()} == {
        "../lib/chair.blend": ("library", ("A",)),
        "../lib/maps/chair.png": ("image", ("A",)),
        "../lib/table.blend": ("library", ("B",)),
        "../lib/maps/table.png": ("image", ("B",)),
    }
    assert all(one.exists and one.is_packable for one in found.values())
    owner = found["../lib/maps/chair.png"].owner
    assert owner == "Image ‘chair.png’ of library ‘chair.blend’"
    linked_by = bpy.data.libraries["chair.blend"].filepath
    assert found["../lib/maps/chair.png"].user == DataUser("IMAGE", "chair.png", linked_by)
    assert found["../lib/chair.blend"].user == DataUser("LIBRARY", "chair.blend")


def test_libraries_are_followed_through_libraries(studio: Path) -> None:
    wood = library(studio / "deep" / "er" / "wood.blend", 1)
    middle = scenes.new_file(studio / "deep" / "middle.blend")
    (material,) = scenes.link(wood, materials="wood")
    scenes.plane("Seat", material, (0, 0)).use_fake_user = True
    scenes.plane("Lonely", None, (0, 0)).use_fake_user = True
    scenes.save(middle)
    blend = studio / "shot.blend"
    a, b = two_scenes(blend)
    (seat,) = scenes.link(middle, objects="Seat")
    a.collection.objects.link(seat)
    (lonely,) = scenes.link(middle, objects="Lonely")
    b.collection.objects.link(lonely)

    found = read(scenes.save(blend))

    assert {path: one.scenes for path, one in found.items()} == {
        "deep/er/maps/wood.png": ("A",),
        "deep/er/wood.blend": ("A",),
        "deep/middle.blend": ("A", "B"),
    }


def test_override_depends_on_its_library(studio: Path) -> None:
    chair = library(studio / "chair.blend", 1)
    blend = studio / "shot.blend"
    a, _ = two_scenes(blend)
    (thing,) = scenes.link(chair, objects="chair")
    a.collection.objects.link(thing.override_create())
    found = read(scenes.save(blend))
    assert {path: one.scenes for path, one in found.items()} == {
        "chair.blend": ("A",),
        "maps/chair.png": ("A",),
    }


def test_fonts_and_sounds_are_found(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, b = two_scenes(blend)
    text = bpy.data.objects.new("Title", bpy.data.curves.new("Title", "FONT"))
    text.data.font = bpy.data.fonts.load(str(scenes.copy_font(studio / "title.woff2")))
    a.collection.objects.link(text)
    speaker = bpy.data.speakers.new("Speaker")
    speaker.sound = bpy.data.sounds.load(str(scenes.write_sound(studio / "noise.wav")))
    b.collection.objects.link(bpy.data.objects.new("Speaker", speaker))
    found = read(scenes.save(blend))
    assert {path: (one.kind, one.scenes) for path, one in found.items()} == {
        "title.woff2": ("font", ("A",)),
        "noise.wav": ("sound", ("B",)),
    }


def test_every_tile_is_a_file_and_a_missing_one_is_told(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, _ = two_scenes(blend)
    first = write_png(studio / "skin.1001.png", 1)
    a.collection.objects.link(scenes.plane("Floor", scenes.glowing("Skin", first), (0, 0)))
    image = bpy.data.images[0]
    image.source = "TILED"
    image.filepath = "//skin.<UDIM>.png"
    image.tiles.new(tile_number=1012)
    found = read(scenes.save(blend))
    assert {path: one.exists for path, one in found.items()} == {
        "skin.1001.png": True,
        "skin.1012.png": False,
    }
    first.rename(studio / "skin.u1_v1.png")
    write_png(studio / "skin.u2_v2.png", 1)
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    bpy.data.images[0].filepath = "//skin.<UVTILE>.png"
    found = read(scenes.save(blend))
    assert {path: one.exists for path, one in found.items()} == {
        "skin.u1_v1.png": True,
        "skin.u2_v2.png": True,
    }


def test_all_files_of_a_sequence_are_found(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, _ = two_scenes(blend)
    frames = [write_png(studio / f"fire_{number:04d}.png", number) for number in (8, 9, 10)]
    write_png(studio / "fire_final.png", 1)
    a.collection.objects.link(scenes.plane("Fire", scenes.glowing("Fire", frames[0]), (0, 0)))
    bpy.data.images[0].source = "SEQUENCE"
    found = read(scenes.save(blend))
    assert sorted(found) == [path.name for path in frames]
    assert {(one.kind, one.is_packable) for one in found.values()} == {("image-sequence", False)}


def test_movies_clips_caches_and_volumes_are_found(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, b = two_scenes(blend)
    for name in ("clip.mov", "plate.mp4", "crowd.abc", "smoke_01.vdb", "smoke_02.vdb", "shape.mdd"):
        (studio / name).write_bytes(b"not read")
    plane = scenes.plane("Fire", scenes.glowing("Fire", write_png(studio / "a.png", 1)), (0, 0))
    a.collection.objects.link(plane)
    image = bpy.data.images[0]
    image.source = "MOVIE"
    image.filepath = "//plate.mp4"
    track = plane.constraints.new("OBJECT_SOLVER")
    blank = [write_png(studio / "frames" / f"plate.{number:03d}.png", 1) for number in (1, 2)]
    track.clip = bpy.data.movieclips.load(str(blank[0]))
    track.use_active_clip = False
    cache = plane.modifiers.new("Mesh cache", "MESH_CACHE")
    cache.filepath = "//shape.mdd"
    volume = bpy.data.volumes.new("Smoke")
    volume.filepath = "//smoke_01.vdb"
    volume.is_sequence = True
    b.collection.objects.link(bpy.data.objects.new("Smoke", volume))
    found = read(scenes.save(blend))
    assert {path: (one.kind, one.scenes) for path, one in found.items()} == {
        "plate.mp4": ("movie", ("A",)),
        "frames/plate.001.png": ("movie-clip", ("A",)),
        "frames/plate.002.png": ("movie-clip", ("A",)),
        "shape.mdd": ("mesh-cache", ("A",)),
        "smoke_01.vdb": ("volume", ("B",)),
        "smoke_02.vdb": ("volume", ("B",)),
    }
    assert not any(one.is_packable for one in found.values())
    assert found["shape.mdd"].owner == "Object ‘Fire’, modifier ‘Mesh cache’"


def test_alembic_cache_is_found(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, _ = two_scenes(blend)
    if not bpy.app.alembic.supported:
        pytest.skip("this Blender was built without Alembic")
    a.collection.objects.link(scenes.plane("Crowd", None, (0, 0)))
    bpy.context.window_manager.windows[0].scene = a
    bpy.ops.wm.alembic_export(filepath=str(studio / "crowd.abc"), start=1, end=2)
    bpy.data.objects.remove(bpy.data.objects["Crowd"])
    bpy.ops.wm.alembic_import(filepath=str(studio / "crowd.abc"), always_add_cache_reader=True)
    found = read(scenes.save(blend))
    assert {path: (one.kind, one.scenes) for path, one in found.items()} == {
        "crowd.abc": ("cache-file", ("A",))
    }


def test_fluid_caches_and_external_point_caches_are_found(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, b = two_scenes(blend)
    tank = scenes.plane("Tank", None, (0, 0))
    a.collection.objects.link(tank)
    fluid = tank.modifiers.new("Fluid", "FLUID")
    fluid.fluid_type = "DOMAIN"
    (studio / "water").mkdir()
    fluid.domain_settings.cache_directory = "//water"
    sand = scenes.plane("Sand", None, (0, 0))
    b.collection.objects.link(sand)
    sand.modifiers.new("Sand", "PARTICLE_SYSTEM")
    (studio / "sand").mkdir()
    cache = sand.particle_systems[0].point_cache
    scenes.save(blend)
    cache.use_external = True
    cache.filepath = "//sand"
    found = read(scenes.save(blend))
    assert {path: (one.kind, one.scenes, one.exists) for path, one in found.items()} == {
        "water": ("simulation", ("A",), True),
        "sand": ("simulation", ("B",), True),
    }


def test_strips_count_where_their_sequencer_is_rendered(studio: Path) -> None:
    blend = studio / "edit.blend"
    a, b = two_scenes(blend)
    card = write_png(studio / "card.png", 1)
    scenes.add_strip(a, "IMAGE", card)
    assert read(scenes.save(blend))["card.png"].scenes == ("A",)
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    bpy.data.scenes["A"].render.use_sequencer = False
    assert read(scenes.save(blend))["card.png"].scenes == ()
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    editor = bpy.data.scenes["B"].sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    strips.new_scene("A", scene=bpy.data.scenes["A"], channel=1, frame_start=1)
    assert read(scenes.save(blend))["card.png"].scenes == ("B",)


def test_external_scripts_and_light_profiles_of_nodes_are_found(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, b = two_scenes(blend)
    material = scenes.glowing("Shader", None)
    script = material.node_tree.nodes.new("ShaderNodeScript")
    script.mode = "EXTERNAL"
    script.filepath = "//toon.osl"
    (studio / "toon.osl").write_text("shader toon() {}")
    a.collection.objects.link(scenes.plane("Floor", material, (0, 0)))
    lamp = bpy.data.lights.new("Lamp", "POINT")
    if lamp.node_tree is None:
        lamp.use_nodes = True
    profile = lamp.node_tree.nodes.new("ShaderNodeTexIES")
    profile.mode = "EXTERNAL"
    profile.filepath = "//lamp.ies"
    b.collection.objects.link(bpy.data.objects.new("Lamp", lamp))
    found = read(scenes.save(blend))
    assert {path: (one.kind, one.scenes, one.exists) for path, one in found.items()} == {
        "toon.osl": ("script", ("A",), True),
        "lamp.ies": ("ies", ("B",), False),
    }


@pytest.mark.skipif(bpy.app.version < (4, 5), reason="import nodes are new in Blender 4.5")
def test_files_that_geometry_nodes_import_are_found(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, _ = two_scenes(blend)
    (studio / "points.csv").write_text("x\n1\n")
    tree = bpy.data.node_groups.new("Points", "GeometryNodeTree")
    node = tree.nodes.new("GeometryNodeImportCSV")
    node.inputs["Path"].default_value = "//points.csv"
    other = tree.nodes.new("GeometryNodeImportSTL")
    other.name = "Chosen"
    tree.links.new(tree.nodes.new("FunctionNodeInputString").outputs[0], other.inputs["Path"])
    thing = scenes.plane("Points", None, (0, 0))
    thing.modifiers.new("Points", "NODES").node_group = tree
    a.collection.objects.link(thing)
    found = read(scenes.save(blend))
    assert found["points.csv"].kind == "other"
    assert {one.scenes for one in found.values()} == {("A",)}
    assert [one.owner for one in found.values() if not one.exists] == [
        "Geometry Node Tree ‘Points’, node ‘Chosen’"
    ]


def test_what_is_packed_generated_or_unused_is_not_outside(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, _ = two_scenes(blend)
    packed = scenes.glowing("Packed", write_png(studio / "packed.png", 1))
    bpy.data.images["packed.png"].pack()
    a.collection.objects.link(scenes.plane("Floor", packed, (0, 0)))
    made = bpy.data.images.new("made", 4, 4)
    made.filepath_raw = "//made.png"
    made.use_fake_user = True
    scenes.load_picture(write_png(studio / "spare.png", 2)).use_fake_user = True
    bpy.data.texts.load(str(write_note(studio / "notes.txt")))
    found = read(scenes.save(blend))
    assert {path: one.scenes for path, one in found.items()} == {"spare.png": ()}


def write_note(path: Path) -> Path:
    """Write a text file."""
    path.write_text("call the client")
    return path


def test_where_a_datablock_was_appended_from_is_no_dependency(studio: Path) -> None:
    chair = library(studio / "lib" / "chair.blend", 1)
    blend = studio / "shot.blend"
    a, _ = two_scenes(blend)
    inside = str(chair / "Material") + os.sep
    bpy.ops.wm.append(directory=inside, filename="chair", do_reuse_local_id=True)
    material = bpy.data.materials["chair"]
    assert material.library_weak_reference is not None
    a.collection.objects.link(scenes.plane("Seat", material, (0, 0)))
    chair.unlink()
    assert sorted(read(scenes.save(blend))) == ["lib/maps/chair.png"]


def test_cache_in_memory_is_no_dependency(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, _ = two_scenes(blend)
    field = scenes.plane("Field", None, (0, 0))
    a.collection.objects.link(field)
    field.modifiers.new("Snow", "PARTICLE_SYSTEM")
    field.modifiers.new("Cloth", "CLOTH")
    assert not read(scenes.save(blend))


def test_pictures_that_only_viewports_show_belong_to_no_scene(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, _ = two_scenes(blend)
    a.camera.data.background_images.new().image = scenes.load_picture(
        write_png(studio / "plate.png", 1)
    )
    sketch = bpy.data.objects.new("Sketch", None)
    sketch.empty_display_type = "IMAGE"
    sketch.data = scenes.load_picture(write_png(studio / "sketch.png", 2))
    a.collection.objects.link(sketch)
    found = read(scenes.save(blend))
    assert {path: one.scenes for path, one in found.items()} == {"plate.png": (), "sketch.png": ()}


def test_script_may_reach_any_file_so_each_counts(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, b = two_scenes(blend)
    picture = write_png(studio / "wood.png", 1)
    a.collection.objects.link(scenes.plane("Floor", scenes.glowing("Wood", picture), (0, 0)))
    assert read(scenes.save(blend))["wood.png"].scenes == ("A",)
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    driver = bpy.data.scenes["B"].camera.driver_add("location", 0).driver
    driver.expression = "len(bpy.data.images)"
    assert read(scenes.save(blend))["wood.png"].scenes == ("A", "B")


def test_path_that_no_rule_knows_counts_for_whoever_it_may_concern(
    studio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blend = studio / "shot.blend"
    a, _ = two_scenes(blend)
    picture = write_png(studio / "wood.png", 1)
    a.collection.objects.link(scenes.plane("Floor", scenes.glowing("Wood", picture), (0, 0)))
    scenes.save(blend)
    # As if a Blender had a datablock that the survey does not ask.
    monkeypatch.setattr("farm_addon.blender.inside.dependencies.survey_data", lambda survey: None)
    (found,) = read(blend).values()
    assert (found.kind, found.is_packable, found.exists) == ("other", False, True)
    knows_owner = hasattr(bpy.data, "file_path_map")
    assert found.scenes == (("A",) if knows_owner else ("A", "B"))


def test_path_saved_on_windows_finds_its_file(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, _ = two_scenes(blend)
    picture = write_png(studio / "maps" / "wood.png", 1)
    a.collection.objects.link(scenes.plane("Floor", scenes.glowing("Wood", picture), (0, 0)))
    bpy.data.images[0].filepath = "//maps\\wood.png"
    found = read(scenes.save(blend))
    assert {path: one.exists for path, one in found.items()} == {"maps/wood.png": True}


@pytest.mark.parametrize(
    "path",
    [
        "//wood.png",
        "//maps/../../wood.png",
        "//..\\maps\\wood.png",
        "/abs/maps/../wood.png",
        "D:\\maps\\..\\wood.png",
        "e:/maps/wood.png",
        "\\\\server\\maps\\wood.png",
        "relative/wood.png",
    ],
)
def test_paths_are_read_as_blender_reads_them(studio: Path, path: str) -> None:
    scenes.new_file(studio / "shot.blend")
    image = bpy.data.images.new("wood", 4, 4)
    image.source = "FILE"
    image.filepath = path
    told = bpy.utils.blend_paths(absolute=True, packed=False, local=False)
    assert key(resolve(image.filepath, None)) in {key(one) for one in told}


def test_blenders_own_asset_libraries_are_no_dependency(studio: Path) -> None:
    blend = studio / "shot.blend"
    a, _ = two_scenes(blend)
    group = any_group_of_blenders_own()
    if group is None:
        pytest.skip("this Blender brings no node groups")
    thing = scenes.plane("Hair", None, (0, 0))
    thing.modifiers.new("Nodes", "NODES").node_group = group
    a.collection.objects.link(thing)
    assert not read(scenes.save(blend))


def any_group_of_blenders_own() -> bpy.types.NodeTree | None:
    """Link some node group from the asset libraries of this Blender."""
    assets = Path(bpy.utils.system_resource("DATAFILES", path="assets"))
    for path in sorted(assets.glob("**/*.blend")):
        with bpy.data.libraries.load(str(path), link=True) as (there, wanted):
            wanted.node_groups = there.node_groups[:1]
        if wanted.node_groups:
            return wanted.node_groups[0]
    return None
