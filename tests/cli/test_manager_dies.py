# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verbs whose Manager is killed, restarted or gone while they run.

The local manager is a process of its own that is really killed; its Blender is a double.
"""

from __future__ import annotations

import io
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pytest

from farm_addon import user_folders
from farm_addon.app import App, Choices
from farm_addon.background import launcher
from farm_addon.background.runtime import BlenderRuntime
from farm_addon.cli.__main__ import main
from farm_addon.core.ports import FrameDecoder, FreezeJob, FrozenJob, Reporter
from farm_addon.core.volume import FarmConfig, Volume
from farm_addon.core.workspace import Workspace
from farm_addon.flamenco.client import FlamencoClient
from farm_addon.local_manager import start
from farm_addon.local_manager.start import TOKEN_HEADER
from tests.fakes import fake_blender
from tests.fakes.farm import FakeDecoder, FakeFreezer, file_facts, scene_facts
from tests.fakes.local_service import TOKEN, LocalService
from tests.local_manager.processes import HERE, wait_until

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="no process can be killed outright here"
)

RELEASE = "ep01"


class ScriptFreezer(FakeFreezer):
    """Freezes by copying: what the double of Blender renders is a script."""

    def freeze(self, blend: Path, jobs: Sequence[FreezeJob]) -> Iterator[FrozenJob]:
        for job in jobs:
            job.target.write_bytes(blend.read_bytes())
            yield FrozenJob(job.job, job.target)


class Studio:
    """One volume; the command line with real Managers and doubles for Blender.

    :ivar manager: what ``--manager`` gets.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder / "volume"
        self.freezer = ScriptFreezer()
        self.runtime = BlenderRuntime.parse(f"executable:{fake_blender.install(folder)}")
        self.manager = "local"
        self._folder = folder
        assert self.run("init", str(self.root))[0] == 0

    def plan(self, *frame_ends: int, seconds: float = 0.0) -> None:
        """Plan one job per number of frames; each frame takes so long."""
        blends = []
        for number, frame_end in enumerate(frame_ends):
            blend = self._folder / f"shot{number}.blend"
            fake_blender.write_file(blend, seconds=seconds)
            scene = scene_facts("A", frame_end=frame_end)
            self.freezer.facts[blend] = file_facts(str(blend), scene)
            blends.append(str(blend))
        status, text = self.run("plan", "release", RELEASE, *blends)
        assert status == 0, text

    def run(self, *words: str, out: io.StringIO | None = None) -> tuple[int, str]:
        """Run a verb; return its exit status and all that it printed.

        :param out: gets what it prints while it runs.
        """
        out = io.StringIO() if out is None else out
        options = ["--volume", str(self.root)]
        options += ["--manager", self.manager] if words[0] != "init" else []
        status = main(
            [*words, *options],
            stdout=out,
            stderr=out,
            environ={},
            make_app=lambda *arguments: StudioApp(self, *arguments),
        )
        return status, out.getvalue()

    def begin(self, *words: str, out: io.StringIO | None = None) -> Callable[[], tuple[int, str]]:
        """Start a verb; return what waits for its end and returns what :meth:`run` does."""
        result: list[tuple[int, str]] = []
        thread = threading.Thread(target=lambda: result.append(self.run(*words, out=out)))
        thread.start()

        def end() -> tuple[int, str]:
            thread.join(120)
            assert result, "the verb does not end"
            return result[0]

        return end

    def frames(self) -> list[str]:
        return sorted(path.name for path in (self.root / "releases" / RELEASE).rglob("*.png"))

    @property
    def volume_id(self) -> str:
        return FarmConfig.read(Volume(self.root)).volume_id

    def kill_manager(self) -> None:
        endpoint = start.find_running(self.volume_id)
        assert endpoint is not None
        os.kill(endpoint.pid, signal.SIGKILL)

    def jobs(self) -> list[str]:
        """Return the names of the jobs that the local manager has; none where it does not run."""
        endpoint = start.find_running(self.volume_id)
        if endpoint is None:
            return []
        headers = {TOKEN_HEADER: endpoint.token}
        with FlamencoClient(HERE, endpoint.url, headers=headers) as client:
            return [job.name for job in client.jobs()]


