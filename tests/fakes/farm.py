# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""In-memory doubles of the four ports, with the habits of the real ones that matter here."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from farm_addon.core.errors import ManagerRefusedError
from farm_addon.core.findings import Finding
from farm_addon.core.frames import Frames
from farm_addon.core.planning.scene_facts import (
    BlenderBuild,
    Dependency,
    FileFacts,
    SceneFacts,
    View,
)
from farm_addon.core.ports import (
    BlockedWorker,
    FrameVerdict,
    FreezeJob,
    FrozenJob,
    JobPicture,
    JobToSubmit,
    JobType,
    ManagerAddress,
    RemoteJob,
    RemoteTask,
    RemoteWorker,
    WorkerTag,
)
from farm_addon.core.provenance import add_to_note

BUILD = BlenderBuild((4, 5, 15), (4, 5, 91), "abc123", "/opt/blender", False)


def scene_facts(name: str = "Scene", **changes: Any) -> SceneFacts:
    """Return a scene that nothing is wrong with."""
    facts = SceneFacts(
        name=name,
        camera="Camera",
        frame_start=1,
        frame_end=3,
        frame_step=1,
        width_px=64,
        height_px=36,
        engine="CYCLES",
        file_format="PNG",
        extension=".png",
        views=(View(),),
    )
    return replace(facts, **changes)


def file_facts(path: str, *scenes: SceneFacts, **changes: Any) -> FileFacts:
    """Return a file with these scenes."""
    scenes = scenes or (scene_facts(),)
    facts = FileFacts(path, (4, 5, 91), BUILD, scenes[0].name, scenes)
    return replace(facts, **changes)


@dataclass
class RecordingReporter:
    """Keeps what it is told."""

    statuses: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rows: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    bars: list[tuple[str, int, int]] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    orders: list[tuple[str, list[str]]] = field(default_factory=list)

    def status(self, text: str) -> None:
        self.statuses.append(text)

    def progress(self, topic: str, done: int, total: int) -> None:
        self.bars.append((topic, done, total))

    def finding(self, finding: Finding) -> None:
        self.findings.append(finding)

    def row(self, table: str, key: str, values: Mapping[str, Any] | None) -> None:
        if values is None:
            self.gone.append((table, key))
        else:
            self.rows.append((table, key, dict(values)))

    def order(self, table: str, keys: Sequence[str]) -> None:
        self.orders.append((table, list(keys)))


@dataclass
class FakeFreezer:
    """Freezes a file by copying its bytes; facts are handed in by path."""

    facts: dict[Path, FileFacts] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    frozen: list[str] = field(default_factory=list)
    reads: list[Path] = field(default_factory=list)

    def build(self) -> BlenderBuild:
        return BUILD

    def read(self, blend: Path) -> FileFacts:
        self.reads.append(blend)
        return self.facts.get(blend) or file_facts(str(blend))

    def freeze(self, blend: Path, jobs: Sequence[FreezeJob]) -> Iterator[FrozenJob]:
        for job in jobs:
            note = add_to_note("", job.provenance)
            job.target.write_bytes(blend.read_bytes() + note.encode())
            self.frozen.append(job.job)
            about = (self.findings[job.job],) if job.job in self.findings else ()
            yield FrozenJob(job.job, job.target, about)


def frame_bytes(width_px: int, height_px: int, note: str) -> bytes:
    """Return what :class:`FakeDecoder` takes for a whole frame."""
    body = f"FRAME {width_px} {height_px}\n{note}".encode()
    return body + hashlib.sha256(body).digest()


class FakeDecoder:
    """Decodes what :func:`frame_bytes` makes; anything else is damaged."""

    def decode(self, paths: Sequence[Path]) -> Iterator[FrameVerdict]:
        for path in paths:
            try:
                content = path.read_bytes()
            except OSError:
                yield FrameVerdict(path, problem="it cannot be read")
                continue
            body, digest = content[:-32], content[-32:]
            if hashlib.sha256(body).digest() != digest:
                yield FrameVerdict(path, problem="it is cut off")
                continue
            head, _, note = body.decode().partition("\n")
            _, width, height = head.split()
            yield FrameVerdict(path, "", "png", int(width), int(height), 4, note)

    def can_decode(self, format_name: str) -> bool:
        return format_name in ("png", "openexr")


