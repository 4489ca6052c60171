# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm priority``: change the priority of the jobs that a query matches."""

from __future__ import annotations

import argparse
from typing import Any

from ...app import App
from ...core.farm_jobs.changing import changing_priority
from ..output import Outcome, Output
from .job_changes import find, run_change
from .job_selection import add_guards, add_query


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "priority",
        parents=parents,
        help="change the priority of the jobs that a query matches",
        description="Give the jobs that a query matches another priority with their Manager. The"
        " plan keeps its own, which the next attempt gets.",
    )
    parser.add_argument("priority", metavar="N", type=int, help="0 to 100, higher first")
    add_query(parser)
    add_guards(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Change priorities; exit 1 if a job's could not be changed."""
    change = changing_priority(arguments.priority)
    return run_change(arguments, app, output, find(arguments, app), change)
