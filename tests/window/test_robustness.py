# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever an artist does around the extension, in a real window: nothing breaks, nothing leaks."""

import os
import time
from pathlib import Path

from benchmarks.stall_manager import free_port, running_manager

SCRIPTS = Path(__file__).parent / "scripts"


def problems(log: Path) -> list[str]:
    """Return what Blender printed of errors in Python."""
    text = log.read_text(errors="replace")
    return [line for line in text.splitlines() if "Traceback" in line or "Error:" in line]


def test_nothing_is_left_when_it_goes_and_all_is_there_when_it_comes(blender_window, tmp_path):
    results = blender_window.run(SCRIPTS / "comes_and_goes.py", tmp_path, timeout_s=300)
    assert results.pop("set_up") == ["FINISHED"]
    enabled = results.pop("enabled")
    assert (enabled["children"], enabled["threads"], enabled["timers"]) == (1, 2, 1)
    gone = dict.fromkeys(enabled, 0)
    assert results.pop("timers") == []
    assert results == {
        "disabled_first": gone,
        "enabled_first": enabled,
        "disabled_second": gone,
        "enabled_second": enabled,
        "reloaded": enabled,
        "two_windows": enabled,
        "one_window": enabled,
        "another_file": enabled,
        "factory_settings": gone,
    }
    assert problems(blender_window.log) == []


def test_what_is_followed_follows_the_choices(blender_window, tmp_path):
    results = blender_window.run(SCRIPTS / "follows_choices.py", tmp_path, timeout_s=240)
    assert results["unasked"] == []
    assert results["reason"] == "oak.png changed"
    assert results["notices"] == [
        "A job of ‘ep01’ failed",
        "‘ep01’ has ended: 1 rendered · 1 failed",
    ]
    assert results["dismissed"] == 1
    assert results["filter"] == ['--filter=job:"*hall*"']
    assert results["first_ended"] == 130
    assert results["selected"] == ["a"]
    assert results["rows"] == results["rows_stay"] == ["b", "a"]
    assert not any(results["alive"])
    assert problems(blender_window.log) == []


def test_undo_and_redo_go_over_choices_rows_and_verbs_in_a_large_scene(blender_window, tmp_path):
    results = blender_window.run(SCRIPTS / "undoes.py", tmp_path, timeout_s=240)
    assert results.pop("tick_ms") < 16
    assert results == {
        "changed": [["", 0], ["1-4", 1]],
        "undone": True,
        "redone": True,
        "start": ["", "SCENES", True, "", 0, 0, 0],
        "end": True,
        "goes_on": True,
    }
    assert problems(blender_window.log) == []


def test_a_read_only_volume_and_a_manager_that_is_gone_are_told(blender_window, tmp_path):
    results = blender_window.run(SCRIPTS / "read_only.py", tmp_path, timeout_s=240)
    assert results == {
        "well": "",
        "locked": "read-only",
        "refused": ["failed", "The volume is read-only", "Ask"],
        "away": "silent",
        "rows": ["a"],
        "followers": 1,
        "notice": f"There is no folder ‘{tmp_path / 'volume' / 'dist' / 'ep01'}’ yet",
    }
    assert problems(blender_window.log) == []


def test_a_manager_may_go_and_come_and_no_child_outlives_a_killed_blender(blender_window, tmp_path):
    port = free_port()
    with running_manager([], tmp_path / "volume", port, tmp_path / "habit"):
        url = f"http://127.0.0.1:{port}"
        results = blender_window.run(SCRIPTS / "farm_goes.py", tmp_path, url, timeout_s=420)
    assert results["set_up"] == ["FINISHED"]
    assert results["gone"] == ["silent", "farm.reconnect"]
    assert results["workers_stay"] == 3
    assert results["is_same_follower"]
    assert results["back"]
    assert problems(blender_window.log) == []
    # The window was killed without a warning when its script had ended.
    await_end(results["child"])


def test_a_contact_sheet_has_a_window_of_its_own_and_is_not_saved(blender_window, tmp_path):
    results = blender_window.run(SCRIPTS / "shows_sheet.py", tmp_path, timeout_s=240)
    assert results["first.jpg"] == [["first.jpg"], 2]
    assert results["second.jpg"] == [["second.jpg"], 2]
    assert results["saved"] == []
    assert results["missing"] == [["second.jpg"], 2]
    assert results["notices"] == ["The contact sheet cannot be read"]
    assert problems(blender_window.log) == []


def await_end(pid: int, timeout_s: float = 10.0) -> None:
    """Wait until a process has ended that is no child of this one.

    :raises TimeoutError: it went on.
    """
    deadline = time.monotonic() + timeout_s
    while is_running(pid):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {pid} outlived its Blender by {timeout_s:.0f} s")
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Tell whether a process runs; one that only waits for its parent does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"
