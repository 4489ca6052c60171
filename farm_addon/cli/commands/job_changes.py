# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a change of the jobs that a query matches: pause, resume, requeue, priority."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from ...app import App
from ...core.farm_jobs.changing import (
    Change,
    Changed,
    Part,
    change_jobs,
    count_parts,
    plan_change,
)
from ...core.farm_jobs.guards import refuse_everything, refuse_too_many
from ...core.farm_jobs.selecting import Selection
from ..output import Outcome, Output
from .job_selection import (
    named_others,
    select_to_change,
    show_found,
    show_owners,
    show_silent,
    tell_rows,
    unknown_rows,
)
from .named_jobs import show_unknown


def find(arguments: argparse.Namespace, app: App) -> Selection:
    """Find the jobs that the arguments name; refuse a query that matches everything.

    :raises UsageError: for such a query without ``--all``.
    """
    selection = select_to_change(arguments, app)
    refuse_everything(selection, is_all=arguments.all)
    return selection


def run_change(
    arguments: argparse.Namespace,
    app: App,
    output: Output,
    selection: Selection,
    change: Change,
) -> Outcome:
    """Show what a change touches, and carry it out; exit 1 if a job could not be changed, or a
    Manager was silent."""
    changed = plan_change(change, selection.jobs, selection.managers)
    touched = [one.job for one in changed if one.part is None]
    refuse_too_many(len(touched), arguments.limit)
    if touched and not (output.is_json or output.is_events):
        show_found(output, touched)
        show_owners(output, touched, app.user)
    if not arguments.dry_run:
        changed = change_jobs(app.workspace, selection.managers, change, changed)
    rows = [_row(one) for one in changed] + unknown_rows(selection)
    tell_rows(app, rows)
    counts = count_parts(changed)
    counts[Part.GONE.value] += len(selection.unknown)
    data = {
        "query": arguments.query,
        "release": selection.release,
        "counts": {name.replace(" ", "_"): count for name, count in counts.items()},
        "others": named_others(touched, app.user),
        "jobs": rows,
    }

    def show(out: Output) -> None:
        _show_rest(out, changed)
        out.line(_summary(selection, changed, change, len(touched), arguments.dry_run))
        show_unknown(out, selection.unknown)
        show_silent(out, selection)

    has_failed = bool(counts[Part.FAILED.value] or selection.silent) and not arguments.dry_run
    return Outcome(data, int(has_failed), show)


def _show_rest(out: Output, changed: Sequence[Changed]) -> None:
    """Print which jobs were not changed, and why."""
    rest = [one for one in changed if one.part not in (None, Part.DONE, Part.ALREADY)]
    if rest:
        out.table(
            ("job", "", "because"),
            [(one.job.label, one.part.value if one.part else "", one.message) for one in rest],
        )


def _summary(
    selection: Selection, changed: Sequence[Changed], change: Change, open_count: int, is_dry: bool
) -> str:
    if not selection.jobs:
        return "No job matches."
    if is_dry:
        return f"{open_count} job(s) would be {change.past}: nothing was done."
    words = {Part.DONE.value: change.past}
    parts = [
        f"{count} {words.get(name, name)}" for name, count in count_parts(changed).items() if count
    ]
    unsent = sum(not job.was_sent for job in selection.jobs)
    parts += [f"{unsent} never sent"] if unsent else []
    return f"{len(selection.jobs)} job(s) match: {', '.join(parts)}."


def _row(one: Changed) -> dict[str, Any]:
    return {
        **one.job.to_json(),
        "outcome": one.part.value if one.part else "",
        "problem": one.message,
    }
