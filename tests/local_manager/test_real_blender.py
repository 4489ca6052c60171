# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The local manager with a real Blender, killed where it hurts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm_addon.core.ports import JobToSubmit, RemoteJob
from farm_addon.decoding.decoder import LocalDecoder
from farm_addon.flamenco.client import FlamencoClient
from farm_addon.local_manager import start
from tests.conftest import TEST_BLENDER, TEST_WHEEL_PYTHON
from tests.local_manager.processes import Farm, finished, is_gone, wait_until

FRAMES = 4
ALL_FRAMES = [f"{frame:06d}.png" for frame in range(1, FRAMES + 1)]

MAKE_FILE = """
import bpy, os, sys
bpy.ops.wm.read_factory_settings(use_empty=False)
scene = bpy.context.scene
scene.name = "Shot"
scene.render.engine = "CYCLES"
scene.cycles.device = "CPU"
scene.cycles.samples = 16
scene.cycles.use_denoising = False
scene.cycles.use_adaptive_sampling = False
scene.render.resolution_x, scene.render.resolution_y = 160, 90
scene.render.resolution_percentage = 100
bpy.data.objects["Cube"].keyframe_insert("location", frame=1)
bpy.data.objects["Cube"].location.x = 2
bpy.data.objects["Cube"].keyframe_insert("location", frame=4)
bpy.ops.wm.save_as_mainfile(filepath=TARGET)
os._exit(0)
"""

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="reads /proc to see which processes live"
)


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    """A volume with a file that a real Blender made, and its local manager."""
    if TEST_BLENDER:
        farm = Farm(tmp_path, f"executable:{TEST_BLENDER}")
        command = [TEST_BLENDER, "-b", "--factory-startup", "--python"]
    elif TEST_WHEEL_PYTHON:
        farm = Farm(tmp_path, f"wheel:{TEST_WHEEL_PYTHON}")
        command = [TEST_WHEEL_PYTHON]
    else:
        pytest.skip("no Blender was given to test with (scripts/test.py does)")
    script = tmp_path / "make_file.py"
    script.write_text(MAKE_FILE.replace("TARGET", repr(str(farm.blend))))
    subprocess.run([*command, str(script)], check=True, capture_output=True, timeout=120)
    yield farm
    start.stop(farm.id)


def submit(farm: Farm, client: FlamencoClient, chunk_size: int) -> RemoteJob:
    settings = {
        "blendfile": str(farm.blend),
        "render_output_path": str(farm.out / "######"),
        "frames": f"1-{FRAMES}",
        "chunk_size": chunk_size,
        "format": "PNG",
        "image_file_extension": ".png",
        "scene": "Shot",
        "farm_blender": farm.blender,
    }
    return client.submit(JobToSubmit("r/a", "simple-blender-render", "", 50, settings, {}))


def decodable(farm: Farm) -> list[str]:
    """Return the frames that are whole."""
    paths = sorted(farm.out.glob("*.png"))
    return [verdict.path.name for verdict in LocalDecoder().decode(paths) if not verdict.problem]


def test_killed_in_the_middle_of_a_frame_it_leaves_no_blender_and_loses_no_frame(
    farm: Farm,
) -> None:
    endpoint = farm.ensure()
    with farm.client(endpoint) as client:
        job = submit(farm, client, chunk_size=2)
        wait_until(farm.frames)
    os.kill(endpoint.pid, signal.SIGKILL)
    wait_until(lambda: is_gone(endpoint.pid) and not farm.blender_pids())
    half = farm.out / farm.frames()[-1]
    half.write_bytes(half.read_bytes()[:100])
    with farm.client(farm.ensure()) as client:
        done = wait_until(lambda: finished(client, job.id))
    assert done.steps_completed == FRAMES
    assert decodable(farm) == farm.frames() == ALL_FRAMES
    assert [path.name for path in (farm.out / "rejected").iterdir()] == [half.name]


def test_a_blender_killed_in_the_middle_of_a_frame_is_started_again(farm: Farm) -> None:
    with farm.client(farm.ensure()) as client:
        job = submit(farm, client, chunk_size=FRAMES)
        wait_until(lambda: len(farm.frames()) >= 2)  # so the first is whole
        for pid in farm.blender_pids():
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: finished(client, job.id))
        (task,) = client.tasks(job.id)
    log = (farm.state / "logs" / job.id / f"task-{task.id}.txt").read_text()
    assert decodable(farm) == farm.frames() == ALL_FRAMES
    assert "active -> soft-failed" in log
    assert log.count("Skipping existing frame 1") == 1


def test_cancelling_ends_blender_at_once(farm: Farm) -> None:
    with farm.client(farm.ensure()) as client:
        job = submit(farm, client, chunk_size=FRAMES)
        wait_until(farm.frames)
        client.set_job_status(job.id, "cancel-requested", "enough")
        wait_until(lambda: not farm.blender_pids())
        written = farm.frames()
        assert len(written) < FRAMES
        client.set_job_status(job.id, "requeueing", "after all")
        wait_until(lambda: finished(client, job.id))
    assert decodable(farm) == farm.frames() == ALL_FRAMES


def test_a_scene_that_is_not_in_the_file_fails_the_job_with_a_sentence(farm: Farm) -> None:
    with farm.client(farm.ensure()) as client:
        settings = dict(submit(farm, client, chunk_size=1).settings)
        wrong = {**settings, "scene": "No such scene", "render_output_path": str(farm.out / "b/##")}
        job = client.submit(JobToSubmit("r/b", "simple-blender-render", "", 90, wrong, {}))

        def failed() -> RemoteJob | None:
            now = client.job(job.id)
            return now if now is not None and now.status == "failed" else None

        assert "No such scene" in wait_until(failed).activity