@dataclass
class FakeManager:
    """A Manager in memory. ``render`` plays the Worker: it writes the frames of a job, and skips
    those that are there, as Flamenco's job type does."""

    address: ManagerAddress = field(default_factory=lambda: ManagerAddress(url="http://farm:8080"))
    stored: dict[str, RemoteJob] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    before_answer: Callable[[str], None] | None = None
    storage: str = "/mnt/farm"
    known_workers: tuple[RemoteWorker, ...] = ()
    tags: tuple[WorkerTag, ...] = ()
    known_tasks: dict[str, list[RemoteTask]] = field(default_factory=dict)
    blocked: dict[str, list[BlockedWorker]] = field(default_factory=dict)
    pictures: dict[str, JobPicture] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)
    known_version: tuple[int, int] = (3, 9)

    def _asked(self, what: str) -> None:
        self.requests.append(what)
        if self.before_answer is not None:
            self.before_answer(what)

    def version(self) -> tuple[int, int]:
        return self.known_version

    def job_type(self, name: str) -> JobType:
        self._asked(f"job_type {name}")
        return JobType(name, "etag", frozenset(("scene", "frames")))

    def storage_location(self) -> str:
        return self.storage

    def submit(self, job: JobToSubmit, *, is_paused: bool = False) -> RemoteJob:
        job_id = str(uuid.uuid4())
        remote = RemoteJob(
            job_id,
            job.name,
            "paused" if is_paused else "queued",
            "",
            job.priority,
            dict(job.settings),
            dict(job.metadata),
            0,
            0,
            "",
            "",
        )
        self.stored[job_id] = remote
        self._asked(f"submit {job.name}")
        return remote

    def jobs(self) -> list[RemoteJob]:
        self._asked("jobs")
        return list(self.stored.values())

    def refreshed_jobs(self, known: Mapping[str, RemoteJob | None]) -> dict[str, RemoteJob]:
        self._asked("jobs")
        found = {job_id: self.stored[job_id] for job_id in known if job_id in self.stored}
        return {
            job_id: was if (was := known[job_id]) is not None and was == job else job
            for job_id, job in found.items()
        }

    def job(self, job_id: str) -> RemoteJob | None:
        self._asked(f"job {job_id}")
        return self.stored.get(job_id)

    def job_picture(self, job_id: str, *, size: str = "", since: str = "") -> JobPicture | None:
        self._asked(f"picture {job_id}")
        found = self.pictures.get(job_id)
        return None if found is None or since == found.modified != "" else found

    def tasks(self, job_id: str) -> list[RemoteTask]:
        self._asked(f"tasks {job_id}")
        found = self.known_tasks.get(job_id, ())
        return [replace(task, activity="", failed_by=()) for task in found]

    def task(self, task_id: str) -> RemoteTask | None:
        self._asked(f"task {task_id}")
        tasks = (task for found in self.known_tasks.values() for task in found)
        return next((task for task in tasks if task.id == task_id), None)

    def blocklist(self, job_id: str) -> list[BlockedWorker]:
        self._asked(f"blocklist {job_id}")
        return list(self.blocked.get(job_id, ()))

    def task_log_tail(self, task_id: str) -> str:
        return self.logs.get(task_id, "")

    def set_job_status(self, job_id: str, status: str, reason: str) -> None:
        if job_id not in self.stored:
            raise ManagerRefusedError("no such job", status=404)
        ends = {
            "cancel-requested": "canceled",
            "requeueing": "queued",
            "pause-requested": "paused",
        }
        self.stored[job_id] = replace(self.stored[job_id], status=ends.get(status, status))
        self._asked(f"{status} {self.stored[job_id].name}")

    def set_priority(self, job_id: str, priority: int) -> None:
        if job_id not in self.stored:
            raise ManagerRefusedError("no such job", status=404)
        self.stored[job_id] = replace(self.stored[job_id], priority=priority)
        self._asked(f"priority {priority} {self.stored[job_id].name}")

    def delete_job(self, job_id: str) -> None:
        job = self.stored.pop(job_id, None)
        self._asked(f"delete {job.name if job else job_id}")

    def workers(self) -> list[RemoteWorker]:
        self._asked("workers")
        return list(self.known_workers)

    def worker_tags(self) -> list[WorkerTag]:
        return list(self.tags)

    def render(self, name: str | None = None) -> None:
        """Render every queued job, or the one of this name."""
        for job in list(self.stored.values()):
            if job.status != "queued" or name not in (None, job.name):
                continue
            settings = job.settings
            frozen = Path(settings["blendfile"]).read_bytes().decode()
            note = frozen[frozen.index("farm:") :]
            folder = Path(settings["render_output_path"]).parent
            folder.mkdir(parents=True, exist_ok=True)
            frames = Frames.parse(settings["frames"])
            for frame in frames:
                path = folder / f"{frame:06d}{settings['image_file_extension']}"
                if not path.exists():
                    path.write_bytes(frame_bytes(64, 36, note))
            self.stored[job.id] = replace(
                job, status="completed", steps_completed=len(frames), steps_total=len(frames)
            )


def dependency(path: Path, *scenes: str, kind: str = "image", **changes: Any) -> Dependency:
    """Return an outside file that these scenes reach."""
    found = Dependency(str(path), kind, f"Image ‘{path.stem}’", True, path.exists(), scenes)
    return replace(found, **changes)
