# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators without a window: each runs the same command lines to their end."""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import pytest


def row(table, key, **values):
    return {"event": "row", "table": table, "key": key, "values": values}


def finding(severity, subject, message, code="no-camera"):
    return {
        "event": "finding",
        "severity": severity,
        "code": code,
        "subject": subject,
        "message": message,
        "fix": "do something about it",
    }


def result(**data):
    return {"event": "result", "data": data}


@pytest.fixture
def session(room):
    return lambda: room("properties.session").session(bpy.context)


@pytest.fixture
def view(room):
    return room("state").view()


def option(command, name):
    return command[command.index(name) + 1]


def test_submit_plans_a_snapshot_of_the_ticked_scenes_then_submits(fake_farm, tmp_path):
    bpy.data.scenes.new("b")
    bpy.data.scenes.new("c").farm.is_included = False
    fake_farm.answer("plan", result(scenes=[{}, {}]))
    fake_farm.answer("submit", result(posted=["x", "y"], found=[], requeued=[], skipped=[]))
    assert bpy.ops.farm.submit() == {"FINISHED"}
    plan, submit = fake_farm.command_lines()
    assert [word for word in plan if word.startswith("--scenes=")] == [
        "--scenes=b",
        "--scenes=Scene",
    ]
    assert plan[-3:] == submit[-3:] == ["--", "release", "ep01"]
    assert option(plan, "--volume") == option(submit, "--volume") == str(tmp_path / "volume")
    assert "--dry-run" not in plan


def test_submit_leaves_no_snapshot_when_all_went_well(fake_farm):
    fake_farm.answer("plan", result())
    fake_farm.answer("submit", result())
    bpy.ops.farm.submit()
    sidecar = Path(option(fake_farm.command_lines()[0], "--snapshot"))
    assert not sidecar.exists()
    assert not sidecar.with_suffix(".blend").exists()


def test_submit_keeps_unsaved_edits_for_another_try(fake_farm, room, monkeypatch):
    fake_farm.answer("plan", result())
    fake_farm.answer("submit", {"event": "error", "message": "no answer"}, exit_status=1)
    bpy.ops.ed.undo_push(message="edit")
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.ed.undo_push(message="edit")
    assert bpy.data.is_dirty
    with pytest.raises(RuntimeError, match="No answer"):
        bpy.ops.farm.submit()
    sidecar = Path(option(fake_farm.command_lines()[0], "--snapshot"))
    assert json.loads(sidecar.read_text("utf-8"))["unsaved_edits"]
    assert sidecar.with_suffix(".blend").exists()


def test_submit_stops_at_a_finding_that_blocks(fake_farm, session, view):
    fake_farm.answer(
        "plan",
        row("scenes", "Scene", scene="Scene", ok=False),
        finding("error", "Scene ‘Scene’", "it has no camera"),
        finding("warning", "Scene ‘Scene’", "it is odd"),
        result(scenes=[{}]),
        exit_status=1,
    )
    with pytest.raises(RuntimeError, match="1 finding in the way. Scene ‘Scene’: it has no camera"):
        bpy.ops.farm.submit()
    assert [line[0] for line in fake_farm.command_lines()] == ["plan"]
    shown = [(item.severity, item.message) for item in session().release_findings.items]
    assert shown == [("error", "it has no camera"), ("warning", "it is odd")]
    assert view.plan.line("Scene").becomes == "blocked"
    assert not Path(option(fake_farm.command_lines()[0], "--snapshot")).exists()


def test_check_writes_no_plan_and_shows_what_is_wrong(fake_farm, session, view):
    fake_farm.answer(
        "plan",
        row("scenes", "Scene", scene="Scene", ok=True),
        finding("info", "Scene ‘Scene’", "it burns metadata in"),
        result(scenes=[{}]),
    )
    assert bpy.ops.farm.check() == {"FINISHED"}
    (plan,) = fake_farm.command_lines()
    assert "--dry-run" in plan
    assert view.plan.line("Scene").becomes == ""
    assert [item.severity for item in session().release_findings.items] == ["info"]


def test_a_second_check_replaces_the_findings_of_the_first(fake_farm, session):
    fake_farm.answer("plan", finding("warning", "a", "b"), result(scenes=[{}]))
    bpy.ops.farm.check()
    fake_farm.answer("plan", result(scenes=[{}]))
    bpy.ops.farm.check()
    assert len(session().release_findings.items) == 0


def test_refresh_shows_the_jobs_and_lets_vanished_ones_go(fake_farm, session, view):
    fake_farm.answer(
        "status",
        row("jobs", "sh010", state="active", attempt=2, done=3, total=8, message="on node-1"),
        row("jobs", "sh020", state="completed", attempt=1, done=5, total=5, message=""),
        result(jobs=[{}, {}]),
    )
    assert bpy.ops.farm.refresh() == {"FINISHED"}
    assert "--watch" not in fake_farm.command_lines()[0]
    lines = [view.jobs.lines[job.name] for job in session().jobs]
    shown = [
        (line.name, line.state, line.attempt, line.done, line.total, line.message) for line in lines
    ]
    assert shown == [
        ("sh010", "active", 2, 3, 8, "on node-1"),
        ("sh020", "completed", 1, 5, 5, ""),
    ]
    assert view.jobs.counts_text == "1 rendering · 1 rendered"
    fake_farm.answer("status", row("jobs", "sh020", state="failed", done=5, total=5), result())
    bpy.ops.farm.refresh()
    assert [job.name for job in session().jobs] == ["sh020"]
    assert view.jobs.lines["sh020"].state == "failed"
    assert view.jobs.counts_text == "1 failed"


