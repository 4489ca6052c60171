# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One release from plan to archive with the doubles, for several test modules."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from farm_addon.core.archiving.archive import Archived, archive_release, verify
from farm_addon.core.archiving.clearing import finish_clearing
from farm_addon.core.archiving.restore import Restored, restore_release
from farm_addon.core.archiving.slash_and_burn import Burnt, slash_and_burn
from farm_addon.core.archiving.survey import find_doomed, find_jobs
from farm_addon.core.delivery.harvest import Harvest, HarvestOptions, harvest
from farm_addon.core.delivery.repair import Repair, repair_release
from farm_addon.core.delivery.undo import Undone, undo_delivery
from farm_addon.core.planning.options import PlanOptions
from farm_addon.core.planning.plan import Plan, PlanSource
from farm_addon.core.planning.plan_release import plan_release
from farm_addon.core.planning.scene_facts import FileFacts
from farm_addon.core.planning.scene_rules import Farm
from farm_addon.core.ports import FrameDecoder
from farm_addon.core.recorded_paths import RecordedPath
from farm_addon.core.release.record import Release
from farm_addon.core.release.release_store import read_release, write_release
from farm_addon.core.submission.other_source import plan_from
from farm_addon.core.submission.replacing import (
    Replacement,
    pick_job,
    pick_stale,
    replace_jobs,
    undo_replacement,
)
from farm_addon.core.submission.seed_choice import choose_source, choose_step, open_quick, plan_seed
from farm_addon.core.submission.seeding import Seeded, seed_job
from farm_addon.core.submission.sender import Services
from farm_addon.core.submission.submit import Poster
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
    decoder: FrameDecoder = field(default_factory=FakeDecoder)

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

    @property
    def services(self) -> Services:
        return Services(self.manager, {}, self.freezer, Farm())

    def submit(self, **options: Any) -> Submission:
        return submit_release(self.workspace, NAME, self.services, **options)

    def replace_stale(self, *, with_unknown: bool = False) -> Replacement:
        picks = pick_stale(
            self.workspace, read_release(self.workspace, NAME), with_unknown=with_unknown
        )
        return replace_jobs(self.workspace, NAME, picks, self.services)

    def replace_job(self, job: str = "pack_A", **options: Any) -> Replacement:
        pick = pick_job(self.workspace, read_release(self.workspace, NAME), job, **options)
        return replace_jobs(self.workspace, NAME, [pick] if pick else [], self.services)

    def replace_from(self, job: str = "pack_A") -> Replacement:
        """Let a job come from a second file, which has its scene."""
        path = self.folder / "pack_v2.blend"
        path.write_bytes(b"version 2")
        self.freezer.facts[path] = file_facts(str(path), scene_facts("A", frame_end=2))
        recorded = RecordedPath.of(path, self.workspace.volume.root)
        source = PlanSource(self.freezer.read(path), recorded)
        plan = plan_from(self.release(), job, source, Farm(), self.workspace.reporter)
        return self.replace_job(job, plan=plan)

    def undo_replacement(self, job: str = "pack_A") -> bool:
        newer = self.release().jobs[job].current
        return undo_replacement(self.workspace, NAME, job, newer, self.services)

    def seed(self, job: str = "hero", path: Path | None = None) -> Seeded:
        """Seed the active scene of a file: of ``pack.blend``, or of the job's own."""
        store = open_quick(self.workspace)
        chosen = path or choose_source(self.workspace, store, job)
        facts = self.freezer.read(chosen)
        plan = plan_seed(self.workspace, facts, chosen, job, Farm(), self.manager)
        seed = choose_step(self.workspace, store, plan, self.services.managers)
        return seed_job(self.workspace, seed, self.services)

    def harvest(self, *, is_dry_run: bool = False, **options: Any) -> Harvest:
        with write_release(self.workspace, NAME, "harvest") as store:
            return harvest(
                self.workspace,
                store,
                self.decoder,
                HarvestOptions(**options),
                is_dry_run=is_dry_run,
                managers=self.services.managers,
            )

    def undo_harvest(self) -> Undone:
        with write_release(self.workspace, NAME, "harvest --undo") as store:
            return undo_delivery(self.workspace, store)

    def repair(self) -> Repair:
        with write_release(self.workspace, NAME, "repair") as store:
            services = self.services
            return repair_release(
                self.workspace,
                store,
                services.managers,
                self.decoder,
                lambda: Poster(self.workspace, store, services.manager, {}),
            )

    def frame(self, job: str, frame: int, attempt: int = 1) -> Path:
        """Return where a Worker writes a frame."""
        folder = self.workspace.volume.out(NAME) / job
        folder = folder if attempt == 1 else folder / f"attempt-{attempt}"
        return folder / f"{frame:06d}.png"

    def archive(self, **options: bool) -> Archived:
        folder = self.workspace.volume.release_folder(NAME)
        if not (folder / "release.json").exists():
            finish_clearing(self.workspace, NAME)
            return verify(self.workspace, NAME)
        with write_release(self.workspace, NAME, "archive", is_archiving=True) as store:
            managers = {self.manager.address: self.manager}
            done = archive_release(self.workspace, store, managers, **options)
        finish_clearing(self.workspace, NAME)
        return done

    def restore(self) -> Restored:
        return restore_release(self.workspace, NAME)

    def slash_and_burn(self, **options: bool) -> Burnt:
        managers = {self.manager.address: self.manager}
        doomed = find_doomed(self.workspace.volume)
        farm = find_jobs(self.workspace, doomed, managers)
        return slash_and_burn(self.workspace, doomed, farm, managers, **options)

    def release(self) -> Release:
        return read_release(self.workspace, NAME).release

    @property
    def dist(self) -> Path:
        return self.workspace.volume.dist_folder(NAME)
