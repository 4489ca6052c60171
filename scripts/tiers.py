# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run pytest for one test tier, count what it did, and say it in one line a tier."""

import contextlib
import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from caches import say

NO_TESTS_COLLECTED = 5
STOP_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class TierResult:
    """What one tier did.

    :ivar not_run: why it did not run; empty if it ran.
    :ivar should_have_run: its not running is a failure.
    """

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    not_run: str = ""
    should_have_run: bool = False

    @property
    def is_failure(self) -> bool:
        """Whether the whole run fails because of this tier."""
        return self.failed > 0 or (bool(self.not_run) and self.should_have_run)

    def line(self) -> str:
        """Return the tier's one line."""
        if self.not_run:
            return f"tier {self.name}: NOT RUN, {' '.join(self.not_run.split())}"
        counts = [f"{self.passed} passed"]
        counts += [f"{self.failed} failed"] if self.failed else []
        counts += [f"{self.skipped} skipped"] if self.skipped else []
        return f"tier {self.name}: ran, {', '.join(counts)}"


def closing_line(results: Iterable[TierResult]) -> str:
    """Return the sums; a tier that should have run and did not counts as one failure."""
    listed = list(results)
    missing = sum(1 for result in listed if result.not_run and result.is_failure)
    failed = sum(result.failed for result in listed) + missing
    skipped = sum(result.skipped for result in listed)
    line = f"{sum(result.passed for result in listed)} passed, {failed} failed"
    return f"{line}, {skipped} skipped" if skipped else line


def count_junit(path: Path) -> tuple[int, int, int] | None:
    """Read passed, failed and skipped from a report of pytest; None if it is not a whole report."""
    try:
        suites = list(ElementTree.parse(path).getroot().iter("testsuite"))
    except (OSError, ElementTree.ParseError):
        return None
    if not suites:
        return None
    total, failed, skipped = (
        sum(int(suite.get(name, "0")) for name in names for suite in suites)
        for names in (("tests",), ("failures", "errors"), ("skipped",))
    )
    return max(total - failed - skipped, 0), failed, skipped


def run_pytest(
    name: str,
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    junit: Path,
    timeout_s: float,
    may_crash_at_exit: bool = False,
) -> TierResult:
    """Run a pytest command to its end and count its tests.

    :param command: starts pytest; it gets ``--junit-xml`` for ``junit`` from here.
    :param may_crash_at_exit: a signal after a whole report is told, not failed: bpy may abort when
        its process ends although everything went well.
    """
    junit.unlink(missing_ok=True)
    status = run_to_end([*command, f"--junit-xml={junit}"], cwd=cwd, env=env, timeout_s=timeout_s)
    counts = count_junit(junit)
    if status == NO_TESTS_COLLECTED and counts is not None and counts[1] == 0:
        return TierResult(name, not_run="there are no tests in it")
    if counts is None:
        say(f"pytest ended with {status} before its report was written")
        return TierResult(name, failed=1)
    passed, failed, skipped = counts
    if status < 0 and may_crash_at_exit and not failed:
        say(f"The process ended by signal {-status} after its tests were done")
    elif status != 0 and not failed:
        say(f"pytest ended with {status} although no test failed")
        failed = 1
    return TierResult(name, passed, failed, skipped)


def run_to_end(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout_s: float
) -> int:
    """Run a command without stdin and return its exit status; it is stopped at the deadline.

    Its own children are stopped with it: it leads a session of its own.
    """
    say(f"$ {' '.join(command)}")
    with subprocess.Popen(
        command, cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            return process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            say(f"Stopped after {timeout_s:.0f} s: {command[0]}")
            return stop_session(process) or 1
        except BaseException:
            stop_session(process)
            raise


def stop_session(process: subprocess.Popen[bytes]) -> int:
    """End a process that leads a session, and all of the session, first by asking."""
    _signal_session(process, is_kill=False)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_TIMEOUT_S)
    _signal_session(process, is_kill=True)
    return process.wait()


def _signal_session(process: subprocess.Popen[bytes], *, is_kill: bool) -> None:
    if sys.platform == "win32":
        process.kill() if is_kill else process.terminate()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL if is_kill else signal.SIGTERM)
