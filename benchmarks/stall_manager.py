# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Flamenco Manager with thousands of jobs and bad habits, for ``stall.py``.

It listens on the loopback interface and renders nothing. While it is healthy, each list of its jobs
shows a hundredth of them further than the list before. What it is like is read from a file, so that
the script in the window can change it.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import uuid
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SLOW_S = 5.0
LOOK_S = 0.05
CHANGED_PART = 100
HABITS = ("healthy", "slow", "silent", "gone")
"""Answers at once; answers after 5 s; accepts connections and never answers; does not listen."""
API = "/api/v3"
JOB_TYPE = {
    "name": "simple-blender-render",
    "label": "Simple Blender Render",
    "etag": "stall",
    "settings": [{"key": key, "type": "string"} for key in ("frames", "scene", "blendfile")],
}
STATES = ("completed", "completed", "active", "failed", *["queued"] * 6)
FRAMES_PER_JOB = 48


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


class Farm:
    """What the Manager knows, as the JSON that it answers."""

    def __init__(self, jobs: Sequence[dict[str, Any]]) -> None:
        self._lock = threading.Lock()
        self._jobs = {job["id"]: job for job in jobs}
        for number, job in enumerate(jobs):
            job["status"] = STATES[number % len(STATES)]
            done = {"completed": FRAMES_PER_JOB, "active": number % FRAMES_PER_JOB}
            job["steps_completed"], job["steps_total"] = done.get(job["status"], 0), FRAMES_PER_JOB
        self._texts = {job_id: json.dumps(job).encode() for job_id, job in self._jobs.items()}
        self._turn = 0

    def jobs(self) -> bytes:
        """Return the list of jobs, some of them further than before."""
        with self._lock:
            self._turn += 1
            active = [job for job in self._jobs.values() if job["status"] == "active"]
            for job in active[: max(1, len(self._jobs) // CHANGED_PART)]:
                job["steps_completed"] = (job["steps_completed"] + 1) % FRAMES_PER_JOB
                self._changed(job)
            return b'{"jobs":[' + b",".join(self._texts.values()) + b"]}"

    def job(self, job_id: str) -> bytes | None:
        """Return one job."""
        with self._lock:
            return self._texts.get(job_id)

    def add(self, body: dict[str, Any]) -> bytes:
        """Take a new job."""
        with self._lock:
            job = {**body, "id": str(uuid.uuid4()), "status": "queued", "activity": ""}
            job |= {"created": "2026-01-01T00:00:00Z", "steps_completed": 0, "steps_total": 0}
            self._jobs[job["id"]] = job
            return self._changed(job)

    def change(self, job_id: str, **members: Any) -> bool:
        """Change a job; tell whether there is one."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is not None:
                job.update(members)
                self._changed(job)
            return job is not None

    def _changed(self, job: dict[str, Any]) -> bytes:
        job["updated"] = f"2026-01-01T00:00:00.{self._turn:09d}Z"
        text = self._texts[job["id"]] = json.dumps(job).encode()
        return text

    @staticmethod
    def tasks(job_id: str) -> bytes:
        """Return two tasks of a job, one of which failed."""
        tasks = [
            {"id": str(uuid.uuid5(uuid.UUID(job_id), status)), "name": name, "status": status}
            | {"index_in_job": index, "updated": "2026-01-01T00:00:00Z", "task_type": "blender"}
            for index, (name, status) in enumerate((("render-1", "failed"), ("render-2", "queued")))
        ]
        return json.dumps({"tasks": tasks}).encode()


@contextlib.contextmanager
def running_manager(
    jobs: Sequence[dict[str, Any]], storage: Path, port: int, habit_file: Path
) -> Iterator[None]:
    """Run the Manager in threads of this process, with the habit that stands in a file."""
    manager = _Manager(Farm(jobs), storage, port, habit_file)
    try:
        yield
    finally:
        manager.close()


class _Manager:
    def __init__(self, farm: Farm, storage: Path, port: int, habit_file: Path) -> None:
        self.farm, self.storage, self.habit_file = farm, storage, habit_file
        self.port = port
        self.closing = threading.Event()
        self._server: _Server | None = None
        self._follow()
        self._thread = threading.Thread(target=self._follow_habit, daemon=True)
        self._thread.start()

    def habit(self) -> str:
        try:
            return self.habit_file.read_text(encoding="utf-8").strip() or "healthy"
        except FileNotFoundError:
            return "healthy"

    def close(self) -> None:
        self.closing.set()
        self._thread.join()
        self._stop()

    def _follow_habit(self) -> None:
        while not self.closing.wait(LOOK_S):
            self._follow()

    def _follow(self) -> None:
        is_gone = self.habit() == "gone"
        if is_gone:
            self._stop()
        elif self._server is None:
            self._server = _Server(self)
            threading.Thread(target=self._server.serve_forever, args=(LOOK_S,), daemon=True).start()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, manager: _Manager) -> None:
        self.manager = manager
        super().__init__(("127.0.0.1", manager.port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    server: _Server

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def _answer(self) -> None:
        manager = self.server.manager
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        while manager.habit() == "silent" and not manager.closing.is_set():
            manager.closing.wait(LOOK_S)
        if manager.habit() == "slow":
            manager.closing.wait(SLOW_S)
        if manager.habit() == "gone" or manager.closing.is_set():
            self.close_connection = True
            return
        status, answer = self._found(manager, json.loads(content) if content else {})
        with contextlib.suppress(ConnectionError):
            self._send(status, answer)

    do_GET = do_POST = do_DELETE = _answer

    def _found(self, manager: _Manager, body: Any) -> tuple[int, bytes]:
        path = self.path.removeprefix(API).partition("?")[0]
        farm = manager.farm
        fixed = {
            "/version": {"name": "stall", "version": "3.9", "shortversion": "3.9", "git": ""},
            "/status": {"status": "active"},
            "/worker-mgt/workers": {"workers": [_worker(number) for number in range(3)]},
            "/worker-mgt/tags": {"tags": []},
            f"/jobs/type/{JOB_TYPE['name']}": JOB_TYPE,
        }
        if path in fixed:
            return 200, json.dumps(fixed[path]).encode()
        if path.startswith("/configuration/shared-storage/"):
            return 200, json.dumps({"location": str(manager.storage)}).encode()
        if path == "/jobs":
            return 200, farm.add(body) if self.command == "POST" else farm.jobs()
        return self._about_job(farm, path, body)

    def _about_job(self, farm: Farm, path: str, body: Any) -> tuple[int, bytes]:
        match = re.fullmatch(r"/jobs/([0-9a-f-]{36})(?:/(\w+))?", path)
        if match is None:
            return 404, b'{"message": "Not Found"}'
        job_id, what = match[1], match[2] or ""
        if what == "tasks":
            return 200, farm.tasks(job_id)
        if what == "blocklist":
            return 200, b"[]"
        if what in ("setstatus", "setpriority"):
            known = {key: body[key] for key in ("status", "priority") if key in body}
            return (204 if farm.change(job_id, **known) else 404), b""
        text = farm.job(job_id)
        return (200, text) if text else (404, b'{"code": 404, "message": "no such job"}')

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _worker(number: int) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, str(number))),
        "name": f"node-{number + 1}",
        "status": ("awake", "awake", "asleep")[number % 3],
        "version": "3.9",
    }
