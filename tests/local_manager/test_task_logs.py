# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from farm_addon.local_manager import task_logs
from farm_addon.local_manager.task_logs import TAIL_BYTES, TaskLogs


def test_lines_are_appended_and_read_back(tmp_path: Path) -> None:
    logs = TaskLogs(tmp_path / "logs")
    assert logs.tail("j", "t") is None
    assert logs.size_bytes("j", "t") is None
    logs.append("j", "t", "one")
    logs.append("j", "t", "zwei ü \ud800")
    assert logs.tail("j", "t") == "one\nzwei ü ?\n".encode()
    assert logs.size_bytes("j", "t") == len("one\nzwei ü ?\n".encode())


def test_the_tail_begins_at_a_line(tmp_path: Path) -> None:
    logs = TaskLogs(tmp_path)
    for number in range(500):
        logs.append("j", "t", f"line {number}")
    tail = logs.tail("j", "t")
    assert tail is not None
    assert len(tail) <= TAIL_BYTES
    assert tail.startswith(b"line ")
    assert tail.endswith(b"line 499\n")


def test_the_tail_of_one_endless_line_begins_anywhere(tmp_path: Path) -> None:
    logs = TaskLogs(tmp_path)
    logs.append("j", "t", "x" * 5000)
    assert logs.tail("j", "t") == b"x" * (TAIL_BYTES - 1) + b"\n"


def test_a_log_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_logs, "MAX_LOG_BYTES", 1000)
    logs = TaskLogs(tmp_path)
    for _ in range(100):
        logs.append("j", "t", "x" * 49)
    assert 1000 <= (logs.size_bytes("j", "t") or 0) < 1100
    tail = logs.tail("j", "t")
    assert tail is not None
    assert tail.endswith(b"left out)\n")


def test_a_line_that_cannot_be_written_is_lost_and_said_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("x")
    TaskLogs(tmp_path / "file").append("j", "t", "line")
    assert "is lost" in caplog.text


def test_logs_of_jobs_that_are_gone_are_removed(tmp_path: Path) -> None:
    logs = TaskLogs(tmp_path)
    for job_id in ("kept", "gone", "removed"):
        logs.append(job_id, "t", "line")
    logs.remove("removed")
    logs.keep_only({"kept"})
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
