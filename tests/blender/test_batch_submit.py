# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender -b FILE --python scripts/batch_submit.py -- …``, with the extension and without it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import zipfile
from pathlib import Path

import bpy
import pytest

from tests.blender.processes import held, interrupt_while_reading, run, run_json

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPT = CHECKOUT / "scripts" / "batch_submit.py"


@pytest.fixture(params=["extension", "checkout"])
def batch(request, tmp_path):
    """Return what begins a command line: with the installed extension, or from a checkout alone."""
    background = [bpy.app.binary_path, "--background"]
    if request.param == "extension":
        return lambda *before: [*background, *before, "--python", str(SCRIPT), "--"]
    root = tmp_path / "checkout"
    shutil.copytree(
        CHECKOUT / "farm_addon", root / "farm_addon", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(CHECKOUT / "pyproject.toml", root)
    (root / "scripts").mkdir()
    script = shutil.copy(SCRIPT, root / "scripts")
    with zipfile.ZipFile(os.environ["FARM_TEST_EXTENSION_ZIP"]) as archive:
        wheels = [name for name in archive.namelist() if name.endswith(".whl")]
        archive.extractall(tmp_path / "unpacked", wheels)
    shutil.copytree(tmp_path / "unpacked" / "wheels", root / "build" / "wheels")
    return lambda *before: [
        *(*background, "--factory-startup", *before, "--python", str(script), "--")
    ]


@pytest.fixture
def volume(batch, tmp_path):
    folder = tmp_path / "volume"
    run([*batch(), "init", str(folder)])
    return folder


@pytest.fixture
def shot(tmp_path):
    """Save a file with two scenes and give its path."""
    path = tmp_path / "project" / "shot.blend"
    path.parent.mkdir()
    bpy.context.scene.render.engine = "CYCLES"
    second = bpy.context.scene.copy()
    second.name = "Detail"
    second.use_fake_user = True
    second.frame_start = second.frame_end = 7
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


def test_a_verb_runs_and_prints_its_document_alone(batch, tmp_path):
    document = run_json([*batch(), "--json", "init", str(tmp_path / "v"), "--name", "Studio"])
    assert document["result"]["name"] == "Studio"


def test_exit_status_2_for_wrong_usage(batch):
    assert "no-such-verb" in run([*batch(), "no-such-verb"], status=2).stderr


def test_without_arguments_it_tells_how_to_use_it(batch):
    done = run(batch()[:-1])
    assert "plan" in done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_ctrl_c_exits_130(batch, volume, tmp_path):
    with held(tmp_path) as pipe:
        words = ["--volume", str(volume), "plan", "release", "a", "--snapshot", str(pipe)]
        assert interrupt_while_reading([*batch(), *words], pipe) == 130


def test_plan_without_a_file_means_the_open_one(batch, volume, shot, tmp_path, user_home):
    before = hashlib.sha256(shot.read_bytes()).hexdigest()
    words = ["--json", "--volume", str(volume), "plan", "release", "ep01"]
    document = run_json([*batch(str(shot)), *words])
    scenes = {row["scene"]: row["frames"] for row in document["result"]["scenes"]}
    assert scenes == {"Detail": "7", "Scene": "1-250"}
    assert document["result"]["is_written"]
    assert hashlib.sha256(shot.read_bytes()).hexdigest() == before
    assert [path.name for path in shot.parent.iterdir()] == ["shot.blend"]
    assert len(list(user_home.rglob("snapshots/*.blend"))) == 1


def test_what_an_earlier_script_changed_is_planned(batch, volume, shot, user_home):
    expression = "import bpy; bpy.data.scenes['Detail'].frame_end = 9"
    words = ["--json", "--volume", str(volume), "plan", "release", "ep01", "--scenes", "Detail"]
    document = run_json([*batch(str(shot), "--python-expr", expression), *words, "--dry-run"])
    assert [row["frames"] for row in document["result"]["scenes"]] == ["7-9"]
    assert not document["result"]["is_written"]
    assert list(user_home.rglob("snapshots/*")) == []


def test_a_file_that_was_never_saved_is_a_finding(batch, volume, user_home):
    words = ["--json", "--volume", str(volume), "plan", "release", "ep01"]
    document = run_json([*batch(), *words], status=1)
    assert "error" in {finding["severity"] for finding in document["findings"]}
    assert list(user_home.rglob("snapshots/*")) == []


def test_a_named_file_is_planned_as_on_the_command_line(batch, volume, shot):
    words = ["--json", "--volume", str(volume), "plan", "release", "ep01", str(shot)]
    document = run_json([*batch(), *words])
    assert {row["scene"] for row in document["result"]["scenes"]} == {"Detail", "Scene"}


def test_a_folder_is_planned_and_submitted_with_a_line_for_each_file(batch, volume, shot):
    shutil.copy(shot, shot.parent / "shot2.blend")
    words = ["--volume", str(volume), "plan", "release", "ep01", str(shot.parent), "--json"]
    words += ["--scenes", "Detail", "--submit", "--paused"]
    done = run([*batch(), *words])
    try:
        result = json.loads(done.stdout)["result"]
        assert [(Path(one["file"]).name, one["state"]) for one in result["files"]] == [
            ("shot.blend", "ok"),
            ("shot2.blend", "ok"),
        ]
        assert sorted(result["submission"]["posted"]) == ["shot2_Detail", "shot_Detail"]
        lines = [line for line in done.stderr.splitlines() if line.startswith(("[1/2]", "[2/2]"))]
        assert len(lines) == 2
    finally:
        run([*batch(), "--volume", str(volume), "manager", "stop"])


def test_the_open_file_is_planned_and_submitted_and_its_snapshot_goes(
    batch, volume, shot, user_home
):
    words = ["--volume", str(volume), "plan", "release", "ep01", "--scenes", "Detail", "--json"]
    document = run_json([*batch(str(shot)), *words, "--submit", "--paused"])
    try:
        assert document["result"]["submission"]["posted"] == ["shot_Detail"]
        assert list(user_home.rglob("snapshots/*")) == []
    finally:
        run([*batch(), "--volume", str(volume), "manager", "stop"])
