# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the verbs share that change jobs by a query: arguments, the search, the table."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ...app import App
from ...core.errors import UsageError
from ...core.farm_jobs.farm_job import FarmJob
from ...core.farm_jobs.guards import LIMIT, owners
from ...core.farm_jobs.selecting import JOBS, Selection, find_jobs
from ...core.ports import Manager, ManagerAddress
from ..output import Output
from ..terminal import printable as printable
from .job_name_files import NOT_FOUND, add_jobs_from, read_job_names

_UNITS = ((604800, "w"), (86400, "d"), (3600, "h"), (60, "m"))


def add_query(parser: argparse.ArgumentParser) -> None:
    """Add what names the jobs."""
    parser.add_argument(
        "what", metavar="jobs|NAME.jobs", help="the whole farm's jobs, or those of one release"
    )
    parser.add_argument(
        "query",
        metavar="QUERY",
        nargs="?",
        default="",
        help="in quotes, such as 'status:failed age>2d'; needed without --jobs-from",
    )
    add_jobs_from(parser)


def add_guards(parser: argparse.ArgumentParser) -> None:
    """Add what lifts the guards that keep a query from changing too much."""
    parser.add_argument(
        "--limit",
        metavar="N",
        type=int,
        default=LIMIT,
        help=f"refuse to change more jobs than this ({LIMIT})",
    )
    parser.add_argument("--all", action="store_true", help="even where the query matches every job")
    parser.add_argument(
        "--foreign", action="store_true", help="also jobs that this farm did not submit"
    )


def select(
    arguments: argparse.Namespace,
    app: App,
    what: str,
    query: str,
    *,
    with_foreign: bool,
    names: Collection[str] | None = None,
) -> Selection:
    """Find the jobs: on the Managers that the releases were sent to, and on the chosen one.

    A release that was sent is looked for where it was sent, unless a Manager is named.
    """

    def ask(addresses: Collection[ManagerAddress]) -> Mapping[ManagerAddress, Manager]:
        if what != JOBS and addresses and not arguments.manager:
            return app.managers(addresses)
        chosen = app.chosen_address()
        found = {chosen: app.manager(chosen)}
        return found | app.managers(one for one in addresses if one != chosen)

    return find_jobs(app.workspace, what, query, ask, with_foreign=with_foreign, names=names)


def select_to_change(arguments: argparse.Namespace, app: App) -> Selection:
    """Find the jobs that are to be changed: those of a query, of a file of names, or of both.

    :raises UsageError: if there is neither.
    """
    names = read_job_names(arguments.jobs_from)
    if not arguments.query and names is None:
        raise UsageError(
            "say which jobs",
            hint=f"farm {arguments.verb} {arguments.what} QUERY, or --jobs-from FILE",
        )
    return select(
        arguments,
        app,
        arguments.what,
        arguments.query,
        with_foreign=arguments.foreign,
        names=names,
    )


def unknown_rows(selection: Selection) -> list[dict[str, Any]]:
    """Return a row for each name that no job of the release has."""
    message = "the release has no such job"
    return [
        {
            **FarmJob(
                selection.release, name, "", 0, None, None, None, "", "", 0, 0, message=message
            ).to_json(),
            "outcome": NOT_FOUND,
            "problem": message,
        }
        for name in selection.unknown
    ]


def show_found(out: Output, jobs: Sequence[FarmJob]) -> None:
    """Print one line per job."""
    now = datetime.now(UTC)
    out.table(
        ("job", "state", "attempt", "user", "frames", "priority", "age", ""),
        [
            (
                job.label,
                job.status,
                str(job.attempt or ""),
                job.user,
                f"{job.frames_done}/{job.frames_total}",
                "" if job.priority is None else str(job.priority),
                "" if job.created is None else _span((now - job.created).total_seconds()),
                job.message,
            )
            for job in jobs
        ],
    )


def show_owners(out: Output, jobs: Sequence[FarmJob], user: str) -> None:
    """Say which jobs are other people's."""
    others = owners(jobs, user)
    if others:
        named = ", ".join(f"{count} of {printable(owner)}" for owner, count in others.most_common())
        out.line(f"{others.total()} of these {len(jobs)} are other people's: {named}.")


def show_silent(out: Output, selection: Selection) -> None:
    """Say which Managers did not answer: nobody knows whether they have jobs that match."""
    for address, why in selection.silent.items():
        out.line(f"What {address.text()} has could not be looked at: {printable(why)}")


def named_others(jobs: Sequence[FarmJob], user: str) -> dict[str, int]:
    """Return how many jobs are whose, leaving out one user's own."""
    return dict(owners(jobs, user).most_common())


def tell_rows(app: App, rows: Sequence[Mapping[str, Any]]) -> None:
    """Tell the rows of what was found, for those who listen to events."""
    for row in rows:
        key = f"{row['manager']} {row['id']}" if row["id"] else f"{row['release']}/{row['job']}"
        app.reporter.row("found", key, row)


def _span(seconds: float) -> str:
    """Return a span of time in its greatest unit: ``3d``."""
    for length, unit in _UNITS:
        if seconds >= length:
            return f"{int(seconds // length)}{unit}"
    return f"{max(0, int(seconds))}s"
