# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm harvest release``: check every frame, then deliver them."""

from __future__ import annotations

import argparse
from typing import Any

from ...app import App
from ...core.delivery.harvest import Harvest, harvest
from ...core.release.release_store import read_release, write_release
from ..output import Outcome, Output


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "harvest",
        parents=parents,
        help="check every frame of a release and deliver them",
        description="Decode every expected frame. If all are whole, move them to dist/NAME;"
        " otherwise nothing moves, and the table says what is wrong.",
    )
    parser.add_argument("what", choices=["release"])
    parser.add_argument("name", metavar="NAME")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Harvest; exit 1 if any frame does not pass."""
    workspace, name = app.workspace, arguments.name
    if arguments.dry_run:
        result = harvest(workspace, read_release(workspace, name), app.decoder, is_dry_run=True)
    else:
        with write_release(workspace, name, f"harvest release {name}") as store:
            result = harvest(
                workspace, store, app.decoder, make_contact_sheet=app.make_contact_sheet
            )
    for problem in result.problems:
        app.reporter.row("frames", problem.path, problem.to_json())
    return Outcome(
        result.to_json(),
        int(bool(result.problems)),
        lambda out: _show(out, name, result, arguments.dry_run),
    )


def _show(out: Output, name: str, result: Harvest, is_dry_run: bool) -> None:
    if result.problems:
        out.table(
            ("job", "frame", "view", "problem"),
            [(one.job, str(one.frame), one.view, one.problem) for one in result.problems],
        )
        out.line(f"{len(result.problems)} frame(s) of release '{name}' do not pass. Nothing moved.")
    elif is_dry_run:
        out.line(f"{len(result.delivered)} frame(s) of release '{name}' pass.")
    elif not result.jobs:
        out.line(f"Everything of release '{name}' is delivered already:")
        out.line(str(result.dist))
    else:
        out.line(f"{result.frames} frame(s) of release '{name}' were checked and delivered to")
        out.line(str(result.dist))