class StudioApp(App):
    """The real composition root, with doubles for Blender, and short waits."""

    def __init__(
        self, studio: Studio, choices: Choices, reporter: Reporter, environ: Mapping[str, str]
    ) -> None:
        super().__init__(choices, reporter, environ)
        self._studio = studio

    @cached_property
    def workspace(self) -> Workspace:
        def wait(seconds: float) -> None:
            threading.Event().wait(min(seconds, 0.2))

        return replace(super().workspace, wait=wait)

    @cached_property
    def runtime(self) -> BlenderRuntime:
        return self._studio.runtime

    @cached_property
    def freezer(self) -> FakeFreezer:  # type: ignore[override]
        return self._studio.freezer

    @cached_property
    def decoder(self) -> FrameDecoder:
        return FakeDecoder()


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    found = Studio(tmp_path)
    yield found
    start.stop(found.volume_id)


@pytest.mark.parametrize("verb", ["submit", "status"])
def test_a_verb_that_follows_jobs_goes_on_with_the_next_local_manager(
    studio: Studio, verb: str
) -> None:
    studio.plan(6, seconds=0.15)
    if verb == "status":
        assert studio.run("submit", "release", RELEASE)[0] == 0
    option = {"submit": "--wait", "status": "--watch"}[verb]
    end = studio.begin(verb, "release", RELEASE, option)
    wait_until(lambda: len(studio.frames()) >= 2)
    studio.kill_manager()
    status, text = end()
    assert status == 0, text
    assert "asking again" in text
    assert "6/6" in text
    assert studio.frames() == [f"{frame:06d}.png" for frame in range(1, 7)]


def test_killing_jobs_starts_the_local_manager_that_has_them(studio: Studio) -> None:
    studio.plan(50, 50, seconds=0.1)
    assert studio.run("submit", "release", RELEASE)[0] == 0
    wait_until(studio.frames)
    studio.kill_manager()
    wait_until(lambda: start.find_running(studio.volume_id) is None)
    status, text = studio.run("kill", f"{RELEASE}.jobs", "is:unfinished", "--yes")
    assert status == 0, text
    assert "2 cancelled" in text
    status, text = studio.run("status", "release", RELEASE)
    assert text.count("canceled  1") == 2


def test_jobs_killed_while_the_local_manager_dies_are_told_as_they_are(studio: Studio) -> None:
    studio.plan(*[50] * 12, seconds=0.05)
    assert studio.run("submit", "release", RELEASE)[0] == 0
    end = studio.begin("kill", f"{RELEASE}.jobs", "is:unfinished", "--yes")
    studio.kill_manager()
    status, text = end()
    again, more = studio.run("kill", f"{RELEASE}.jobs", "is:unfinished", "--yes")
    assert again == 0, more
    _, table = studio.run("status", "release", RELEASE)
    assert table.count("canceled  1") == 12, text + more + table
    assert status in (0, 1)


def test_a_submission_in_which_the_local_manager_is_killed_is_taken_up_again(
    studio: Studio,
) -> None:
    studio.plan(*[1] * 25)
    end = studio.begin("submit", "release", RELEASE)
    wait_until(lambda: len(studio.jobs()) >= 3)
    studio.kill_manager()
    status, text = end()
    if status:
        assert "the local manager of" in text
        assert "run it again when the Manager answers; the job will not be sent twice" in text
    status, text = studio.run("submit", "release", RELEASE, "--wait")
    assert status == 0, text
    assert sorted(studio.jobs()) == sorted({f"{RELEASE}/shot{number}" for number in range(25)})
    assert studio.frames() == ["000001.png"] * 25


# --- a Manager at a URL ---------------------------------------------------------------------------


