# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of flamenco.md §6, measured on a real Manager 3.9."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm_addon.core.frames import MAX_FRAMES, Frames
from farm_addon.local_manager import compile as compiling
from farm_addon.local_manager.compile import CompileError, compile_job, parse_frames
from tests.fakes.local_service import submission

NOW = datetime(2026, 4, 13, 12, 8, 58, tzinfo=UTC)


@pytest.mark.parametrize(
    ("frames", "chunk_size", "chunks"),
    [
        ("1-10", 3, ["1-3", "4-6", "7-9", "10"]),
        ("1..10,20..25,40,3..8", 4, ["1-4", "5-8", "9,10,20,21", "22-25", "40"]),
        ("1,3,5,7,9", 2, ["1,3", "5,7", "9"]),
        ("1-2", 5, ["1,2"]),
        ("47", 4, ["47"]),
        ("10-1,4", 1, ["4"]),
        (" 007 - 010 , +5 ", 9, ["5,7-10"]),
        ("3,1,2,2", 9, ["1-3"]),
        (47, 1, ["47"]),
        ("0", 1, ["0"]),
    ],
)
def test_frames_become_chunks_as_flamenco_cuts_them(
    frames: Any, chunk_size: int, chunks: list[str]
) -> None:
    job = compile_job(submission(frames=frames, chunk_size=chunk_size), NOW)
    assert [task.name for task in job.tasks] == [f"render-{chunk}" for chunk in chunks]


@pytest.mark.parametrize(
    "frames",
    ["", "1,", "1,,2", "1...3", "1-2-3", "1.5", "1 2", "1–3", "١", "-3", "1-10x2", "1-10/2",
     "10-1", "x", None, True, 1.5, [1], "1-99999999999", f"1-{MAX_FRAMES + 1}",
     ",".join(f"{i}-{i + 600_000}" for i in (1, 700_000))],
)  # fmt: skip
def test_frames_that_flamenco_refuses_or_nobody_means_are_refused(frames: Any) -> None:
    with pytest.raises(CompileError):
        compile_job(submission(frames=frames), NOW)


@given(st.sets(st.integers(0, 5000), min_size=1, max_size=200))
def test_what_our_own_frames_write_is_read_back(numbers: set[int]) -> None:
    assert parse_frames(Frames(numbers).text()) == Frames(numbers)


@pytest.mark.parametrize(("size", "tasks"), [("4", 3), (2.5, 5), (1, 10), (10**12, 1)])
def test_chunk_sizes_are_taken_as_flamenco_takes_them(size: Any, tasks: int) -> None:
    assert len(compile_job(submission(frames="1-10", chunk_size=size), NOW).tasks) == tasks


@pytest.mark.parametrize("size", [0, -1, None, "x", True, "nan", "inf", 0.9])
def test_chunk_sizes_below_one_are_refused(size: Any) -> None:
    with pytest.raises(CompileError, match="chunk_size"):
        compile_job(submission(chunk_size=size), NOW)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"render_output_path": ""}, "no render_output_path"),
        ({"render_output_path": None}, "no render_output_path"),
        ({"render_output_path": "/a\0b"}, "null"),
        ({"format": "FFMPEG"}, "only renders images"),
        ({"format": "TARGA"}, "does not know the format 'TARGA'"),
        ({"format": "png"}, "does not know"),
        ({"format": 7}, "does not know"),
        ({"blendfile": ""}, "blendfile"),
        ({"blendfile": None}, "blendfile"),
    ],
)
def test_settings_that_make_no_sense_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(CompileError, match=words):
        compile_job(submission(**changes), NOW)


def test_more_tasks_than_anybody_wants_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "MAX_TASKS", 10)
    with pytest.raises(CompileError, match="11 tasks are more than 10"):
        compile_job(submission(frames="1-11"), NOW)


def test_the_timestamp_in_the_output_path_is_the_local_time() -> None:
    job = compile_job(submission(render_output_path="/out/{timestamp}/{other}/##"), NOW)
    local = NOW.astimezone().strftime("%Y-%m-%d_%H%M%S")
    assert job.settings["render_output_path"] == f"/out/{local}/{{other}}/##"


@pytest.mark.parametrize(
    ("path", "output"),
    [
        ("/mnt/farm/out/a/######", "/mnt/farm/out/a/######"),
        ("V:\\farm\\out\\a\\######", "V:/farm/out/a/######"),
        ("/a/../b/##", "/b/##"),
        ("//relative/##", "/relative/##"),
        ("/out/slash/", "/out/slash/slash"),
    ],
)
def test_output_paths_are_written_as_the_real_script_writes_them(path: str, output: str) -> None:
    job = compile_job(submission(render_output_path=path), NOW)
    assert compiling.render_output(job.settings) == output


def test_a_task_has_the_command_of_flamenco_3_9() -> None:
    job = compile_job(submission(frames="1-4", chunk_size=4), NOW)
    command = compiling.command(job, job.tasks[0])
    assert command == {
        "name": "blender-render",
        "parameters": {
            "exe": "{blender}",
            "exeArgs": "{blenderArgs}",
            "argsBefore": [],
            "blendfile": "/mnt/farm/store/a.blend",
            "args": [
                "--scene", "Main",
                "--python-expr", compiling.RENDER_OPTIONS,
                "--render-output", "/mnt/farm/out/a/######",
                "--render-format", "PNG",
                "--render-frame", "1..4",
            ],
        },
        "total_step_count": 4,
    }  # fmt: skip


def test_no_scene_and_no_format_leave_the_files_own() -> None:
    job = compile_job(submission(scene="", format=None), NOW)
    args = compiling.command(job, job.tasks[0])["parameters"]["args"]
    assert "--scene" not in args
    assert "--render-format" not in args
