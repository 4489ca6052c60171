# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the tests, tier by tier, and end with one line for each.

::

    python3 scripts/test.py [--get-blender] [--quick] [--tier NAME]… [-- PYTEST OPTIONS]

plain
    all folders but those below, in plain Python; also ruff check, ruff format and mypy
bpy-4.2, bpy-4.5 (Python 3.11), bpy-5.2 (Python 3.13)
    ``tests/bpy_module`` with the bpy wheel of that line
blender
    ``tests/blender`` in a Blender executable with the built zip installed, by pytest-blender
window
    ``tests/window`` in plain Python that starts Blender windows on a virtual display

What the tests get through the environment, where there is such a thing:

``FARM_TEST_BLENDER``
    the Blender executable (all tiers, but not with ``--quick``)
``FARM_TEST_WHEEL_PYTHON``
    a Python that can ``import bpy`` (all tiers, but not with ``--quick``)
``FARM_TEST_EXTENSION_ZIP``
    the extension as built by ``scripts/build_extension.py`` (blender, window)
``FARM_TEST_RESOURCES``
    a BLENDER_USER_RESOURCES folder with that zip installed, to be copied (blender, window)
``FARM_TEST_XVFB``, ``FARM_TEST_IMPORT``
    Xvfb and ImageMagick's import (window)
``FARM_TEST_ARTIFACTS``
    a folder for screenshots and logs of failures (all tiers)

Plain Python 3.11 or newer, standard library only; what is made or fetched is kept in the cache
folder (``caches.py``).
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bpy_wheels import BPY_LINES
from caches import SetupError, cache_folder, say
from test_bench import Bench, NoPythonError, StepError
from tiers import TierResult, closing_line, run_pytest, run_to_end

TIERS = ("plain", *BPY_LINES, "blender", "window")
GROUPS = {"bpy": tuple(BPY_LINES)}
SPECIAL_FOLDERS = ("bpy_module", "blender", "window")
TIER_TIMEOUT_S = 1800.0
LINTER_TIMEOUT_S = 300.0
HANGING_TEST_S = 300.0
# pytest-blender 3.0.8 reads its settings in a way that pytest 9 deprecates.
PLUGIN_WARNINGS = ("-W", "ignore:config.inicfg is deprecated:pytest.PytestRemovedIn10Warning")


def run_plain(bench: Bench) -> TierResult:
    """Run the linters and all tests that need no Blender; each linter counts as one test."""
    python = bench.plain_python()
    env = bench.environment(FARM_TEST_WHEEL_PYTHON=bench.any_wheel_python())
    linters = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])
    statuses = [
        run_to_end(
            [str(python), "-m", *linter], cwd=bench.project, env=env, timeout_s=LINTER_TIMEOUT_S
        )
        for linter in linters
    ]
    ignored = [f"--ignore={Path('tests', name)}" for name in SPECIAL_FOLDERS]
    # Many of these tests wait for processes that they start: more of them than there are cores.
    parallel = ["-n", str(2 * (os.cpu_count() or 1))]
    tests = _run_tests(bench, "plain", python, ["tests", *parallel, *ignored], env)
    failed = sum(1 for status in statuses if status != 0)
    return TierResult(
        "plain",
        passed=tests.passed + len(statuses) - failed,
        failed=tests.failed + failed,
        skipped=tests.skipped,
    )


def run_bpy(bench: Bench, line: str) -> TierResult:
    """Run the tests of the bpy wheel."""
    python = bench.wheel_python(line)
    env = bench.environment(FARM_TEST_WHEEL_PYTHON=python)
    return _run_tests(bench, line, python, ["tests/bpy_module"], env, may_crash_at_exit=True)


def run_blender(bench: Bench) -> TierResult:
    """Run the tests inside a Blender executable in which the extension's zip is installed."""
    blender, python = bench.needed_blender(), bench.plain_python()
    env = bench.environment(
        FARM_TEST_WHEEL_PYTHON=bench.any_wheel_python(),
        FARM_TEST_EXTENSION_ZIP=bench.extension_zip(),
        FARM_TEST_RESOURCES=bench.resources(),
        BLENDER_USER_RESOURCES=bench.fresh_resources("blender", with_pytest=True),
    )
    plugin = ["-p", "pytest-blender", "--blender-executable", str(blender.path)]
    return _run_tests(bench, "blender", python, [*plugin, *PLUGIN_WARNINGS, "tests/blender"], env)


