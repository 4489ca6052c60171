# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built zip, installed by Blender itself: from the default repository and from a second one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packaging.installation import PROBE, prove_children, surroundings

TIMEOUT_S = 120.0

Blender = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def extension() -> str:
    return os.environ["FARM_TEST_EXTENSION_ZIP"]


@pytest.fixture
def blender(tmp_path: Path) -> Blender:
    """Run a Blender with user resources of its own; returns what it did."""
    env = surroundings(tmp_path, BLENDER_USER_RESOURCES=str(tmp_path / "resources"))
    (tmp_path / "resources").mkdir()

    def run(*words: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [os.environ["FARM_TEST_BLENDER"], *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=env,
            timeout=TIMEOUT_S,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done

    return run


def install(blender: Blender, extension: str, repository: str) -> None:
    """Install and enable the zip; what fails at that is printed and does not fail Blender."""
    if repository != "user_default":
        blender("--command", "extension", "repo-add", "--name", "Studio", repository)
    done = blender("--command", "extension", "install-file", "-r", repository, "-e", extension)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stdout + done.stderr


def probe_extension(folder: Path, repository: str) -> dict[str, object]:
    """Run the probe in a Blender that has the extension."""
    command = [
        *(os.environ["FARM_TEST_BLENDER"], "--background", "--python-exit-code", "1"),
        *("--python", str(PROBE), "--", f"bl_ext.{repository}.farm_addon", str(folder), "self"),
    ]
    env = surroundings(folder, BLENDER_USER_RESOURCES=str(folder / "resources"))
    return prove_children(command, env, folder)


def test_zip_is_what_the_platform_accepts(blender: Blender, extension: str) -> None:
    assert "Success" in blender("--command", "extension", "validate", extension).stdout


@pytest.mark.parametrize("repository", ["user_default", "studio"])
def test_children_of_an_installed_extension_start_and_end_with_it(
    blender: Blender, extension: str, repository: str, tmp_path: Path
) -> None:
    install(blender, extension, repository)

    report = probe_extension(tmp_path, repository)

    folder = tmp_path / "resources" / "extensions" / repository / "farm_addon"
    assert report["package"] == str(folder)
    assert str(report["version"]).startswith("farm_addon ")
    assert report["blender"]


@pytest.mark.parametrize("repository", ["user_default", "studio"])
def test_command_of_an_installed_extension_runs_and_its_exit_status_is_blenders(
    blender: Blender, extension: str, repository: str, tmp_path: Path
) -> None:
    install(blender, extension, repository)
    volume = tmp_path / "volume"

    blender("--command", "farm", "init", str(volume), "--name", "Studio")
    wrong = blender("--command", "farm", "no-such-verb", status=2)
    silent = ("--volume", str(volume), "--manager", "http://127.0.0.1:9")
    failed = blender("--command", "farm", *silent, "kill", "jobs", "job:ghost", "--yes", status=1)

    assert (volume / "farm.toml").is_file()
    assert "no-such-verb" in wrong.stderr
    assert "http://127.0.0.1:9" in failed.stdout + failed.stderr


def test_extension_goes_without_a_trace_in_the_preferences(
    blender: Blender, extension: str, tmp_path: Path
) -> None:
    install(blender, extension, "user_default")
    blender("--command", "extension", "remove", "user_default.farm_addon")

    done = blender("--command", "farm", "--version", status=1)

    assert "farm" in done.stdout + done.stderr
    assert not (tmp_path / "resources" / "extensions" / "user_default" / "farm_addon").exists()
