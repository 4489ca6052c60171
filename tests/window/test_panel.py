# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab in a real window, clicked; the command line is a fake that says what the test wants."""

import subprocess
from pathlib import Path

SCRIPTS = Path(__file__).parent / "scripts"


def test_submit_shows_progress_can_be_cancelled_and_is_followed(blender_window, tmp_path):
    results = blender_window.run(SCRIPTS / "submit.py", tmp_path)
    assert results["ticked"] == ["Scene"]
    assert results["scenes"] == ["--scenes=Scene"]
    assert results["fraction"] == 0.4
    assert results["is_ticking"]
    assert results["cancelled"] == "cancelled"
    assert results["exit_statuses"] == [0, 130]
    assert results["verbs"] == ["plan", "submit", "plan", "submit", "status"]
    assert results["submitted"] == "1 job submitted"
    assert results["rendering"] == ["shot_Scene", "active", 3]
    assert results["rendered"] == ["shot_Scene", "completed", 8]


def test_archive_asks_first(blender_window, tmp_path):
    results = blender_window.run(SCRIPTS / "archive.py", tmp_path)
    assert results["after_esc"] == []
    assert results["said_yes"] == [True]
    assert results["outcome"] == "Archived and verified, 12 bytes"


def test_file_session_and_undo_stay_as_they_are(blender_window, tmp_path):
    results = blender_window.run(SCRIPTS / "session_stays.py", tmp_path)
    assert results == {
        "dirty_after_saving": False,
        "saved": False,
        "dirty_before": True,
        "edited": True,
        "dirty_after": True,
        "filepath_stays": True,
        "file_stays": True,
        "folder": ["shot.blend"],
        "undone": 250,
        "redone": 77,
        "jobs_after_undo": ["shot"],
        "jobs_after_opening": 0,
        "watcher_ended": True,
    }


def test_a_release_goes_from_plan_to_archive_by_clicks(
    blender_window, blender_executable, tmp_path
):
    """The whole of it: the real command line, the local manager, real renders."""
    shot, volume = tmp_path / "shot.blend", tmp_path / "volume"
    subprocess.run(
        [
            *(blender_executable, "--background", "--factory-startup", "--python-exit-code", "1"),
            *("--python", SCRIPTS / "small_file.py", "--", shot),
        ],
        stdin=subprocess.DEVNULL,
        check=True,
        timeout=120,
    )
    before = shot.read_bytes()
    results = blender_window.run(SCRIPTS / "release.py", volume, blend=shot, timeout_s=400)
    assert results["set_up"][:2] == ["done", "The volume of farm ‘volume’ is ready"]
    assert results["release"] == ["ep01", "ep01"]
    assert results["checked"] == ["done", "2 scenes ready for the farm", ""]
    assert [code for severity, code in results["findings"] if severity == "error"] == []
    assert results["submitted"] == ["done", "2 jobs submitted", ""]
    assert results["jobs"] == [
        ["shot_Detail", "completed", 1, 1],
        ["shot_Scene", "completed", 3, 3],
    ]
    assert results["harvested"] == ["done", "4 frames checked and delivered", ""]
    frames = ["shot_Detail.png", *(f"shot_Scene_{frame:06d}.png" for frame in (1, 2, 3))]
    assert results["dist"] == frames
    assert results["archived"][0] == "done"
    assert results["archives"] == ["ep01.tar.gz"]
    assert results["releases"] == []
    assert results["jobs_left"] == 0
    assert results["manager_stopped"] == 0
    assert shot.read_bytes() == before
