# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known about the active job beyond its row, and when to ask again (no bpy here).

A small child tells it (``farm status job RELEASE/JOB --picture FILE``): failed tasks with the end
of their log, the folder of the frames, a picture of the last one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .reading import text

SETTLE_S = 0.3
"""A job is asked about once it has been the active one for so long: arrow keys pass over many."""
STATE_AGAIN_S = 1.5
"""After its state has changed, it is asked about again, but not sooner than this."""
AGAIN_S = 10.0
"""While it renders, it is asked about again so often."""

TASKS_MOST = 5
LINES_MOST = 10
LINE_LENGTH_MOST = 160

_WORKER_PREFIX = re.compile(r"(pid=\d+ > )+")
"""Workers put it before each line that Blender prints (flamenco.md §15)."""

Key = tuple[str, str]
"""A release's name and a job's."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is; when it has changed, there is more to tell."""

    state: str
    attempt: int
    done: int
    is_rendering: bool


@dataclass(frozen=True, slots=True)
class FailedTask:
    """A task that failed.

    :param task: its name; ``worker``: where it ran, or empty.
    :param activity: what it says itself, or empty.
    :param log: the end of its log as it is; ``lines``: the last of it, ready to be drawn.
    """

    task: str
    worker: str
    activity: str
    log: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JobDocument:
    """What the child told of a job.

    :param output: folder of the frames as this computer sees it, or empty.
    :param url: of the job in the Manager's web page, or empty.
    :param frame_file: the newest frame, or empty; ``picture``: file of a small picture of it.
    """

    frames: str = ""
    output: str = ""
    url: str = ""
    frame_file: str = ""
    picture: str = ""
    failed: tuple[FailedTask, ...] = ()


@dataclass(slots=True)
class JobDetail:
    """The active job as the child told it.

    :param document: None while nobody has told of this job.
    :param problem: why it could not be told, or empty.
    """

    document: JobDocument | None = None
    problem: str = ""
    _key: Key = ("", "")
    _since_s: float = 0.0
    _asked: Progress | None = None
    _asked_at_s: float = field(default=float("-inf"))

    @property
    def key(self) -> Key:
        """The release and the job that this is about; empty texts for none."""
        return self._key

    @property
    def is_new(self) -> bool:
        """Whether nobody was asked yet about a job that may be asked about."""
        return bool(self._key[1]) and self._asked is None

    def is_about(self, release: str, job: str) -> bool:
        """Tell whether it is about that job."""
        return self._key == (release, job)

    def look_at(self, release: str, job: str, now_s: float) -> bool:
        """Make a job the one that this is about.

        :return: whether it was another before; what runs for that one is of no use now.
        """
        if self.is_about(release, job):
            return False
        self.forget()
        self._key, self._since_s = (release, job), now_s
        return True

    def is_due(self, progress: Progress, now_s: float) -> bool:
        """Tell whether the child should be asked now; the caller has none running."""
        if not self._key[1] or not progress.attempt or now_s - self._since_s < SETTLE_S:
            return False
        if self._asked is None:
            return True
        waited_s = now_s - self._asked_at_s
        if (progress.state, progress.attempt) != (self._asked.state, self._asked.attempt):
            return waited_s >= STATE_AGAIN_S
        return waited_s >= AGAIN_S and (progress.is_rendering or progress != self._asked)

    def asked(self, progress: Progress, now_s: float) -> None:
        """Note that the child was asked when the job stood so."""
        self._asked, self._asked_at_s = progress, now_s

    def take_result(self, verb: str, data: Mapping[str, Any]) -> None:
        """Take what the child told; of another job it is of no use."""
        if text(data, "job") not in (self._key[1], "/".join(self._key)):
            return
        self.problem = ""
        self.document = JobDocument(
            frames=text(data, "frames"),
            output=text(data, "output"),
            url=text(data, "url"),
            frame_file=text(data, "frame_file"),
            picture=text(data, "picture"),
            failed=_failed_tasks(data),
        )

    def take_failure(self, message: str) -> None:
        """Take why it could not be told; what was known stays."""
        self.problem = message[:1].upper() + message[1:]

    def forget(self) -> None:
        """Forget the job."""
        self.document, self.problem = None, ""
        self._key, self._since_s = ("", ""), 0.0
        self._asked, self._asked_at_s = None, float("-inf")


def page_of(url: str) -> str:
    """Return a web address that may be opened; empty for anything else that was received."""
    is_web = url.startswith(("http://", "https://"))
    return url if is_web and url.isprintable() and " " not in url else ""


def _failed_tasks(data: Mapping[str, Any]) -> tuple[FailedTask, ...]:
    told = data.get("failed")
    if not isinstance(told, list | tuple):
        return ()
    return tuple(_failed_task(one) for one in told[:TASKS_MOST] if isinstance(one, Mapping))


def _failed_task(told: Mapping[str, Any]) -> FailedTask:
    log = text(told, "log")
    return FailedTask(
        text(told, "task"), text(told, "worker"), text(told, "activity"), log, log_lines(log)
    )


def log_lines(log: str) -> tuple[str, ...]:
    """Return the last lines of a log as labels can show them: nothing empty, no control characters,
    not too long."""
    lines = (_clean(line) for line in log.splitlines())
    return tuple(line for line in lines if line)[-LINES_MOST:]


def _clean(line: str) -> str:
    line = _WORKER_PREFIX.sub("", line).expandtabs(4)
    words = "".join(char if char.isprintable() else " " for char in line).rstrip()
    return words if len(words) <= LINE_LENGTH_MOST else words[: LINE_LENGTH_MOST - 1] + "…"
