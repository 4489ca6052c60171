# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every lock file and every rhythm of beats."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farm_addon.core.errors import LockedError
from farm_addon.core.storage.files import Files
from farm_addon.core.storage.lock import Lease
from farm_addon.core.storage.lock_owner import LEASE_S, Owner

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
OWNERS = st.builds(
    Owner,
    token=TEXT,
    user=TEXT,
    host=TEXT,
    purpose=TEXT,
    pid=st.integers(0, 1 << 32),
    process_started=st.none() | TEXT,
    lease_s=st.floats(0.001, 300),
    beat=st.integers(0, 10**11),
)
BEN = Owner(token="t", user="ben", host="ws2", purpose="harvest release ep01", pid=1)
LOOK_S = 0.25
reuse_folder = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class FakeTime:
    """A clock that stands still until somebody waits; beats of another come at given times."""

    def __init__(self, path: Path, beats: list[float]) -> None:
        self.now = 0.0
        self._path = path
        self._due = beats
        self._beats = 0

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds
        while self._due and self._due[0] <= self.now:
            del self._due[0]
            self._beats += 1
            self._path.write_bytes(replace(BEN, beat=self._beats).to_bytes())


def lease(path: Path, time: FakeTime, wait_s: float) -> Lease:
    return Lease(
        Files(),
        path,
        user="mia",
        host="ws1",
        purpose="test",
        wait_s=wait_s,
        clock=time.clock,
        wait=time.wait,
    )


@given(OWNERS)
def test_an_owner_comes_back_as_it_was(owner: Owner) -> None:
    assert Owner.from_bytes(owner.to_bytes()) == owner


@given(OWNERS, st.integers(0, 10**11))
def test_a_beat_never_changes_the_length_of_the_file(owner: Owner, beat: int) -> None:
    assert len(replace(owner, beat=beat).to_bytes()) == len(owner.to_bytes())


@given(st.binary(max_size=200) | OWNERS.map(lambda owner: owner.to_bytes()[:-9]))
def test_any_content_is_an_owner_with_a_sane_lease(content: bytes) -> None:
    owner = Owner.from_bytes(content)
    assert 0 < owner.lease_s <= 300
    assert owner.text().isprintable()


@reuse_folder
@given(st.lists(st.floats(0.5, LEASE_S - 2 * LOOK_S), max_size=8))
def test_a_lock_is_taken_over_one_lease_after_the_last_beat_and_never_before(
    tmp_path: Path, pauses: list[float]
) -> None:
    path = tmp_path / ".lock"
    path.write_bytes(BEN.to_bytes())
    beats = [sum(pauses[: number + 1]) for number in range(len(pauses))]
    time = FakeTime(path, list(beats))
    with lease(path, time, wait_s=1e9) as held:
        silent_s = time.now - (beats[-1] if beats else 0.0)
        assert LEASE_S <= silent_s <= LEASE_S + 3 * LOOK_S
        held.assert_held()
    assert not path.exists()


@reuse_folder
@given(st.floats(0.5, LEASE_S - 2 * LOOK_S), st.floats(0, 100))
def test_an_owner_that_goes_on_beating_is_never_robbed(
    tmp_path: Path, pause_s: float, wait_s: float
) -> None:
    path = tmp_path / ".lock"
    path.write_bytes(BEN.to_bytes())
    time = FakeTime(path, [pause_s * number for number in range(1, 300)])
    with pytest.raises(LockedError, match="in use by ben on ws2"):
        lease(path, time, wait_s).__enter__()
    assert Owner.from_bytes(path.read_bytes()).token == BEN.token
    assert time.now >= wait_s
    assert time.now <= max(wait_s, pause_s) + 2 * LOOK_S
