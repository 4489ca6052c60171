# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A volume with a local manager in a process of its own, for several test modules."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from farm_addon.core.ports import ManagerAddress, RemoteJob
from farm_addon.core.storage.processes import is_alive, process_started
from farm_addon.flamenco.client import FlamencoClient
from farm_addon.local_manager import start
from farm_addon.local_manager.start import TOKEN_HEADER, Endpoint

HERE = ManagerAddress(user="mia", host="ws12")
DEADLINE_S = 120.0


def wait_until(condition: Callable[[], Any]) -> Any:
    """Return the condition's value as soon as it is true.

    :raises AssertionError: if it does not become true in time.
    """
    deadline = time.monotonic() + DEADLINE_S
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return value


def is_gone(pid: int) -> bool:
    """Tell whether a process is no more, or only waits to be reaped."""
    return not is_alive(pid, process_started(pid))


def finished(client: FlamencoClient, job_id: str) -> RemoteJob | None:
    """Return a job once it is completed.

    :raises AssertionError: if it failed.
    """
    job = client.job(job_id)
    assert job is not None
    assert job.status != "failed", job.activity
    return job if job.status == "completed" else None


class Farm:
    """A volume and its local manager.

    :param blender: which Blender renders, as ``BlenderRuntime.text()`` writes it.
    """

    def __init__(self, folder: Path, blender: str) -> None:
        self.volume = folder / "volume"
        self.volume.mkdir()
        self.blend = self.volume / "a.blend"
        self.out = self.volume / "out"
        self.id = str(uuid.uuid4())
        self.blender = blender

    @property
    def state(self) -> Path:
        return start.state_folder(self.id)

    def ensure(self, **options: Any) -> Endpoint:
        options = {"blender": self.blender, "idle_exit_s": 60.0, **options}
        return start.ensure_running(self.volume, self.id, **options)

    def client(self, endpoint: Endpoint) -> FlamencoClient:
        return FlamencoClient(HERE, endpoint.url, headers={TOKEN_HEADER: endpoint.token})

    def frames(self) -> list[str]:
        return sorted(path.name for path in self.out.glob("*.png"))

    def blender_pids(self) -> list[int]:
        """Return the Blenders that serve this test's local manager, whoever started them.

        They are known by the user folders of this test in their environment.
        """
        return self._pids("environ", str(self.state.parents[3]), "inside.serve")

    def manager_pids(self) -> list[int]:
        """Return the processes of this volume's local manager."""
        return self._pids("cmdline", self.id, start.MODULE)

    def _pids(self, where: str, mark: str, module: str) -> list[int]:
        found = []
        for entry in Path("/proc").iterdir():
            try:
                is_ours = mark.encode() in (entry / where).read_bytes()
                words = (entry / "cmdline").read_bytes()
                is_zombie = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
            except OSError:
                continue
            if is_ours and module.encode() in words and not is_zombie:
                found.append(int(entry.name))
        return found