class Remote:
    """A Manager at a URL of its own, which can go and come back; it renders at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        self._service = LocalService(folder).start()
        self.url = self._service.serve()

    def stop(self) -> None:
        self._service.stop()

    def hold(self) -> None:
        """Render nothing until it comes back."""
        self._service.runner.gate.clear()

    def come_back(self) -> None:
        self._service = LocalService(self._folder).start()
        self._service.serve(int(self.url.rpartition(":")[2]))


@pytest.fixture
def remote(tmp_path: Path, studio: Studio) -> Iterator[Remote]:
    found = Remote(tmp_path / "remote")
    config = user_folders.config_file()
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(f'[headers."{found.url}"]\n{TOKEN_HEADER} = "{TOKEN}"\n')
    studio.manager = found.url
    yield found
    found.stop()


def states_of(events: str) -> list[str]:
    """Return the states of the job that were told, in order."""
    whole = [json.loads(line) for line in events.splitlines(keepends=True) if line[-1] == "\n"]
    return [event["values"]["state"] for event in whole if event["event"] == "row"]


def test_following_outlives_a_manager_that_goes_and_comes_back(
    studio: Studio, remote: Remote
) -> None:
    studio.plan(3)
    remote.hold()
    assert studio.run("submit", "release", RELEASE)[0] == 0
    told = io.StringIO()
    end = studio.begin("status", "release", RELEASE, "--watch", "--events", out=told)
    wait_until(lambda: states_of(told.getvalue()))
    remote.stop()
    wait_until(lambda: "asking again" in told.getvalue())
    remote.come_back()
    status, text = end()
    assert status == 0, text
    states = states_of(text)
    assert set(states) == {"active", "completed"}  # nothing was taken back meanwhile
    assert states[-1] == "completed"
    assert f"the Manager at {remote.url} cannot be reached" in text


@pytest.mark.parametrize(
    ("words", "exit_status"),
    [
        (("submit", "release", RELEASE), 1),
        (("status", "release", RELEASE), 0),
        (("status", "release", RELEASE, "--watch"), 0),
        (("kill", f"{RELEASE}.jobs", "is:unfinished", "--yes"), 1),
    ],
)
def test_a_manager_that_is_gone_is_one_clear_sentence(
    studio: Studio, remote: Remote, words: tuple[str, ...], exit_status: int
) -> None:
    studio.plan(3)
    remote.hold()
    assert studio.run("submit", "release", RELEASE)[0] == 0
    remote.stop()
    status, text = studio.run(*words)
    assert f"the Manager at {remote.url} cannot be reached: the connection was refused" in text
    assert "Traceback" not in text
    assert status == exit_status, text


def test_a_follower_lets_the_local_manager_leave_and_ends_with_its_stdin(studio: Studio) -> None:
    studio.plan(2)
    assert studio.run("submit", "release", RELEASE, "--wait")[0] == 0
    start.stop(studio.volume_id)
    start.ensure_running(studio.root, studio.volume_id, idle_exit_s=8)
    words = ["status", "release", RELEASE, "--follow", "--events", "--volume", str(studio.root)]
    child = launcher.python_child("farm_addon.cli", [*words, "--manager", "local"])
    assert child.stdout is not None
    assert child.stdin is not None
    told: list[bytes] = []
    reading = threading.Thread(target=lambda: told.extend(iter(child.stdout.readline, b"")))
    reading.start()
    try:
        wait_until(lambda: any(b'"is_over":true' in line for line in told))
        wait_until(lambda: start.state_mark(studio.volume_id) is None)  # asks nobody
        studio.plan(2, 1)  # a change of the record is told, and starts no manager
        wait_until(lambda: any(b'"planned"' in line for line in told))
        assert child.poll() is None
        assert start.state_mark(studio.volume_id) is None
        child.stdin.close()
        assert child.wait(10) == 130
    finally:
        child.kill()
        child.wait()
        reading.join()
        child.stdout.close()
        assert child.stderr is not None
        child.stderr.close()
