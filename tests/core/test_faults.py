# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the crash matrix cannot do by a seam: a second user, another computer, a wrong clock, and
real disks that are full, read-only or gone."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from farm_addon.core import workspace as workspace_module
from farm_addon.core.errors import FarmError, LockedError
from farm_addon.core.release import release_store
from farm_addon.core.storage.files import Files
from farm_addon.core.storage.lock import Lease
from farm_addon.core.storage.lock_owner import LEASE_S, Owner
from tests.core.crash_matrix import Trial, ends_with_a_sentence
from tests.core.disturbances import Seam
from tests.core.flow import NAME, Flow
from tests.core.release_picture import picture
from tests.core.test_killed_anywhere import STEPS

pytestmark = pytest.mark.usefixtures("quick_disk")

# --- two at once ----------------------------------------------------------------------------------

TWICE = "harvest --undo"
"""Two users who take a delivery back take two back."""


@pytest.mark.parametrize("verb", [verb for verb in STEPS if not verb.startswith(TWICE)])
def test_two_users_who_run_the_same_verb_at_once_do_it_once(verb: str, tmp_path: Path) -> None:
    trial = Trial(verb, "two users", STEPS[verb], tmp_path)
    flow = trial.stage.begin()
    start = threading.Barrier(2)
    strange: list[BaseException] = []

    def run(user: str) -> None:
        own = trial.stage.again(flow)
        own.workspace = dataclasses.replace(own.workspace, user=user)
        start.wait()
        try:
            trial.step(own)
        except LockedError:
            pass  # the other one has it; this one is told so, and runs it again below
        except BaseException as ex:  # noqa: BLE001 - shown by the assertion
            strange.append(ex)

    threads = [threading.Thread(target=run, args=(user,)) for user in ("mia", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [one for one in strange if not isinstance(one, FarmError)]
    again = trial.stage.again(flow)
    trial.finish(again)
    assert picture(again) == trial.wanted


class FakeTime:
    """A clock that stands still until somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.meanwhile: Callable[[], None] = lambda: None

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.meanwhile()


@pytest.fixture
def fake_time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    """The time by which a release's lock is waited for."""
    fake = FakeTime()
    lease = functools.partial(Lease, clock=fake.clock, wait=fake.wait)
    monkeypatch.setattr(release_store, "Lease", lease)
    return fake


ELSEWHERE = ("plan", "seed", "kill", "pause", "requeue", "priority", "restore", "slash-and-burn")
"""Verbs, by their first word, that meet no release or ask its Manager alone; slash-and-burn leaves
out what somebody works on."""
LOCKING = [verb for verb in STEPS if verb == "seed again" or verb.split()[0] not in ELSEWHERE]
"""Verbs that change a release which is there."""

BEN = Owner(token="t", user="ben", host="ws2", purpose="harvest release ep01", pid=1)


@pytest.mark.parametrize("verb", LOCKING)
def test_the_lock_of_a_silent_computer_is_waited_for_and_taken_over(
    verb: str, tmp_path: Path, fake_time: FakeTime
) -> None:
    trial = Trial(verb, "foreign lease", STEPS[verb], tmp_path)
    flow = trial.stage.begin()
    (folder,) = _release_folders(flow)
    (folder / ".lock").write_bytes(BEN.to_bytes())
    fake_time.now = 0.0
    trial.step(flow)
    assert LEASE_S <= fake_time.now < LEASE_S + 2
    assert picture(flow) == trial.wanted
    reporter = flow.workspace.reporter
    assert "waiting for ben on ws2 (harvest release ep01)" in reporter.statuses  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", LOCKING)
def test_a_verb_changes_nothing_while_another_computer_holds_the_lock(
    verb: str, tmp_path: Path, fake_time: FakeTime
) -> None:
    trial = Trial(verb, "foreign lease", STEPS[verb], tmp_path)
    flow = trial.stage.begin()
    before = picture(flow)
    (folder,) = _release_folders(flow)
    lock = folder / ".lock"
    lock.write_bytes(BEN.to_bytes())

    def beat() -> None:
        lock.write_bytes(dataclasses.replace(BEN, beat=int(fake_time.now)).to_bytes())

    fake_time.meanwhile = beat
    with pytest.raises(LockedError, match=r"is in use by ben on ws2 \(harvest release ep01\)"):
        trial.step(flow)
    assert picture(flow) == before
    fake_time.meanwhile = lambda: None
    lock.unlink()
    trial.finish(trial.stage.again(flow))
    assert picture(flow) == trial.wanted


def _release_folders(flow: Flow) -> list[Path]:
    volume = flow.workspace.volume
    folders = [volume.quick, *volume.releases.glob("*")]
    return [folder for folder in folders if (folder / "release.json").is_file()]


# --- clocks ---------------------------------------------------------------------------------------


MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize("verb", STEPS)
def test_a_clock_that_jumps_an_hour_to_and_fro_changes_nothing(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leases go by a monotonic clock; when something happened is told to people only."""
    jumps = 0

    def jump() -> timedelta:
        nonlocal jumps
        jumps += 1
        return timedelta(hours=jumps % 3 - 1)

    class JumpingDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + jump()

    wanted = Trial(verb, "right clock", STEPS[verb], tmp_path).wanted
    for folder in tmp_path.iterdir():
        shutil.rmtree(folder)
    with monkeypatch.context() as patch:
        time_ns = time.time_ns
        patch.setattr(workspace_module, "datetime", JumpingDatetime)
        patch.setattr(time, "time_ns", lambda: time_ns() + jump() // MICROSECOND * 1000)
        found = Trial(verb, "wrong clock", STEPS[verb], tmp_path).wanted
    assert jumps > 0
    assert found == wanted


# --- real disks -----------------------------------------------------------------------------------

REAL = [verb for verb in ("submit", "harvest", "archive") if verb in STEPS]
PAGE_BYTES = 4096


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(
            f"NOT TRIED ON A REAL DISK, mounting needs root on Linux: {done.stderr.strip()}"
        )


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    if shutil.which("mount") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("NOT TRIED ON A REAL DISK: mounting needs root on Linux")
    folder = tmp_path / "disk"
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", "size=4m", "farm-test", str(folder))
    yield folder
    _unmount(folder)


@pytest.mark.parametrize("verb", REAL)
def test_a_disk_that_is_really_full_stops_a_verb_with_a_sentence(verb: str, disk: Path) -> None:
    trial = Trial(verb, "full disk", STEPS[verb], disk)
    filler = disk / "filler"
    reasons = set()
    for free_pages in (0, 1, 2, 3, 5, 8, 13, 21):
        flow = trial.stage.begin(Seam())
        space = os.statvfs(disk)
        free_bytes = space.f_bavail * space.f_frsize
        filler.write_bytes(b"\0" * (free_bytes - free_pages * PAGE_BYTES))
        reasons.add(ends_with_a_sentence(trial.step, flow).rpartition(": ")[2])
        filler.unlink()
        again = trial.stage.again(flow)
        trial.finish(again)
        assert picture(again) == trial.wanted, f"{free_pages} pages were free"
    assert "the disk is full" in reasons
    assert not [one for one in reasons if "No space" in one]


@pytest.mark.parametrize("verb", REAL)
def test_a_disk_that_is_really_read_only_is_told_and_left_as_it_is(verb: str, disk: Path) -> None:
    trial = Trial(verb, "read-only folder", STEPS[verb], disk)
    flow = trial.stage.begin()
    before = picture(flow)
    _mount("-o", "remount,ro", str(disk))
    with pytest.raises(FarmError, match="the volume can only be read"):
        trial.step(flow)
    assert picture(flow) == before
    _mount("-o", "remount,rw", str(disk))
    again = trial.stage.again(flow)
    trial.finish(again)
    assert picture(again) == trial.wanted


@pytest.mark.parametrize("verb", REAL)
@pytest.mark.usefixtures("disk")
def test_a_volume_that_is_really_unmounted_is_told_and_goes_on_when_it_is_back(
    verb: str, tmp_path: Path
) -> None:
    trial = Trial(verb, "vanished volume", STEPS[verb], tmp_path)
    behind = tmp_path / "behind"
    for number in (3, 10, 17):
        flow = trial.stage.begin()
        volume = trial.stage.volume
        volume.rename(behind)
        volume.mkdir()
        _mount("--bind", str(behind), str(volume))
        operations = 0

        def unmount(_operation: str, _path: Path, number: int = number) -> None:
            nonlocal operations
            operations += 1
            if operations == number:
                _unmount(trial.stage.volume)

        flow.workspace = dataclasses.replace(flow.workspace, files=Files(after=unmount))
        ends_with_a_sentence(trial.step, flow)
        assert operations >= number
        assert list(volume.iterdir()) == []
        volume.rmdir()
        behind.rename(volume)
        again = trial.stage.again(flow)
        trial.finish(again)
        assert picture(again) == trial.wanted


# --- two processes --------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from farm_addon.core.errors import LockedError
from farm_addon.core.release.release_store import write_release
from tests.core.conftest import open_workspace

workspace = open_workspace(Path(sys.argv[1]))
for number in range(5):
    while True:
        try:
            with write_release(workspace, "ep01", "test", create=True) as store:
                store.add("noted", by=sys.argv[2], number=number)
            break
        except LockedError:
            pass
"""


def test_two_processes_that_write_in_turn_lose_no_event(tmp_path: Path) -> None:
    workspace = Trial("plan", "", ([], Flow.plan), tmp_path).stage.begin().workspace
    script = tmp_path / "writer.py"
    script.write_text(WRITER)
    root = Path(__file__).parents[2]
    writers = [
        subprocess.Popen(
            [sys.executable, str(script), str(workspace.volume.root), who],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
        )
        for who in ("mia", "ben")
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    journal = workspace.volume.release_folder(NAME) / "journal.jsonl"
    events = [json.loads(line) for line in journal.read_text().splitlines()]
    noted = [(one["by"], one["number"]) for one in events if one["event"] == "noted"]
    for who in ("mia", "ben"):
        assert [number for by, number in noted if by == who] == [0, 1, 2, 3, 4]
