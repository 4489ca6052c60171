# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start real Blender windows on a virtual display and gather what happened in them.

A test names a script; the script runs in a Blender with the extension installed and describes its
steps with ``driver.py`` (same folder). See :class:`BlenderWindow`.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

XVFB = os.environ.get("FARM_TEST_XVFB", "")
IMPORT = os.environ.get("FARM_TEST_IMPORT", "")
RESOURCES = os.environ.get("FARM_TEST_RESOURCES", "")
ARTIFACTS = os.environ.get("FARM_TEST_ARTIFACTS", "")
WIDTH_PX, HEIGHT_PX = 1600, 1000
DISPLAY_TIMEOUT_S = 30.0
POLL_S = 0.05


@pytest.fixture(scope="session")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a virtual display on a free number, return it as in ``:7``, stop it at the end."""
    if not XVFB:
        pytest.skip("no Xvfb was given in FARM_TEST_XVFB (scripts/test.py does)")
    folder = tmp_path_factory.mktemp("display")
    number, log = folder / "number", folder / "xvfb.log"
    screen = f"{WIDTH_PX}x{HEIGHT_PX}x24"
    with open(number, "wb") as to_number, open(log, "wb") as to_log:
        process = subprocess.Popen(
            [XVFB, "-displayfd", "1", "-screen", "0", screen, "-nolisten", "tcp", "-noreset"],
            stdin=subprocess.DEVNULL,
            stdout=to_number,
            stderr=to_log,
        )
    try:
        deadline = time.monotonic() + DISPLAY_TIMEOUT_S
        while not re.fullmatch(rb"\d+\n", number.read_bytes()):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"Xvfb did not come up: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(POLL_S)
        yield f":{number.read_text().strip()}"
    finally:
        process.terminate()
        process.wait(DISPLAY_TIMEOUT_S)


@dataclass
class BlenderWindow:
    """Runs scripts in Blender windows for one test, one Blender a call.

    :ivar resources: the Blender's own user resources, with the extension installed.
    :ivar screenshots: where ``driver.screenshot(name)`` puts its pictures.
    """

    executable: Path
    display: str
    folder: Path
    resources: Path
    artifacts: Path
    name: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def screenshots(self) -> Path:
        return self.folder / "screenshots"

    def run(
        self,
        script: Path,
        *arguments: str | Path,
        blend: Path | None = None,
        timeout_s: float = 180.0,
    ) -> dict[str, Any]:
        """Run a script in a new window until it has finished; return the results that it recorded.

        A step that failed, a Blender that ended by itself and a missed deadline fail the test, with
        Blender's output and a picture of the display in the folder for artifacts.

        :param arguments: what the script gets as ``driver.arguments()``.
        :param blend: the file to open; None means Blender's own start-up file.
        """
        self.screenshots.mkdir(exist_ok=True)
        results, log = self.folder / "results.json", self.folder / "blender.log"
        results.unlink(missing_ok=True)
        command = [self.executable, "--window-geometry", "0", "0", WIDTH_PX, HEIGHT_PX]
        command += ["--enable-event-simulate", *([blend] if blend else []), "--python", script]
        command += ["--", results, self.screenshots, *arguments]
        with open(log, "wb") as to_log:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=to_log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=self._environment(),
                start_new_session=True,
            )
        try:
            problem = self._await_results(process, results, timeout_s)
            told = json.loads(results.read_bytes()) if results.exists() else {}
            problem = problem or told.get("error", "")
            if problem:
                self._fail(problem, log)
            return told["results"]
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(DISPLAY_TIMEOUT_S)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.environment,
            "DISPLAY": self.display,
            "BLENDER_USER_RESOURCES": str(self.resources),
            "FARM_TEST_DRIVER": str(Path(__file__).parent),
            "LIBGL_ALWAYS_SOFTWARE": "1",
        }

    def _await_results(
        self, process: subprocess.Popen[bytes], results: Path, timeout_s: float
    ) -> str:
        deadline = time.monotonic() + timeout_s
        while not results.exists():
            status = process.poll()
            # The results may have come between the two looks.
            if status is not None and not results.exists():
                return f"Blender ended with {status} before the script had finished"
            if time.monotonic() > deadline:
                return f"the script had not finished after {timeout_s:.0f} s"
            time.sleep(POLL_S)
        return ""

    def _fail(self, problem: str, log: Path) -> None:
        self.artifacts.mkdir(parents=True, exist_ok=True)
        picture = self.artifacts / f"{self.name}.png"
        subprocess.run(
            [IMPORT, "-window", "root", picture],
            env={**os.environ, "DISPLAY": self.display},
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=60,
        )
        shutil.copy(log, self.artifacts / f"{self.name}.log")
        tail = log.read_text(errors="replace")[-3000:]
        pytest.fail(
            f"{problem}\nThe display: {picture}\nBlender's last words:\n{tail}", pytrace=False
        )


@pytest.fixture
def blender_window(
    display: str, blender_executable: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> BlenderWindow:
    """Return a runner of scripts in real Blender windows, with user resources of its own."""
    if not RESOURCES:
        pytest.skip("the extension was not given in FARM_TEST_RESOURCES (scripts/test.py does)")
    resources = tmp_path / "resources"
    shutil.copytree(RESOURCES, resources, symlinks=True)
    return BlenderWindow(
        executable=blender_executable,
        display=display,
        folder=tmp_path,
        resources=resources,
        artifacts=Path(ARTIFACTS or tmp_path / "artifacts"),
        name=re.sub(r"[^\w.-]+", "_", request.node.name),
    )
