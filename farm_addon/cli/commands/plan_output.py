# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``farm plan`` shows: a row for each job with what becomes of it, and the files that it
delivers."""

from __future__ import annotations

from typing import Any

from ...core.findings import blocking
from ...core.planning.plan import Plan, PlannedScene
from ..output import Output


def row_json(row: PlannedScene, plan: Plan) -> dict[str, Any]:
    """Return a row of the document, and of the events."""
    scene = row.scene
    return {
        "scene": scene.name,
        "camera": row.unit.camera,
        "view_layer": row.unit.view_layer,
        "job": row.job,
        "frames": frames_text(row),
        "outputs": len(plan.outputs.get(row.job, ())),
        "width_px": scene.width_px,
        "height_px": scene.height_px,
        "engine": scene.engine,
        "format": scene.file_format,
        "ok": not blocking(row.findings),
    }


def frames_text(row: PlannedScene) -> str:
    """Return the frames as people write them, the scene's with its step: ``1-100x5``."""
    if row.frames.frames is not None:
        return row.frames.frames.text()
    start, end, step = row.scene.frame_start, row.scene.frame_end, row.scene.frame_step
    if start == end:
        return str(start)
    return f"{start}-{end}" + (f"x{step}" if step > 1 else "")


def show_plan(output: Output, plan: Plan, *, with_outputs: bool) -> None:
    """Print the table of a plan, what it drops, and on demand the names of all files that it
    delivers."""
    columns = ["job", "scene", "frames", "files", "size", "engine", "format", "plan"]
    becomes = {name: "unchanged" for name in plan.unchanged}
    becomes |= {name: f"replace: {'; '.join(what)}" for name, what in plan.changes.items()}
    rows = [_cells(row, plan, becomes.get(row.job, "add")) for row in plan.rows]
    for place, name in ((2, "view layer"), (2, "camera")):
        cells = [row.unit.camera if name == "camera" else row.unit.view_layer for row in plan.rows]
        if any(cells):
            columns.insert(place, name)
            for line, cell in zip(rows, cells, strict=True):
                line.insert(place, cell)
    for name in plan.dropped:
        rows.append([name, *[""] * (len(columns) - 2), "drop"])
    output.table(columns, rows)
    if with_outputs:
        for names in plan.outputs.values():
            for name in names:
                output.line(name)


def _cells(row: PlannedScene, plan: Plan, becomes: str) -> list[str]:
    scene = row.scene
    return [
        row.job,
        scene.name,
        shorten(frames_text(row)),
        str(len(plan.outputs.get(row.job, ()))),
        f"{scene.width_px}x{scene.height_px}",
        scene.engine,
        scene.file_format,
        "blocked" if blocking(row.findings) else becomes,
    ]


def shorten(text: str) -> str:
    """Return a list of frames, cut off where it is too long for a table."""
    return text if len(text) <= 24 else f"{text[:23]}…"


def summary(release: str, plan: Plan, *, is_dry_run: bool) -> str:
    """Return the sentence that says what the plan did."""
    if plan.is_blocked:
        return f"Release '{release}' was not planned: see the errors above."
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
    frames = sum(len(job.frames) for job in (*plan.added, *plan.replaced))
    verb = "would be" if is_dry_run else "is"
    return f"Release '{release}' {verb} planned: {', '.join(parts)}; {frames} frames."
