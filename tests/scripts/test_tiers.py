# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import sys
import time
from pathlib import Path

import pytest
from tiers import TierResult, closing_line, count_junit, run_pytest, run_to_end

MIXED = """
import pytest

def test_one(): pass
def test_two(): pass
def test_bad(): assert False
def test_missing(): pytest.skip("no such tool")
@pytest.fixture
def broken(): raise RuntimeError
def test_error(broken): pass
"""


@pytest.fixture
def run_tests(tmp_path):
    """Run real pytest on a file with the given text, as a tier named probe."""

    def run(text, *, conftest="", timeout_s=60.0, may_crash_at_exit=False):
        (tmp_path / "test_probe.py").write_text(text)
        (tmp_path / "conftest.py").write_text(conftest)
        env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
        return run_pytest(
            "probe",
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
            + ["--rootdir", str(tmp_path), str(tmp_path)],
            cwd=tmp_path,
            env=env,
            junit=tmp_path / "report.xml",
            timeout_s=timeout_s,
            may_crash_at_exit=may_crash_at_exit,
        )

    return run


def test_passed_failed_and_skipped_tests_are_counted(run_tests):
    result = run_tests(MIXED)
    assert result == TierResult("probe", passed=2, failed=2, skipped=1)
    assert result.line() == "tier probe: ran, 2 passed, 2 failed, 1 skipped"


def test_tier_without_failures_is_one_short_line(run_tests):
    result = run_tests("def test_one(): pass")
    assert result.line() == "tier probe: ran, 1 passed"
    assert not result.is_failure


def test_folder_without_tests_is_not_run_and_no_failure(run_tests):
    result = run_tests("x = 1")
    assert result.line() == "tier probe: NOT RUN, there are no tests in it"
    assert not result.is_failure


def test_file_that_cannot_be_imported_is_a_failure(run_tests):
    assert run_tests("import no_such_module_here").is_failure


def test_process_that_dies_before_its_report_is_a_failure(run_tests):
    result = run_tests("import os\ndef test_one(): os._exit(0)")
    assert (result.passed, result.failed) == (0, 1)


KILLED_AT_EXIT = """
import os, signal
def pytest_unconfigure(config): os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
@pytest.mark.parametrize(("may_crash", "failed"), [(False, 1), (True, 0)])
def test_crash_after_the_report_fails_unless_it_is_allowed(run_tests, may_crash, failed):
    text = "def test_one(): pass"
    result = run_tests(text, conftest=KILLED_AT_EXIT, may_crash_at_exit=may_crash)
    assert (result.passed, result.failed) == (1, failed)


def test_hanging_tests_are_stopped_with_their_children(run_tests, tmp_path):
    text = f"""
import subprocess, sys, time
def test_hangs():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
    child.wait()
"""
    result = run_tests(text, timeout_s=5.0)
    assert result.failed == 1
    if sys.platform != "win32":
        assert _is_gone(int((tmp_path / "pid").read_text()))


def _is_gone(pid, timeout_s=10.0):
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_report_of_an_earlier_run_is_not_taken_for_this_one(run_tests, tmp_path):
    assert run_tests("def test_one(): pass").passed == 1
    assert run_tests("import os\nos._exit(0)").failed == 1


@pytest.mark.parametrize("text", ["", "<testsuites>", "<testsuites></testsuites>", "passed"])
def test_torn_report_is_none(tmp_path, text):
    (tmp_path / "report.xml").write_text(text)
    assert count_junit(tmp_path / "report.xml") is None


def test_run_to_end_gives_the_exit_status(tmp_path):
    command = [sys.executable, "-c", "import sys; sys.exit(sys.stdin.read() != '' or 7)"]
    assert run_to_end(command, cwd=tmp_path, env=os.environ, timeout_s=30.0) == 7


def test_sums_are_alone_on_the_closing_line():
    ran = TierResult("plain", passed=10, skipped=2)
    bad = TierResult("window", passed=1, failed=3)
    left_out = TierResult("blender", not_run="no Blender")
    missing = TierResult("bpy-5.2", not_run="pip failed", should_have_run=True)
    assert closing_line([]) == "0 passed, 0 failed"
    assert closing_line([TierResult("plain", passed=1)]) == "1 passed, 0 failed"
    assert closing_line([ran, left_out]) == "10 passed, 0 failed, 2 skipped"
    assert closing_line([ran, bad, left_out, missing]) == "11 passed, 4 failed, 2 skipped"


def test_reason_stays_on_one_line():
    result = TierResult("window", not_run="no Xvfb:\n  apt install xvfb")
    assert result.line() == "tier window: NOT RUN, no Xvfb: apt install xvfb"
