# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm slash-and-burn``: clear the whole farm away."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from ...app import App
from ...core.archiving.slash_and_burn import Burnt, slash_and_burn
from ...core.archiving.survey import Doomed, FarmJobs, find_doomed, find_jobs, trash_size
from ...core.errors import FarmError, ManagerError, UsageError
from ...core.ports import Manager, ManagerAddress
from ..output import Outcome, Output
from .asking import can_ask
from .job_selection import printable


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "slash-and-burn",
        parents=parents,
        help="clear the whole farm away",
        description="Cancel and delete every job that was submitted from this volume, and move"
        " releases/ and quick/ to trash/. dist/, archives/ and what is Flamenco's stay. It shows"
        " what goes and wants the farm's name typed; without a terminal: --yes and --name FARM.",
    )
    parser.add_argument("--now", action="store_true", help="remove it all, and empty the trash")
    parser.add_argument("--name", metavar="FARM", default="", help="the farm's name")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Clear away; exit 1 if something was left where it is."""
    workspace = app.workspace
    farm_name = workspace.config.name
    if arguments.name and arguments.name != farm_name:
        raise UsageError(f"this farm is not '{printable(arguments.name)}'", hint="look again")
    doomed = find_doomed(workspace.volume)
    managers = _managers(app, doomed)
    jobs = find_jobs(workspace, doomed, managers)
    for one in doomed:
        app.reporter.row("releases", one.name, one.to_json())
    trash_bytes = trash_size(workspace.volume) if arguments.now else 0
    data = {
        "farm": farm_name,
        "releases": [one.to_json() for one in doomed],
        "jobs": jobs.count,
        "trash_bytes": trash_bytes,
    }
    if not doomed and not jobs.count and not trash_bytes:
        return Outcome(
            {**data, **Burnt().to_json()},
            show=lambda out: out.line(f"There is nothing to clear away on farm '{farm_name}'."),
        )
    if arguments.dry_run:
        return Outcome(data, show=lambda out: _show_doomed(out, doomed, jobs, trash_bytes))
    _confirm(arguments, output, farm_name, doomed, jobs, trash_bytes)
    burnt = slash_and_burn(workspace, doomed, jobs, managers, is_now=arguments.now)
    return Outcome(
        {**data, **burnt.to_json()},
        int(bool(burnt.refused)),
        lambda out: _show_burnt(out, farm_name, doomed, burnt, arguments.now),
    )


def _managers(app: App, doomed: Sequence[Doomed]) -> dict[ManagerAddress, Manager]:
    """Return the Managers that have jobs of ours, and the one that submissions go to now."""
    addresses = dict.fromkeys(address for one in doomed for address in one.managers)
    chosen = app.chosen_address()
    managers = app.managers(address for address in addresses if address != chosen)
    try:
        managers[chosen] = app.manager(chosen)
    except ManagerError as ex:
        raise ManagerError(
            f"the farm's own Manager must be asked first: {ex.message}", hint=ex.hint
        ) from ex
    return managers


def _confirm(
    arguments: argparse.Namespace,
    output: Output,
    farm_name: str,
    doomed: Sequence[Doomed],
    jobs: FarmJobs,
    trash_bytes: int,
) -> None:
    """Show what goes, and go on only after the farm's name."""
    if arguments.yes and arguments.name:
        return
    if not can_ask(output):
        raise UsageError(
            f"clear farm '{farm_name}' away: nobody is there to ask",
            hint="say --yes and --name FARM if you mean it; --dry-run shows what would go",
        )
    _show_doomed(output, doomed, jobs, trash_bytes)
    output.ask("Type the farm's name to clear it away: ")
    if sys.stdin.readline().strip() != farm_name:
        raise FarmError("nothing was done: that is not the farm's name")


def _show_doomed(out: Output, doomed: Sequence[Doomed], jobs: FarmJobs, trash_bytes: int) -> None:
    if doomed:
        out.table(
            ("what", "name", "size", "not harvested", "archived", "running", "note"),
            [_cells(one) for one in doomed],
        )
    for address, found in jobs.jobs.items():
        if found:
            out.line(f"{len(found)} job(s) on {address.text()} will be deleted.")
    for address in jobs.silent:
        out.line(f"{address.text()} cannot be asked: what has jobs there stays.")
    if trash_bytes:
        out.line(f"{_megabytes(trash_bytes)} in the trash will be removed for good.")


def _cells(one: Doomed) -> tuple[str, ...]:
    is_release = one.kind != "foreign"
    note = f"locked by {one.owner}" if one.owner else one.problem
    return (
        one.kind,
        printable(one.name),
        _megabytes(one.size_bytes),
        f"{one.unharvested_frames} frame(s)" if is_release else "",
        ("yes" if one.is_archived else "no") if is_release else "",
        f"{one.running_jobs} job(s)" if is_release else "",
        printable(note),
    )


def _show_burnt(
    out: Output, farm_name: str, doomed: Sequence[Doomed], burnt: Burnt, is_now: bool
) -> None:
    foreign = {one.name for one in doomed if one.kind == "foreign"}
    if burnt.moved and not is_now:
        rows = [
            (printable(name), "foreign" if name in foreign else "", where)
            for name, where in burnt.moved.items()
        ]
        out.table(("what", "", "is now in"), rows)
    for name, why in burnt.refused.items():
        out.line(f"'{printable(name)}' was left alone: {printable(why)}.")
    parts = [f"{burnt.jobs_deleted} job(s) deleted"]
    if is_now:
        parts.append(f"{_megabytes(burnt.trash_bytes)} removed")
    else:
        parts.append(f"{len(burnt.moved)} folder(s) and files in the trash")
    out.line(f"Farm '{farm_name}': {', '.join(parts)}.")


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB"
