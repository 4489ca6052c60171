# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The farm's and the leads' operators without a window."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest


def result(**data):
    return {"event": "result", "data": data}


def row(table, key, **values):
    return {"event": "row", "table": table, "key": key, "values": values}


@pytest.fixture
def view(room):
    return room("state").view()


def last_line(fake_farm):
    return fake_farm.command_lines()[-1]


def test_a_check_moves_nothing_and_fills_the_gate(fake_farm, view):
    fake_farm.answer(
        "harvest",
        row("gate", "sh010", state="ok", expected=8, passed=8, problems=0, names=["a.png"]),
        result(passed=8, problems=[], dist="/d"),
    )
    assert bpy.ops.farm.check_frames() == {"FINISHED"}
    assert "--dry-run" in last_line(fake_farm)
    assert view.gate.order == ["sh010"]
    assert view.gate.is_whole
    assert view.gate.release == "ep01"


def test_a_check_that_finds_bad_frames_names_them(fake_farm, view):
    problem = {"job": "sh010", "frame": 7, "problem": "it is cut off", "code": "decode"}
    fake_farm.answer(
        "harvest",
        row("frames", "p", **problem),
        row("gate", "sh010", state="bad", expected=8, passed=7, problems=1),
        result(passed=7, problems=[problem]),
        exit_status=1,
    )
    with pytest.raises(
        RuntimeError, match="7 frames pass, 1 does not. sh010, frame 7: it is cut off"
    ):
        bpy.ops.farm.check_frames()
    assert (view.gate.failed, view.gate.passed) == (1, 7)
    assert bpy.ops.farm.harvest.poll()


@pytest.mark.parametrize(
    ("name", "words"),
    [("harvest_passed", ["--partial"]), ("harvest_replacing", ["--replace", "--yes"])],
)
def test_ways_to_harvest_say_what_they_do(fake_farm, name, words):
    fake_farm.answer("harvest", result(frames=3, passed=3, problems=[]))
    assert getattr(bpy.ops.farm, name)() == {"FINISHED"}
    line = last_line(fake_farm)
    assert [word for word in line if word in ("--partial", "--replace", "--yes")] == words


def test_a_harvest_in_part_says_how_much_was_delivered(fake_farm):
    problem = {"job": "sh010", "frame": 7, "problem": "it is cut off"}
    fake_farm.answer("harvest", result(frames=6, passed=6, problems=[problem]), exit_status=1)
    with pytest.raises(RuntimeError, match="6 frames delivered, 1 does not pass"):
        bpy.ops.farm.harvest_passed()


def test_a_repair_says_how_many_jobs_and_makes_the_check_void(fake_farm, view):
    view.gate.begin("ep01")
    view.gate.take_row("gate", "a", {"state": "bad", "problems": 1})
    fake_farm.answer("repair", result(posted=[{"job": "a", "frames": "3"}], skipped=[]))
    assert bpy.ops.farm.repair() == {"FINISHED"}
    assert last_line(fake_farm)[-3:] == ["--", "release", "ep01"]
    assert view.gate.order == []


def test_undoing_a_harvest_takes_the_last_one_back(fake_farm):
    fake_farm.answer("harvest", result(undone="20261124", files=7))
    assert bpy.ops.farm.undo_harvest() == {"FINISHED"}
    assert "--undo" in last_line(fake_farm)


@pytest.mark.parametrize(("name", "verb"), [("verify_archive", "verify"), ("restore", "restore")])
def test_archives_are_named_and_need_no_release(fake_farm, name, verb):
    bpy.context.scene.farm.release = ""
    fake_farm.answer(verb, result(files=3, jobs=2, size_bytes=1_000))
    assert getattr(bpy.ops.farm, name)(archive="--yes") == {"FINISHED"}
    assert last_line(fake_farm)[0] == verb
    assert last_line(fake_farm)[-1] == "--yes"
    assert last_line(fake_farm)[-3] == "--"


@pytest.mark.parametrize("name", ["verify_archive", "restore"])
def test_an_archive_that_nobody_names_is_an_error(fake_farm, name):
    with pytest.raises(RuntimeError, match="no archive is named"):
        getattr(bpy.ops.farm, name)()
    assert fake_farm.command_lines() == []


