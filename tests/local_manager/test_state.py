# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from farm_addon.core.errors import NewerSchemaError, VolumeError
from farm_addon.local_manager import state as state_module
from farm_addon.local_manager.compile import compile_job
from farm_addon.local_manager.model import Job, JobStatus, TaskStatus
from farm_addon.local_manager.state import Database
from tests.fakes.local_service import submission

NOW = datetime(2026, 4, 13, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "manager.sqlite"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(path)
    yield database
    database.close()


def job(name: str = "a", frames: str = "1-3") -> Job:
    return compile_job(submission(name, frames=frames, extra={"x": [1, None]}), NOW)


def reopened(path: Path) -> dict[str, Job]:
    database = Database(path)
    try:
        return database.load()
    finally:
        database.close()


def test_jobs_come_back_whole_and_in_order(database: Database, path: Path) -> None:
    jobs = [job(name) for name in ("zebra", "ape", "Ünïcode \U0001f600")]
    for one in jobs:
        database.write([(None, one)], [])
    assert list(reopened(path).values()) == jobs


def test_a_change_keeps_the_rest(database: Database, path: Path) -> None:
    before = job()
    database.write([(None, before)], [])
    task = replace(before.tasks[1], status=TaskStatus.ACTIVE, tries=1, worker_name="local-1")
    now = replace(
        before,
        status=JobStatus.ACTIVE,
        is_counting=True,
        tasks=(before.tasks[0], task, before.tasks[2]),
    )
    database.write([(before, now)], [])
    assert reopened(path) == {now.id: now}


def test_a_removed_job_takes_its_tasks_along(database: Database, path: Path) -> None:
    first, second = job("first"), job("second")
    database.write([(None, first), (None, second)], [])
    database.write([], [first.id])
    assert reopened(path) == {second.id: second}
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM task").fetchone() == (3,)
    connection.close()


def test_a_write_that_fails_leaves_nothing_behind(database: Database, path: Path) -> None:
    kept, broken = job("kept"), job("broken")
    database.write([(None, kept)], [])
    twice = replace(broken, tasks=(broken.tasks[0], replace(broken.tasks[1], name=None)))  # type: ignore[arg-type]
    with pytest.raises(VolumeError, match="cannot keep its state"):
        database.write([(None, job("also")), (None, twice)], [])
    assert reopened(path) == {kept.id: kept}
    database.write([(None, broken)], [])
    assert len(reopened(path)) == 2


def test_a_newer_schema_is_refused_and_left_as_it_is(database: Database, path: Path) -> None:
    database.close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {state_module.SCHEMA_VERSION + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerSchemaError, match="newer farm_addon"):
        Database(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"\0" * 4096])
def test_a_file_that_is_no_database_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(VolumeError) as caught:
        Database(path)
    assert "move it away" in caught.value.hint


def test_somebody_elses_database_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(VolumeError, match="no database of a local manager"):
        Database(path)


def test_a_row_that_cannot_be_read_is_a_sentence(database: Database, path: Path) -> None:
    database.write([(None, job())], [])
    database.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE job SET settings = '{'")
    connection.close()
    with pytest.raises(VolumeError, match="cannot be read"):
        reopened(path)


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(VolumeError, match="cannot be opened"):
        Database(tmp_path / "nowhere" / "manager.sqlite")
