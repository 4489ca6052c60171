# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist chooses in preferences and file, and what becomes of it."""

from __future__ import annotations

import os
import sys

import bpy
import pytest


@pytest.fixture
def preferences(farm):
    return bpy.context.preferences.addons[farm.ADDON_ID].preferences


@pytest.fixture
def capture(room):
    return room("capture").capture


def test_the_volume_is_the_one_in_the_preferences(preferences, capture, tmp_path):
    preferences.volume = str(tmp_path) + os.sep
    assert capture(bpy.context).volume == str(tmp_path)


def test_the_file_may_have_another_volume(preferences, capture, tmp_path):
    preferences.volume = str(tmp_path / "usual")
    bpy.context.scene.farm.volume = str(tmp_path / "special")
    assert capture(bpy.context).volume == str(tmp_path / "special")


def test_a_volume_may_be_named_from_the_file(capture, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shots" / ".." / "a.blend"))
    bpy.context.scene.farm.volume = "//farm"
    assert capture(bpy.context).volume == str(tmp_path / "farm")


@pytest.mark.parametrize(
    ("choice", "url", "said"),
    [
        ("VOLUME", "http://farm:8080", ""),
        ("LOCAL", "http://farm:8080", "local"),
        ("URL", " http://farm:8080 ", "http://farm:8080"),
    ],
)
def test_the_manager_is_said_as_the_command_line_wants_it(preferences, capture, choice, url, said):
    preferences.manager, preferences.manager_url = choice, url
    assert capture(bpy.context).manager == said


def test_this_blender_freezes(capture):
    assert capture(bpy.context).blender == (bpy.app.binary_path or sys.executable)


def test_offline_is_what_blender_says(capture):
    assert capture(bpy.context).is_online == bpy.app.online_access


@pytest.mark.parametrize(
    ("url", "is_loopback"),
    [
        ("http://localhost:8080", True),
        ("http://127.0.0.1", True),
        ("127.3.4.5:8080", True),
        ("http://[::1]:8080/", True),
        ("http://farm.local:8080", False),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost.example.com", False),
        ("http://192.168.1.4", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_only_this_computer_is_loopback(room, url, is_loopback):
    assert room("preferences").is_loopback(url) == is_loopback


def test_the_hint_about_online_access_is_for_other_computers(room, preferences):
    needs = room("preferences").needs_online_access
    if bpy.app.online_access:
        pytest.skip("this Blender may go online")
    preferences.manager, preferences.manager_url = "URL", "http://farm.local:8080"
    assert needs(preferences)
    preferences.manager_url = "http://localhost:8080"
    assert not needs(preferences)
    preferences.manager, preferences.manager_url = "LOCAL", "http://farm.local:8080"
    assert not needs(preferences)


def test_online_access_is_switched_where_the_user_may(farm):
    if bpy.app.online_access or bpy.app.online_access_override:
        pytest.skip("the command line decided about online access")
    try:
        assert bpy.ops.farm.allow_online() == {"FINISHED"}
        assert bpy.app.online_access
        assert not bpy.ops.farm.allow_online.poll()
    finally:
        bpy.context.preferences.system.use_online_access = False


def test_release_and_volume_are_the_same_in_all_scenes():
    first = bpy.context.scene
    second = bpy.data.scenes.new("second")
    first.farm.release, first.farm.volume = "ep01", "/mnt/farm"
    assert (second.farm.release, second.farm.volume) == ("ep01", "/mnt/farm")
    second.farm.release = ""
    assert first.farm.release == ""


def test_a_scene_that_was_added_later_knows_the_release(room):
    bpy.context.scene.farm.release = "ep01"
    later = bpy.data.scenes.new("Alater")
    assert later.farm.release == ""
    with bpy.context.temp_override(scene=later):
        assert room("properties").file_settings(bpy.context).release == "ep01"


def test_ticks_belong_to_the_scenes_and_are_saved(room, tmp_path):
    included_scenes = room("properties").included_scenes
    bpy.data.scenes.new("b")
    bpy.data.scenes.new("c").farm.is_included = False
    assert included_scenes() == ["b", "Scene"]
    path = str(tmp_path / "ticks.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    assert included_scenes() == ["Scene"]
    bpy.ops.wm.open_mainfile(filepath=path)
    assert included_scenes() == ["b", "Scene"]


def test_all_scenes_are_ticked_and_unticked_at_once(room):
    bpy.data.scenes.new("b").farm.is_included = False
    bpy.ops.farm.tick_scenes(is_included=True)
    assert room("properties").included_scenes() == ["b", "Scene"]
    bpy.ops.farm.tick_scenes(is_included=False)
    assert room("properties").included_scenes() == []


def test_scenes_of_linked_libraries_are_not_ours(room, tmp_path):
    library = str(tmp_path / "library.blend")
    bpy.context.scene.name = "linked"
    bpy.ops.wm.save_as_mainfile(filepath=library)
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    with bpy.data.libraries.load(library, link=True) as (source, target):
        target.scenes = list(source.scenes)
    assert len(bpy.data.scenes) == 2
    assert room("properties").included_scenes() == ["Scene"]
    bpy.context.scene.farm.release = "ep01"


def test_the_session_is_not_saved_in_files(room, tmp_path):
    session = room("properties").session
    session(bpy.context).jobs.add().name = "from another day"
    path = str(tmp_path / "session.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    session(bpy.context).jobs.clear()
    bpy.ops.wm.open_mainfile(filepath=path)
    assert len(session(bpy.context).jobs) == 0
