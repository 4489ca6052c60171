# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep jobs and tasks in SQLite, so that they survive a kill at any moment.

The file lies in the user's own state folder, never on the volume: network shares are no place
for SQLite. Every change is one transaction, flushed to the disk before anything acts on it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from ..core.errors import FarmError, NewerSchemaError, VolumeError
from ..core.frames import Frames
from .model import Job, JobStatus, Task, TaskStatus

SCHEMA_VERSION = 1
APPLICATION_ID = 0x6661726D
"""Marks the file as ours: "farm" in ASCII."""

CHECKPOINT_PAGES = 4000
"""How much of the log (pages of 4 kB) is gathered before it is written back: when thousands of jobs
change one by one, their pages are then written few times."""

_MOVE_AWAY = "move it away to start with an empty queue"

_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE job (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, type TEXT NOT NULL, priority INTEGER NOT NULL,
    settings TEXT NOT NULL, metadata TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL,
    status TEXT NOT NULL, activity TEXT NOT NULL, is_counting INTEGER NOT NULL,
    delete_requested_at TEXT NOT NULL
);
CREATE TABLE task (
    id TEXT PRIMARY KEY, job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    position INTEGER NOT NULL, name TEXT NOT NULL, frames TEXT NOT NULL, created TEXT NOT NULL,
    updated TEXT NOT NULL, status TEXT NOT NULL, activity TEXT NOT NULL,
    steps_completed INTEGER NOT NULL, tries INTEGER NOT NULL, worker_id TEXT NOT NULL,
    worker_name TEXT NOT NULL, last_touched TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX task_of_job ON task (job_id, position);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""

_SAVE_JOB = """
INSERT INTO job (id, name, type, priority, settings, metadata, created, updated, status, activity,
                 is_counting, delete_requested_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    priority = excluded.priority, updated = excluded.updated, status = excluded.status,
    activity = excluded.activity, is_counting = excluded.is_counting,
    delete_requested_at = excluded.delete_requested_at
"""
_SAVE_TASK = """
INSERT INTO task VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    updated = excluded.updated, status = excluded.status, activity = excluded.activity,
    steps_completed = excluded.steps_completed, tries = excluded.tries,
    worker_id = excluded.worker_id, worker_name = excluded.worker_name,
    last_touched = excluded.last_touched
"""


class Database:
    """The local manager's file. One process opens it, one thread at a time uses it.

    :raises NewerSchemaError: if a newer farm_addon wrote it; it stays as it is.
    :raises VolumeError: if it cannot be opened or is no such file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=5
            )
        except sqlite3.Error as ex:
            raise VolumeError(f"'{path}' cannot be opened: {ex}") from ex
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def load(self) -> dict[str, Job]:
        """Return all jobs by id, in order of creation.

        :raises VolumeError: if something in it cannot be read.
        """
        try:
            return self._load_jobs(self._load_tasks())
        except (sqlite3.Error, ValueError, FarmError) as ex:
            raise VolumeError(f"'{self._path}' cannot be read: {ex}", hint=_MOVE_AWAY) from ex

    def _load_tasks(self) -> dict[str, list[Task]]:
        tasks: dict[str, list[Task]] = {}
        columns = (
            "job_id, id, name, frames, created, updated, status, activity, steps_completed,"
            " tries, worker_id, worker_name, last_touched"
        )
        rows = self._connection.execute(f"SELECT {columns} FROM task ORDER BY job_id, position")
        for job_id, task_id, name, frames, created, updated, status, *others in rows:
            task = Task(
                task_id, name, Frames.parse(frames), created, updated, TaskStatus(status), *others
            )
            tasks.setdefault(job_id, []).append(task)
        return tasks

    def _load_jobs(self, tasks: dict[str, list[Task]]) -> dict[str, Job]:
        columns = (
            "id, name, type, priority, settings, metadata, created, updated, status, activity,"
            " is_counting, delete_requested_at"
        )
        jobs: dict[str, Job] = {}
        rows = self._connection.execute(f"SELECT {columns} FROM job ORDER BY position")
        for job_id, name, kind, priority, settings, metadata, created, updated, *others in rows:
            status, activity, is_counting, delete_requested_at = others
            jobs[job_id] = Job(
                id=job_id,
                name=name,
                type=kind,
                priority=priority,
                settings=json.loads(settings),
                metadata=json.loads(metadata),
                created=created,
                updated=updated,
                tasks=tuple(tasks.get(job_id, ())),
                status=JobStatus(status),
                activity=activity,
                is_counting=bool(is_counting),
                delete_requested_at=delete_requested_at,
            )
        return jobs

    def write(self, changed: Iterable[tuple[Job | None, Job]], removed: Iterable[str]) -> None:
        """Keep some changes, all or none of them; on the disk when it returns.

        :param changed: each job as it was kept before, None for a new one, and as it is now.
        :param removed: ids of jobs to forget.
        :raises VolumeError: if the disk is full or gone; nothing was changed then.
        """
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for before, now in changed:
                    self._connection.execute(_SAVE_JOB, _job_row(now))
                    self._connection.executemany(_SAVE_TASK, _changed_task_rows(before, now))
                for job_id in removed:
                    self._connection.execute("DELETE FROM job WHERE id = ?", (job_id,))
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as ex:
            raise VolumeError(
                f"the local manager cannot keep its state in '{self._path}': {ex}",
                hint="make room on that disk, then start it again",
            ) from ex

    def _prepare(self) -> None:
        try:
            version, application = (
                self._connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("user_version", "application_id")
            )
            is_new = not self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[
                0
            ]
            if version > SCHEMA_VERSION:
                raise NewerSchemaError(
                    f"'{self._path}' was written by a newer farm_addon (schema {version})",
                    hint="update farm_addon",
                )
            if not is_new and application != APPLICATION_ID:
                raise VolumeError(f"'{self._path}' is no database of a local manager")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            self._connection.execute("PRAGMA foreign_keys = ON")
            if is_new:
                self._connection.executescript(_SCHEMA)
        except sqlite3.Error as ex:
            raise VolumeError(
                f"'{self._path}' cannot be used: {ex}",
                hint=_MOVE_AWAY,
            ) from ex


def _job_row(job: Job) -> tuple[object, ...]:
    return (
        job.id,
        job.name,
        job.type,
        job.priority,
        json.dumps(dict(job.settings)),
        json.dumps(dict(job.metadata)),
        job.created,
        job.updated,
        job.status.value,
        job.activity,
        int(job.is_counting),
        job.delete_requested_at,
    )


def _changed_task_rows(before: Job | None, now: Job) -> Iterable[tuple[object, ...]]:
    """Yield the rows of the tasks that are not the very same values as before."""
    known = before.tasks if before is not None else ()
    for position, task in enumerate(now.tasks):
        if position < len(known) and known[position] is task:
            continue
        yield (
            task.id,
            now.id,
            position,
            task.name,
            task.frames.text(),
            task.created,
            task.updated,
            task.status.value,
            task.activity,
            task.steps_completed,
            task.tries,
            task.worker_id,
            task.worker_name,
            task.last_touched,
        )
