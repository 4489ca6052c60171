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

from farm_addon.core.ports import JobToSubmit, ManagerAddress, RemoteJob, RemoteWorker
from farm_addon.flamenco.client import FlamencoClient
from tests.contract.tables import LETTERS
from tests.fakes.local_service import TOKEN, LocalService

API = "/api/v3"
DEADLINE_S = 120.0


class Contract:
    """A Manager under test.

    :ivar client: our client, connected.
    :ivar blend: a file that it can render, or None.
    :ivar tag: what is submitted is for Workers with this tag alone; empty for all.
    """

    def __init__(
        self, url: str, headers: dict[str, str], blend: Path | None, *, is_local: bool
    ) -> None:
        self.is_local = is_local
        self.blend = blend
        self.tag = ""
        self._headers = headers
        self._host = urlsplit(url).netloc
        self.client = FlamencoClient(ManagerAddress(url=url), url, headers=headers)
        self._ids: list[str] = []

    def close(self) -> None:
        for job_id in self._ids:
            self.client.delete_job(job_id)
        if self.tag:
            for job_id in self._ids:
                self.wait_until_gone(job_id)
            assert self.raw("DELETE", f"{API}/worker-mgt/tag/{self.tag}")[0] == 204
        self.client.close()

    def workers(self) -> list[RemoteWorker]:
        """Return the Workers; skip the test where there are none awake."""
        found = self.client.workers()
        if not any(worker.status == "awake" for worker in found):
            pytest.skip("this Manager has no Worker that is awake")
        return found

    def use_a_tag_of_no_worker(self) -> None:
        """From now on no Worker takes what is submitted."""
        name = f"contract-{uuid.uuid4().hex[:8]}"
        status, tag = self.send("POST", "worker-mgt/tags", {"name": name})
        assert status == 200
        self.tag = tag["id"]

    def raw(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Return status and body of a request that is sent as it stands."""
        headers = {**self._headers, **(headers or {})}
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

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Return status and body of a request below the API, with a JSON body unless it is None."""
        content = None if body is None else json.dumps(body).encode()
        return self.raw(method, f"{API}/{path}", content)

    def post(self, **members: Any) -> str:
        """Post a job of one task with members of its own; return its id."""
        body = {
            "name": "contract/raw",
            "type": "simple-blender-render",
            "priority": 50,
            "submitter_platform": "linux",
            "settings": {"frames": "1", "chunk_size": 1, "blendfile": "/nowhere/a.blend",
                         "render_output_path": "/nowhere/##", "format": "PNG"},
            **({"worker_tag": self.tag} if self.tag else {}),
            **members,
        }  # fmt: skip
        status, job = self.send("POST", "jobs", body)
        assert status == 200, job
        return str(job["id"])

    def set_task(self, task_id: str, status: str, reason: str = "by hand") -> None:
        """Give a task a status."""
        body = {"status": status, "reason": reason}
        assert self.send("POST", f"tasks/{task_id}/setstatus", body)[0] == 204

    def put(self, status: str, tasks: str) -> str:
        """Bring about a job with tasks in given states; return its id.

        :param tasks: one letter each, see :mod:`tests.contract.tables`.
        """
        job = self.submit(frames=f"1-{len(tasks)}")
        found = zip(self.client.tasks(job.id), tasks, strict=True)
        order = list(LETTERS)
        for task, letter in sorted(found, key=lambda pair: order.index(pair[1])):
            if letter != "q":
                self.set_task(task.id, LETTERS[letter])
        self.client.set_job_status(job.id, status, "to begin with")
        assert (self.job(job.id).status, self.letters(job.id)) == (status, tasks)
        return job.id

    def letters(self, job_id: str) -> str:
        """Return the states of a job's tasks, one letter each."""
        letters = {status: letter for letter, status in LETTERS.items()}
        return "".join(letters[task.status] for task in self.client.tasks(job_id))

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
        return JobToSubmit(
            f"contract/{name}", "simple-blender-render", etag, 50, values, metadata, self.tag
        )

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


def _local(closing: ExitStack, folder: Path, slots: int) -> Contract:
    local = LocalService(folder, slots).start()
    closing.callback(local.stop)
    blend = folder / "a.blend"
    blend.write_bytes(b"BLENDER")
    return Contract(local.serve(), {"X-Farm-Token": TOKEN}, blend, is_local=True)


def _real() -> Contract:
    named = os.environ.get("FLAMENCO_BLEND", "")
    url = os.environ["FLAMENCO_URL"]
    return Contract(url, {}, Path(named) if named else None, is_local=False)


@pytest.fixture(params=MANAGERS)
def contract(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Contract]:
    with ExitStack() as closing:
        found = _local(closing, tmp_path, 1) if request.param == LOCAL else _real()
        closing.callback(found.close)
        yield found


@pytest.fixture(params=MANAGERS)
def idle(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Contract]:
    """A Manager of whose Workers none takes what is submitted here."""
    with ExitStack() as closing:
        found = _local(closing, tmp_path, 0) if request.param == LOCAL else _real()
        closing.callback(found.close)
        if request.param == REAL:
            found.use_a_tag_of_no_worker()
        yield found
