# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real runner and the real session, with a program that talks like Blender."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from farm_addon.background.runtime import BlenderRuntime, RuntimeKind
from farm_addon.background.session import BlenderSession
from farm_addon.core.ports import FrameVerdict
from farm_addon.core.storage.files import Files
from farm_addon.local_manager.events import Outcome
from farm_addon.local_manager.render import BlenderTaskRunner
from farm_addon.local_manager.runner import Cancellation, Report, Work
from tests.fakes import fake_blender
from tests.fakes.local_service import wait_until

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="the fake Blender is a script with a #! line"
)


class WholePngDecoder:
    """Takes a PNG for whole when it has its end."""

    def decode(self, paths: Sequence[Path]) -> Iterator[FrameVerdict]:
        for path in paths:
            content = path.read_bytes()
            is_whole = content.startswith(b"\x89PNG") and b"IEND" in content
            yield FrameVerdict(path, "" if is_whole else "its end is missing", "png")

    def can_decode(self, format_name: str) -> bool:
        return format_name == "png"


class Bench:
    """A runner, a file to render, and what was heard of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out" / "a"
        self.steps: list[int] = []
        self.lines: list[str] = []
        self.sessions: list[BlenderSession] = []
        self.cancellation = Cancellation()
        self.program = fake_blender.install(folder)
        runtime = BlenderRuntime(RuntimeKind.EXECUTABLE, self.program)
        self.runner = BlenderTaskRunner(
            Files(), WholePngDecoder(), lambda: runtime, self._make_session
        )

    def _make_session(self, runtime: BlenderRuntime, sink: Callable[[str], None]) -> BlenderSession:
        session = BlenderSession(runtime, log=sink, user_preferences=True)
        self.sessions.append(session)
        return session

    def work(self, *frames: int, name: str = "a.blend", **script: Any) -> Work:
        blend = fake_blender.write_file(self.folder / name, **script)
        return Work(blend, "Main", f"{self.out.as_posix()}/######", "PNG", ".png", frames)

    def run(self, work: Work) -> tuple[Outcome, str]:
        return self.runner.run(
            work, Report(self.steps.append, self.lines.append), self.cancellation
        )

    def names(self) -> list[str]:
        found = sorted(self.out.rglob("*"))
        return [path.relative_to(self.out).as_posix() for path in found if path.is_file()]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.runner.close()


def test_frames_are_rendered_and_told(bench: Bench) -> None:
    assert bench.run(bench.work(1, 2, 3)) == (Outcome.COMPLETED, "completed")
    assert bench.names() == ["000001.png", "000002.png", "000003.png"]
    assert bench.steps == [1, 2, 3]
    log = "\n".join(bench.lines)
    assert "going to render with Blender 5.2.2" in log
    assert f"pid={bench.sessions[0].pid} > Saved: '{bench.out}/000001.png'" in log


def test_scripts_in_the_file_stay_off_and_the_users_preferences_are_used(bench: Bench) -> None:
    bench.run(bench.work(1))
    arguments = next(line for line in bench.lines if "arguments:" in line)
    assert "--disable-autoexec" in arguments
    assert "--factory-startup" not in arguments


def test_one_blender_renders_all_tasks_of_a_file(bench: Bench) -> None:
    bench.run(bench.work(1))
    bench.run(bench.work(2))
    assert len(bench.sessions) == 1
    bench.run(bench.work(3, name="b.blend"))
    assert len(bench.sessions) == 2
    assert not bench.sessions[0].is_alive
    bench.runner.close()
    assert not bench.sessions[1].is_alive


def test_frames_that_are_there_are_skipped_and_count(bench: Bench) -> None:
    bench.run(bench.work(1, 2))
    before = (bench.out / "000001.png").stat().st_mtime_ns
    assert bench.run(bench.work(1, 2, 3))[0] is Outcome.COMPLETED
    assert (bench.out / "000001.png").stat().st_mtime_ns == before
    assert bench.steps == [1, 2, 1, 2, 3]
    assert any(line.startswith("Skipping existing frame 1") for line in bench.lines)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\nhalf"])
def test_what_is_no_frame_is_moved_aside_before_the_render(bench: Bench, content: bytes) -> None:
    bench.out.mkdir(parents=True)
    (bench.out / "000002.png").write_bytes(content)
    (bench.out / "rejected").mkdir()
    (bench.out / "rejected" / "000002.png").write_bytes(b"an earlier one")
    (bench.out / "000009.png").write_bytes(b"not of this task")
    assert bench.run(bench.work(1, 2))[0] is Outcome.COMPLETED
    assert bench.names() == [
        "000001.png",
        "000002.png",
        "000009.png",
        "rejected/000002-2.png",
        "rejected/000002.png",
    ]
    assert (bench.out / "rejected" / "000002-2.png").read_bytes() == content
    assert b"IEND" in (bench.out / "000002.png").read_bytes()


def test_a_crash_may_be_tried_again_and_the_half_frame_goes(bench: Bench) -> None:
    work = bench.work(1, 2, 3, crash={"2": 1})
    outcome, message = bench.run(work)
    assert outcome is Outcome.CRASHED
    assert "SIGKILL" in message
    assert any(line.startswith("Failed: ") for line in bench.lines)
    assert bench.run(work) == (Outcome.COMPLETED, "completed")
    assert bench.names() == ["000001.png", "000002.png", "000003.png", "rejected/000002.png"]


def test_a_frame_that_blender_wrote_half_is_no_success(bench: Bench) -> None:
    work = bench.work(1, 2, truncate={"2": 1})
    outcome, message = bench.run(work)
    assert outcome is Outcome.CRASHED
    assert message == "000002.png is no frame: its end is missing"
    assert bench.names() == ["000001.png", "rejected/000002.png"]
    assert bench.run(work)[0] is Outcome.COMPLETED


def test_a_frame_that_was_never_written_is_no_success(bench: Bench) -> None:
    assert bench.run(bench.work(1, 2, missing=[2])) == (
        Outcome.CRASHED,
        "Blender wrote no file for frame 2",
    )


def test_both_eyes_are_judged(bench: Bench) -> None:
    bench.out.mkdir(parents=True)
    (bench.out / "000001_R.png").write_bytes(b"")
    assert bench.run(bench.work(1, views=["_L", "_R"]))[0] is Outcome.COMPLETED
    assert bench.names() == ["000001_L.png", "000001_R.png", "rejected/000001_R.png"]


def test_a_no_of_blender_is_final_and_it_stays_useable(bench: Bench) -> None:
    refused = bench.work(1, error="the scene 'Main' is not in the file")
    assert bench.run(refused) == (Outcome.FAILED, "the scene 'Main' is not in the file")
    assert "Failed: the scene 'Main' is not in the file" in bench.lines
    assert bench.run(bench.work(1))[0] is Outcome.COMPLETED


def test_a_file_that_is_gone_starts_no_blender(bench: Bench) -> None:
    work = bench.work(1)
    work.blend.unlink()
    outcome, message = bench.run(work)
    assert outcome is Outcome.FAILED
    assert "a.blend" in message
    assert bench.sessions == []


def test_a_blender_that_cannot_be_started_fails_the_task(bench: Bench) -> None:
    bench.program.unlink()
    outcome, message = bench.run(bench.work(1))
    assert outcome is Outcome.FAILED
    assert str(bench.program) in message


def test_cancelling_ends_the_render_at_once(bench: Bench) -> None:
    work = bench.work(*range(1, 100), seconds=0.05)
    result: list[tuple[Outcome, str]] = []
    thread = threading.Thread(target=lambda: result.append(bench.run(work)))
    thread.start()
    wait_until(lambda: bench.steps)
    bench.cancellation.cancel()
    thread.join(5)
    assert result == [(Outcome.STOPPED, "stopped")]
    assert not bench.sessions[0].is_alive
    written = len(bench.names())
    time.sleep(0.2)
    assert len(bench.names()) == written < 99


def test_a_wish_to_stop_that_came_before_the_start_is_kept(bench: Bench) -> None:
    bench.cancellation.cancel()
    assert bench.run(bench.work(1, seconds=5.0)) == (Outcome.STOPPED, "stopped")
    assert bench.names() == []
    assert not any(session.is_alive for session in bench.sessions)


def test_a_step_that_cannot_be_told_leaves_no_render_behind(bench: Bench) -> None:
    def broken(_: int) -> None:
        raise ValueError("the disk is full")

    with pytest.raises(ValueError, match="full"):
        bench.runner.run(
            bench.work(1, 2, 3, seconds=0.1), Report(broken, bench.lines.append), Cancellation()
        )
    assert not bench.sessions[0].is_alive
