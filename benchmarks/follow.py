# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What does it cost to follow ten thousand jobs, while nothing changes and while one job does?

::

    python3 benchmarks/follow.py [--json] [--jobs 10000] [--looks 10]

``farm status release … --watch --follow --events`` runs as a process of its own, as the panel
starts it, against a Manager on this computer whose list of queued jobs has about a kilobyte for
each. Given are the child's processor time per look (the Manager's is not in it), what it printed
meanwhile, and its memory.
The bars: nothing is printed while nothing changes; a look at an unchanged list takes less than a
fiftieth of the five seconds between two looks; one changed job is one row.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from scale import BigFlow, working_folder  # noqa: E402

from farm_addon.core.ports import ManagerAddress, RemoteJob  # noqa: E402
from farm_addon.core.storage.files import Files  # noqa: E402
from farm_addon.core.volume import FarmConfig, init_volume  # noqa: E402
from farm_addon.core.workspace import Workspace  # noqa: E402
from tests.core.flow import NAME  # noqa: E402
from tests.fakes.farm import FakeManager, RecordingReporter  # noqa: E402

INTERVAL_S = 1.0
"""Between two looks here; in use it is five seconds."""
UNCHANGED_BAR_S = 5.0 / 50
DEADLINE_S = 120.0


@dataclass
class ListingManager:
    """Answers over HTTP what a Manager with many jobs would."""

    jobs: dict[str, RemoteJob] = field(default_factory=dict)
    lists: int = 0
    answered: bytes = b""

    def __post_init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def prepare(self) -> None:
        """Write the list of all jobs."""
        listed = [self.to_json(job) for job in self.jobs.values()]
        self.answered = json.dumps({"jobs": listed}).encode()

    @staticmethod
    def to_json(job: RemoteJob) -> dict[str, object]:
        return {
            "id": job.id,
            "name": job.name,
            "type": "simple-blender-render",
            "priority": job.priority,
            "submitter_platform": "",
            "settings": dict(job.settings),
            "metadata": dict(job.metadata),
            "created": "2026-04-13T12:08:58.123456789Z",
            "updated": job.updated or "2026-04-13T12:08:58.123456789Z",
            "status": job.status,
            "activity": job.activity,
            "steps_completed": job.steps_completed,
            "steps_total": job.steps_total,
        }

    def answer(self, path: str) -> bytes | None:
        if path == "/api/v3/jobs":
            self.lists += 1
            return self.answered
        known: dict[str, object] = {
            "/api/v3/version": {"version": "3.9", "shortversion": "3.9", "name": "benchmark"},
            "/api/v3/worker-mgt/workers": {"workers": []},
            "/api/v3/configuration/variables/users/linux": {},
            "/api/v3/configuration/shared-storage/users/linux": {"location": "/mnt/farm"},
        }
        return json.dumps(known[path]).encode() if path in known else None

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: ListingManager


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        content = self.server.owner.answer(self.path)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


class Child:
    """``farm status … --follow``, whose output is read as it comes."""

    def __init__(self, volume: Path) -> None:
        words = ["status", "--volume", str(volume), "--watch", "--follow", "--events"]
        words += [f"--interval={INTERVAL_S}", "--", "release", NAME]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "farm_addon.cli", *words],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
        )
        self.printed_bytes = 0
        self.rows = 0
        self.shown = 0
        assert self._process.stdout is not None
        reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        reader.start()

    def _read(self, stream: IO[bytes]) -> None:
        for line in stream:
            self.printed_bytes += len(line)
            event = json.loads(line)
            if event["event"] == "row" and event["table"] == "jobs":
                self.rows += 1
            elif event["event"] == "order":
                self.shown += len(event["keys"])

    def wait_for_row(self, told: int) -> None:
        """Wait until more rows than these were told."""
        wait_until(lambda: self.rows > told, "the change is told")

    def cpu_s(self) -> float:
        """Return the processor time that it has used so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self) -> tuple[int, int]:
        """Return how much memory it has, and had at most."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        sizes = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Vm")}
        return int(sizes["VmRSS"]) * 1024, int(sizes["VmHWM"]) * 1024

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


@dataclass(frozen=True)
class Cost:
    """What it costs; seconds of the child's processor time.

    :param start_s: until all rows are told, the start of Python and the reading of the record
        included; ``start_wall_s`` by the clock on the wall.
    """

    jobs: int
    list_bytes: int
    start_s: float
    start_wall_s: float
    unchanged_look_s: float
    unchanged_printed_bytes: int
    changed_look_s: float
    changed_rows: int
    memory_bytes: int
    memory_peak_bytes: int


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that is to happen soon."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"this did not happen: {what}")
        time.sleep(0.01)


def measure(jobs: int, looks: int, folder: Path) -> Cost:
    """Make a release, follow it, and measure."""
    volume = init_volume(Files(), folder / "volume", "follow", "")
    reporter = RecordingReporter()
    workspace = Workspace(
        volume, FarmConfig.read(volume), Files(), reporter, "mia", "ws12", lambda _seconds: None
    )
    manager = ListingManager()
    flow = BigFlow(workspace, folder / "work", FakeManager(ManagerAddress(url=manager.url)))
    flow.set_up(jobs)
    flow.plan()
    flow.submit()
    manager.jobs = flow.manager.stored
    manager.prepare()
    began = time.monotonic()
    child = Child(volume.root)
    try:
        wait_until(lambda: child.shown == jobs, "all rows are told")
        start_s, start_wall_s = child.cpu_s(), time.monotonic() - began
        settled = manager.lists + 2
        wait_until(lambda: manager.lists >= settled, "it looks again")
        printed, cpu_s = child.printed_bytes, child.cpu_s()
        wait_until(lambda: manager.lists >= settled + looks, "it looks often")
        unchanged_s = (child.cpu_s() - cpu_s) / looks
        unchanged_printed = child.printed_bytes - printed
        rows, cpu_s = child.rows, child.cpu_s()
        changing = list(manager.jobs)[:looks]
        for job_id in changing:
            job = manager.jobs[job_id]
            manager.jobs[job_id] = replace(job, status="active", updated="2026-04-13T12:10:00Z")
            manager.prepare()
            told = child.rows
            child.wait_for_row(told)
        changed_s = (child.cpu_s() - cpu_s) / len(changing)
        return Cost(
            jobs,
            len(manager.answered),
            start_s,
            start_wall_s,
            unchanged_s,
            unchanged_printed,
            changed_s,
            child.rows - rows,
            *child.memory_bytes(),
        )
    finally:
        child.close()
        manager.close()


def main() -> int:
    """Measure and print; exit 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--looks", type=int, default=10)
    arguments = parser.parse_args()
    with working_folder(None) as folder:
        cost = measure(arguments.jobs, arguments.looks, folder)
    if arguments.json:
        print(json.dumps(cost.__dict__))
    else:
        for name, value in cost.__dict__.items():
            print(f"{name:<26}{value:.3f}" if isinstance(value, float) else f"{name:<26}{value:,}")
    is_quiet = cost.unchanged_printed_bytes == 0 and cost.changed_rows == arguments.looks
    return int(not is_quiet or cost.unchanged_look_s > UNCHANGED_BAR_S)


if __name__ == "__main__":
    sys.exit(main())
