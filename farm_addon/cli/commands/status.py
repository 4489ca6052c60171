# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm status``: how releases and their jobs stand."""

from __future__ import annotations

import argparse
from typing import Any

from ...app import App
from ...core.errors import UsageError
from ...core.release.following import wait_for_release
from ...core.release.live import JobRow, job_rows
from ...core.release.release_store import read_release, release_names
from ..output import Outcome, Output
from .job_table import show_jobs


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "status",
        parents=parents,
        help="show how releases and jobs stand",
        description="Without a name: one line per release. With one: one line per job.",
    )
    parser.add_argument("what", choices=["release"], nargs="?")
    parser.add_argument("name", metavar="NAME", nargs="?")
    parser.add_argument("--watch", action="store_true", help="follow until every job has ended")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Show; exit 0 whatever the jobs' states."""
    if arguments.what is None:
        return _all(app)
    if not arguments.name:
        raise UsageError("name the release", hint="farm status release NAME")
    store = read_release(app.workspace, arguments.name)
    managers = app.managers(store.release.managers())
    if arguments.watch:
        rows = wait_for_release(app.workspace, arguments.name, lambda: app.ask_again(managers))
    else:
        rows = job_rows(store.release, managers)
        for row in rows:
            app.reporter.row("jobs", row.job, row.to_json())
    data = {"release": arguments.name, "jobs": [row.to_json() for row in rows]}
    return Outcome(data, show=lambda out: show_jobs(out, rows))


def _all(app: App) -> Outcome:
    releases = []
    for name in release_names(app.workspace):
        store = read_release(app.workspace, name)
        rows = job_rows(store.release, app.managers(store.release.managers()))
        summary = {"release": name, "jobs": len(rows), **_count(rows)}
        app.reporter.row("releases", name, summary)
        releases.append(summary)

    def show(out: Output) -> None:
        if not releases:
            out.line(f"There is no release on '{app.workspace.volume.root}'.")
            return
        out.table(
            ("release", "jobs", "frames", "states"),
            [
                (
                    str(one["release"]),
                    str(one["jobs"]),
                    f"{one['done']}/{one['total']}",
                    ", ".join(f"{count} {state}" for state, count in one["states"].items()),
                )
                for one in releases
            ],
        )

    return Outcome({"releases": releases}, show=show)


def _count(rows: list[JobRow]) -> dict[str, Any]:
    states: dict[str, int] = {}
    for row in rows:
        states[row.state] = states.get(row.state, 0) + 1
    return {
        "done": sum(row.frames_done for row in rows),
        "total": sum(row.frames_total for row in rows),
        "states": states,
    }
