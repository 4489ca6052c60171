# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm repair release``: render exactly those frames again that do not pass the gate."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from ...app import App
from ...core.delivery.repair import Repair, repair_release
from ...core.ports import Manager, ManagerAddress
from ...core.release.following import wait_for_release
from ...core.release.live import JobRow
from ...core.release.release_store import ReleaseStore, read_release, write_release
from ...core.submission.submit import Poster
from ..output import Outcome, Output
from .frame_table import show_problems, show_skipped
from .job_name_files import add_jobs_from
from .job_table import has_failed, show_jobs
from .named_jobs import NamedJobs


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "repair",
        parents=parents,
        help="render again the frames that do not pass",
        description="Check every frame of the jobs that have ended, as harvest does. For those"
        " that are missing or bad send a small job with exactly these frames; bad files go to"
        " superseded/ first. Jobs that are still rendering are left alone.",
    )
    parser.add_argument("what", choices=["release"])
    parser.add_argument("name", metavar="NAME")
    add_jobs_from(parser)
    parser.add_argument("--wait", action="store_true", help="until every job has ended")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Repair; with ``--wait`` exit 1 unless every repaired job completed."""
    name: str = arguments.name
    if arguments.dry_run:
        store = read_release(app.workspace, name)
        named = NamedJobs.read(arguments, store.release)
        managers = app.managers(store.release.managers())
        done = _repair(app, store, managers, named, is_dry_run=True)
        return _outcome(app, name, done, named, is_dry_run=True)
    with write_release(app.workspace, name, f"repair release {name}") as store:
        named = NamedJobs.read(arguments, store.release)
        managers = app.managers(store.release.managers())
        done = _repair(app, store, managers, named)
    if not arguments.wait or not done.posted or done.manager is None:
        return _outcome(app, name, done, named)
    app.reporter.status(f"waiting for release '{name}' on {done.manager.text()}")
    all_rows = wait_for_release(app.workspace, name, app.watch())
    repaired = {job for job, _frames in done.posted}
    return _outcome(app, name, done, named, [row for row in all_rows if row.job in repaired])


def _repair(
    app: App,
    store: ReleaseStore,
    managers: Mapping[ManagerAddress, Manager],
    named: NamedJobs,
    *,
    is_dry_run: bool = False,
) -> Repair:
    def make_poster() -> Poster:
        address = app.chosen_address(store.release)
        settings = app.extra_settings(address)
        return Poster(app.workspace, store, app.manager(address), settings)

    return repair_release(
        app.workspace,
        store,
        managers,
        app.decoder,
        make_poster,
        only=named.known,
        is_dry_run=is_dry_run,
    )


def _outcome(
    app: App,
    name: str,
    done: Repair,
    named: NamedJobs,
    rows: list[JobRow] | None = None,
    *,
    is_dry_run: bool = False,
) -> Outcome:
    for problem in done.problems:
        app.reporter.row("frames", problem.path, problem.to_json())
    outcomes = {job: ("left alone", why) for job, why in done.skipped}
    for job, frames in done.posted:
        outcomes[job] = ("" if is_dry_run else "repaired", f"frames {frames.text()}")
    data = {**done.to_json(), **named.tell(app, outcomes, "nothing to repair")}
    if rows is not None:
        data["jobs"] = [row.to_json() for row in rows]

    def show(out: Output) -> None:
        show_problems(out, done.problems)
        show_skipped(out, done.skipped)
        _show_posted(out, name, done, is_dry_run)
        named.show(out)
        if rows is not None:
            show_jobs(out, rows)

    is_bad = bool(done.unrepairable) or has_failed(rows or [])
    return Outcome(data, int(is_bad), show)


def _show_posted(out: Output, name: str, done: Repair, is_dry_run: bool) -> None:
    if not done.posted:
        out.line(f"Nothing of release '{name}' is to be rendered again.")
        return
    frames = sum(len(frames) for _job, frames in done.posted)
    would = "would be rendered" if is_dry_run else "are being rendered"
    out.line(f"{frames} frame(s) of {len(done.posted)} job(s) of release '{name}' {would} again.")
