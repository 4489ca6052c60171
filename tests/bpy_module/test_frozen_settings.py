# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each frozen file opens its own job's scene, with that job's settings and no other's."""

from dataclasses import replace
from pathlib import Path

import bpy
import pytest

from farm_addon.blender.inside.proof import prove
from farm_addon.blender.inside.read_scenes import read_file
from farm_addon.core.errors import BlenderError
from farm_addon.core.provenance import add_to_note, find_in_note
from tests.bpy_module import scenes
from tests.bpy_module.pictures import png_texts, write_png


def three_scenes(studio: Path) -> Path:
    """Make a file with three scenes, of which the second in the alphabet is active."""
    blend = scenes.new_file(studio / "three.blend")
    for name, seed in (("Alpha", 1), ("Beta", 2), ("Gamma", 3)):
        scene = scenes.only_scene(name) if seed == 1 else bpy.data.scenes.new(name)
        if seed > 1:
            scenes.set_up(scene)
        material = scenes.glowing(name, write_png(studio / f"{name}.png", seed))
        scene.collection.objects.link(scenes.plane(name, material, (0, 0)))
    scenes.set_format(bpy.data.scenes["Gamma"], "OPEN_EXR_MULTILAYER")
    # What another scene reaches must not decide which one is opened.
    bpy.data.scenes["Gamma"].background_set = bpy.data.scenes["Alpha"]
    bpy.context.window_manager.windows[0].scene = bpy.data.scenes["Beta"]
    return scenes.save(blend)


def opened(target: Path) -> bpy.types.Scene:
    """Open a file as a Worker does and return the scene that it would render."""
    bpy.ops.wm.open_mainfile(filepath=str(target))
    assert [window.scene for window in bpy.context.window_manager.windows] == [bpy.context.scene]
    return bpy.context.scene


def test_each_file_opens_its_own_scene(studio: Path, store: Path) -> None:
    blend = three_scenes(studio)
    before = {name: scenes.pixels(blend, studio, name) for name in ("Gamma", "Alpha", "Beta")}
    jobs = [scenes.job_for(name, store / f"{name}.blend") for name in ("Gamma", "Alpha", "Beta")]

    frozen = scenes.freeze_all(
        blend, [replace(jobs[0], file_format="OPEN_EXR_MULTILAYER"), *jobs[1:]]
    )

    assert [one.job for one in frozen] == ["Gamma", "Alpha", "Beta"]
    assert not any(one.findings for one in frozen)
    for one in frozen:
        scene = opened(one.target)
        assert scene.name == one.job
        assert sorted(scene.name for scene in bpy.data.scenes) == ["Alpha", "Beta", "Gamma"]
        assert scenes.pixels(one.target, store) == before[one.job]


def test_file_saved_without_windows_gets_its_scene_too(studio: Path, store: Path) -> None:
    blend = three_scenes(studio)
    bare = studio / "bare.blend"
    bpy.data.libraries.write(str(bare), set(bpy.data.scenes))
    frozen = scenes.freeze_all(bare, [scenes.job_for("Beta", store / "beta.blend")])
    assert not frozen[0].findings
    assert opened(frozen[0].target).name == "Beta"
    assert blend.exists()


def test_windows_of_nobody_get_into_a_frozen_file(studio: Path, store: Path) -> None:
    blend = three_scenes(studio)
    bpy.data.workspaces[0].name = "Of an artist"
    other = scenes.save(studio / "other.blend")
    bpy.ops.wm.open_mainfile(filepath=str(other))
    for source in (blend, other):
        frozen = scenes.freeze_scene(source, "Alpha", store / source.name)
        opened(frozen.target)
        assert "Of an artist" not in bpy.data.workspaces


def test_settings_of_one_job_do_not_leak_into_the_next(studio: Path, store: Path) -> None:
    blend = three_scenes(studio)
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    scene = bpy.data.scenes["Alpha"]
    scene.render.stamp_note_text = "studio north"
    scene.render.image_settings.color_mode = "RGBA"
    scene.render.image_settings.color_depth = "16"
    scene.render.filepath = "//artist/######"
    scenes.save(blend)
    orders = [
        scenes.job_for("Alpha", store / "one.blend", "JPEG"),
        scenes.job_for("Alpha", store / "two.blend"),
        scenes.job_for("Beta", store / "three.blend"),
        scenes.job_for("Alpha", store / "four.blend", "OPEN_EXR"),
    ]
    orders = [
        replace(order, provenance=replace(order.provenance, job=order.job)) for order in orders
    ]

    frozen = scenes.freeze_all(blend, orders)

    for order, one in zip(orders, frozen, strict=True):
        assert not one.findings
        scene = opened(one.target)
        assert scene.name == order.scene
        assert scene.render.image_settings.file_format == order.file_format
        studio_note = "studio north" if order.scene == "Alpha" else ""
        assert scene.render.stamp_note_text == add_to_note(studio_note, order.provenance)
        assert scene.render.filepath == "/tmp/"
        others = [other for other in bpy.data.scenes if other != scene]
        assert all("farm:" not in other.render.stamp_note_text for other in others)
        if order.job == "two":
            settings = scene.render.image_settings
            assert (settings.color_mode, settings.color_depth) == ("RGBA", "16")


