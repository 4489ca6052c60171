# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm submit release``: freeze the planned jobs and send them."""

from __future__ import annotations

import argparse
import glob
from collections.abc import Sequence
from typing import Any

from ...app import App
from ...core.errors import ManagerError, UsageError
from ...core.findings import Finding, Severity
from ...core.ports import ManagerAddress
from ...core.release.release_store import read_release
from ...core.submission.submit_release import (
    Submission,
    decide_release,
    refuse_pausing,
    submit_release,
)
from ..output import Outcome, Output
from .job_name_files import add_jobs_from, read_job_names
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
    add_jobs_from(parser)
    parser.add_argument(
        "--paused", action="store_true", help="new jobs wait until they are resumed"
    )
    parser.add_argument("--wait", action="store_true", help="until every job has ended")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Submit; with ``--wait`` exit 1 unless every job completed."""
    workspace, name = app.workspace, arguments.name
    refuse_waiting(arguments)
    only = _only(arguments)
    if not arguments.dry_run:
        return _submit(arguments, app, only)
    store = read_release(workspace, name)
    address = app.chosen_address(store.release)
    if arguments.paused:
        _warn_of_pausing(app, address)
    done = decide_release(workspace, name, address, only)
    return Outcome(done.to_json(), show=lambda out: _show_decisions(out, done))


def _only(arguments: argparse.Namespace) -> list[str]:
    """Return patterns of the jobs that were asked for; none for all.

    :raises UsageError: if the file of names cannot be read.
    """
    named = read_job_names(arguments.jobs_from) or ()
    return [*arguments.only, *map(glob.escape, named)]


def submit_planned(arguments: argparse.Namespace, app: App) -> Outcome:
    """Submit the release that was planned just now.

    :param arguments: those of ``plan``: ``name``, ``paused``, ``wait``.
    """
    return _submit(arguments, app, ())


def refuse_waiting(arguments: argparse.Namespace) -> None:
    """Refuse to wait for what is paused.

    :raises UsageError: if that was asked for.
    """
    if arguments.wait and arguments.paused:
        raise UsageError(
            "paused jobs never end, so --wait would wait for ever", hint="leave one of the two out"
        )


def _warn_of_pausing(app: App, address: ManagerAddress) -> None:
    """Say beforehand what submit will refuse; a Manager that is silent is no reason to stop."""
    try:
        refuse_pausing(app.manager(address))
    except ManagerError as ex:
        finding = Finding(
            Severity.WARNING, "cannot-pause", "Option ‘--paused’", ex.message, ex.hint
        )
        app.reporter.finding(finding)


def _submit(arguments: argparse.Namespace, app: App, only: Sequence[str]) -> Outcome:
    workspace, name = app.workspace, arguments.name
    store = read_release(workspace, name)
    services = make_services(app, store.release, is_paused=arguments.paused)
    snapshots = pending_snapshots(store.release)
    done = submit_release(workspace, name, services, only=only)
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
