# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist chooses in preferences and file, and what becomes of it."""

from __future__ import annotations

import os
import sys
import tomllib

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


def test_the_preferences_reach_children_through_their_environment(preferences, capture):
    assert capture(bpy.context).environment == {}
    preferences.manager_url = "https://farm.example.com"
    preferences.ca_file, preferences.local_slots = "/etc/studio.pem", 2
    bpy.ops.farm.add_header()
    preferences.headers[0].name, preferences.headers[0].value = "Authorization", "Bearer abc"
    assert capture(bpy.context).environment == {
        "FARM_CA_FILE": "/etc/studio.pem",
        "FARM_LOCAL_SLOTS": "2",
        "FARM_HEADERS": '{"https://farm.example.com": {"Authorization": "Bearer abc"}}',
    }
    assert bpy.ops.farm.remove_header(index=0) == {"FINISHED"}
    assert len(preferences.headers) == 0
    with pytest.raises(RuntimeError, match="no extra header 1"):
        bpy.ops.farm.remove_header(index=0)


def test_the_preferences_are_kept_for_the_command_line(preferences, user_home):
    preferences.manager, preferences.manager_url = "URL", "https://farm.example.com"
    header = preferences.headers.add()
    header.name, header.value = "Authorization", "Bearer abc"
    assert bpy.ops.farm.save_config() == {"FINISHED"}
    (path,) = user_home.rglob("config.toml")
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    assert told == {
        "manager": "https://farm.example.com",
        "headers": {"https://farm.example.com": {"Authorization": "Bearer abc"}},
    }
    preferences.manager = "VOLUME"
    assert bpy.ops.farm.save_config() == {"FINISHED"}
    assert "manager" not in tomllib.loads(path.read_text(encoding="utf-8"))
    preferences.manager, preferences.manager_url = "URL", "https://farm.example.com/below"
    assert not bpy.ops.farm.save_config.poll()


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
        assert room("properties.scene").file_settings(bpy.context).release == "ep01"


def test_ticks_belong_to_the_scenes_and_are_saved(room, tmp_path):
    included_scenes = room("properties.scene").included_scenes
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
    assert room("properties.scene").included_scenes() == ["b", "Scene"]
    bpy.ops.farm.tick_scenes(is_included=False)
    assert room("properties.scene").included_scenes() == []


def test_scenes_of_linked_libraries_are_not_ours(room, tmp_path):
    library = str(tmp_path / "library.blend")
    bpy.context.scene.name = "linked"
    bpy.ops.wm.save_as_mainfile(filepath=library)
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    with bpy.data.libraries.load(library, link=True) as (source, target):
        target.scenes = list(source.scenes)
    assert len(bpy.data.scenes) == 2
    assert room("properties.scene").included_scenes() == ["Scene"]
    bpy.context.scene.farm.release = "ep01"


def test_the_session_is_not_saved_in_files(room, tmp_path):
    session = room("properties.session").session
    session(bpy.context).jobs.add().name = "from another day"
    path = str(tmp_path / "session.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    session(bpy.context).jobs.clear()
    bpy.ops.wm.open_mainfile(filepath=path)
    assert len(session(bpy.context).jobs) == 0