def test_frames_are_kept_and_named_by_number(studio: Path, store: Path) -> None:
    blend = three_scenes(studio)
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    render = bpy.data.scenes["Alpha"].render
    render.use_overwrite = render.use_placeholder = True
    render.use_file_extension = False
    scenes.save(blend)
    frozen = scenes.freeze_scene(blend, "Alpha", store / "alpha.blend")
    render = opened(frozen.target).render
    assert (render.use_overwrite, render.use_placeholder) == (False, False)
    assert render.use_file_extension


def test_stamp_lies_beside_the_studios_note_in_the_frame(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    scene.render.use_stamp_note = True
    scene.render.stamp_note_text = "Señor Östling, take 4"
    scenes.save(blend)
    frozen = scenes.freeze_scene(blend, "Shot", store / "shot.blend")

    texts = png_texts(scenes.render(frozen.target, store, frame=1))

    assert texts["Note"].splitlines()[0] == "Señor Östling, take 4"
    assert find_in_note(texts["Note"]) == scenes.PROVENANCE


def test_frames_of_a_sequencer_carry_the_stamp_too(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "edit.blend")
    scene = scenes.only_scene("Edit")
    shot = scenes.set_up(bpy.data.scenes.new("Shot"))
    editor = scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    strips.new_scene("Shot", scene=shot, channel=1, frame_start=1)
    scene.render.metadata_input = "STRIPS"
    scenes.save(blend)
    frozen = scenes.freeze_scene(blend, "Edit", store / "edit.blend")
    texts = png_texts(scenes.render(frozen.target, store))
    assert find_in_note(texts["Note"]) == scenes.PROVENANCE


def test_burnt_in_stamp_is_left_as_it_is(studio: Path, store: Path) -> None:
    blend = scenes.new_file(studio / "shot.blend")
    scene = scenes.only_scene()
    scene.render.use_stamp = True
    scene.render.use_stamp_note = False
    scene.render.stamp_note_text = "theirs"
    scenes.save(blend)
    before = read_file(str(blend)).scenes[0]
    assert before.is_burning_stamp

    (frozen,) = scenes.freeze_all(blend, [scenes.job_for("Shot", store / "shot.blend")])

    assert [one.code for one in frozen.findings] == ["stamp-burnt-in"]
    render = opened(frozen.target).render
    assert (render.use_stamp_note, render.stamp_note_text) == (False, "theirs")


def test_unknown_scene_is_an_error(studio: Path, store: Path) -> None:
    blend = three_scenes(studio)
    with pytest.raises(BlenderError, match="no scene 'Delta'"):
        scenes.freeze_all(blend, [scenes.job_for("Delta", store / "delta.blend")])
    assert not list(store.iterdir())


def test_unknown_format_is_an_error_and_nothing_is_written(studio: Path, store: Path) -> None:
    blend = three_scenes(studio)
    with pytest.raises(BlenderError, match="does not know the format"):
        scenes.freeze_all(blend, [scenes.job_for("Alpha", store / "a.blend", "PAPYRUS")])
    assert not list(store.iterdir())


def test_unwritable_target_is_an_error(studio: Path, store: Path) -> None:
    blend = three_scenes(studio)
    with pytest.raises(BlenderError, match="cannot be written"):
        scenes.freeze_all(blend, [scenes.job_for("Alpha", store / "missing" / "a.blend")])


def test_proof_refuses_a_file_that_opens_another_scene(studio: Path, store: Path) -> None:
    blend = three_scenes(studio)
    findings = prove(scenes.job_for("Gamma", blend), frozenset())
    assert [one.code for one in findings] == ["wrong-scene"]


def test_proof_refuses_a_file_with_another_format_and_open_ends(studio: Path) -> None:
    blend = three_scenes(studio)
    contents = frozenset([("Object", "Beta"), ("Object", "Somebody")])
    findings = prove(scenes.job_for("Beta", blend, "JPEG"), contents)
    assert [one.code for one in findings] == [
        "wrong-format",
        "wrong-settings",
        "not-self-contained",
        "not-self-contained",
    ]
    assert "lost Object ‘Somebody’" in findings[2].message
    assert "Beta.png" in findings[3].message


def test_proof_refuses_a_file_that_is_cut_off(studio: Path) -> None:
    blend = three_scenes(studio)
    content = blend.read_bytes()
    blend.write_bytes(content[: len(content) // 2])
    findings = prove(scenes.job_for("Beta", blend), frozenset())
    assert [one.code for one in findings] == ["not-readable"]


def test_progress_counts_every_step_up_to_the_end(studio: Path, store: Path) -> None:
    blend = three_scenes(studio)
    told: list[tuple[int, int]] = []
    jobs = [scenes.job_for(name, store / f"{name}.blend") for name in ("Alpha", "Beta")]
    frozen = freeze_telling(blend, jobs, told)
    assert len(frozen) == 2
    assert told == sorted(told)
    assert told[0] == (0, 4)
    assert told[-1] == (4, 4)


def freeze_telling(blend: Path, jobs: list, told: list[tuple[int, int]]) -> list:
    """Freeze and keep what progress said."""
    return list(
        scenes.freeze(str(blend), jobs, progress=lambda _, done, total: told.append((done, total)))
    )
