# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm kill``: cancel the jobs that a query matches."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from ...app import App
from ...core.errors import ManagerUnreachableError
from ...core.farm_jobs.cancelling import Fate
from ...core.farm_jobs.farm_job import FarmJob
from ...core.farm_jobs.guards import refuse_everything, refuse_too_many
from ...core.farm_jobs.killing import (
    Victim,
    count_outcomes,
    kill_jobs,
    plan_kill,
    still_meant,
    to_cancel,
    to_delete,
)
from ...core.farm_jobs.selecting import Selection
from ..output import Outcome, Output
from .asking import confirm
from .job_selection import (
    add_guards,
    add_query,
    named_others,
    select_to_change,
    show_found,
    show_owners,
    show_silent,
    tell_rows,
    unknown_rows,
)
from .named_jobs import show_unknown


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "kill",
        parents=parents,
        help="cancel the jobs that a query matches",
        description="Show the jobs that match, ask, and cancel those that are not at their end."
        " 'NAME.jobs' means the jobs of one release, 'release.jobs' those of the release that the"
        " query demands with 'release:NAME'. Jobs that this farm did not submit are left alone.",
    )
    add_query(parser)
    parser.add_argument(
        "--delete", action="store_true", help="delete what is cancelled or finished, too"
    )
    add_guards(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Kill; exit 1 if a job could not be cancelled, or a Manager was silent."""
    selection = select_to_change(arguments, app)
    refuse_everything(selection, is_all=arguments.all)
    victims = plan_kill(selection.jobs)
    cancelled = to_cancel(victims)
    deleted = to_delete(victims) if arguments.delete else []
    touched = deleted or cancelled
    refuse_too_many(len(touched), arguments.limit)
    if touched and not arguments.dry_run:
        if not (output.is_json or output.is_events):
            _show_plan(output, app, touched)
        confirm(arguments, output, _question(cancelled, deleted))
        if not arguments.yes:
            victims = _look_again(arguments, app, output, victims)
        victims = kill_jobs(
            app.workspace, selection.managers, victims, is_deleting=arguments.delete
        )
    rows = [_row(victim) for victim in victims] + unknown_rows(selection)
    tell_rows(app, rows)
    counts = count_outcomes(victims)
    counts[Fate.GONE.value] += len(selection.unknown)
    data = {
        "query": arguments.query,
        "release": selection.release,
        "counts": {name.replace(" ", "_"): count for name, count in counts.items()},
        "deleted": sum(victim.is_deleted for victim in victims),
        "others": named_others(touched, app.user),
        "jobs": rows,
    }

    def show(out: Output) -> None:
        if arguments.dry_run:
            _show_plan(out, app, touched)
            out.line(f"{_question(cancelled, deleted).capitalize()}: nothing was done.")
        else:
            _show_outcome(out, selection, victims)
        show_unknown(out, selection.unknown)
        show_silent(out, selection)

    has_failed = bool(counts[Fate.FAILED.value] or selection.silent) and not arguments.dry_run
    return Outcome(data, int(has_failed), show)


def _look_again(
    arguments: argparse.Namespace, app: App, output: Output, victims: list[Victim]
) -> list[Victim]:
    """Leave out what matched before somebody was asked, and no longer does.

    :raises ManagerUnreachableError: if a Manager that has some of it fell silent.
    """
    selection = select_to_change(arguments, app)
    for why in selection.silent.values():
        raise ManagerUnreachableError(why, hint="nothing was done; run it again")
    meant = still_meant(victims, selection.jobs)
    if len(meant) < len(victims):
        output.talk(f"{len(victims) - len(meant)} job(s) no longer match and are left alone")
    return meant


def _question(cancelled: Sequence[FarmJob], deleted: Sequence[FarmJob]) -> str:
    parts = [f"cancel {len(cancelled)} job(s)"] if cancelled or not deleted else []
    parts += [f"delete {len(deleted)} job(s)"] if deleted else []
    return " and ".join(parts)


def _show_plan(out: Output, app: App, touched: Sequence[FarmJob]) -> None:
    if touched:
        show_found(out, touched)
        show_owners(out, touched, app.user)


def _show_outcome(out: Output, selection: Selection, victims: Sequence[Victim]) -> None:
    failed = [one for one in victims if one.outcome and one.outcome.fate is Fate.FAILED]
    if failed:
        out.table(
            ("job", "problem"),
            [(one.job.label, one.outcome.message if one.outcome else "") for one in failed],
        )
    parts = [f"{count} {name}" for name, count in count_outcomes(victims).items() if count]
    deleted = sum(victim.is_deleted for victim in victims)
    parts += [f"{deleted} deleted"] if deleted else []
    unsent = sum(not job.was_sent for job in selection.jobs)
    parts += [f"{unsent} never sent"] if unsent else []
    out.line(
        f"{len(selection.jobs)} job(s) match: {', '.join(parts)}." if parts else "No job matches."
    )


def _row(victim: Victim) -> dict[str, Any]:
    outcome = victim.outcome
    return {
        **victim.job.to_json(),
        "outcome": outcome.fate.value if outcome else "",
        "problem": outcome.message if outcome else "",
        "is_deleted": victim.is_deleted,
    }
