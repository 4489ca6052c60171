# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lease: one owner at a time, and no lock that outlives its owner for long."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from farm_addon.core.errors import LockedError, VolumeError
from farm_addon.core.storage.files import Files
from farm_addon.core.storage.lock import Lease, Owner
from tests.fakes.stop import StopAfter, Stopped, every_stop

ROOT = Path(__file__).parents[3]


class FakeTime:
    """A clock that stands still until somebody waits; ``meanwhile`` is called for each wait."""

    def __init__(self, meanwhile: Callable[[float], object] = lambda _now: None) -> None:
        self.now = 0.0
        self._meanwhile = meanwhile

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self._meanwhile(self.now)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".lock"


def lease(path: Path, clock: FakeTime | None = None, **options: Any) -> Lease:
    """Return a lease of mia on ws1 whose waiting costs no time."""
    fake = clock or FakeTime()
    values = {"user": "mia", "host": "ws1", "purpose": "submit release ep01", **options}
    return Lease(Files(), path, clock=fake.clock, wait=fake.wait, **values)


def foreign_lock(path: Path, **members: Any) -> bytes:
    """Leave a lock of ben on ws2 there, whose beat nobody moves."""
    owner = replace(Owner(token="t", user="ben", host="ws2", purpose="harvest"), **members)
    path.write_bytes(owner.to_bytes())
    return path.read_bytes()


# --- one at a time ----------------------------------------------------------------------------


def test_a_lock_is_there_while_it_is_held_and_gone_afterwards(path: Path) -> None:
    with lease(path) as held:
        held.assert_held()
        data = json.loads(path.read_bytes())
        assert (data["user"], data["host"], data["pid"]) == ("mia", "ws1", os.getpid())
    assert os.listdir(path.parent) == []


def test_an_owner_that_beats_is_named_and_keeps_the_lock(path: Path) -> None:
    with lease(path, user="ben", host="ws2", purpose="harvest release ep01") as held:
        fake = FakeTime(lambda _now: held.beat())
        with pytest.raises(LockedError) as caught:
            lease(path, fake).__enter__()
        assert "ben on ws2 (harvest release ep01)" in caught.value.message
        assert fake.now < 5
        held.assert_held()


def test_a_lock_that_is_given_back_in_time_is_taken(path: Path) -> None:
    held = lease(path, user="ben", host="ws2").__enter__()

    def meanwhile(now: float) -> None:
        if now < 50:
            held.beat()
        else:
            held.__exit__(None, None, None)

    said: list[str] = []
    with lease(path, FakeTime(meanwhile), wait_s=60, on_wait=said.append) as mine:
        mine.assert_held()
    assert said == ["waiting for ben on ws2 (submit release ep01)"]


def test_waiting_for_a_living_owner_ends(path: Path) -> None:
    with lease(path, host="ws2") as held:
        fake = FakeTime(lambda _now: held.beat())
        with pytest.raises(LockedError):
            lease(path, fake, wait_s=100).__enter__()
        assert 100 <= fake.now < 101


def test_two_leases_of_one_process_exclude_each_other(path: Path) -> None:
    with lease(path) as held:
        with pytest.raises(LockedError):
            lease(path, FakeTime(lambda _now: held.beat())).__enter__()
        held.assert_held()


# --- taking over ------------------------------------------------------------------------------


def test_a_silent_owner_elsewhere_loses_the_lock_after_the_lease_and_not_before(path: Path) -> None:
    foreign_lock(path)
    fake = FakeTime()
    with lease(path, fake) as mine:
        assert 30 <= fake.now < 31
        mine.assert_held()


def test_an_owner_that_asked_for_longer_is_given_longer(path: Path) -> None:
    foreign_lock(path, lease_s=90.0)
    fake = FakeTime()
    with lease(path, fake):
        assert 90 <= fake.now < 91


def test_one_beat_starts_the_watch_again(path: Path) -> None:
    foreign_lock(path)
    beaten = []

    def beat_once(now: float) -> None:
        if now > 20 and not beaten:
            beaten.append(now)
            foreign_lock(path, beat=1)

    fake = FakeTime(beat_once)
    with lease(path, fake, wait_s=1000):
        assert 50 <= fake.now < 52


def test_an_owner_that_lost_its_lock_notices_and_leaves_the_new_one_alone(path: Path) -> None:
    slept = lease(path, user="ben", host="ws2").__enter__()
    with lease(path) as mine:
        with pytest.raises(LockedError, match="was lost to mia on ws1"):
            slept.assert_held()
        assert not slept.beat()
        slept.__exit__(None, None, None)
        mine.assert_held()


def test_a_lock_that_was_removed_is_lost(path: Path) -> None:
    with lease(path) as held:
        path.unlink()
        with pytest.raises(LockedError, match="is gone"):
            held.assert_held()
    assert os.listdir(path.parent) == []


def test_an_owner_whose_lock_is_in_hand_for_an_instant_still_holds_it(path: Path) -> None:
    aside = path.with_name("aside")
    fake = FakeTime(lambda _now: aside.rename(path))
    with lease(path, fake) as held:
        path.rename(aside)
        held.assert_held()


