# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm resume``: let paused jobs go on."""

from __future__ import annotations

import argparse
from typing import Any

from ...app import App
from ...core.farm_jobs.changing import resuming
from ..output import Outcome, Output
from .job_changes import find, run_change
from .job_selection import add_guards, add_query


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "resume",
        parents=parents,
        help="let paused jobs go on",
        description="Queue the paused jobs that a query matches.",
    )
    add_query(parser)
    add_guards(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Resume; exit 1 if a job could not be resumed."""
    return run_change(arguments, app, output, find(arguments, app), resuming())
