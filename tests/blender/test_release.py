# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is ticked and chosen reaches the command line, is saved with the file, undone with it."""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import pytest


def result(**data):
    return {"event": "result", "data": data}


def row(key, **values):
    return {"event": "row", "table": "scenes", "key": key, "values": {"scene": key, **values}}


@pytest.fixture
def settings():
    return bpy.context.scene.farm


@pytest.fixture
def plan(fake_farm, monkeypatch, room):
    """Return a function that submits, and returns the words of ``farm plan`` and the picks."""
    fake_farm.answer("plan", result())
    fake_farm.answer("submit", result())
    saved = []
    release = room("operators.release")
    original = release.save_snapshot

    def save(folder, **options):
        snapshot = original(folder, **options)
        saved.append(json.loads(snapshot.sidecar.read_text("utf-8")))
        return snapshot

    monkeypatch.setattr(release, "save_snapshot", save)

    def run():
        bpy.ops.farm.submit()
        words = fake_farm.command_lines()[-2]
        picks = [tuple(pick.values()) for pick in saved[-1]["picks"]]
        return words, picks

    return run


def add_camera(name, scene=None):
    scene = scene or bpy.context.scene
    camera = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    scene.collection.objects.link(camera)
    return camera


def test_without_a_choice_the_farm_decides(plan):
    words, picks = plan()
    assert not [word for word in words if word.startswith(("--expand", "--chunk", "--prio"))]
    assert picks == [("Scene", "", "")]


def test_choices_are_options(plan, settings):
    settings.uses_chunk_size, settings.chunk_size = True, 8
    settings.uses_priority, settings.priority = True, 70
    settings.worker_tag, settings.frames = "gpu", "1-10x2"
    settings.job_name, settings.dist_name = "{file}-{scene}", "{job}.{frame}.{ext}"
    settings.uses_markers = True
    words, _ = plan()
    assert {
        "--chunk-size=8",
        "--priority=70",
        "--worker-tag=gpu",
        "--frames=1-10x2",
        "--job-name={file}-{scene}",
        "--dist-name={job}.{frame}.{ext}",
        "--frame-names=markers",
    } <= set(words)


def test_the_preferences_name_jobs_where_the_file_does_not(plan, settings, farm):
    usual = bpy.context.preferences.addons[farm.ADDON_ID].preferences
    usual.job_name = "{release}_{scene}"
    try:
        assert "--job-name={release}_{scene}" in plan()[0]
        settings.job_name = "{scene}"
        assert "--job-name={scene}" in plan()[0]
    finally:
        usual.property_unset("job_name")


def test_jobs_wait_where_that_was_chosen(plan, settings, fake_farm):
    settings.is_paused = True
    plan()
    assert "--paused" in fake_farm.command_lines()[-1]


def test_every_camera_is_a_row(plan, settings):
    add_camera("close")
    add_camera("hidden").hide_render = True
    settings.expand = "CAMERAS"
    words, picks = plan()
    assert "--expand=cameras" in words
    assert picks == [("Scene", "Camera", ""), ("Scene", "close", "")]


def test_every_view_layer_is_a_row(plan, settings):
    bpy.context.scene.view_layers.new("fg")
    bpy.context.scene.view_layers.new("off").use = False
    settings.expand = "VIEW_LAYERS"
    words, picks = plan()
    assert "--expand=view-layers" in words
    assert picks == [("Scene", "", "ViewLayer"), ("Scene", "", "fg")]


def test_an_unticked_camera_is_left_out(plan, settings):
    add_camera("close")
    settings.expand = "CAMERAS"
    assert bpy.ops.farm.tick_row(scene="Scene", camera="close", is_included=False) == {"FINISHED"}
    assert plan()[1] == [("Scene", "Camera", "")]
    bpy.ops.farm.tick_row(scene="Scene", camera="close", is_included=True)
    assert plan()[1] == [("Scene", "Camera", ""), ("Scene", "close", "")]


def test_a_tick_in_a_scene_that_is_not_ticked_means_this_row_alone(plan, settings):
    add_camera("close")
    settings.expand = "CAMERAS"
    settings.is_included = False
    bpy.ops.farm.tick_row(scene="Scene", camera="close")
    assert plan()[1] == [("Scene", "close", "")]


def test_all_rows_are_ticked_and_unticked_at_once(plan, settings):
    add_camera("close")
    settings.expand = "CAMERAS"
    bpy.ops.farm.tick_row(scene="Scene", camera="close", is_included=False)
    bpy.ops.farm.tick_scenes(is_included=False)
    assert not bpy.ops.farm.submit.poll()
    bpy.ops.farm.tick_scenes(is_included=True)
    assert len(plan()[1]) == 2


def test_where_every_row_is_unticked_nothing_is_saved(fake_farm, settings):
    settings.expand = "CAMERAS"
    bpy.ops.farm.tick_row(scene="Scene", camera="Camera", is_included=False)
    with pytest.raises(RuntimeError, match="nothing is ticked"):
        bpy.ops.farm.submit()
    assert fake_farm.command_lines() == []


