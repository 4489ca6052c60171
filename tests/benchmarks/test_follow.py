# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark of following gets its rows, and nothing is told while nothing changes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "follow.py"
TIMEOUT_S = 120.0


@pytest.mark.skipif(sys.platform != "linux", reason="it reads the processor time from /proc")
def test_nothing_is_told_while_nothing_changes_and_one_row_per_change() -> None:
    command = [sys.executable, str(PROGRAM), "--json", "--jobs", "30", "--looks", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)
    found = json.loads(done.stdout)
    assert (found["jobs"], found["unchanged_printed_bytes"], found["changed_rows"]) == (30, 0, 2)
    assert found["unchanged_look_s"] >= 0
    assert found["memory_peak_bytes"] >= found["memory_bytes"] > 0
