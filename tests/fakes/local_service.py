# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The local manager in this process: real service, database and HTTP; fake renderers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from farm_addon.background.preview_maker import PreviewMaker
from farm_addon.background.runtime import BlenderRuntime
from farm_addon.core.errors import BlenderError
from farm_addon.local_manager.compile import Submission
from farm_addon.local_manager.model import Job
from farm_addon.local_manager.pictures import JobPictures
from farm_addon.local_manager.server import HttpServer, make_app
from farm_addon.local_manager.service import About, Service
from farm_addon.local_manager.state import Database
from farm_addon.local_manager.task_logs import TaskLogs
from tests.fakes.task_runner import FakeRunner

TOKEN = "c0ffee"
VOLUME_ID = "6c0f5f0e-37a5-4a3b-9a55-1d1c8a4f8c11"
DEADLINE_S = 10.0


def wait_until(condition: Callable[[], Any]) -> Any:
    """Return the condition's value as soon as it is true.

    :raises AssertionError: if it does not become true in time.
    """
    deadline = time.monotonic() + DEADLINE_S
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def settings(**changes: Any) -> dict[str, Any]:
    """Return settings of a job of three frames, one per task."""
    return {
        "blendfile": "/mnt/farm/store/a.blend",
        "render_output_path": "/mnt/farm/out/a/######",
        "frames": "1-3",
        "chunk_size": 1,
        "format": "PNG",
        "image_file_extension": ".png",
        "scene": "Main",
        "fps": 0,
        **changes,
    }


def submission(name: str = "summer/a", priority: int = 50, **changes: Any) -> Submission:
    """Return a job to submit; ``changes`` go into its settings."""
    metadata = {"farm_job": name}
    return Submission(name, "simple-blender-render", priority, settings(**changes), metadata)


def no_blender() -> BlenderRuntime:
    """Find none: here no Blender runs."""
    raise BlenderError("there is no Blender")


class LocalService:
    """Started when made; ``url`` and ``TOKEN`` are the way in."""

    def __init__(self, folder: Path, slots: int = 1) -> None:
        self.runners = [FakeRunner() for _ in range(slots)]
        self.database = Database(folder / "manager.sqlite")
        self.logs = TaskLogs(folder / "logs")
        self.is_lost = threading.Event()
        self.is_shutdown_asked = threading.Event()
        about = About("0.1.0", folder, VOLUME_ID, pid=1)
        self.previews = PreviewMaker()
        pictures = JobPictures(self.logs.folder, self.previews.make, no_blender)
        self.service = Service(
            about, self.database, self.logs, pictures, self.runners, on_lost=self.is_lost.set
        )
        self._http: HttpServer | None = None
        self._is_stopped = False

    @property
    def runner(self) -> FakeRunner:
        return self.runners[0]

    def start(self) -> LocalService:
        self.service.start()
        return self

    def serve(self, port: int = 0) -> str:
        """Answer over HTTP from now on, on any free port unless one is given; return the URL."""
        app = make_app(self.service, TOKEN, self.is_shutdown_asked.set)
        self._http = HttpServer(app, port)
        self._http.start()
        return self._http.url

    def submit(self, *args: Any, **changes: Any) -> Job:
        return self.service.submit(submission(*args, **changes))

    def job(self, job_id: str) -> Job:
        return self.service.state.jobs[job_id]

    def wait_for(self, job_id: str, status: str) -> Job:
        wait_until(lambda: self.job(job_id).status == status)
        return self.job(job_id)

    def stop(self) -> None:
        """End it as SIGTERM would."""
        if self._is_stopped:
            return
        self._is_stopped = True
        if self._http is not None:
            self._http.stop()
        assert self.service.stop()
        self.database.close()
        self.previews.close()
