# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verbs in any order: the frozen file is the current attempt's, and no frame is ever lost."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farm_addon.core.errors import BlockedError, UsageError
from farm_addon.core.provenance import find_in_note
from farm_addon.core.release.inputs import Inputs
from farm_addon.core.release.release_store import read_release
from tests.core.conftest import open_workspace
from tests.core.flow import NAME, Flow


@pytest.fixture(scope="module", autouse=True)
def quick_disk() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _handle: None)
        yield


def change_library(flow: Flow) -> None:
    flow.library.write_bytes(flow.library.read_bytes() + b"!")


def change_back(flow: Flow) -> None:
    flow.library.write_bytes(b"lib.blend")


VERBS: dict[str, Callable[[Flow], object]] = {
    "change the library": change_library,
    "change it back": change_back,
    "render": lambda flow: flow.manager.render(),
    "submit": Flow.submit,
    "replace the stale": Flow.replace_stale,
    "replace a job": lambda flow: flow.replace_job(again=True),
    "replace from": Flow.replace_from,
    "undo": Flow.undo_replacement,
    "harvest": lambda flow: flow.harvest(is_replacing=True),
    "harvest what is there": lambda flow: flow.harvest(is_partial=True, is_replacing=True),
    "undo the harvest": Flow.undo_harvest,
    "repair": Flow.repair,
}


def frames(flow: Flow) -> set[tuple[int, str]]:
    """Return every frame of ``pack_A`` that lies anywhere on the volume: its attempt, its bytes."""
    found = set()
    for path in flow.workspace.volume.root.rglob("*.png"):
        content = path.read_bytes()
        if not content.startswith(b"FRAME"):
            continue
        stamp = find_in_note(content[:-32].decode().partition("\n")[2])
        assert stamp is not None
        if stamp.job == "pack_A":
            found.add((stamp.attempt, path.name))
    return found


def check(flow: Flow) -> None:
    """The frozen file and its inputs are those of the attempt that counts; each other attempt's
    lie where it was set aside."""
    store = read_release(flow.workspace, NAME)
    state = store.release.jobs["pack_A"]
    inputs = Inputs.read(store.inputs("pack_A"))
    assert inputs is not None
    assert inputs.attempt == state.current
    frozen = store.blend("pack_A").read_bytes().decode()
    stamp = find_in_note(frozen[frozen.index("farm:") :])
    assert stamp is not None
    assert stamp.attempt == state.current
    for attempt in state.attempts:
        aside = store.superseded("pack_A", attempt.number) / "pack_A.blend"
        assert aside.is_file() is (attempt.number != state.current)
        assert attempt.is_set_aside is (attempt.number != state.current)
    running = [
        job.metadata["farm_attempt"]
        for job in flow.manager.stored.values()
        if job.metadata["farm_job"] == "pack_A" and job.status in ("queued", "active")
    ]
    assert set(running) <= {str(state.current)}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(sorted(VERBS)), max_size=10))
def test_whatever_the_order_nothing_is_lost(verbs: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        flow = Flow(open_workspace(Path(folder) / "volume"), Path(folder) / "work")
        flow.plan()
        flow.submit()
        flow.manager.render()
        had = {attempt for attempt, _name in frames(flow)}
        count = len(frames(flow))
        for verb in verbs:
            try:
                VERBS[verb](flow)
            except (UsageError, BlockedError):
                continue
            check(flow)
            now = frames(flow)
            assert had <= {attempt for attempt, _name in now}, verb
            had = {attempt for attempt, _name in now}
            assert len(now) >= count or "harvest" in verb, verb  # delivering renames
            count = len(now)
