# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm submit release``: freeze the planned jobs and send them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ... import user_folders
from ...app import App
from ...core.release.following import wait_for_release
from ...core.release.release_store import read_release
from ...core.submission.freeze import Need
from ...core.submission.submit_release import Submission, decide_release, submit_release
from ..output import Outcome, Output
from .job_table import has_failed, show_jobs


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
    parser.add_argument("--wait", action="store_true", help="until every job has ended")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Submit; with ``--wait`` exit 1 unless every job completed."""
    workspace, name = app.workspace, arguments.name
    store = read_release(workspace, name)
    address = app.chosen_address(store.release)
    if arguments.dry_run:
        done = decide_release(workspace, name, address)
        return Outcome(done.to_json(), show=lambda out: _show_decisions(out, done))
    snapshots = {state.plan.snapshot for state in store.release.planned() if state.plan.snapshot}
    manager = app.manager(address)
    others = app.managers(store.release.managers())
    others[address] = manager
    done = submit_release(
        workspace,
        name,
        manager,
        others,
        app.freezer,
        app.farm(address),
        app.extra_settings(address),
    )
    _drop_snapshots(snapshots)
    if not arguments.wait:
        return Outcome(done.to_json(), show=lambda out: _show(out, name, done))
    app.reporter.status(f"waiting for release '{name}' on {address.text()}")
    rows = wait_for_release(workspace, name, lambda: app.ask_again(others))
    data = {**done.to_json(), "jobs": [row.to_json() for row in rows]}

    def show(out: Output) -> None:
        _show(out, name, done)
        show_jobs(out, rows)

    return Outcome(data, int(has_failed(rows)), show)


def _drop_snapshots(snapshots: set[str]) -> None:
    """Remove snapshots that are frozen now; only those in our own folder."""
    folder = user_folders.snapshots()
    for text in snapshots:
        blend = Path(text)
        if blend.parent == folder:
            blend.unlink(missing_ok=True)
            blend.with_suffix(".json").unlink(missing_ok=True)


def _show(out: Output, name: str, done: Submission) -> None:
    skipped = sum(one.need is Need.NOTHING for one in done.decisions) - len(done.requeued)
    parts = [
        f"{count} {what}"
        for count, what in (
            (len(done.posted), "submitted"),
            (len(done.found), "had arrived"),
            (len(done.requeued), "queued again"),
            (skipped, "unchanged"),
        )
        if count
    ]
    out.line(f"Release '{name}' on {done.manager.text()}: {', '.join(parts) or 'nothing to do'}.")


def _show_decisions(out: Output, done: Submission) -> None:
    out.table(
        ("job", "needs", "because"),
        [(one.job, one.need.value, one.reason) for one in done.decisions],
    )
