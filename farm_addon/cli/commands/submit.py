# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm submit release``: freeze the planned jobs and send them."""

from __future__ import annotations

import argparse
from typing import Any

from ...app import App
from ...core.errors import UsageError
from ...core.release.release_store import read_release
from ...core.submission.submit_release import Submission, decide_release, submit_release
from ..output import Outcome, Output
from .job_table import has_failed, show_jobs
from .sending import drop_snapshots, make_services, pending_snapshots, wait_for_jobs


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "submit",
        parents=parents,
        help="freeze a release's jobs and send them",
        description="Freeze each planned job into its own .blend and send it. Jobs that are"
        " submitted and whose files are unchanged are skipped; run it again to go on after an"
        " interruption, or to queue failed jobs again.",
    )
    parser.add_argument("what", choices=["release"])
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--only", metavar="GLOB", action="append", default=[], help="only jobs of these names"
    )
    parser.add_argument(
        "--paused", action="store_true", help="new jobs wait until they are resumed"
    )
    parser.add_argument("--wait", action="store_true", help="until every job has ended")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Submit; with ``--wait`` exit 1 unless every job completed."""
    workspace, name = app.workspace, arguments.name
    if arguments.wait and arguments.paused:
        raise UsageError(
            "paused jobs never end, so --wait would wait for ever", hint="leave one of the two out"
        )
    store = read_release(workspace, name)
    if arguments.dry_run:
        address = app.chosen_address(store.release)
        done = decide_release(workspace, name, address, arguments.only)
        return Outcome(done.to_json(), show=lambda out: _show_decisions(out, done))
    services = make_services(app, store.release, is_paused=arguments.paused)
    snapshots = pending_snapshots(store.release)
    done = submit_release(workspace, name, services, only=arguments.only)
    drop_snapshots(snapshots - pending_snapshots(read_release(workspace, name).release))
    data = done.to_json()
    if not arguments.wait:
        return Outcome(data, show=lambda out: _show(out, name, done))
    rows = wait_for_jobs(app, name, services, [one.job for one in done.decisions])
    data["jobs"] = [row.to_json() for row in rows]

    def show(out: Output) -> None:
        _show(out, name, done)
        show_jobs(out, rows)

    return Outcome(data, int(has_failed(rows)), show)


def _show(out: Output, name: str, done: Submission) -> None:
    parts = [
        f"{count} {what}"
        for count, what in (
            (len(done.posted), "submitted"),
            (len(done.found), "had arrived"),
            (len(done.requeued), "queued again"),
            (len(done.skipped), "unchanged"),
        )
        if count
    ]
    out.line(f"Release '{name}' on {done.manager.text()}: {', '.join(parts) or 'nothing to do'}.")


def _show_decisions(out: Output, done: Submission) -> None:
    out.table(
        ("job", "needs", "because"),
        [(one.job, one.need.value, one.reason) for one in done.decisions],
    )