def test_an_archive_that_is_damaged_is_an_error(fake_farm):
    event = {"event": "error", "message": "the archive is damaged", "hint": ""}
    fake_farm.answer("verify", event, exit_status=1)
    with pytest.raises(RuntimeError, match="The archive is damaged"):
        bpy.ops.farm.verify_archive(archive="ep00")


def test_the_contact_sheet_is_told_where_no_window_can_show_it(fake_farm):
    before = set(bpy.data.images)
    fake_farm.answer("sheet", result(sheet="/mnt/farm/s.png", picture="/x/s.jpg"))
    assert bpy.ops.farm.show_contact_sheet() == {"FINISHED"}
    assert any(word.startswith("--picture=") for word in last_line(fake_farm))
    assert set(bpy.data.images) == before


def test_this_computer_is_started_and_stopped_whatever_manager_is_chosen(fake_farm, farm):
    bpy.context.preferences.addons[farm.ADDON_ID].preferences.manager = "URL"
    fake_farm.answer("manager", result(is_running=True))
    assert bpy.ops.farm.start_local() == {"FINISHED"}
    line = last_line(fake_farm)
    assert line[-1] == "start"
    assert line[line.index("--manager") + 1] == "local"
    fake_farm.answer("manager", result(was_running=True))
    assert bpy.ops.farm.stop_local() == {"FINISHED"}
    assert last_line(fake_farm)[-1] == "stop"


def test_the_managers_storage_becomes_the_volume(view, farm, tmp_path):
    preferences = bpy.context.preferences.addons[farm.ADDON_ID].preferences
    assert not bpy.ops.farm.use_storage.poll()
    view.farm.take_row("farm", "manager", {"answers": True, "storage": str(tmp_path)})
    assert bpy.ops.farm.use_storage() == {"FINISHED"}
    assert preferences.volume == str(tmp_path)
    assert not bpy.ops.farm.use_storage.poll()


def test_a_chosen_folder_becomes_the_volume(farm, tmp_path):
    assert bpy.ops.farm.choose_volume(directory=str(tmp_path)) == {"FINISHED"}
    assert bpy.context.preferences.addons[farm.ADDON_ID].preferences.volume == str(tmp_path)
    with pytest.raises(RuntimeError, match="No folder is chosen"):
        bpy.ops.farm.choose_volume(directory="")


def test_a_dismissed_warning_stays_away(view):
    assert bpy.ops.farm.dismiss_problem(key="storage") == {"FINISHED"}
    assert view.farm.dismissed == {"storage"}


@pytest.mark.parametrize("name", ["reconnect", "show_preferences", "open_manager"])
def test_what_needs_a_window_or_a_manager_does_not_start(name):
    assert not getattr(bpy.ops.farm, name).poll()


@pytest.mark.parametrize("name", ["check_frames", "harvest_passed", "repair", "undo_harvest"])
def test_without_a_release_no_frame_is_touched(fake_farm, name):
    bpy.context.scene.farm.release = ""
    assert not getattr(bpy.ops.farm, name).poll()


def test_a_shown_sheet_is_neither_saved_nor_a_change(room, tmp_path):
    sheet = room("contact_sheet")
    picture, blend = tmp_path / "sheet.png", tmp_path / "shot.blend"
    made = bpy.data.images.new("made", 8, 8)
    made.filepath_raw, made.file_format = str(picture), "PNG"
    made.save()
    bpy.data.images.remove(made)
    bpy.ops.wm.save_as_mainfile(filepath=str(blend))
    image = sheet.load(str(picture))
    assert image.users == 0
    assert not bpy.data.is_dirty
    bpy.ops.wm.save_as_mainfile(filepath=str(blend))
    sheet.forget()
    assert sheet.NAME not in bpy.data.images
    assert names_in(blend) == set()


def test_a_sheet_that_the_artist_uses_is_the_artists(room, tmp_path):
    sheet = room("contact_sheet")
    picture = tmp_path / "sheet.png"
    made = bpy.data.images.new("made", 8, 8)
    made.filepath_raw, made.file_format = str(picture), "PNG"
    made.save()
    image = sheet.load(str(picture))
    texture = bpy.data.textures.new("theirs", "IMAGE")
    texture.image = image
    sheet.forget()
    assert image.users
    sheet.forget()
    assert texture.image == image


def names_in(blend: Path) -> set[str]:
    """Return our pictures in a file, as a Blender that opens it sees them."""
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    return {image.name for image in bpy.data.images if image.name.startswith("Contact Sheet")}
