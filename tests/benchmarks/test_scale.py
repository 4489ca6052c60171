# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scale benchmark gets its releases through, and says what it found; no time is asserted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "scale.py"
TIMEOUT_S = 120.0
VERBS = {"plan", "status", "query", "harvest", "archive"}


def test_every_verb_is_measured_at_every_size() -> None:
    command = [sys.executable, str(PROGRAM), "--json", "--sizes", "10,30"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    found = json.loads(done.stdout)
    assert found["sizes"] == [10, 30]
    assert set(found["verbs"]) >= VERBS
    for verb in found["verbs"].values():
        assert set(verb["cpu_us_per_job"]) == {"10", "30"}
        assert verb["is_flat"] == (verb["ratio"] <= found["bar"])
    assert all(size_bytes >= 0 for size_bytes in found["memory_bytes"].values())
