# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program as a process of its own: started, killed, told to leave; Blender is a double."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farm_addon.core.errors import ManagerError, ManagerRefusedError
from farm_addon.core.ports import JobToSubmit, RemoteJob
from farm_addon.flamenco.client import FlamencoClient
from farm_addon.local_manager import start
from farm_addon.local_manager.instance import is_held
from farm_addon.local_manager.start import TOKEN_HEADER, Endpoint
from tests.fakes import fake_blender
from tests.local_manager.processes import HERE, Farm, finished, is_gone, wait_until

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="reads /proc to see which processes live"
)


def submit(
    farm: Farm, client: FlamencoClient, frames: str = "1-3", chunk_size: int = 1, **script: Any
) -> RemoteJob:
    settings = {
        "blendfile": str(fake_blender.write_file(farm.blend, **script)),
        "render_output_path": str(farm.out / "######"),
        "frames": frames,
        "chunk_size": chunk_size,
        "format": "PNG",
        "image_file_extension": ".png",
        "scene": "Main",
        "farm_blender": farm.blender,
    }
    return client.submit(JobToSubmit("r/a", "simple-blender-render", "", 50, settings, {}))


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    farm = Farm(tmp_path, f"executable:{fake_blender.install(tmp_path)}")
    yield farm
    start.stop(farm.id)
    wait_until(lambda: not is_held(farm.state))


def test_it_renders_a_job_for_who_leaves(farm: Farm) -> None:
    endpoint = farm.ensure()
    with farm.client(endpoint) as client:
        job = submit(farm, client)
    with farm.client(farm.ensure()) as client:
        done = wait_until(lambda: finished(client, job.id))
        assert done.steps_completed == 3
        assert [worker.status for worker in client.workers()] == ["awake"]
        assert Path(client.storage_location()) == farm.volume
    assert farm.frames() == ["000001.png", "000002.png", "000003.png"]


def test_who_starts_it_again_gets_the_one_that_runs(farm: Farm) -> None:
    first = farm.ensure()
    assert farm.ensure() == first
    assert start.find_running(farm.id) == first


def test_many_who_start_it_at_once_get_the_same_one(farm: Farm) -> None:
    found: list[Endpoint] = []
    begin = threading.Barrier(4)

    def ensure() -> None:
        begin.wait(10)
        found.append(farm.ensure())

    threads = [threading.Thread(target=ensure) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    (pid,) = {endpoint.pid for endpoint in found}
    wait_until(lambda: farm.manager_pids() == [pid])


def test_the_endpoint_is_for_its_user_alone_and_the_token_is_needed(farm: Farm) -> None:
    endpoint = farm.ensure()
    path = farm.state / "endpoint.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(farm.state.stat().st_mode) == 0o700
    data = json.loads(path.read_text())
    assert {*data} == {"schema", "url", "token", "pid", "version", "volume"}
    assert endpoint.url.startswith("http://127.0.0.1:")
    with FlamencoClient(HERE, endpoint.url, headers={TOKEN_HEADER: "x"}) as stranger:
        with pytest.raises(ManagerRefusedError) as caught:
            stranger.jobs()
    assert caught.value.status == 403


def test_killed_in_the_middle_of_a_task_it_leaves_no_blender_and_goes_on_when_started_again(
    farm: Farm,
) -> None:
    endpoint = farm.ensure()
    with farm.client(endpoint) as client:
        job = submit(farm, client, frames="1-8", chunk_size=4, seconds=0.15)
        wait_until(lambda: len(farm.frames()) >= 2)
    assert farm.blender_pids()
    os.kill(endpoint.pid, signal.SIGKILL)
    wait_until(lambda: is_gone(endpoint.pid) and not farm.blender_pids())
    before = {name: (farm.out / name).stat().st_mtime_ns for name in farm.frames()}
    (farm.out / "000004.png").write_bytes(b"\x89PNG\r\n\x1a\ncut off")
    assert start.find_running(farm.id) is None

    again = farm.ensure()
    assert again.pid != endpoint.pid
    with farm.client(again) as client:
        done = wait_until(lambda: finished(client, job.id))
        assert done.steps_completed == 8
    assert farm.frames() == [f"{frame:06d}.png" for frame in range(1, 9)]
    assert (farm.out / "rejected" / "000004.png").exists()
    kept = [name for name in before if name != "000004.png"]
    after = {name: (farm.out / name).stat().st_mtime_ns for name in kept}
    assert after == {name: before[name] for name in kept}


def test_sigterm_returns_the_task_to_the_queue_and_leaves_no_blender(farm: Farm) -> None:
    endpoint = farm.ensure()
    with farm.client(endpoint) as client:
        job = submit(farm, client, frames="1-50", chunk_size=50, seconds=0.1)
        wait_until(farm.frames)
    os.kill(endpoint.pid, signal.SIGTERM)
    wait_until(lambda: is_gone(endpoint.pid))
    assert farm.blender_pids() == []
    assert not (farm.state / "endpoint.json").exists()
    locks = list((farm.volume / ".farm").iterdir())
    assert locks == []
    with farm.client(farm.ensure()) as client:
        (task,) = client.tasks(job.id)
        assert task.status in ("queued", "active")
        log = client.task_log_tail(task.id)
        assert "task changed status active -> queued" in log


def test_a_blender_killed_in_the_middle_of_a_frame_is_started_again(farm: Farm) -> None:
    with farm.client(farm.ensure()) as client:
        job = submit(farm, client, chunk_size=3, seconds=0.2)
        wait_until(farm.frames)
        (pid,) = farm.blender_pids()
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: finished(client, job.id))
        log = client.task_log_tail(client.tasks(job.id)[0].id)
    assert farm.frames() == ["000001.png", "000002.png", "000003.png"]
    assert "task changed status active -> soft-failed" in log
    assert "SIGKILL" in log


