# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of Flamenco's API that the local manager serves, and two of its own below ``/farm``.

Those about jobs and tasks are in :mod:`.job_routes` and :mod:`.task_routes`. Source of paths,
statuses and bodies: flamenco.md §2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import answers
from .calls import API, ApiError, Row, is_id
from .job_routes import JobRoutes
from .service import Service
from .task_routes import TaskRoutes


class Routes:
    """What to answer to each call.

    :param service: the running manager.
    :param shut_down: makes the program leave, soon; returns at once.
    """

    def __init__(self, service: Service, shut_down: Callable[[], None]) -> None:
        self._service = service
        self._shut_down = shut_down

    def table(self) -> list[Row]:
        """Return method, path and handler of every call."""
        return [
            ("GET", f"{API}/version", self.version),
            ("GET", f"{API}/openapi3.json", self.openapi),
            ("GET", f"{API}/configuration", self.configuration),
            ("GET", f"{API}/configuration/shared-storage/<audience>/<platform>", self.storage),
            ("GET", f"{API}/configuration/variables/<audience>/<platform>", self.variables),
            ("GET", f"{API}/status", self.status),
            ("GET", f"{API}/jobs/types", self.job_types),
            ("GET", f"{API}/jobs/type/<name>", self.job_type),
            ("GET", f"{API}/worker-mgt/workers", self.workers),
            ("GET", f"{API}/worker-mgt/workers/<worker_id>", self.worker),
            ("GET", f"{API}/worker-mgt/tags", self.worker_tags),
            ("GET", f"{API}/farm/about", self.about),
            ("POST", f"{API}/farm/shutdown", self.shutdown),
            *JobRoutes(self._service).table(),
            *TaskRoutes(self._service).table(),
        ]

    # --- the Manager itself ----------------------------------------------------------------------

    def version(self) -> Any:
        return answers.version(self._service.about.version)

    def openapi(self) -> Any:
        calls = [(method, path) for method, path, _ in self.table() if path.startswith(API)]
        return answers.openapi([(method, path.removeprefix(API)) for method, path in calls])

    def configuration(self) -> Any:
        storage = str(self._service.about.volume)
        return {"storageLocation": storage, "shamanEnabled": False, "isFirstRun": False}

    def storage(self, audience: str, platform: str) -> Any:
        return {
            "location": str(self._service.about.volume),
            "audience": audience,
            "platform": platform,
            "shamanEnabled": False,
        }

    def variables(self, audience: str, platform: str) -> Any:
        if audience not in ("users", "workers"):
            return {}
        values = {
            "blender": "blender",
            "blenderArgs": "-b",
            "jobs": str(self._service.about.volume),
        }
        return {name: {"value": value, "is_twoway": False} for name, value in values.items()}

    def status(self) -> Any:
        return {"status": answers.farm_status(self._service.state)}

    def about(self) -> Any:
        about = self._service.about
        return {
            "version": about.version,
            "volume": str(about.volume),
            "volume_id": about.volume_id,
            "pid": about.pid,
            "options": about.options,
            "is_busy": self._service.is_busy(),
        }

    def shutdown(self) -> Any:
        self._shut_down()
        return None

    # --- job types -------------------------------------------------------------------------------

    def job_types(self) -> Any:
        return {"job_types": [answers.job_type()]}

    def job_type(self, name: str) -> Any:
        if name != answers.job_type()["name"]:
            raise ApiError(404, "no such job type known")
        return answers.job_type()

    # --- Workers ---------------------------------------------------------------------------------

    def workers(self) -> Any:
        about = self._service.about
        slots = self._service.state.slots
        now = self._service.now()
        return {"workers": [answers.worker(slot, about.version, now) for slot in slots]}

    def worker(self, worker_id: str) -> Any:
        if not is_id(worker_id):
            raise ApiError(400, "not a valid UUID")
        about, state = self._service.about, self._service.state
        for slot in state.slots:
            if slot.id == worker_id:
                return answers.whole_worker(slot, state, about.version, self._service.now())
        raise ApiError(404, f'worker "{worker_id}" not found')

    def worker_tags(self) -> Any:
        return {"tags": []}
