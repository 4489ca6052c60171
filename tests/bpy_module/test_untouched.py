# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and freezing leave the artist's whole folder as it is, bytes and time stamps."""

import shutil
from pathlib import Path

import bpy

from farm_addon.blender.inside.read_scenes import read_file
from tests.bpy_module import scenes
from tests.bpy_module.pictures import write_png


def cloth_with_disk_cache(studio: Path) -> Path:
    """Make a file whose active scene has a cloth that caches to disk, and another scene without."""
    blend = scenes.new_file(studio / "cloth.blend")
    scene = scenes.only_scene("Cloth")
    flag = scenes.plane("Flag", scenes.glowing("Flag", write_png(studio / "flag.png", 1)), (0, 0))
    scene.collection.objects.link(flag)
    cloth = flag.modifiers.new("Cloth", "CLOTH")
    other = scenes.set_up(bpy.data.scenes.new("Plain"))
    other.collection.objects.link(scenes.plane("Box", flag.data.materials[0], (0, 0)))
    library = studio / "props.blend"
    bpy.data.libraries.write(str(library), {scenes.plane("Prop", None, (1, 1))}, fake_user=True)
    bpy.data.objects.remove(bpy.data.objects["Prop"])
    (prop,) = scenes.link(library, objects="Prop")
    other.collection.objects.link(prop)
    # The switch itself needs a saved file.
    scenes.save(blend)
    cloth.point_cache.use_disk_cache = True
    simulate(scene)
    scenes.save(blend)
    shutil.rmtree(studio / "blendcache_cloth")
    return blend


def simulate(scene: bpy.types.Scene) -> None:
    """Play the first frames, which fills caches."""
    bpy.context.window_manager.windows[0].scene = scene
    for frame in (1, 2, 3):
        scene.frame_set(frame)


def test_a_plain_open_would_write_beside_the_file(studio: Path) -> None:
    blend = cloth_with_disk_cache(studio)
    before = scenes.tree_state(studio)
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    written = scenes.tree_state(studio).keys() - before.keys()
    assert any(name.startswith("blendcache_cloth") for name in written)


def test_reading_writes_nothing(studio: Path) -> None:
    blend = cloth_with_disk_cache(studio)
    before = scenes.tree_state(studio)
    facts = read_file(str(blend))
    assert scenes.tree_state(studio) == before
    cache = [one for one in facts.dependencies if one.kind == "simulation"]
    assert [(one.path, one.scenes) for one in cache] == [
        (str(studio / "blendcache_cloth"), ("Cloth",))
    ]


def test_freezing_writes_nothing_but_the_targets(studio: Path, store: Path) -> None:
    blend = cloth_with_disk_cache(studio)
    before = scenes.tree_state(studio)

    frozen = scenes.freeze_all(
        blend, [scenes.job_for(name, store / f"{name}.blend") for name in ("Cloth", "Plain")]
    )

    assert scenes.tree_state(studio) == before
    assert [path.name for path in store.iterdir()] == ["Plain.blend"]
    assert scenes.error_codes(frozen[0]) == ["missing-file"]
    assert not frozen[1].findings


def test_baked_disk_cache_cannot_be_taken_along(studio: Path, store: Path) -> None:
    blend = cloth_with_disk_cache(studio)
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    simulate(bpy.data.scenes["Cloth"])
    scenes.save(blend)
    before = scenes.tree_state(studio)
    assert any(name.endswith(".bphys") for name in before)

    (frozen,) = scenes.freeze_all(blend, [scenes.job_for("Cloth", store / "cloth.blend")])

    assert scenes.error_codes(frozen) == ["cannot-freeze-simulation"]
    assert scenes.tree_state(studio) == before
    assert not list(store.iterdir())
