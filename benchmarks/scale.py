# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the cost of a job stay the same, whether its release has a thousand jobs or ten thousand?

::

    python3 benchmarks/scale.py [--json] [--sizes 1000,3000,10000] [--folder DIR]

Releases of product stills, ten scenes to a file, go from plan to archive with the tests' doubles
for Blender, the Manager and the decoder: facts are recorded ones, frames are tiny. Each size has
a process of its own. Given are processor time per job (a shared machine pre-empts, so the clock on
the wall tells less), the best of some runs, and the peak of memory above what an empty process has.
The bar: no verb costs more than 1.2 × per job in the largest release than in the smallest.

The volume is made in memory where there is such a file system, else in the temporary folder:
what a disk takes per job is the disk's.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from farm_addon.cli.__main__ import COLLECTOR  # noqa: E402
from farm_addon.core.farm_jobs.selecting import find_jobs  # noqa: E402
from farm_addon.core.planning.options import PlanOptions  # noqa: E402
from farm_addon.core.planning.plan import Plan, PlanSource  # noqa: E402
from farm_addon.core.planning.plan_release import plan_release  # noqa: E402
from farm_addon.core.planning.scene_facts import FileFacts  # noqa: E402
from farm_addon.core.planning.scene_rules import Farm  # noqa: E402
from farm_addon.core.recorded_paths import RecordedPath  # noqa: E402
from farm_addon.core.release.inputs import FileHasher  # noqa: E402
from farm_addon.core.release.live import job_rows  # noqa: E402
from farm_addon.core.release.release_store import read_release  # noqa: E402
from farm_addon.core.storage.files import Files  # noqa: E402
from farm_addon.core.submission.staleness import Staleness, judge_jobs  # noqa: E402
from farm_addon.core.volume import FarmConfig, init_volume  # noqa: E402
from farm_addon.core.workspace import Workspace  # noqa: E402
from tests.core.flow import NAME, Flow  # noqa: E402
from tests.fakes.farm import RecordingReporter, dependency, file_facts, scene_facts  # noqa: E402

SIZES = (1000, 3000, 10_000)
SCENES_PER_FILE = 10
MATERIALS = ("oak", "pine", "steel")
BAR = 1.2
RUNS_MAX = 3
CHILD_TIMEOUT_S = 900.0
MEMORY_FOLDER = Path("/dev/shm")
OPTIONS = PlanOptions(facts="{material}/{object}.blend", dist_name="{job}_{material}.{ext}")
QUERY = "status:queued job:object00* or (material:oak frames<2 age>1s)"


@dataclass
class Cost:
    """What one size costs: seconds per verb, and bytes."""

    cpu_s: dict[str, float] = field(default_factory=dict)
    wall_s: dict[str, float] = field(default_factory=dict)
    memory_bytes: int = 0

    def time(self, verb: str, step: Callable[[], object], runs: int = 1) -> None:
        """Time a step; of several runs the quickest counts."""
        gc.collect()
        gc.freeze()  # what the doubles hold is no work of the verb's
        for _ in range(runs):
            cpu_s, wall_s = time.process_time(), time.perf_counter()
            step()
            cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
            self._note(verb, cpu_s, wall_s)

    def take_best(self, other: Cost) -> None:
        """Take over what another run did quicker, and the more of memory."""
        for verb, cpu_s in other.cpu_s.items():
            self._note(verb, cpu_s, other.wall_s[verb])
        self.memory_bytes = max(self.memory_bytes, other.memory_bytes)

    def _note(self, verb: str, cpu_s: float, wall_s: float) -> None:
        self.cpu_s[verb] = min(cpu_s, self.cpu_s.get(verb, cpu_s))
        self.wall_s[verb] = min(wall_s, self.wall_s.get(verb, wall_s))


