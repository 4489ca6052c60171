# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm plan release``: read scenes, judge them, write the plan."""

from __future__ import annotations

import argparse
import dataclasses
import os
from pathlib import Path
from typing import Any

from ...app import App
from ...core.errors import UsageError
from ...core.findings import blocking
from ...core.planning.plan import Plan, PlannedScene, PlanOptions, PlanSource
from ...core.planning.plan_release import plan_release
from ...core.recorded_paths import RecordedPath
from ...core.release.record import Release
from ...core.release.release_store import read_release, release_names
from ..output import Outcome, Output
from ..snapshot_file import read_snapshot


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "plan",
        parents=parents,
        help="plan a release from scenes",
        description="Read the scenes of .blend files and plan one job for each. Nothing is"
        " rendered or sent. Planning again changes the jobs of these files only.",
    )
    parser.add_argument("what", choices=["release"])
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("blends", metavar="FILE.blend", nargs="*")
    parser.add_argument(
        "--scenes", metavar="GLOB", action="append", default=[], help="only these scenes"
    )
    parser.add_argument(
        "--snapshot",
        metavar="FILE.json",
        default="",
        help="a snapshot of an open session, as the panel saves it",
    )
    parser.add_argument("--chunk-size", metavar="N", type=int, help="frames per task")
    parser.add_argument("--priority", metavar="N", type=int, help="0 to 100, higher first")
    parser.add_argument("--worker-tag", metavar="UUID", help="only Workers with this tag")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Plan; exit 1 if a finding blocks."""
    sources = _sources(arguments, app)
    options = _options(arguments, app)
    farm = app.farm(app.chosen_address(_known_release(arguments.name, app)))
    plan = plan_release(
        app.workspace, arguments.name, sources, options, farm, is_dry_run=arguments.dry_run
    )
    for row in plan.rows:
        app.reporter.row("scenes", row.scene.name, _row_json(row))
    data = {
        "release": arguments.name,
        "scenes": [_row_json(row) for row in plan.rows],
        "add": [job.name for job in plan.added],
        "replace": [job.name for job in plan.replaced],
        "unchanged": list(plan.unchanged),
        "drop": list(plan.dropped),
        "is_written": not (arguments.dry_run or plan.is_blocked),
    }
    return Outcome(data, int(plan.is_blocked), lambda out: _show(out, arguments, plan))


def _known_release(name: str, app: App) -> Release | None:
    """Return the release as it is, since its Manager is asked to render the rest too."""
    if name not in release_names(app.workspace):
        return None
    return read_release(app.workspace, name).release


def _sources(arguments: argparse.Namespace, app: App) -> list[PlanSource]:
    if bool(arguments.blends) == bool(arguments.snapshot):
        raise UsageError(
            "name the .blend files to plan", hint="farm plan release NAME FILE.blend …"
        )
    root = app.workspace.volume.root
    if arguments.snapshot:
        snapshot = read_snapshot(Path(arguments.snapshot))
        app.reporter.status("reading the open file")
        facts = dataclasses.replace(
            app.freezer.read(snapshot.blend),
            path=snapshot.source,
            dirty_images=snapshot.dirty_images,
            color_config=snapshot.color_config,
        )
        recorded = RecordedPath.of(Path(snapshot.source), root) if snapshot.source else None
        blend = str(snapshot.blend) if snapshot.has_unsaved_edits else ""
        return [PlanSource(facts, recorded or RecordedPath(""), blend, snapshot.has_unsaved_edits)]
    sources = []
    for index, text in enumerate(arguments.blends):
        path = Path(os.path.abspath(text))
        if not path.is_file():
            raise UsageError(f"there is no file '{path}'")
        app.reporter.progress("read", index, len(arguments.blends))
        sources.append(PlanSource(app.freezer.read(path), RecordedPath.of(path, root)))
    app.reporter.progress("read", len(arguments.blends), len(arguments.blends))
    return sources


def _options(arguments: argparse.Namespace, app: App) -> PlanOptions:
    config = app.workspace.config
    chunk_size = config.chunk_size if arguments.chunk_size is None else arguments.chunk_size
    priority = config.priority if arguments.priority is None else arguments.priority
    if chunk_size < 1:
        raise UsageError(f"the chunk size {chunk_size} is below 1")
    if not 0 <= priority <= 100:
        raise UsageError(f"the priority {priority} is not between 0 and 100")
    return PlanOptions(
        scenes=tuple(arguments.scenes),
        chunk_size=chunk_size,
        priority=priority,
        worker_tag=arguments.worker_tag or config.worker_tag,
    )


def _row_json(row: PlannedScene) -> dict[str, Any]:
    scene = row.scene
    return {
        "scene": scene.name,
        "job": row.job,
        "frames": _frames_text(row),
        "width_px": scene.width_px,
        "height_px": scene.height_px,
        "engine": scene.engine,
        "format": scene.file_format,
        "ok": not blocking(row.findings),
    }


def _frames_text(row: PlannedScene) -> str:
    """Return the frames as people write them, with the step: ``1-100x5``."""
    start, end, step = row.scene.frame_start, row.scene.frame_end, row.scene.frame_step
    if start == end:
        return str(start)
    return f"{start}-{end}" + (f"x{step}" if step > 1 else "")


def _show(out: Output, arguments: argparse.Namespace, plan: Plan) -> None:
    out.table(
        ("job", "scene", "frames", "size", "engine", "format", ""),
        [
            (
                row.job,
                row.scene.name,
                _frames_text(row),
                f"{row.scene.width_px}x{row.scene.height_px}",
                row.scene.engine,
                row.scene.file_format,
                "" if not blocking(row.findings) else "blocked",
            )
            for row in plan.rows
        ],
    )
    parts = [
        f"{len(names)} {what}"
        for what, names in (
            ("added", plan.added),
            ("replaced", plan.replaced),
            ("unchanged", plan.unchanged),
            ("dropped", plan.dropped),
        )
        if names
    ]
    if plan.is_blocked:
        out.line(f"Release '{arguments.name}' was not planned: see the errors above.")
    else:
        frames = sum(len(job.frames) for job in (*plan.added, *plan.replaced))
        verb = "would be" if arguments.dry_run else "is"
        out.line(f"Release '{arguments.name}' {verb} planned: {', '.join(parts)}; {frames} frames.")