def run_window(bench: Bench) -> TierResult:
    """Run the tests that start Blender windows on a virtual display."""
    bench.needed_blender()
    env = bench.environment(
        FARM_TEST_WHEEL_PYTHON=bench.any_wheel_python(),
        FARM_TEST_XVFB=bench.display_tool("Xvfb"),
        FARM_TEST_IMPORT=bench.display_tool("import"),
        FARM_TEST_EXTENSION_ZIP=bench.extension_zip(),
        FARM_TEST_RESOURCES=bench.resources(),
    )
    return _run_tests(bench, "window", bench.plain_python(), ["tests/window"], env)


def _run_tests(
    bench: Bench,
    name: str,
    python: Path,
    arguments: list[str],
    env: dict[str, str],
    *,
    may_crash_at_exit: bool = False,
) -> TierResult:
    folder = next(argument for argument in arguments if argument.startswith("tests"))
    if not (bench.project / folder).is_dir():
        return TierResult(name, not_run=f"there is no folder {folder}")
    command = [str(python), "-m", "pytest", "-o", f"cache_dir={bench.cache / 'pytest' / name}"]
    # A test that hangs shows where, long before its tier is stopped.
    command += ["-o", f"faulthandler_timeout={HANGING_TEST_S:.0f}", "--durations=5"]
    if "pytest-blender" not in arguments:
        # It would take over the run, and look for a Blender to run it in.
        command += ["-p", "no:pytest-blender"]
    return run_pytest(
        name,
        [*command, *arguments, *bench.pytest_options],
        cwd=bench.project,
        env=env,
        junit=bench.work / f"{name}.xml",
        timeout_s=TIER_TIMEOUT_S,
        may_crash_at_exit=may_crash_at_exit,
    )


def run_tier(bench: Bench, name: str) -> TierResult:
    """Run one tier, and turn whatever keeps it from running into its result."""
    say(f"\n== tier {name} ==")
    runs: dict[str, Callable[[Bench], TierResult]] = {
        "plain": run_plain,
        "blender": run_blender,
        "window": run_window,
    }
    try:
        return runs[name](bench) if name in runs else run_bpy(bench, name)
    except NoPythonError as error:
        return TierResult(name, not_run=str(error))
    except SetupError as error:
        return TierResult(name, not_run=str(error), should_have_run=bench.is_complete_run)
    except StepError as error:
        say(f"Failed before the first test: {error}")
        return TierResult(name, failed=1)


def chosen_tiers(names: list[str], *, is_quick: bool) -> list[str]:
    """Return the tiers to run, in order: those named (a group stands for its tiers), else all."""
    wanted = {tier for name in names for tier in GROUPS.get(name, (name,))}
    if is_quick and not wanted:
        wanted = {"plain"}
    return [tier for tier in TIERS if not wanted or tier in wanted]


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Run the tests, tier by tier.")
    parser.add_argument(
        "--get-blender",
        action="store_true",
        help="get what is missing: a Blender and a virtual display (Debian root; Linux, root "
        "user), system libraries and python3-venv (apt-get); a tier that still cannot run fails",
    )
    parser.add_argument(
        "--quick", action="store_true", help="the plain tier and the linters, without any Blender"
    )
    parser.add_argument(
        "--tier",
        action="append",
        default=[],
        choices=[*TIERS, *GROUPS],
        help="run this tier only; may be given again",
    )
    parser.add_argument("pytest_options", nargs="*", metavar="-- PYTEST_OPTION", help="for pytest")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the tiers; the exit status is 1 if anything failed."""
    options = parse_arguments(arguments)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # As for what a shell starts in the background; our children would inherit it, and tests
        # that interrupt them would not get through.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="farm-test-"))
    try:
        bench = Bench(
            project=Path(__file__).resolve().parent.parent,
            cache=cache,
            work=work,
            gets_missing=options.get_blender,
            is_quick=options.quick,
            pytest_options=options.pytest_options,
        )
        tiers = chosen_tiers(options.tier, is_quick=options.quick)
        bench.look_around()
        results = [run_tier(bench, name) for name in tiers]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return finish(results)


def finish(results: list[TierResult]) -> int:
    """Print each tier's line and the sums; return the exit status."""
    say("")
    for result in results:
        say(result.line())
    say(closing_line(results))
    return 1 if any(result.is_failure for result in results) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetupError as problem:
        say(str(problem))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