class BigFlow(Flow):
    """A release of so many stills, from files of ten scenes each that share a texture."""

    sources: list[PlanSource]

    def set_up(self, jobs: int) -> None:
        """Make the files, and what a Blender would tell about them."""
        self.sources = []
        for number in range(jobs // SCENES_PER_FILE):
            material = MATERIALS[number % len(MATERIALS)]
            blend = self.folder / material / f"object{number:05d}.blend"
            blend.parent.mkdir(exist_ok=True)
            blend.write_bytes(blend.name.encode())
            facts = self.freezer.facts[blend] = self._facts_of(blend)
            recorded = RecordedPath.of(blend, self.workspace.volume.root)
            self.sources.append(PlanSource(facts, recorded))

    def _facts_of(self, blend: Path) -> FileFacts:
        names = [f"angle{number}" for number in range(SCENES_PER_FILE)]
        scenes = [scene_facts(name, frame_end=1) for name in names]
        return file_facts(str(blend), *scenes, dependencies=(dependency(self.texture, *names),))

    def plan(self, **_options: object) -> Plan:
        """Plan all files at once."""
        return plan_release(self.workspace, NAME, self.sources, OPTIONS, Farm())

    def status(self) -> int:
        """Read the record and ask the Manager, as ``farm status release`` does."""
        release = read_release(self.workspace, NAME).release
        return len(job_rows(release, {self.manager.address: self.manager}))

    def stale(self) -> list[Staleness]:
        """Judge every job, as ``farm status release NAME --stale`` does."""
        store = read_release(self.workspace, NAME)
        return judge_jobs(self.workspace, store, list(store.release.jobs), FileHasher())

    def query(self) -> int:
        """Select jobs, as ``farm status jobs`` and ``farm kill NAME.jobs`` do."""
        managers = {self.manager.address: self.manager}
        return len(find_jobs(self.workspace, f"{NAME}.jobs", QUERY, lambda _wanted: managers).jobs)


def measure(jobs: int, folder: Path) -> Cost:
    """Take a release of so many jobs from plan to archive, and time each verb."""
    volume = init_volume(Files(), folder / "volume", "scale", "")
    workspace = Workspace(
        volume,
        FarmConfig.read(volume),
        Files(),
        RecordingReporter(),
        user="mia",
        host="ws12",
        wait=lambda _seconds: None,
    )
    flow = BigFlow(workspace, folder / "work")
    flow.set_up(jobs)
    cost, before = Cost(), peak_memory_bytes()
    cost.time("plan", flow.plan)
    cost.time("plan again", flow.plan)
    cost.time("submit", flow.submit)
    cost.time("submit again", flow.submit)
    cost.time("status", flow.status, runs=3)
    cost.time("status --stale", flow.stale, runs=3)
    cost.time("query", flow.query, runs=3)
    flow.manager.render()
    cost.time("harvest", flow.harvest)
    cost.time("archive", flow.archive)
    cost.memory_bytes = peak_memory_bytes() - before
    if len(os.listdir(flow.dist)) != jobs or flow.manager.stored:
        raise SystemExit("the release did not get through")
    return cost


def peak_memory_bytes() -> int:
    """Return the most memory that this process has had so far; 0 on Windows, which is not asked."""
    if sys.platform == "win32":
        return 0
    import resource

    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found if sys.platform == "darwin" else found * 1024


@contextmanager
def working_folder(parent: Path | None) -> Iterator[Path]:
    """Return a new folder, in memory unless a parent is given; it is removed afterwards."""
    if parent is None and MEMORY_FOLDER.is_dir() and os.access(MEMORY_FOLDER, os.W_OK):
        parent = MEMORY_FOLDER
    with tempfile.TemporaryDirectory(prefix="farm-scale-", dir=parent) as folder:
        yield Path(folder)


def measure_apart(jobs: int, parent: Path | None) -> Cost:
    """Measure a size in a process of its own; small ones several times, the best counts."""
    best = Cost()
    for _ in range(max(1, min(RUNS_MAX, SIZES[-1] // jobs))):
        with working_folder(parent) as folder:
            command = [sys.executable, __file__, "--measure", str(jobs), "--folder", str(folder)]
            done = subprocess.run(
                command, check=True, stdout=subprocess.PIPE, timeout=CHILD_TIMEOUT_S
            )
        best.take_best(Cost(**json.loads(done.stdout)))
    return best


def summarise(costs: dict[int, Cost]) -> dict[str, Any]:
    """Return what ``--json`` prints; costs per job are in microseconds."""
    sizes = sorted(costs)
    verbs: dict[str, Any] = {}
    for verb in costs[sizes[0]].cpu_s:
        cpu_us = {str(size): costs[size].cpu_s[verb] / size * 1e6 for size in sizes}
        wall_us = {str(size): costs[size].wall_s[verb] / size * 1e6 for size in sizes}
        ratio = cpu_us[str(sizes[-1])] / cpu_us[str(sizes[0])]
        verbs[verb] = {
            "cpu_us_per_job": cpu_us,
            "wall_us_per_job": wall_us,
            "ratio": ratio,
            "is_flat": ratio <= BAR,
        }
    memory = {str(size): costs[size].memory_bytes for size in sizes}
    return {"sizes": sizes, "bar": BAR, "verbs": verbs, "memory_bytes": memory}


def show(summary: dict[str, Any]) -> None:
    """Print the table."""
    sizes: Sequence[int] = summary["sizes"]
    print(
        f"{'µs of processor per job':<26}" + "".join(f"{size:>9,}" for size in sizes) + "   ratio"
    )
    for verb, one in summary["verbs"].items():
        costs = "".join(f"{one['cpu_us_per_job'][str(size)]:>9.0f}" for size in sizes)
        print(f"{verb:<26}{costs}{one['ratio']:>8.2f}{'' if one['is_flat'] else '  over the bar'}")
    memory = "".join(f"{summary['memory_bytes'][str(size)] / 1e6:>9.0f}" for size in sizes)
    print(f"{'peak memory, MB':<26}{memory}")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Measure what a job costs in large releases.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="jobs per release")
    parser.add_argument("--folder", type=Path, help="where to make the volumes")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        gc.set_threshold(*COLLECTOR)
        print(json.dumps(asdict(measure(options.measure, options.folder))))
        return
    sizes = [int(size) for size in options.sizes.split(",")]
    summary = summarise({size: measure_apart(size, options.folder) for size in sizes})
    if options.json:
        print(json.dumps(summary, indent=1))
    else:
        show(summary)


if __name__ == "__main__":
    main()
