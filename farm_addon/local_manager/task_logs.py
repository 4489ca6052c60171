# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One log file per task, in the user's state folder; runs of the same task append to it."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Container
from pathlib import Path

log = logging.getLogger(__name__)

TAIL_BYTES = 2048
MAX_LOG_BYTES = 32 * 1024 * 1024
"""A render that prints without end must not fill the disk."""

_CUT = b"(this log has become too long; what follows is left out)\n"


class TaskLogs:
    """The logs below one folder.

    A line that cannot be written (disk full) is lost; that is no reason to stop rendering.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def folder(self, job_id: str) -> Path:
        """Return the folder of a job, which may not be there."""
        return self._folder / job_id

    def path(self, job_id: str, task_id: str) -> Path:
        """Return where a task's log is, or would be."""
        return self.folder(job_id) / f"task-{task_id}.txt"

    def append(self, job_id: str, task_id: str, text: str) -> None:
        """Add lines.

        :param text: without the last line's end.
        """
        path = self.path(job_id, task_id)
        data = text.encode(errors="replace") + b"\n"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "ab") as file:
                room_bytes = MAX_LOG_BYTES - file.tell()
                if room_bytes > len(data):
                    file.write(data)
                elif room_bytes > 0:
                    file.write(_CUT.rjust(room_bytes + 1))
        except OSError as ex:
            log.warning("a line for '%s' is lost: %s", path, ex)

    def size_bytes(self, job_id: str, task_id: str) -> int | None:
        """Return a log's size; None where there is none."""
        try:
            return self.path(job_id, task_id).stat().st_size
        except OSError:
            return None

    def tail(self, job_id: str, task_id: str) -> bytes | None:
        """Return at most the last 2 kB, cut at a line's start where there is one; None without a
        log."""
        try:
            with open(self.path(job_id, task_id), "rb") as file:
                size_bytes = file.seek(0, os.SEEK_END)
                file.seek(max(0, size_bytes - TAIL_BYTES))
                data = file.read(TAIL_BYTES)
        except OSError:
            return None
        if size_bytes <= TAIL_BYTES:
            return data
        _, newline, rest = data.partition(b"\n")
        return rest if newline and rest else data

    def remove(self, job_id: str) -> None:
        """Remove all logs of a job, and what else lies beside them."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)

    def keep_only(self, job_ids: Container[str]) -> None:
        """Remove the logs of jobs that are no more."""
        if self._folder.is_dir():
            for folder in list(self._folder.iterdir()):
                if folder.name not in job_ids:
                    self.remove(folder.name)
