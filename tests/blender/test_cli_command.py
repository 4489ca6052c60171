# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender --command farm …`` in a Blender of its own."""

from __future__ import annotations

import importlib
import json
import sys

import bpy
import pytest

from tests.blender.processes import held, interrupt_while_reading, results, run, run_json

FARM = [bpy.app.binary_path, "--command", "farm"]


@pytest.fixture
def volume(tmp_path):
    folder = tmp_path / "volume"
    run([*FARM, "init", str(folder)])
    return folder


def test_stdout_holds_the_document_and_nothing_else(tmp_path):
    document = run_json([*FARM, "--json", "init", str(tmp_path / "v"), "--name", "Studio ä"])
    assert document["result"]["name"] == "Studio ä"
    assert document["exit_status"] == 0


def test_every_line_of_events_is_an_event(tmp_path):
    done = run([*FARM, "init", str(tmp_path / "v"), "--events"])
    kinds = [json.loads(line)["event"] for line in results(done).splitlines()]
    assert kinds == ["result", "done"]


def test_the_document_goes_to_a_file_too(tmp_path):
    path = tmp_path / "out.json"
    run([*FARM, "init", str(tmp_path / "v"), "--json-out", str(path)])
    assert json.loads(path.read_text("utf-8"))["exit_status"] == 0


def test_what_is_done_exits_0_and_talks_on_stdout(volume):
    assert "no release" in run([*FARM, "--volume", str(volume), "status"]).stdout


def test_wrong_usage_exits_2():
    done = run([*FARM, "no-such-verb"], status=2)
    assert "no-such-verb" in done.stderr
    assert results(done) == ""


def test_what_fails_exits_1(tmp_path):
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "farm.toml").write_text("no [ TOML")
    done = run([*FARM, "--volume", str(tmp_path / "v"), "status"], status=1)
    assert "farm.toml" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_ctrl_c_exits_130(volume, tmp_path):
    with held(tmp_path) as pipe:
        command = [*FARM, "--volume", str(volume), "plan", "release", "a", "--snapshot", str(pipe)]
        assert interrupt_while_reading(command, pipe) == 130


def test_the_command_line_is_told_whether_blender_may_go_online(farm, room, monkeypatch):
    heard = []
    main = importlib.import_module(f"{farm.__name__}.cli.__main__")
    monkeypatch.setattr(main, "main", lambda argv, **_options: heard.append(argv) or 0)
    assert room("cli_command").run_command_line(["status"], sys.stdout) == 0
    assert heard == [["status"] if bpy.app.online_access else ["status", "--offline"]]


def test_options_come_before_what_ends_them(room):
    with_options = room("cli_command").with_options
    assert with_options(["plan", "release", "a"], "--x") == ["plan", "release", "a", "--x"]
    assert with_options(["plan", "--", "release"], "--x") == ["plan", "--x", "--", "release"]
