# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stop a verb after any single file operation or request; a second run finishes its work.

The result is compared with that of a run that nobody stopped: same frames, same archive content,
nothing lost, no job sent twice.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from farm_addon.core.release.release_store import read_release
from farm_addon.core.storage.files import Files
from tests.core.conftest import open_workspace
from tests.core.flow import NAME, Flow


class Killed(BaseException):
    """The process was stopped here."""


class Fuse:
    """Burns through after so many operations, once."""

    def __init__(self, operations: int | None) -> None:
        self.left = operations
        self.count = 0

    def __call__(self, *_what: object) -> None:
        self.count += 1
        if self.left is not None and self.count == self.left + 1:
            self.left = None
            raise Killed


Step = Callable[[Flow], object]

STEPS: dict[str, tuple[list[Step], Step]] = {
    "plan": ([], Flow.plan),
    "submit": ([Flow.plan], Flow.submit),
    "submit the next attempt": (
        [
            Flow.plan,
            Flow.submit,
            lambda flow: flow.manager.render(),
            lambda flow: flow.library.write_bytes(b"a new chair"),
        ],
        Flow.submit,
    ),
    "harvest": ([Flow.plan, Flow.submit, lambda flow: flow.manager.render()], Flow.harvest),
    "archive": (
        [Flow.plan, Flow.submit, lambda flow: flow.manager.render(), Flow.harvest],
        Flow.archive,
    ),
}


def make_flow(root: Path, fuse: Fuse) -> Flow:
    flow = Flow(open_workspace(root / "volume", Files(after=fuse)), root / "work")
    flow.manager.before_answer = fuse
    return flow


def picture(flow: Flow) -> dict[str, object]:
    """Return what matters about a release, without what differs between two good runs."""
    volume = flow.workspace.volume
    seen: dict[str, object] = {
        "jobs on the Manager": sorted(
            (job.name, job.status, job.metadata["farm_attempt"])
            for job in flow.manager.stored.values()
        ),
        "dist": _tree(flow.dist),
        "archives": _tree(volume.archive(NAME).parent),
    }
    folder = volume.release_folder(NAME)
    if (folder / "release.json").exists():
        release = read_release(flow.workspace, NAME).release
        seen["plan"] = [(job.plan.name, job.plan.frames.text()) for job in release.planned()]
        seen["attempts"] = {name: len(job.attempts) for name, job in release.jobs.items()}
        seen["delivered"] = {name: job.is_delivered for name, job in release.jobs.items()}
        seen["files"] = _tree(folder)
    else:
        seen["folder is there"] = folder.exists()
    return seen


def _tree(folder: Path) -> list[str]:
    """Return a folder's files; a lock whose owner is gone is in nobody's way."""
    files = (path for path in folder.rglob("*") if path.is_file() and ".lock" not in path.name)
    return sorted(str(path.relative_to(folder)) for path in files)


# A stopped process closes none of its files.
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize("name", STEPS)
def test_a_second_run_finishes_what_was_stopped_anywhere(name: str, tmp_path: Path) -> None:
    before, step = STEPS[name]

    def prepare(root: Path) -> tuple[Flow, Fuse]:
        fuse = Fuse(None)
        flow = make_flow(root, fuse)
        for earlier in before:
            earlier(flow)
        fuse.count = 0
        return flow, fuse

    undisturbed, fuse = prepare(tmp_path / "undisturbed")
    step(undisturbed)
    wanted = picture(undisturbed)
    operations = fuse.count
    assert operations > 5
    for point in range(operations):
        root = tmp_path / f"stopped-{point}"
        flow, fuse = prepare(root)
        fuse.left = point
        with pytest.raises(Killed):
            step(flow)
        second_run = Flow(open_workspace(root / "volume"), root / "work", flow.manager)
        step(second_run)
        assert picture(second_run) == wanted, f"stopped after operation {point} of {operations}"
        shutil.rmtree(root)
    gc.collect()  # within reach of the filter above
