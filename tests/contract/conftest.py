# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same questions to two Managers: the local one, and a real Flamenco Manager.

The real one is asked where ``FLAMENCO_URL`` is set. Jobs are named ``contract/…`` and deleted
again. ``FLAMENCO_BLEND`` names a .blend that its Workers can render, for the test that renders
(frames 1 and 2, PNG) into a new folder beside it.
"""

from __future__ import annotations

import http.client
import json
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from farm_addon.core.ports import JobToSubmit, ManagerAddress, RemoteJob
from farm_addon.flamenco.client import FlamencoClient
from tests.fakes.local_service import TOKEN, LocalService

DEADLINE_S = 120.0


class Contract:
    """A Manager under test.

    :ivar client: our client, connected.
    :ivar blend: a file that it can render, or None.
    """

    def __init__(
        self, url: str, headers: dict[str, str], blend: Path | None, *, is_local: bool
    ) -> None:
        self.is_local = is_local
        self.blend = blend
        self._headers = headers
        self._host = urlsplit(url).netloc
        self.client = FlamencoClient(ManagerAddress(url=url), url, headers=headers)
        self._ids: list[str] = []

    def close(self) -> None:
        for job_id in self._ids:
            self.client.delete_job(job_id)
        self.client.close()

    def raw(
        self, method: str, path: str, content: bytes | None = None, kind: str = "application/json"
    ) -> tuple[int, Any]:
        """Return status and body of a request that is sent as it stands."""
        headers = dict(self._headers)
        if content is not None and kind:
            headers["Content-Type"] = kind
        connection = http.client.HTTPConnection(self._host, timeout=10)
        try:
            connection.request(method, path, content, headers)
            response = connection.getresponse()
            data = response.read()
        finally:
            connection.close()
        is_json = "json" in (response.headers.get("Content-Type") or "")
        if response.status == 200 and method == "POST" and path == "/api/v3/jobs":
            self._ids.append(json.loads(data)["id"])
        return response.status, json.loads(data) if is_json and data else data

    def job_to_submit(self, **settings: Any) -> JobToSubmit:
        """Return a job of three tasks whose file does not exist."""
        etag = self.client.job_type("simple-blender-render").etag
        name = uuid.uuid4().hex[:8]
        values = {
            "blendfile": f"/nowhere/{name}.blend",
            "render_output_root": "/nowhere",
            "render_output_path": f"/nowhere/{name}/######",
            "add_path_components": 0,
            "frames": "1-3",
            "chunk_size": 1,
            "format": "PNG",
            "image_file_extension": ".png",
            "has_previews": False,
            "scene": "Main",
            "fps": 0,
            **settings,
        }
        metadata = {"farm_submission": str(uuid.uuid4()), "farm_job": name}
        return JobToSubmit(f"contract/{name}", "simple-blender-render", etag, 50, values, metadata)

    def submit(self, *, is_paused: bool = True, **settings: Any) -> RemoteJob:
        """Submit a job that does not start by itself."""
        job = self.client.submit(self.job_to_submit(**settings), is_paused=is_paused)
        self._ids.append(job.id)
        return job

    def job(self, job_id: str) -> RemoteJob:
        job = self.client.job(job_id)
        assert job is not None
        return job

    def wait_until_gone(self, job_id: str) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while self.client.job(job_id) is not None:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def wait_for(self, job_id: str, status: str) -> RemoteJob:
        deadline = time.monotonic() + DEADLINE_S
        while (job := self.job(job_id)).status != status:
            assert time.monotonic() < deadline, f"still {job.status}: {job.activity}"
            time.sleep(0.05)
        return job


LOCAL, REAL = "local manager", "Flamenco Manager"
MANAGERS = [LOCAL, REAL] if os.environ.get("FLAMENCO_URL") else [LOCAL]


@pytest.fixture(params=MANAGERS)
def contract(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Contract]:
    with ExitStack() as closing:
        if request.param == LOCAL:
            local = LocalService(tmp_path).start()
            closing.callback(local.stop)
            blend = tmp_path / "a.blend"
            blend.write_bytes(b"BLENDER")
            url, headers = local.serve(), {"X-Farm-Token": TOKEN}
            found = Contract(url, headers, blend, is_local=True)
        else:
            url = os.environ["FLAMENCO_URL"]
            named = os.environ.get("FLAMENCO_BLEND", "")
            found = Contract(url, {}, Path(named) if named else None, is_local=False)
        closing.callback(found.close)
        yield found
