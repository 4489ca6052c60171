# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark runs from a checkout and tells what it should; how fast is nobody's promise."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "harvest.py"
KINDS = {"truncated", "last byte gone", "4 KB zero hole", "one bit flip"}


def run(folder: Path, *arguments: str) -> str:
    """Run it elsewhere than in the checkout, with as little work as possible."""
    small = ("--frames", "12", "--pngs", "2", "--runs", "1", "--width", "160")
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *small, "--folder", str(folder), *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert list(folder.iterdir()) == []
    return done.stdout


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(tmp_path_factory.mktemp("work"), "--json"))
    return found


def test_there_is_a_number_for_each_row_of_the_bar(result: dict[str, Any]) -> None:
    move, checksums, decode = result["move"], result["checksums"], result["decode"]
    assert move["frames"] == 12
    assert move["ratio"] == pytest.approx(
        move["move_all_frames_per_s"] / move["rename_frames_per_s"]
    )
    assert checksums["files"] == 2
    assert min(checksums[name] for name in ("ratio", "one_core_ratio", "all_cores_ratio")) > 0
    assert decode["frames_per_s"] > 0
    assert decode["remembered_frames_per_s"] > 0
    assert move["bar"] == checksums["bar"] == 0.9


def test_no_damage_of_the_four_kinds_passes(result: dict[str, Any]) -> None:
    assert "PNG" in result["damage"]
    for name, kinds in result["damage"].items():
        assert kinds.keys() == KINDS, name
        for kind, count in kinds.items():
            assert count["tried"] == count["rejected"] > 0, (name, kind)


def test_table_has_a_line_per_row(tmp_path: Path) -> None:
    text = run(tmp_path)
    for start in ("move 12 frames", "checksums, as the gate", "full decode", "PNG rejected"):
        assert f"\n{start}" in text
