# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``farm plan`` shows: a row for each job with what becomes of it, and the files that it
delivers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ...core.findings import blocking
from ...core.planning.plan import Plan
from ...core.planning.plan_maker import PlannedScene
from ...core.submission.forecast import Forecast
from ..output import Output
from .blend_files import FilesRead


def row_json(one: Forecast, plan: Plan) -> dict[str, Any]:
    """Return a row of the document, and of the events."""
    row, scene = one.row, one.row.scene
    return {
        **row.unit.to_json(),
        "file": row.source.text,
        "job": row.job,
        "frames": frames_text(row),
        "frame_count": one.frame_count,
        "outputs": len(plan.outputs.get(row.job, ())),
        "width_px": scene.width_px,
        "height_px": scene.height_px,
        "engine": scene.engine,
        "format": scene.file_format,
        "ok": not blocking(row.findings),
        "becomes": one.becomes.value,
        "why": one.why,
        "needs_bytes": one.needs_bytes,
        "names": list(one.names),
    }


def files_json(files: FilesRead, plan: Plan) -> list[dict[str, str]]:
    """Return what became of each file: ``ok``, ``blocked`` by findings, or ``failed`` to be
    read."""
    rows = []
    for source in files.sources:
        why = plan.broken.get(source.recorded, "")
        path, state = source.recorded.text or source.facts.path, "blocked" if why else "ok"
        rows.append({"file": path, "state": state, "message": why})
    return rows + [
        {"file": one.path, "state": "failed", "message": one.why} for one in files.unread
    ]


def show_files(output: Output, files: FilesRead, plan: Plan) -> None:
    """Print the files that did not become jobs, and how many of them did."""
    rows = files_json(files, plan)
    broken = [one for one in rows if one["state"] != "ok"]
    if broken:
        output.table(
            ("file", "", "because"), [(one["file"], one["state"], one["message"]) for one in broken]
        )
    counts = Counter(one["state"] for one in rows)
    parts = [f"{counts[state]} {state}" for state in ("ok", "blocked", "failed") if counts[state]]
    output.line(f"{len(rows)} file(s): {', '.join(parts)}.")


def frames_text(row: PlannedScene) -> str:
    """Return the frames as people write them, the scene's with its step: ``1-100x5``."""
    if row.frames.frames is not None:
        return row.frames.frames.text()
    start, end, step = row.scene.frame_start, row.scene.frame_end, row.scene.frame_step
    if start == end:
        return str(start)
    return f"{start}-{end}" + (f"x{step}" if step > 1 else "")


def show_plan(
    output: Output, plan: Plan, forecasts: Sequence[Forecast], *, with_outputs: bool
) -> None:
    """Print the table of a plan, what it drops, and on demand the names of all files that it
    delivers.

    :param forecasts: what submit will make of each row; empty to leave that out.
    """
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
    if forecasts:
        columns.append("submit")
        for line, one in zip(rows, forecasts, strict=True):
            line.append(one.becomes.value + (f": {one.why}" if one.why else ""))
    for name in plan.dropped:
        rest = [""] * (len(columns) - 2)
        rest.insert(columns.index("plan") - 1, "drop")
        rows.append([name, *rest])
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
