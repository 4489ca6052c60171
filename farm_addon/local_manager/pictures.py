# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of each job's newest frame, in three sizes.

It is made when somebody asks for it: rendering goes on undisturbed while nobody looks. Source of
names and sizes: flamenco.md §2.3.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from ..background.runtime import BlenderRuntime
from ..core.errors import FarmError
from ..decoding.previews import Preview
from .model import Job, Task
from .outputs import OutputNames
from .runner import Work, work_of

log = logging.getLogger(__name__)

SIZES_PX = {
    "last-rendered.jpg": (1920, 1080),
    "last-rendered-small.jpg": (600, 338),
    "last-rendered-tiny.jpg": (200, 112),
}
"""Greatest width and height of each picture, the largest first."""

_TRIES = 3
"""So many frames are tried, the newest first, where one cannot be read."""

_JOBS_TRIED = 20


class MakePreviews(Protocol):
    """Makes pictures of a frame; :meth:`.preview_maker.PreviewMaker.make` is the real one."""

    def __call__(
        self, source: Path, wanted: Sequence[Preview], find: Callable[[], BlenderRuntime]
    ) -> bool:
        """Return whether the pictures are there now."""


class JobPictures:
    """The pictures of all jobs; may be used from several threads.

    :param folder_of: returns the folder of a job by its id; it is made where it is needed.
    :param make: makes the pictures.
    :param default_runtime: which Blender works for jobs that name none.
    """

    def __init__(
        self,
        folder_of: Callable[[str], Path],
        make: MakePreviews,
        default_runtime: Callable[[], BlenderRuntime],
    ) -> None:
        self._folder_of = folder_of
        self._make = make
        self._default_runtime = default_runtime
        self._lock = threading.Lock()
        self._sources: dict[str, tuple[Path, int]] = {}

    def path(self, job_id: str, name: str) -> Path:
        """Return where a picture is, or would be.

        :param name: one of :data:`SIZES_PX`.
        """
        return self._folder_of(job_id) / name

    def refresh(self, job: Job) -> bool:
        """Bring a job's pictures up to date; return whether it has any.

        While another one is being made, an older one is good enough.
        """
        if not self._lock.acquire(blocking=not self._has_picture(job.id)):
            return True
        try:
            for source, work in newest_frames(job):
                if self._is_made_of(job.id, source) or self._make_all(job.id, source, work):
                    return True
        finally:
            self._lock.release()
        return self._has_picture(job.id)

    def newest(self, jobs: Iterable[Job]) -> Job | None:
        """Return the job whose frame is the newest of all that have a picture, or None."""
        touched = [(_last_touched(job), job) for job in jobs]
        latest = sorted((pair for pair in touched if pair[0]), key=lambda pair: pair[0])
        for _, job in latest[: -_JOBS_TRIED - 1 : -1]:
            if self.refresh(job):
                return job
        return None

    def forget(self, job_id: str) -> None:
        """Forget a job that is no more; its folder is removed by whoever owns it."""
        self._sources.pop(job_id, None)

    def _has_picture(self, job_id: str) -> bool:
        return all(self.path(job_id, name).is_file() for name in SIZES_PX)

    def _is_made_of(self, job_id: str, source: Path) -> bool:
        return self._sources.get(job_id) == (source, _changed_ns(source)) and self._has_picture(
            job_id
        )

    def _make_all(self, job_id: str, source: Path, work: Work) -> bool:
        changed_ns = _changed_ns(source)
        wanted = [Preview(self.path(job_id, name), *size) for name, size in SIZES_PX.items()]
        before_s = max((_changed_s(one.target) for one in wanted), default=0)
        try:
            wanted[0].target.parent.mkdir(parents=True, exist_ok=True)
            if not self._make(source, wanted, lambda: self._runtime_of(work)):
                return False
            # Clients tell pictures apart by whole seconds: a newer one is never as old.
            when_s = max(changed_ns // 1_000_000_000, before_s + 1)
            for one in wanted:
                os.utime(one.target, (when_s, when_s))
        except (FarmError, OSError) as ex:
            log.warning("there is no small picture of '%s': %s", source, ex)
            return False
        self._sources[job_id] = (source, changed_ns)
        return True

    def _runtime_of(self, work: Work) -> BlenderRuntime:
        return BlenderRuntime.parse(work.blender) if work.blender else self._default_runtime()


def newest_frames(job: Job) -> Iterator[tuple[Path, Work]]:
    """Yield a job's newest finished frames that are still there, the newest first, a few."""
    begun = [task for task in job.tasks if task.steps_completed]
    for task in sorted(begun, key=lambda one: one.last_touched, reverse=True)[:_TRIES]:
        work = work_of(job, task)
        frame = _last_done(task)
        for path in OutputNames(work.output, work.extension).files([frame])[frame][:1]:
            yield path, work


def _last_done(task: Task) -> int:
    """Return the frame that a task finished last: it renders them in ascending order."""
    return tuple(task.frames)[min(task.steps_completed, task.steps_total) - 1]


def _last_touched(job: Job) -> str:
    return max((task.last_touched for task in job.tasks if task.steps_completed), default="")


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _changed_s(path: Path) -> int:
    return _changed_ns(path) // 1_000_000_000
