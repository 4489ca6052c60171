# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the panel ever stall Blender's window?

::

    python3 benchmarks/stall.py [--json] [--sizes 1000,10000] [--runs 3] [--get-blender]

Blender is found, or got, as ``scripts/test.py`` does; the extension is built and installed into
fresh user resources. In a real window a script scrolls, filters, sorts, selects, undoes, switches
tabs, presses every button, opens and saves, with so many jobs in the list, while their Manager is
healthy, answers after 5 s, accepts connections without ever answering, and is gone. The command
line that the panel starts is the real one, the Manager is a double, nothing is rendered.

Every function of ours that Blender calls is timed, each call: timers, drawing, handlers, operators,
callbacks of properties. Reported is the longest of each kind, in processor time of the thread (the
worst of all runs) and on the wall (the best of the runs: a shared machine pre-empts). The save of
the snapshot is measured apart. The bar is 16 ms.

Members of the JSON object that end in ``_ms`` are these longest calls, what our own Python takes to
draw the rows and the whole tab (median, processor time, ten rows), and the snapshot's save; all
other times end in ``_s``, those of the same drawing with Blender's layout among them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "scripts")]

from caches import SetupError, cache_folder  # noqa: E402
from scale import BigFlow  # noqa: E402
from stall_manager import HABITS, SLOW_S, free_port, running_manager  # noqa: E402
from test_bench import Bench, StepError  # noqa: E402

from farm_addon.core.ports import ManagerAddress  # noqa: E402
from farm_addon.core.storage.files import Files  # noqa: E402
from farm_addon.core.volume import FarmConfig, init_volume  # noqa: E402
from farm_addon.core.workspace import Workspace  # noqa: E402
from tests.fakes.farm import FakeManager, RecordingReporter  # noqa: E402
from tests.window.launch import BlenderWindow, WindowError, virtual_display  # noqa: E402

SIZES = (1000, 10_000)
RUNS = 3
BAR_S = 0.016
WINDOW_TIMEOUT_S = 900.0
WIDTH_PX, HEIGHT_PX = 1000, 900
SCRIPTS = PROJECT / "tests" / "window" / "scripts"
LISTING = "listing"


@dataclass(frozen=True)
class Stage:
    """Where windows can be opened: a Blender with the extension, and a display."""

    bench: Bench
    display: str
    folder: Path

    def window(self, name: str) -> BlenderWindow:
        """Return a window with user resources and a home of its own."""
        folder = self.folder / name
        home = folder / "home"
        home.mkdir(parents=True)
        shutil.copytree(self.bench.resources(), folder / "resources", symlinks=True)
        return BlenderWindow(
            executable=self.bench.needed_blender().path,
            display=self.display,
            folder=folder,
            resources=folder / "resources",
            artifacts=self.bench.cache / "stall",
            name=name,
            picture_program=str(self.bench.display_tool("import")),
            width_px=WIDTH_PX,
            height_px=HEIGHT_PX,
            environment={"HOME": str(home), "XDG_STATE_HOME": str(home / "state")},
        )


@contextlib.contextmanager
def stage(*, gets_blender: bool) -> Iterator[Stage]:
    """Find or get everything; talk goes to stderr, also that of the programs that are run."""
    with talk_to_stderr(), contextlib.ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="farm-stall-")))
        cache = cache_folder()
        cache.mkdir(parents=True, exist_ok=True)
        bench = Bench(PROJECT, cache, folder, gets_missing=gets_blender)
        bench.look_around()
        xvfb = str(bench.display_tool("Xvfb"))
        yield Stage(bench, closing.enter_context(virtual_display(xvfb, folder)), folder)


@contextlib.contextmanager
def talk_to_stderr() -> Iterator[None]:
    """Let stdout be stderr for a while, for this process and those that it starts."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def make_release(folder: Path, jobs: int, url: str) -> list[dict[str, Any]]:
    """Make a volume with a release of so many submitted jobs; return what the Manager has of it."""
    volume = init_volume(Files(), folder / "volume", "stall", url)
    workspace = Workspace(
        volume,
        FarmConfig.read(volume),
        Files(),
        RecordingReporter(),
        user="mia",
        host="ws12",
        wait=lambda _seconds: None,
    )
    manager = FakeManager(ManagerAddress(url=url), storage=str(volume.root))
    flow = BigFlow(workspace, folder / "work", manager)
    flow.set_up(jobs)
    flow.plan()
    flow.submit()
    return [asdict(job) for job in manager.stored.values()]


def run_once(place: Stage, jobs: int, number: int) -> dict[str, Any]:
    """Work in the tab once with so many jobs; return what the window's script recorded."""
    window = place.window(f"stall-{jobs}-{number}")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    stored = make_release(window.folder, jobs, url)
    habit = window.folder / "habit"
    volume = window.folder / "volume"
    with running_manager(stored, volume, port, habit):
        return window.run(
            SCRIPTS / "stall_window.py",
            window.folder,
            volume,
            url,
            str(jobs),
            timeout_s=WINDOW_TIMEOUT_S,
        )


