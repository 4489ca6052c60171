# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Buttons beside findings mend the open file."""

from __future__ import annotations

import json
import os

import bpy
import pytest


@pytest.fixture
def scene():
    return bpy.context.scene


@pytest.fixture
def findings():
    return bpy.context.window_manager.farm.release_findings


def add_finding(findings, code, **data):
    item = findings.items.add()
    item.code, item.data, item.severity = code, json.dumps(data), "error"


def add_camera(name):
    camera = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    bpy.context.scene.collection.objects.link(camera)
    return camera


def test_the_only_camera_becomes_the_scenes(scene, findings):
    scene.camera = None
    add_finding(findings, "no-camera", scene="Scene")
    add_finding(findings, "no-camera", scene="Other")
    assert bpy.ops.farm.fix_camera(scene="Scene") == {"FINISHED"}
    assert scene.camera.name == "Camera"
    assert [json.loads(item.data)["scene"] for item in findings.items] == ["Other"]


def test_among_several_cameras_one_must_be_chosen(scene):
    scene.camera = None
    close = add_camera("close")
    with pytest.raises(RuntimeError, match="choose one: Camera, close"):
        bpy.ops.farm.fix_camera(scene="Scene")
    assert scene.camera is None
    bpy.ops.farm.fix_camera(scene="Scene", camera="close")
    assert scene.camera == close


def test_a_scene_without_any_camera_says_so(scene):
    bpy.data.objects.remove(scene.camera)
    with pytest.raises(RuntimeError, match="has no camera object"):
        bpy.ops.farm.fix_camera(scene="Scene")


def test_a_scene_that_is_gone_is_told(findings):
    add_finding(findings, "no-camera", scene="gone")
    with pytest.raises(RuntimeError, match="no scene ‘gone’"):
        bpy.ops.farm.fix_camera(scene="gone")
    assert len(findings.items) == 1


@pytest.mark.parametrize("file_format", ["PNG", "OPEN_EXR"])
def test_a_movie_becomes_images(scene, findings, file_format):
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "VIDEO"
    settings.file_format = "FFMPEG"
    add_finding(findings, "video-output", scene="Scene", format="FFMPEG")
    bpy.ops.farm.fix_format(scene="Scene", file_format=file_format)
    assert settings.file_format == file_format
    assert len(findings.items) == 0


def test_black_and_white_becomes_colour(scene):
    scene.render.image_settings.color_mode = "BW"
    bpy.ops.farm.fix_color_mode(scene="Scene")
    assert scene.render.image_settings.color_mode == "RGB"


def test_a_frame_range_is_set(scene):
    scene.frame_start, scene.frame_end = 100, 200
    bpy.ops.farm.fix_frames(scene="Scene", frame_start=0, frame_end=24)
    assert (scene.frame_start, scene.frame_end) == (0, 24)
    bpy.ops.farm.fix_frames(scene="Scene", frame_start=500, frame_end=600)
    assert (scene.frame_start, scene.frame_end) == (500, 600)


def test_an_empty_frame_range_is_refused(scene):
    with pytest.raises(RuntimeError, match="is empty"):
        bpy.ops.farm.fix_frames(scene="Scene", frame_start=9, frame_end=3)


def compositor_of(scene):
    if hasattr(scene, "compositing_node_group"):
        scene.compositing_node_group = bpy.data.node_groups.new("Comp", "CompositorNodeTree")
        return scene.compositing_node_group
    scene.use_nodes = True
    return scene.node_tree


def test_a_file_output_node_is_muted(scene):
    node = compositor_of(scene).nodes.new("CompositorNodeOutputFile")
    bpy.ops.farm.fix_file_output(scene="Scene", node=node.name)
    assert node.mute


def test_a_file_output_node_in_a_group_is_muted(scene):
    group = bpy.data.node_groups.new("Slap", "CompositorNodeTree")
    node = group.nodes.new("CompositorNodeOutputFile")
    bpy.ops.farm.fix_file_output(scene="Scene", group="Slap", node=node.name)
    assert node.mute


def test_a_node_that_is_gone_is_told():
    with pytest.raises(RuntimeError, match="no node ‘gone’"):
        bpy.ops.farm.fix_file_output(scene="Scene", node="gone")


def painted(path=None):
    image = bpy.data.images.new("oak", 4, 4)
    if path is not None:
        image.filepath_raw, image.file_format = str(path), "PNG"
        image.save()
    image.pixels[0] = 0.25
    assert image.is_dirty
    return image


def test_a_painted_image_is_saved(tmp_path, findings):
    path = tmp_path / "oak.png"
    image = painted(path)
    before = path.read_bytes()
    add_finding(findings, "dirty-image", image="oak")
    bpy.ops.farm.fix_image(image="oak", action="SAVE")
    assert path.read_bytes() != before
    assert not image.is_dirty
    assert len(findings.items) == 0


def test_a_painted_image_is_packed():
    image = painted()
    bpy.ops.farm.fix_image(image="oak", action="PACK")
    assert image.packed_file is not None
    assert not image.is_dirty


