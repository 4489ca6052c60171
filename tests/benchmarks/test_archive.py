# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive benchmark runs, at a tiny size, and says what its reader looks for."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.mark.skipif(shutil.which("tar") is None, reason="there is no tar program")
@pytest.mark.parametrize("is_json", [True, False])
def test_it_measures_every_method_and_leaves_nothing(tmp_path: Path, is_json: bool) -> None:
    command = [sys.executable, str(PROJECT / "benchmarks" / "archive.py")]
    sizes = ["--frames", "3", "--frame-kb", "10", "--tiny", "20", "--runs", "1"]
    done = subprocess.run(
        [*command, *sizes, "--folder", str(tmp_path), *(["--json"] if is_json else [])],
        check=True,
        capture_output=True,
        text=True,
    )
    assert list(tmp_path.iterdir()) == []
    if not is_json:
        assert "farm archive" in done.stdout
        return
    for kind, files in (("frames", 4), ("tiny", 21)):
        result = json.loads(done.stdout)[kind]
        assert result["files"] == files
        assert {"tar cf", "tar czf", "farm archive", "farm verify"} <= set(result["methods"])
        ratios = {"time_to_tar_czf", "throughput_to_tar_cf", "size_to_gzip"}
        assert ratios <= set(result["ratios"])
        assert all(value > 0 for value in result["ratios"].values())
    if shutil.which("pigz") is None:
        assert "NO pigz" in done.stderr
    else:
        assert "time_to_pigz" in result["ratios"]
