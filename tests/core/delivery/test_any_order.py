# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Harvest, undo, replace and repair in any order: nothing is lost, and the record is right."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from farm_addon.core.delivery.delivered import delivered_files
from farm_addon.core.release.release_store import read_release
from tests.core.conftest import open_workspace
from tests.core.delivery.conftest import attempt_of, names, replace_stale
from tests.core.flow import NAME, Flow
from tests.fakes.farm import frame_bytes

TEMPLATES = ["", "{job}-{frame}.{ext}", "{frame:03d}_{job}.{ext}"]


class Deliveries(RuleBasedStateMachine):
    """A studio that cannot make up its mind."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._no_disk = mock.patch.object(os, "fsync", return_value=None)
        self._no_disk.start()
        root = Path(self._folder.name)
        self.flow = Flow(open_workspace(root / "volume"), root / "work")
        self.flow.plan()
        self.flow.submit()
        self._render()
        self.changes = 0
        self.whole: set[bytes] = set()

    def _render(self) -> None:
        """Render what is queued, and give each frame content of its own."""
        self.flow.manager.render()
        for path in self.flow.workspace.volume.out(NAME).rglob("*.png"):
            content = path.read_bytes()
            if content.startswith(b"FRAME") and b"\nframe " not in content:
                note = content[:-32].decode().partition("\n")[2]
                number = f"frame {int(path.stem)} of {path.parent.name}"
                path.write_bytes(frame_bytes(64, 36, f"{number}\n{note}"))

    def teardown(self) -> None:
        self._no_disk.stop()
        self._folder.cleanup()

    @rule(partial=st.booleans(), replacing=st.booleans(), template=st.sampled_from(TEMPLATES))
    def harvest(self, partial: bool, replacing: bool, template: str) -> None:
        result = self.flow.harvest(is_partial=partial, is_replacing=replacing, dist_name=template)
        if replacing and result.is_whole:
            assert all(job.is_delivered for job in self.flow.release().planned())

    @rule()
    def undo(self) -> None:
        self.flow.undo_harvest()

    @rule(frame=st.sampled_from([1, 2, 3]), attempt=st.sampled_from([1, 2]))
    def damage(self, frame: int, attempt: int) -> None:
        path = self.flow.frame("pack_A", frame, attempt)
        if path.is_file():
            self.whole.discard(path.read_bytes())
            path.write_bytes(b"cut off")

    @rule()
    def repair(self) -> None:
        self.flow.repair()
        self._render()

    @rule()
    def replace(self) -> None:
        if self.changes < 2:
            self.changes += 1
            replace_stale(self.flow, f"chair {self.changes}".encode())
            self._render()

    @invariant()
    def the_record_tells_what_is_in_dist(self) -> None:
        recorded = {
            one.name: (one.frame, one.attempt)
            for one in delivered_files(read_release(self.flow.workspace, NAME))
        }
        found = {
            name: (frame_of(self.flow.dist / name), attempt_of(self.flow.dist / name))
            for name in names(self.flow.dist)
        }
        assert found == recorded

    @invariant()
    def no_frame_that_was_rendered_is_lost(self) -> None:
        there = {
            path.read_bytes()
            for path in self.flow.workspace.volume.root.rglob("*.png")
            if path.is_file()
        }
        assert self.whole <= there
        self.whole = {content for content in there if content.startswith(b"FRAME")}

    @invariant()
    def nothing_is_half_done(self) -> None:
        release = self.flow.release()
        assert release.harvesting is None
        assert release.unharvesting is None


def frame_of(path: Path) -> int:
    """Return the number that a frame carries in itself."""
    return int(path.read_bytes().split(b"\nframe ")[1].split(b" ")[0])


TestDeliveries = pytest.mark.filterwarnings("ignore::ResourceWarning")(Deliveries.TestCase)
TestDeliveries.settings = settings(
    max_examples=25,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
