# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One release from plan to archive with the doubles, for several test modules."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from farm_addon.core.archiving.archive import Archived, archive_release, finish_clearing, verify
from farm_addon.core.delivery.harvest import Harvest, harvest
from farm_addon.core.planning.plan import Plan, PlanOptions, PlanSource
from farm_addon.core.planning.plan_release import plan_release
from farm_addon.core.planning.scene_facts import FileFacts
from farm_addon.core.planning.scene_rules import Farm
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.release_store import read_release, write_release
from farm_addon.core.submission.submit_release import Submission, submit_release
from farm_addon.core.workspace import Workspace
from tests.fakes.farm import (
    FakeDecoder,
    FakeFreezer,
    FakeManager,
    dependency,
    file_facts,
    scene_facts,
)

NAME = "ep01"


@dataclass
class Flow:
    """A release of two jobs of one file, which share a texture; ``pack_A`` has a library too."""

    workspace: Workspace
    folder: Path
    manager: FakeManager = field(default_factory=FakeManager)
    freezer: FakeFreezer = field(default_factory=FakeFreezer)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.blend = self.folder / "pack.blend"
        self.texture = self.folder / "wood.png"
        self.library = self.folder / "lib.blend"
        for path in (self.blend, self.texture, self.library):
            if not path.exists():
                path.write_bytes(path.name.encode())
        self.freezer.facts[self.blend] = self.facts()

    def facts(self) -> FileFacts:
        return file_facts(
            str(self.blend),
            scene_facts("A"),
            scene_facts("B", frame_end=1),
            dependencies=(
                dependency(self.library, "A", kind="library"),
                dependency(self.texture, "A", "B"),
            ),
        )

    def plan(self, **options: object) -> Plan:
        recorded = RecordedPath.of(self.blend, self.workspace.volume.root)
        source = PlanSource(self.facts(), recorded)
        return plan_release(self.workspace, NAME, [source], PlanOptions(**options), Farm())  # type: ignore[arg-type]

    def submit(self) -> Submission:
        managers = {self.manager.address: self.manager}
        return submit_release(
            self.workspace, NAME, self.manager, managers, self.freezer, Farm(), {}
        )

    def harvest(self, **options: bool) -> Harvest:
        with write_release(self.workspace, NAME, "harvest") as store:
            return harvest(self.workspace, store, FakeDecoder(), **options)

    def archive(self) -> Archived:
        folder = self.workspace.volume.release_folder(NAME)
        if not (folder / "release.json").exists():
            finish_clearing(self.workspace, NAME)
            return verify(self.workspace, NAME)
        with write_release(self.workspace, NAME, "archive", is_archiving=True) as store:
            done = archive_release(self.workspace, store, {self.manager.address: self.manager})
        finish_clearing(self.workspace, NAME)
        return done

    def release(self):  # type: ignore[no-untyped-def]
        return read_release(self.workspace, NAME).release

    @property
    def dist(self) -> Path:
        return self.workspace.volume.dist_folder(NAME)
