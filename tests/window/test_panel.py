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
    assert results["outcome"] == "Archived and verified, 12 B"


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


def in_background(blender, script, *arguments):
    command = [blender, "--background", "--factory-startup", "--python-exit-code", "1"]
    subprocess.run(
        [*command, "--python", SCRIPTS / script, "--", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        check=True,
        timeout=120,
    )


def test_a_release_goes_from_installing_to_the_archive_by_clicks(
    fresh_blender_window, extension_zip, blender_executable, tmp_path
):
    """The whole of it: the real command line, the local manager, real renders."""
    shot, library, volume = tmp_path / "shot.blend", tmp_path / "chair.blend", tmp_path / "volume"
    in_background(blender_executable, "library_file.py", library, 2)
    in_background(blender_executable, "small_file.py", shot, library)
    volume.mkdir()
    results = fresh_blender_window.run(
        SCRIPTS / "release.py", volume, library, extension_zip, blend=shot, timeout_s=400
    )
    fresh_blender_window.keep_screenshots()
    jobs = ["shot_Detail", "shot_Interior", "shot_Scene"]
    assert results["installed"]
    assert results["set_up"][:2] == ["done", "The volume of farm ‘volume’ is ready"]
    assert results["release"] == ["ep01"] * 3
    assert results["checked"][:2] == ["done", "3 scenes ready for the farm"]
    assert [code for severity, code in results["findings"] if severity == "error"] == []
    assert results["plan"] == [[job, "new"] for job in jobs]
    assert results["submitted"][:2] == ["done", "3 jobs submitted"]
    assert results["rendered"] == [[job, "completed", 1] for job in jobs]
    assert [job for job, _ in results["stale"]] == ["shot_Interior"]
    assert "chair.blend" in results["stale"][0][1]
    assert results["replaced"][:2] == ["done", "1 job replaced"]
    assert results["gate"][0] == "done"
    assert results["harvested"][0] == "done"
    sequence = [f"shot_Scene_{frame:06d}.png" for frame in (1, 2, 3)]
    assert results["dist"] == ["shot_Detail.png", "shot_Interior.png", *sequence]
    assert results["archived"][0] == "done"
    assert results["archives"] == ["ep01.tar.gz"]
    assert results["releases"] == []
    assert results["manager_stopped"] == 0
