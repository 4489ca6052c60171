# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``scripts/test.py`` on small projects whose tests pass, fail or are not there."""

import sys
from pathlib import Path

import pytest
from blenders import Blender
from caches import SetupError
from test_bench import Bench
from tiers import TierResult

PYPROJECT = """
[project]
name = "probe"
dependencies = []
[project.optional-dependencies]
dev = ["pytest>=9", "pytest-blender>=3", "hypothesis>=6", "ruff"]
[tool.mypy]
files = ["probe.py"]
[tool.pytest.ini_options]
addopts = "--import-mode=importlib"
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "tests" / "core").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "probe.py").write_text("ANSWER = 42\n")
    (folder / "tests" / "core" / "test_probe.py").write_text("def test_one():\n    pass\n")
    return folder


@pytest.fixture
def bench(project, tmp_path):
    """Return a bench whose environments are all this one."""
    (tmp_path / "work").mkdir()
    names = ("plain", "bpy-4.2", "bpy-4.5", "bpy-5.2")
    return Bench(
        project=project,
        cache=tmp_path / "cache",
        work=tmp_path / "work",
        no_blender="no Blender here",
        made={name: Path(sys.executable) for name in names},
    )


def add_tests(bench, folder, text="def test_one():\n    pass\n"):
    path = bench.project / "tests" / folder / "test_probe.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_plain_tier_is_the_linters_and_every_folder_without_a_tier_of_its_own(test_script, bench):
    for folder in ("bpy_module", "blender", "window"):
        add_tests(bench, folder, "def test_not_here():\n    assert False\n")
    add_tests(bench, "new_room")
    before = sorted(bench.project.rglob("*"))
    assert test_script.run_tier(bench, "plain") == TierResult("plain", passed=5)
    assert sorted(bench.project.rglob("*")) == before, "the tree stays as it was"


def test_each_linter_can_fail_the_plain_tier(test_script, bench):
    (bench.project / "probe.py").write_text("import os\nANSWER: int='42'\n")
    assert test_script.run_tier(bench, "plain") == TierResult("plain", passed=1, failed=3)


def test_bpy_tier_runs_its_own_folder(test_script, bench):
    add_tests(bench, "bpy_module", "def test_one():\n    pass\ndef test_two():\n    pass\n")
    assert test_script.run_tier(bench, "bpy-4.5") == TierResult("bpy-4.5", passed=2)


def test_folder_that_is_not_there_is_told(test_script, bench):
    result = test_script.run_tier(bench, "bpy-4.2")
    assert result.line() == "tier bpy-4.2: NOT RUN, there is no folder tests/bpy_module"


def test_wheel_without_its_python_is_not_run_and_never_a_failure(test_script, bench):
    bench.made.clear()
    bench.gets_missing = True
    result = test_script.run_tier(bench, "bpy-5.2")
    assert result.line() == "tier bpy-5.2: NOT RUN, no working Python 3.13 was found for bpy==5.2.3"
    assert not result.is_failure


@pytest.mark.parametrize("tier", ["blender", "window"])
@pytest.mark.parametrize("gets_missing", [False, True])
def test_missing_blender_is_a_failure_only_where_it_was_to_be_got(
    test_script, bench, tier, gets_missing
):
    bench.gets_missing = gets_missing
    result = test_script.run_tier(bench, tier)
    assert result.line() == f"tier {tier}: NOT RUN, no Blender here"
    assert result.is_failure is gets_missing


def test_extension_that_does_not_build_is_a_failure(test_script, bench):
    bench.blender = Blender((5, 2, 2), Path("/nowhere/blender"), "test")
    (bench.project / "scripts").mkdir()
    (bench.project / "scripts" / "build_extension.py").write_text("raise SystemExit(1)\n")
    assert test_script.run_tier(bench, "blender") == TierResult("blender", failed=1)


def test_display_tool_of_this_machine_goes_first(bench, make_program, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="apt install xvfb"):
        bench.display_tool("Xvfb")
    own = make_program(tmp_path / "Xvfb", "exit 0")
    assert bench.display_tool("Xvfb") == own


def test_users_own_blender_settings_do_not_reach_the_tests(bench, monkeypatch):
    monkeypatch.setenv("BLENDER_USER_RESOURCES", "/home/me/blender")
    monkeypatch.setenv("FARM_TEST_BLENDER", "/old/blender")
    bench.blender = Blender((5, 2, 2), Path("/new/blender"), "test")
    env = bench.environment(FARM_TEST_XVFB=None)
    assert "BLENDER_USER_RESOURCES" not in env
    assert "FARM_TEST_XVFB" not in env
    assert env["FARM_TEST_BLENDER"] == "/new/blender"


@pytest.mark.parametrize(
    ("names", "is_quick", "tiers"),
    [
        ([], False, ["plain", "bpy-4.2", "bpy-4.5", "bpy-5.2", "blender", "window"]),
        ([], True, ["plain"]),
        (["window", "plain"], False, ["plain", "window"]),
        (["bpy"], False, ["bpy-4.2", "bpy-4.5", "bpy-5.2"]),
        (["bpy-4.5", "bpy"], False, ["bpy-4.2", "bpy-4.5", "bpy-5.2"]),
    ],
)
def test_tiers_run_in_their_order(test_script, names, is_quick, tiers):
    assert test_script.chosen_tiers(names, is_quick=is_quick) == tiers


def test_options_after_two_dashes_are_for_pytest(test_script):
    options = test_script.parse_arguments(["--tier", "plain", "--", "-k", "name"])
    assert (options.tier, options.pytest_options) == (["plain"], ["-k", "name"])


@pytest.mark.parametrize(
    ("results", "status"),
    [
        ([TierResult("plain", passed=3), TierResult("window", not_run="no Blender")], 0),
        ([TierResult("plain", passed=3, failed=1)], 1),
        ([TierResult("window", not_run="no Blender", should_have_run=True)], 1),
    ],
)
def test_run_ends_with_a_line_for_each_tier_and_the_sums(test_script, capsys, results, status):
    assert test_script.finish(results) == status
    lines = capsys.readouterr().out.splitlines()[1:]
    assert lines[:-1] == [result.line() for result in results]
    assert lines[-1].startswith(f"{sum(r.passed for r in results)} passed, {status} failed")