def test_jobs_of_another_release_replace_those_of_the_first(fake_farm, session):
    fake_farm.answer("status", row("jobs", "a", state="queued"), result())
    bpy.ops.farm.refresh()
    bpy.context.scene.farm.release = "ep02"
    fake_farm.answer("status", row("jobs", "b", state="queued"), result())
    bpy.ops.farm.refresh()
    assert [job.name for job in session().jobs] == ["b"]


def test_rows_survive_another_file_in_background_mode(fake_farm, session, tmp_path):
    fake_farm.answer("status", row("jobs", "a", state="queued"), result())
    bpy.ops.farm.refresh()
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    bpy.context.scene.farm.volume = str(tmp_path)
    bpy.context.scene.farm.release = "ep01"
    bpy.ops.farm.refresh()
    assert [job.name for job in session().jobs] == ["a"]


def test_rubbish_in_a_row_does_no_harm(fake_farm, session, view):
    fake_farm.answer(
        "status",
        row("jobs", "a", state=None, done="many", total=2**40, attempt=-3, message=["x"]),
        row("unheard-of", "b"),
        result(),
    )
    assert bpy.ops.farm.refresh() == {"FINISHED"}
    (job,) = session().jobs
    line = view.jobs.lines[job.name]
    assert (line.state, line.done, line.total, line.attempt) == ("", 0, 2**40, 0)


def test_a_harvest_that_fails_shows_the_frames(fake_farm, session):
    problems = [{"job": "sh010", "frame": 7, "path": "p", "problem": "it is missing"}]
    fake_farm.answer("harvest", result(frames=0, jobs=[], problems=problems), exit_status=1)
    with pytest.raises(RuntimeError, match="sh010, frame 7: it is missing"):
        bpy.ops.farm.harvest()
    (item,) = session().delivery_findings.items
    assert (item.subject, item.message) == ("sh010, frame 7", "it is missing")


def test_archive_does_not_ask_twice_and_forgets_the_jobs(fake_farm, session, view, room):
    fake_farm.answer("status", row("jobs", "a", state="delivered"), result())
    bpy.ops.farm.refresh()
    fake_farm.answer("archive", result(archive="/a/ep01.tar.gz", size_bytes=1_234_000))
    assert bpy.ops.farm.archive() == {"FINISHED"}
    assert "--yes" in fake_farm.command_lines()[-1]
    assert len(session().jobs) == 0
    outcome = view.outcomes[room("run").Section.DELIVERY]
    assert outcome.text == "Archived and verified, 1.2 MB"


def test_an_error_and_its_hint_reach_the_script(fake_farm):
    fake_farm.answer(
        "harvest",
        {"event": "error", "message": "release 'ep01' is in use", "hint": "wait"},
        exit_status=1,
    )
    with pytest.raises(RuntimeError, match="Release 'ep01' is in use. Wait"):
        bpy.ops.farm.harvest()


def test_a_crash_of_the_command_line_is_an_error(fake_farm):
    with pytest.raises(RuntimeError, match="exited 1 without a reason"):
        bpy.ops.farm.harvest()


@pytest.mark.parametrize("name", ["submit", "check", "refresh", "harvest", "archive"])
def test_without_a_release_name_nothing_starts(fake_farm, name):
    bpy.context.scene.farm.release = " "
    assert not getattr(bpy.ops.farm, name).poll()


@pytest.mark.parametrize("name", ["submit", "check", "refresh", "harvest", "check_volume"])
def test_without_a_volume_nothing_starts(fake_farm, name):
    bpy.context.scene.farm.volume = ""
    assert not getattr(bpy.ops.farm, name).poll()


def test_without_a_ticked_scene_there_is_nothing_to_submit(fake_farm):
    bpy.context.scene.farm.is_included = False
    assert not bpy.ops.farm.submit.poll()
    assert bpy.ops.farm.harvest.poll()


def test_a_chosen_folder_is_remembered_and_set_up(fake_farm, farm, tmp_path):
    bpy.context.scene.farm.volume = ""
    fake_farm.answer("init", result(name="demo", volume="x"))
    assert bpy.ops.farm.init_volume(directory=str(tmp_path / "new")) == {"FINISHED"}
    preferences = bpy.context.preferences.addons[farm.ADDON_ID].preferences
    assert preferences.volume == str(tmp_path / "new")
    assert fake_farm.command_lines()[0][:2] == ["init", str(tmp_path / "new")]


def test_a_folder_that_is_not_there_is_a_warning(fake_farm):
    assert bpy.ops.farm.open_folder(which="DELIVERY") == {"CANCELLED"}


def test_there_is_nothing_to_cancel(fake_farm):
    assert not bpy.ops.farm.cancel.poll()