def test_stopping_ends_it_and_says_whether_there_was_one(farm: Farm) -> None:
    endpoint = farm.ensure()
    assert start.stop(farm.id) is True
    wait_until(lambda: is_gone(endpoint.pid))
    assert start.find_running(farm.id) is None
    assert start.stop(farm.id) is False


def test_it_leaves_when_it_is_idle_and_not_while_it_works(farm: Farm) -> None:
    endpoint = farm.ensure(idle_exit_s=0.2)
    with farm.client(endpoint) as client:
        submit(farm, client, frames="1-2", seconds=0.5)
    wait_until(lambda: is_gone(endpoint.pid))
    assert farm.frames() == ["000001.png", "000002.png"]
    assert "leaving" in start.log_tail(farm.id)


def test_one_of_another_version_is_replaced_when_idle_and_kept_while_busy(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = farm.ensure()
    with farm.client(old) as client:
        job = submit(farm, client, frames="1-4", seconds=0.2)
        monkeypatch.setattr(start, "__version__", "99.0.0")
        assert farm.ensure() == old
        wait_until(lambda: finished(client, job.id))
    new = farm.ensure()
    assert new.pid != old.pid
    wait_until(lambda: is_gone(old.pid))


def test_other_options_replace_it_too(farm: Farm) -> None:
    first = farm.ensure()
    second = farm.ensure(slots=2)
    assert second.pid != first.pid
    with farm.client(second) as client:
        assert [worker.name for worker in client.workers()] == ["local-1", "local-2"]


def test_another_blender_replaces_it_when_it_is_idle_and_not_before(farm: Farm) -> None:
    first = farm.ensure()
    program = farm.blender.removeprefix("executable:")
    with farm.client(first) as client:
        submit(farm, client, seconds=1.0)
        wait_until(lambda: client.status() == "active")
        assert farm.ensure(blender=program).pid == first.pid
    second = wait_until(lambda: (now := farm.ensure(blender=program)).pid != first.pid and now)
    with farm.client(second) as client:
        assert len(client.jobs()) == 1


def test_one_that_cannot_start_shows_the_end_of_its_log(farm: Farm) -> None:
    farm.state.mkdir(parents=True)
    (farm.state / "manager.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(ManagerError) as caught:
        farm.ensure()
    assert "does not start" in caught.value.message
    assert "manager.sqlite" in caught.value.message
    assert "manager.log" in caught.value.hint


def test_a_missing_library_is_a_sentence(
    farm: Farm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "waitress.py").write_text("raise ImportError('gone', name='waitress')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ManagerError, match="the Python library 'waitress' is missing"):
        farm.ensure()


def test_one_that_crashes_again_and_again_is_not_started_for_ever(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "MAX_STARTS", 2)
    farm.state.mkdir(parents=True)
    (farm.state / "manager.sqlite").write_bytes(b"this is no database" * 100)
    for _ in range(start.MAX_STARTS):
        with pytest.raises(ManagerError, match="it left at once"):
            farm.ensure()
    lines = len(start.log_tail(farm.id, 1000).splitlines())
    with pytest.raises(ManagerError, match="it crashed 2 times"):
        farm.ensure()
    assert len(start.log_tail(farm.id, 1000).splitlines()) == lines


def test_a_stale_endpoint_misleads_nobody(farm: Farm) -> None:
    farm.state.mkdir(parents=True)
    data = {"schema": 1, "url": "http://127.0.0.1:9", "token": "abc", "pid": 1, "version": "0",
            "volume": "/"}  # fmt: skip
    for content in (b"{", b"[]", json.dumps(data).encode(),
                    json.dumps({**data, "url": "http://evil.example:80"}).encode()):  # fmt: skip
        (farm.state / "endpoint.json").write_bytes(content)
        assert start.find_running(farm.id) is None
        assert start.stop(farm.id) is False
    assert farm.ensure().pid != 1


def test_a_volume_that_is_gone_is_said_so(farm: Farm) -> None:
    farm.volume.rename(farm.volume.with_name("elsewhere"))
    farm.volume.write_text("a file")
    with pytest.raises(ManagerError, match="does not start"):
        farm.ensure()