def test_ticks_are_saved_with_the_file(fake_farm, settings, tmp_path):
    add_camera("close")
    settings.expand = "CAMERAS"
    settings.dist_name = "{job}.{ext}"
    bpy.ops.farm.tick_row(scene="Scene", camera="close", is_included=False)
    shot = str(tmp_path / "shot.blend")
    bpy.ops.wm.save_as_mainfile(filepath=shot)
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    bpy.ops.wm.open_mainfile(filepath=shot)
    now = bpy.context.scene.farm
    assert [one.name for one in now.excluded_cameras] == ["close"]
    assert (now.expand, now.dist_name) == ("CAMERAS", "{job}.{ext}")


def test_ticks_are_undone(fake_farm, settings):
    add_camera("close")
    settings.expand = "CAMERAS"
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.farm.tick_row(scene="Scene", camera="close", is_included=False)
    bpy.ops.ed.undo_push(message="ticked")
    bpy.ops.ed.undo()
    assert len(bpy.context.scene.farm.excluded_cameras) == 0


def test_settings_are_those_of_every_scene(fake_farm, settings):
    other = bpy.data.scenes.new("other")
    settings.expand = "VIEW_LAYERS"
    settings.priority = 9
    assert (other.farm.expand, other.farm.priority) == ("VIEW_LAYERS", 9)


def test_the_rows_follow_the_file(room, settings):
    view, session = room("state").view(), bpy.context.window_manager.farm
    (rows,) = [one for one in view.chores if type(one).__name__ == "UnitRows"]
    settings.expand = "CAMERAS"
    assert rows(view, 1.0)
    assert [(one.scene, one.camera) for one in session.units] == [("Scene", "Camera")]
    close = add_camera("close")
    rows(view, 2.5)
    assert [one.name for one in session.units] == ["Camera", "close"]
    close.name = "far"
    rows(view, 4.0)
    assert [one.name for one in session.units] == ["Camera", "far"]
    settings.expand = "SCENES"
    assert not rows(view, 5.5)
    assert len(session.units) == 0


def test_another_choice_makes_the_last_check_outdated(fake_farm, room, settings):
    view = room("state").view()
    fake_farm.answer("plan", row("Scene", becomes="new", ok=True), result(scenes=[{}]))
    bpy.ops.farm.check()
    assert (view.plan.line("Scene").becomes, view.plan.is_outdated) == ("new", False)
    settings.frames = "1-3"
    assert view.plan.is_outdated
    settings.expand = "CAMERAS"
    assert view.plan.line("Scene") is None


def test_what_was_submitted_is_fresh_from_then_on(fake_farm, room):
    view = room("state").view()
    fake_farm.answer("plan", row("Scene", job="shot", becomes="replace"), result(scenes=[{}]))
    fake_farm.answer("submit", result(posted=["shot"], found=[], requeued=[], skipped=[]))
    bpy.ops.farm.submit()
    assert view.plan.line("Scene").becomes == "fresh"


@pytest.mark.parametrize("name", ["ep/01", "con", "quick"])
def test_a_name_that_is_not_legal_starts_nothing(fake_farm, settings, name):
    settings.release = name
    assert not bpy.ops.farm.submit.poll()
    assert not bpy.ops.farm.check.poll()


def test_a_legal_name_is_taken_over(fake_farm, settings):
    settings.release = "ep/01"
    assert bpy.ops.farm.use_release(name="ep_01") == {"FINISHED"}
    assert settings.release == "ep_01"
    assert bpy.ops.farm.submit.poll()


def test_frames_that_cannot_be_read_start_nothing(fake_farm, settings):
    settings.frames = "1-1o"
    assert not bpy.ops.farm.submit.poll()


def test_other_files_are_added_to_the_release(fake_farm, settings, tmp_path):
    settings.uses_priority, settings.priority = True, 10
    fake_farm.answer("plan", result(scenes=[{}]))
    fake_farm.answer("submit", result(posted=["a", "b"]))
    files = [{"name": "a.blend"}, {"name": "b.blend"}]
    assert bpy.ops.farm.add_files(directory=str(tmp_path), files=files) == {"FINISHED"}
    plan, submit = fake_farm.command_lines()
    assert plan[-5:] == [
        "--",
        "release",
        "ep01",
        str(tmp_path / "a.blend"),
        str(tmp_path / "b.blend"),
    ]
    assert "--priority=10" in plan
    assert submit[0] == "submit"


def test_without_a_chosen_file_a_whole_folder_is_added(fake_farm, tmp_path):
    fake_farm.answer("plan", result())
    fake_farm.answer("submit", result())
    bpy.ops.farm.add_files(directory=str(tmp_path))
    assert Path(fake_farm.command_lines()[0][-1]) == tmp_path


def test_without_a_folder_nothing_is_added(fake_farm):
    with pytest.raises(RuntimeError, match="no file is chosen"):
        bpy.ops.farm.add_files()
    assert fake_farm.command_lines() == []


def test_a_copy_that_cannot_be_saved_is_an_error(fake_farm, room, monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setattr(room("operators.release").user_folders, "snapshots", lambda: blocked)
    with pytest.raises(RuntimeError, match="No snapshot of the open file can be saved"):
        bpy.ops.farm.submit()
    assert fake_farm.command_lines() == []


def test_the_render_menu_has_the_button(room):
    menus = room("menus")
    drawn = bpy.types.TOPBAR_MT_render.draw._draw_funcs
    assert [one.__name__ for one in drawn].count(menus.draw_render_menu.__name__) == 1
