# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release that is rendered, and decoders that say what a test wants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from farm_addon.core.ports import FrameVerdict
from farm_addon.core.provenance import find_in_note
from farm_addon.core.release.release_store import read_release
from farm_addon.core.submission.replacing import pick_stale, replace_jobs
from farm_addon.core.workspace import Workspace
from tests.core.flow import NAME, Flow
from tests.fakes.farm import FakeDecoder

ALL = ["pack_A_000001.png", "pack_A_000002.png", "pack_A_000003.png", "pack_B.png"]
"""What the release delivers."""


@dataclass
class OddDecoder(FakeDecoder):
    """Says more about some frames than :class:`FakeDecoder` does, by the name of their file.

    :ivar decoded: every path that was decoded.
    """

    odd: dict[str, dict[str, Any]] = field(default_factory=dict)
    decoded: list[Path] = field(default_factory=list)

    def decode(self, paths: Sequence[Path]) -> Iterator[FrameVerdict]:
        for verdict in super().decode(paths):
            self.decoded.append(verdict.path)
            key = f"{verdict.path.parent.name}/{verdict.path.name}"
            yield replace(verdict, **self.odd.get(key, {}))


@pytest.fixture
def decoder() -> OddDecoder:
    return OddDecoder()


@pytest.fixture
def flow(workspace: Workspace, tmp_path: Path, decoder: OddDecoder) -> Flow:
    """A planned, submitted and rendered release: ``pack_A`` has three frames, ``pack_B`` one."""
    flow = Flow(workspace, tmp_path / "work", decoder=decoder)
    flow.plan()
    flow.submit()
    flow.manager.render()
    return flow


def names(folder: Path) -> list[str]:
    """Return the names in a folder, sorted; none where it is missing."""
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def replace_stale(flow: Flow, chair: bytes = b"a new chair") -> None:
    """Change the library that ``pack_A`` alone reaches, replace it, and render it again."""
    flow.library.write_bytes(chair)
    picks = pick_stale(flow.workspace, read_release(flow.workspace, NAME))
    replace_jobs(flow.workspace, NAME, picks, flow.services)
    flow.manager.render()


def attempt_of(path: Path) -> int:
    """Return which attempt rendered a frame."""
    stamp = find_in_note(path.read_bytes()[:-32].decode().partition("\n")[2])
    assert stamp is not None
    return stamp.attempt
