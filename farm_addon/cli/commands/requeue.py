# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm requeue``: queue the jobs that a query matches again."""

from __future__ import annotations

import argparse
from typing import Any

from ...app import App
from ...core.farm_jobs.changing import requeueing
from ..output import Outcome, Output
from .job_changes import find, run_change
from .job_selection import add_guards, add_query


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "requeue",
        parents=parents,
        help="queue cancelled, failed, paused or stalled jobs again",
        description="Queue again what a query matches: cancelled, failed, paused or stalled jobs."
        " Frames that are there are kept, so that a completed job would render nothing new:"
        " such jobs are left alone.",
    )
    add_query(parser)
    parser.add_argument(
        "--completed",
        action="store_true",
        help="completed jobs too: renders the frames that are missing from their folder",
    )
    add_guards(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Requeue; exit 1 if a job could not be queued."""
    selection = find(arguments, app)
    running = [
        job for job in selection.jobs if job.remote and job.remote.status in ("active", "queued")
    ]
    stalled = [
        job
        for job, is_stalled in zip(running, selection.flags.stalled(running), strict=True)
        if is_stalled
    ]
    change = requeueing(stalled, with_completed=arguments.completed)
    return run_change(arguments, app, output, selection, change)