CHILD = """
import sys
from pathlib import Path
from farm_addon.core.storage.files import Files
from farm_addon.core.storage.lock import Lease
with Lease(Files(), Path(sys.argv[1]), user="ben", host="ws1", purpose="submit"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_killed_process_of_this_computer_loses_the_lock_at_once(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == b"held"
        child.kill()
        child.wait()
    fake = FakeTime()
    with lease(path, fake) as mine:
        mine.assert_held()
    assert fake.now == 0


def test_a_dead_number_on_another_computer_proves_nothing(path: Path) -> None:
    foreign_lock(path, pid=2**22 + 7, process_started="boot/1")
    fake = FakeTime()
    with lease(path, fake, is_alive=lambda _pid, _started: False):
        assert fake.now >= 30


def test_an_owner_here_whose_process_cannot_be_told_is_watched(path: Path) -> None:
    foreign_lock(path, host="ws1", pid=2**22 + 7)
    fake = FakeTime()
    with lease(path, fake):
        assert fake.now >= 30


def test_stopped_at_any_operation_the_next_takes_the_lock_at_once(path: Path) -> None:
    def hold(files: Files) -> None:
        with Lease(files, path, user="mia", host="ws1", purpose="x") as held:
            held.beat()

    for stop in every_stop(hold):
        fake = FakeTime()
        with lease(path, fake) as mine:
            mine.assert_held()
            assert os.listdir(path.parent) == [".lock"], stop
        assert fake.now == 0, stop
    assert os.listdir(path.parent) == []


def test_stopped_while_taking_over_the_next_takes_over(path: Path) -> None:
    foreign_lock(path)

    def take_over(files: Files) -> None:
        fake = FakeTime()
        with Lease(
            files, path, user="mia", host="ws1", purpose="x", clock=fake.clock, wait=fake.wait
        ):
            pass

    for stop in every_stop(take_over):
        with lease(path) as mine:
            mine.assert_held()
            assert os.listdir(path.parent) == [".lock"], stop
        foreign_lock(path)
    assert os.listdir(path.parent) == []


def test_of_many_that_take_over_at_the_same_time_one_at_a_time_holds_the_lock(path: Path) -> None:
    foreign_lock(path, host="ws1", pid=1, process_started="gone/1")
    holders: list[int] = []
    most: list[int] = []
    turns: list[int] = []
    together = threading.Barrier(6)

    def contend(number: int) -> None:
        together.wait()
        for _ in range(5):
            with Lease(
                Files(),
                path,
                user=str(number),
                host="ws1",
                purpose="contend",
                wait_s=60,
                wait=lambda _seconds: threading.Event().wait(0.001) and None,
                is_alive=lambda _pid, started: started != "gone/1",
            ) as held:
                holders.append(number)
                most.append(len(holders))
                turns.append(number)
                held.assert_held()
                holders.remove(number)

    threads = [threading.Thread(target=contend, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(turns) == 30
    assert set(most) == {1}
    assert os.listdir(path.parent) == []


# --- what lies there --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"3",
        b'{"lease_s": 1e999, "pid": "x", "user": 3}',
        b'{"lease_s": NaN}',
        b"[" * 10000,
    ],
)
def test_a_lock_file_that_makes_no_sense_is_watched_like_any_other(
    path: Path, content: bytes
) -> None:
    path.write_bytes(content)
    fake = FakeTime()
    with lease(path, fake):
        assert 30 <= fake.now < 31


def test_what_is_no_lock_file_is_told(path: Path) -> None:
    path.mkdir()
    with pytest.raises(VolumeError, match="it is a folder"):
        lease(path).__enter__()
    path.rmdir()
    path.symlink_to(path.with_name("nothing"))
    with pytest.raises(VolumeError, match="is no lock file"):
        lease(path).__enter__()


def test_control_characters_of_others_are_not_shown(path: Path) -> None:
    owner = Owner(user="\x1b[2Jben", host="ws\n2", purpose="p" * 1000)
    assert Owner.from_bytes(owner.to_bytes()).text() == f"[2Jben on ws2 ({'p' * 80})"


def test_a_missing_volume_is_told(path: Path) -> None:
    with pytest.raises(VolumeError, match="missing"):
        lease(path.parent / "gone" / ".lock").__enter__()


# --- the heart --------------------------------------------------------------------------------


def test_the_beat_goes_on_by_itself_and_the_file_keeps_its_length(path: Path) -> None:
    with lease(path, lease_s=0.2) as held:
        size_bytes = path.stat().st_size
        deadline = time.monotonic() + 10
        while Owner.from_bytes(path.read_bytes()).beat < 12:
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)
        held.assert_held()
        assert path.stat().st_size == size_bytes


def test_no_thread_is_left_behind(path: Path) -> None:
    before = set(threading.enumerate())
    with lease(path):
        assert set(threading.enumerate()) > before
    assert set(threading.enumerate()) == before


def test_a_volume_that_went_away_does_not_hide_what_else_happened(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = path.parent / "release"
    folder.mkdir()

    def work() -> None:
        with lease(folder / ".lock"):
            (folder / ".lock").unlink()
            (folder / ".lock").mkdir()  # reading it fails now, as on a volume that is gone
            raise KeyError("the real reason")

    with pytest.raises(KeyError, match="the real reason"), caplog.at_level(logging.WARNING):
        work()
    assert "could not be removed" in caplog.text


def test_a_stopped_process_removes_no_lock(path: Path) -> None:
    files = Files(after=StopAfter(8))

    def work() -> None:
        with Lease(files, path, user="mia", host="ws1", purpose="x"):
            files.append(path.with_name("journal"), b"x")
            files.append(path.with_name("journal"), b"x")

    with pytest.raises(Stopped):
        work()
    assert path.exists()
