# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Children of a checkout and of a pip install. Those of the zip: tests/blender."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import farm_addon
from tests.packaging.installation import PROBE, prove_children, surroundings

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="reads /proc to see which processes live"
)


@pytest.fixture(scope="module")
def site_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed the project, from a copy: building leaves traces."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "farm_addon", copy / "farm_addon", ignore=ignored)
    target = tmp_path_factory.mktemp("site") / "packages"
    command = [sys.executable, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run = subprocess.run(
        [*command, "install", "--quiet", "--no-deps", "--target", str(target), str(copy)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout
    return target


@pytest.fixture
def blender() -> str:
    """A Blender for the child, as a runtime's text."""
    if executable := os.environ.get("FARM_TEST_BLENDER"):
        return f"executable:{executable}"
    if python := os.environ.get("FARM_TEST_WHEEL_PYTHON"):
        return f"wheel:{python}"
    pytest.skip("neither FARM_TEST_BLENDER nor FARM_TEST_WHEEL_PYTHON is set")


def probe(path: Path, folder: Path, *more: str) -> dict[str, object]:
    """Run the probe in this Python, with the package from a folder on its path."""
    command = [sys.executable, str(PROBE), "farm_addon", str(folder), *more]
    return prove_children(command, surroundings(folder, PYTHONPATH=str(path)), folder)


def test_children_of_a_checkout_start_and_end_with_it(tmp_path: Path) -> None:
    report = probe(ROOT, tmp_path)
    assert report["package"] == str(ROOT / "farm_addon")
    assert report["version"] == f"farm_addon {farm_addon.__version__}"


def test_children_of_a_pip_install_start_and_end_with_it(
    tmp_path: Path, site_packages: Path
) -> None:
    report = probe(site_packages, tmp_path)
    assert report["package"] == str(site_packages / "farm_addon")
    assert report["version"] == f"farm_addon {farm_addon.__version__}"


def test_background_blender_of_a_checkout_ends_with_it(tmp_path: Path, blender: str) -> None:
    assert probe(ROOT, tmp_path, blender)["blender"]


def test_background_blender_of_a_pip_install_ends_with_it(
    tmp_path: Path, site_packages: Path, blender: str
) -> None:
    assert probe(site_packages, tmp_path, blender)["blender"]


def test_pip_install_brings_the_console_script_and_no_tests(site_packages: Path) -> None:
    assert (site_packages / "bin" / "farm").is_file()
    packages = {p.name for p in site_packages.iterdir() if p.is_dir() and "." not in p.name}
    assert packages == {"farm_addon", "bin"}
    packed = {
        p.relative_to(ROOT).as_posix()
        for p in (ROOT / "farm_addon").rglob("*")
        if p.suffix in (".py", ".typed") and "__pycache__" not in p.parts
    }
    assert all((site_packages / name).is_file() for name in packed)
