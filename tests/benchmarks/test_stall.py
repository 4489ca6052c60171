# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark of the panel reports what it should; its Manager has the habits that it is told.

How long anything takes is asserted nowhere.
"""

from __future__ import annotations

import http.client
import importlib
import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
DEADLINE_S = 20.0


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Return a function that imports modules of the benchmarks, which are programs."""
    for folder in ("benchmarks", "scripts"):
        monkeypatch.syspath_prepend(str(PROJECT / folder))
    return importlib.import_module


def run(cpu_s: float, wall_s: float) -> dict[str, Any]:
    """Return what the script in the window records."""
    return {
        "timed": {
            "worst": [
                ["healthy", "timer", "tick", cpu_s, wall_s],
                ["gone", "panel_draw", "FARM_PT_jobs", cpu_s / 2, wall_s / 2],
                ["gone", "panel_draw", "FARM_PT_farm", cpu_s / 4, wall_s / 4],
                ["healthy", "snapshot_save", "save_snapshot", 0.1, 0.2],
            ]
        },
        "drawn": {"rows_s": 0.00005, "tab_s": 0.0005, "rows_draw_s": 0.0002, "tab_draw_s": 0.001},
    }


def test_the_worst_processor_time_and_the_best_wall_time_of_the_runs_count(
    module: Callable[[str], ModuleType],
) -> None:
    stall = module("stall")
    found = stall.gather([run(0.002, 0.05), run(0.004, 0.03)])["scenarios"]
    assert found["healthy"]["timer_cpu_ms"] == 4.0
    assert found["healthy"]["timer_wall_ms"] == 30.0
    assert found["gone"]["panel_draw_by"] == "FARM_PT_jobs"


def test_members_in_ms_are_calls_of_ours_the_drawing_and_the_save(
    module: Callable[[str], ModuleType],
) -> None:
    stall = module("stall")
    bench = SimpleNamespace(needed_blender=lambda: SimpleNamespace(version=(5, 2, 2)))
    sizes = {1000: stall.gather([run(0.002, 0.03)])}
    files = {"load_with_s": 1.0, "load_without_s": 1.0, "load_ratio": 1.0}
    summary = stall.summarise(stall.Stage(bench, ":7", Path()), sizes, files)
    assert summary["over_the_bar"] == ["timer_wall_ms"]
    assert summary["snapshot_save_ms"] == 200.0
    assert (summary["rows_draw_ms"], summary["tab_draw_ms"]) == (0.05, 0.5)
    assert {name for name in summary if name.endswith("_ms")} == {
        *("timer_cpu_ms", "timer_wall_ms", "panel_draw_cpu_ms", "panel_draw_wall_ms"),
        *("rows_draw_ms", "tab_draw_ms", "snapshot_save_ms"),
    }
    assert "snapshot_save" not in json.dumps(summary["jobs"])


def ask(port: int, timeout_s: float) -> dict[str, Any]:
    """Ask the Manager for its jobs."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("GET", "/api/v3/jobs")
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        return answer
    finally:
        connection.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_manager_changes_its_habits(
    module: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    manager = module("stall_manager")
    jobs = [{"id": str(uuid.uuid4()), "name": f"ep01/{number}"} for number in range(20)]
    port, habit = manager.free_port(), tmp_path / "habit"

    def refuses() -> bool:
        try:
            ask(port, 1.0)
        except OSError:
            return True
        return False

    with manager.running_manager(jobs, tmp_path, port, habit):
        first, second = ask(port, DEADLINE_S)["jobs"], ask(port, DEADLINE_S)["jobs"]
        assert len(first) == 20
        changed = [a["id"] for a, b in zip(first, second, strict=True) if a != b]
        assert len(changed) == 1
        habit.write_text("silent", encoding="utf-8")
        with pytest.raises(TimeoutError):
            ask(port, 0.3)
        habit.write_text("gone", encoding="utf-8")
        until(refuses)
        habit.write_text("healthy", encoding="utf-8")
        until(lambda: not refuses())