def test_an_image_without_a_file_can_only_be_packed():
    painted()
    with pytest.raises(RuntimeError, match="has no file yet. pack it"):
        bpy.ops.farm.fix_image(image="oak", action="SAVE")


def test_a_missing_image_is_found_again(tmp_path, findings):
    path = tmp_path / "oak.png"
    painted(path)
    image = bpy.data.images.load(str(path))
    image.name, image.filepath = "wood", str(tmp_path / "gone.png")
    gone = str(tmp_path / "gone.png")
    add_finding(
        findings, "missing-file", path=gone, id_type="IMAGE", name="wood", library="", kind="image"
    )
    bpy.ops.farm.fix_missing_file(id_type="IMAGE", id_name="wood", missing=gone, filepath=str(path))
    assert image.filepath == str(path)
    assert len(findings.items) == 0


def test_a_relative_path_stays_relative(tmp_path):
    path = tmp_path / "textures" / "oak.png"
    path.parent.mkdir()
    painted(path)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    image = bpy.data.images["oak"]
    image.filepath = "//gone.png"
    bpy.ops.farm.fix_missing_file(
        id_type="IMAGE", id_name="oak", missing=str(tmp_path / "gone.png"), filepath=str(path)
    )
    assert image.filepath == os.path.join("//textures", "oak.png")


def test_a_missing_library_is_found_again(tmp_path):
    chairs = tmp_path / "chairs.blend"
    chair = bpy.data.objects.new("Chair", None)
    bpy.data.libraries.write(str(chairs), {chair})
    bpy.data.objects.remove(chair)
    with bpy.data.libraries.load(str(chairs), link=True) as (_, wanted):
        wanted.objects = ["Chair"]
    bpy.context.scene.collection.objects.link(wanted.objects[0])
    library = bpy.data.libraries["chairs.blend"]
    moved = tmp_path / "moved" / "chairs.blend"
    moved.parent.mkdir()
    chairs.rename(moved)
    bpy.ops.farm.fix_missing_file(
        id_type="LIBRARY", id_name=library.name, missing=str(chairs), filepath=str(moved)
    )
    library = bpy.data.libraries["chairs.blend"]
    assert os.path.abspath(bpy.path.abspath(library.filepath)) == str(moved)
    assert not bpy.data.objects["Chair"].is_missing


def test_a_missing_mesh_cache_is_found_again(tmp_path):
    cache = tmp_path / "wave.pc2"
    cache.write_bytes(b"POINTCACHE2")
    cube = bpy.data.objects["Cube"]
    modifier = cube.modifiers.new("Wave", "MESH_CACHE")
    modifier.filepath = str(tmp_path / "gone.pc2")
    bpy.ops.farm.fix_missing_file(
        id_type="OBJECT",
        id_name="Cube",
        missing=str(tmp_path / "gone.pc2"),
        filepath=str(cache),
    )
    assert modifier.filepath == str(cache)


def test_a_missing_picture_of_the_sequencer_is_found_again(tmp_path):
    new = tmp_path / "new"
    new.mkdir()
    painted(new / "a.png")
    editor = bpy.context.scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    old = tmp_path / "old" / "a.png"
    strip = strips.new_image(name="a", filepath=str(old), channel=1, frame_start=1)
    bpy.ops.farm.fix_missing_file(
        id_type="SCENE", id_name="Scene", missing=str(old), filepath=str(new / "a.png")
    )
    assert os.path.abspath(bpy.path.abspath(strip.directory)) == str(new)


def test_a_file_that_is_not_there_either_is_refused(tmp_path):
    image = painted()
    with pytest.raises(RuntimeError, match="there is no file"):
        bpy.ops.farm.fix_missing_file(
            id_type="IMAGE", id_name=image.name, filepath=str(tmp_path / "no.png")
        )


def test_who_does_not_use_the_file_is_left_alone(tmp_path):
    path = tmp_path / "a.pc2"
    path.write_bytes(b"x")
    with pytest.raises(RuntimeError, match="does not use"):
        bpy.ops.farm.fix_missing_file(
            id_type="OBJECT", id_name="Cube", missing="/gone", filepath=str(path)
        )


def test_a_scene_is_renamed(scene):
    scene.name = "a/b"
    bpy.ops.farm.fix_scene_name(scene="a/b", new_name="a_b")
    assert scene.name == "a_b"


def test_whole_scenes_are_planned_again(scene):
    scene.farm.expand = "CAMERAS"
    bpy.ops.farm.fix_rows()
    assert scene.farm.expand == "SCENES"


def test_markers_are_left_alone_again(scene):
    scene.farm.uses_markers = True
    bpy.ops.farm.fix_marker_names()
    assert not scene.farm.uses_markers


def test_a_fix_is_undone(scene):
    scene.camera = None
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.farm.fix_camera(scene="Scene")
    bpy.ops.ed.undo_push(message="fixed")
    bpy.ops.ed.undo()
    assert bpy.context.scene.camera is None


def test_a_fix_makes_the_last_check_outdated(room, scene):
    view = room("state").view()
    view.plan.is_outdated = False
    bpy.ops.farm.fix_color_mode(scene="Scene")
    assert view.plan.is_outdated