def gather(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the longest calls of some runs with the same number of jobs."""
    found: dict[str, dict[str, Any]] = {}
    for scenario in (LISTING, *HABITS):
        kinds = [_longest(run["timed"]["worst"], scenario) for run in runs]
        found[scenario] = _best_of(kinds)
    drawn = [run["drawn"] for run in runs]
    return {
        "rows_draw_ms": _ms(min(one["rows_s"] for one in drawn)),
        "tab_draw_ms": _ms(min(one["tab_s"] for one in drawn)),
        "rows_with_layout_s": min(one["rows_draw_s"] for one in drawn),
        "tab_with_layout_s": min(one["tab_draw_s"] for one in drawn),
        "scenarios": found,
    }


def _longest(worst: list[list[Any]], scenario: str) -> dict[str, tuple[float, float, str]]:
    """Return the longest call of each kind in one run: processor, wall, name."""
    longest: dict[str, tuple[float, float, str]] = {}
    for where, kind, name, cpu_s, wall_s in worst:
        if where == scenario:
            cpu, wall, by = longest.get(kind, (0.0, 0.0, ""))
            longest[kind] = (max(cpu, cpu_s), max(wall, wall_s), name if wall_s > wall else by)
    return longest


def _best_of(runs: list[dict[str, tuple[float, float, str]]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for kind in sorted(set().union(*runs)):
        calls = [run[kind] for run in runs if kind in run]
        quickest = min(calls, key=lambda call: call[1])
        members[f"{kind}_cpu_ms"] = _ms(max(cpu for cpu, _, _ in calls))
        members[f"{kind}_wall_ms"] = _ms(quickest[1])
        members[f"{kind}_by"] = quickest[2]
    return members


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)


def summarise(place: Stage, sizes: dict[int, dict[str, Any]], files: dict[str, Any]) -> Any:
    """Return what ``--json`` prints."""
    overall: dict[str, float] = {}
    for one in sizes.values():
        for members in one["scenarios"].values():
            for name, value in members.items():
                if name.endswith("_ms"):
                    overall[name] = max(value, overall.get(name, 0.0))
    save = overall.pop("snapshot_save_wall_ms", None)
    overall.pop("snapshot_save_cpu_ms", None)
    for one in sizes.values():
        for members in one["scenarios"].values():
            for name in [name for name in members if name.startswith("snapshot_save")]:
                del members[name]
    over = sorted(name for name, value in overall.items() if value > BAR_S * 1000)
    return {
        "blender": ".".join(map(str, place.bench.needed_blender().version)),
        "bar_s": BAR_S,
        "slow_manager_s": SLOW_S,
        "over_the_bar": over,
        **dict(sorted(overall.items())),
        "rows_draw_ms": max(one["rows_draw_ms"] for one in sizes.values()),
        "tab_draw_ms": max(one["tab_draw_ms"] for one in sizes.values()),
        "snapshot_save_ms": save,
        "snapshot_save_clock": "wall, the best of the runs",
        **files,
        "jobs": {str(size): one for size, one in sizes.items()},
    }


def measure_files(place: Stage) -> dict[str, Any]:
    """Time opening and saving a file, with the extension enabled and without, in turns."""
    window = place.window("files")
    rounds = window.run(SCRIPTS / "stall_files.py", window.folder, timeout_s=WINDOW_TIMEOUT_S)
    told: dict[str, Any] = {}
    for what in ("load", "save"):
        with_s, without_s = (
            statistics.median(rounds[f"{what}_{one}"]) for one in ("with", "without")
        )
        told |= {f"{what}_with_s": with_s, f"{what}_without_s": without_s}
        told[f"{what}_ratio"] = with_s / without_s
    return told


def show(summary: dict[str, Any]) -> None:
    """Print the table: a line per kind of callback, a column per size and habit."""
    sizes = list(summary["jobs"])
    columns = [(size, habit) for size in sizes for habit in (LISTING, *HABITS)]
    print(f"longest calls, ms of processor / on the wall (Blender {summary['blender']})")
    print(f"{'':<24}" + "".join(f"{int(size):>7,} {habit:<9}" for size, habit in columns))
    names = [name[: -len("_cpu_ms")] for name in summary if name.endswith("_cpu_ms")]
    for kind in names:
        cells = ""
        for size, habit in columns:
            members = summary["jobs"][size]["scenarios"][habit]
            cpu, wall = members.get(f"{kind}_cpu_ms"), members.get(f"{kind}_wall_ms")
            cells += f"{'–':>17}" if cpu is None else f"{f'{cpu:.2f} / {wall:.2f}':>17}"
        print(f"{kind:<24}{cells}")
    print(f"{'over 16 ms':<24}{', '.join(summary['over_the_bar']) or 'none'}")
    for size in sizes:
        one = summary["jobs"][size]
        print(
            f"per draw, {int(size):>6,} jobs    rows {one['rows_draw_ms']:.3f} ms, "
            f"the whole tab {one['tab_draw_ms']:.3f} ms of our Python; with Blender's layout "
            f"{one['rows_with_layout_s'] * 1000:.3f} and {one['tab_with_layout_s'] * 1000:.3f} ms"
        )
    print(f"saving the snapshot     {summary['snapshot_save_ms']} ms")
    for what in ("load", "save"):
        if f"{what}_ratio" in summary:
            print(
                f"{what} a file             {summary[f'{what}_with_s']:.3f} s with the extension, "
                f"{summary[f'{what}_without_s']:.3f} s without: × {summary[f'{what}_ratio']:.3f}"
            )


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Time every callback of the panel in a window.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="jobs in the list")
    parser.add_argument("--runs", type=int, default=RUNS, help="the best wall time of so many")
    parser.add_argument("--no-files", action="store_true", help="leave out opening and saving")
    parser.add_argument(
        "--get-blender", action="store_true", help="get a Blender where there is none"
    )
    options = parser.parse_args()
    try:
        with stage(gets_blender=options.get_blender) as place:
            sizes = {}
            for size in map(int, options.sizes.split(",")):
                sizes[size] = gather([run_once(place, size, run) for run in range(options.runs)])
            files = {} if options.no_files else measure_files(place)
            summary = summarise(place, sizes, files)
    except (SetupError, StepError, WindowError) as error:
        print(error, file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(summary, indent=1))
    else:
        show(summary)
    return 0


if __name__ == "__main__":
    sys.exit(main())
