# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start real Blender windows on a virtual display and gather what happened in them.

For tests (``conftest.py``), the benchmark of the panel and its screenshots; needs neither pytest
nor bpy. A script that runs in the window describes its steps with ``driver.py`` (same folder).
"""

from __future__ import annotations

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

WIDTH_PX, HEIGHT_PX = 1600, 1000
DISPLAY_TIMEOUT_S = 30.0
POLL_S = 0.05


class WindowError(Exception):
    """Say why a script did not get through in its window."""


@contextlib.contextmanager
def virtual_display(
    xvfb: str, folder: Path, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX
) -> Iterator[str]:
    """Start a virtual display on a free number, give it as in ``:7``, stop it at the end.

    :param xvfb: the program; ``folder``: for its log.
    :raises WindowError: it did not come up.
    """
    number, log = folder / "number", folder / "xvfb.log"
    screen = f"{width_px}x{height_px}x24"
    with open(number, "wb") as to_number, open(log, "wb") as to_log:
        process = subprocess.Popen(
            [xvfb, "-displayfd", "1", "-screen", "0", screen, "-nolisten", "tcp", "-noreset"],
            stdin=subprocess.DEVNULL,
            stdout=to_number,
            stderr=to_log,
        )
    try:
        deadline = time.monotonic() + DISPLAY_TIMEOUT_S
        while not re.fullmatch(rb"\d+\n", number.read_bytes()):
            if process.poll() is not None or time.monotonic() > deadline:
                raise WindowError(
                    f"Xvfb did not come up: {log.read_text(errors='replace')[-2000:]}"
                )
            time.sleep(POLL_S)
        yield f":{number.read_text().strip()}"
    finally:
        process.terminate()
        process.wait(DISPLAY_TIMEOUT_S)


@dataclass
class BlenderWindow:
    """Runs scripts in Blender windows, one Blender a call.

    :ivar folder: for logs and results; the Blender's working folder.
    :ivar resources: the Blender's own user resources, with the extension installed.
    :ivar artifacts: where a picture of the display and the log go when a script fails.
    :ivar screenshots: where ``driver.screenshot(name)`` puts its pictures.
    :ivar picture_program: ImageMagick's import.
    """

    executable: Path
    display: str
    folder: Path
    resources: Path
    artifacts: Path
    name: str
    picture_program: str
    width_px: int = WIDTH_PX
    height_px: int = HEIGHT_PX
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def screenshots(self) -> Path:
        return self.folder / "screenshots"

    @property
    def log(self) -> Path:
        return self.folder / "blender.log"

    def run(
        self,
        script: Path,
        *arguments: str | Path,
        blend: Path | None = None,
        timeout_s: float = 180.0,
    ) -> dict[str, Any]:
        """Run a script in a new window until it has finished; return the results that it recorded.

        :param arguments: what the script gets as ``driver.arguments()``.
        :param blend: the file to open; None means Blender's own start-up file.
        :raises WindowError: a step failed, Blender ended by itself, or the deadline was missed;
            Blender's output and a picture of the display are in the folder for artifacts then.
        """
        self.screenshots.mkdir(exist_ok=True)
        results = self.folder / "results.json"
        results.unlink(missing_ok=True)
        size = [str(self.width_px), str(self.height_px)]
        command = [str(self.executable), "--window-geometry", "0", "0", *size]
        command += ["--enable-event-simulate", *([str(blend)] if blend else [])]
        command += ["--python", str(script), "--", str(results), str(self.screenshots)]
        with open(self.log, "wb") as to_log:
            process = subprocess.Popen(
                [*command, *map(str, arguments)],
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
                raise WindowError(self._explained(problem))
            found: dict[str, Any] = told["results"]
            return found
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(DISPLAY_TIMEOUT_S)

    def keep_screenshots(self) -> None:
        """Copy the pictures that the script took to the artifacts, to be looked at."""
        kept = self.artifacts / self.name
        kept.mkdir(parents=True, exist_ok=True)
        for picture in self.screenshots.glob("*.png"):
            shutil.copy(picture, kept)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DISPLAY": self.display,
            "BLENDER_USER_RESOURCES": str(self.resources),
            "FARM_TEST_DRIVER": str(Path(__file__).parent),
            "FARM_TEST_IMPORT": self.picture_program,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            **self.environment,
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

    def _explained(self, problem: str) -> str:
        self.artifacts.mkdir(parents=True, exist_ok=True)
        picture = self.artifacts / f"{self.name}.png"
        subprocess.run(
            [self.picture_program, "-window", "root", str(picture)],
            env={**os.environ, "DISPLAY": self.display},
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=60,
        )
        shutil.copy(self.log, self.artifacts / f"{self.name}.log")
        tail = self.log.read_text(errors="replace")[-3000:]
        return f"{problem}\nThe display: {picture}\nBlender's last words:\n{tail}"
