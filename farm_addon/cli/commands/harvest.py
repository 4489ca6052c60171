# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm harvest release``: check every frame, then deliver them; or take a delivery back."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from ...app import App
from ...core.delivery.harvest import Harvest, HarvestOptions, harvest
from ...core.delivery.oddities import list_names
from ...core.delivery.undo import Undone, undo_delivery
from ...core.errors import UsageError
from ...core.ports import Manager, ManagerAddress
from ...core.release.release_store import ReleaseStore, read_release, write_release
from ..output import Outcome, Output
from .asking import confirm
from .frame_table import show_problems, show_skipped
from .job_name_files import add_jobs_from
from .named_jobs import NamedJobs


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "harvest",
        parents=parents,
        help="check every frame of a release and deliver them",
        description="Decode every expected frame. If all are whole, move them to dist/NAME;"
        " otherwise nothing moves, and the table says what is wrong. Nothing in dist/NAME is ever"
        " overwritten.",
    )
    parser.add_argument("what", choices=["release"])
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--partial",
        action="store_true",
        help="deliver the frames that pass; a later harvest adds the rest",
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="put new frames in the place of delivered ones, which are kept in superseded/dist",
    )
    parser.add_argument(
        "--dist-name",
        metavar="TEMPLATE",
        default="",
        help="name the frames of this delivery like '{job}_{frame:04d}.{ext}';"
        " with --replace delivered ones too",
    )
    add_jobs_from(parser)
    parser.add_argument("--undo", action="store_true", help="take the last delivery back")
    parser.add_argument(
        "--delivery",
        metavar="ID",
        default="",
        help="with --undo: only if this delivery is the last one; safe to be run again",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Harvest; exit 1 if anything does not pass, also where the rest was delivered."""
    if arguments.undo:
        others = arguments.partial or arguments.replace or arguments.dist_name
        if others or arguments.jobs_from:
            raise UsageError(
                "--undo takes the last delivery back as it was",
                hint="leave --partial, --replace, --dist-name and --jobs-from out",
            )
        return _undo(arguments, app)
    if arguments.delivery:
        raise UsageError("--delivery goes with --undo")
    name: str = arguments.name
    named = NamedJobs.read(arguments, read_release(app.workspace, name).release)
    result = _harvest(arguments, app, output, named)
    for problem in result.problems:
        app.reporter.row("frames", problem.path, problem.to_json())
    outcomes = {one.job: (one.state.value, one.why) for one in result.gate}
    data = {**result.to_json(), **named.tell(app, outcomes, "left alone")}

    def show(out: Output) -> None:
        if named.known != []:
            _show(out, name, result, arguments)
        named.show(out)

    return Outcome(data, int(not result.is_whole), show)


def _harvest(arguments: argparse.Namespace, app: App, output: Output, named: NamedJobs) -> Harvest:
    workspace, name = app.workspace, arguments.name
    only = None if named.known is None else frozenset(named.known)
    options = HarvestOptions(arguments.partial, arguments.replace, arguments.dist_name, only)

    def managers(store: ReleaseStore) -> Mapping[ManagerAddress, Manager]:
        return app.managers(store.release.managers()) if options.is_partial else {}

    def approve(names: Sequence[str]) -> None:
        confirm(
            arguments,
            output,
            f"Replace {len(names)} file(s) in dist/{name} ({list_names(names)});"
            " the old ones are kept in superseded/dist",
        )

    if arguments.dry_run:
        store = read_release(workspace, name)
        return harvest(
            workspace,
            store,
            app.decoder,
            options,
            is_dry_run=True,
            managers=managers(store),
            ask_managers=lambda: app.managers(store.release.managers()),
        )
    with write_release(workspace, name, f"harvest release {name}") as store:
        return harvest(
            workspace,
            store,
            app.decoder,
            options,
            managers=managers(store),
            approve=approve,
            make_contact_sheet=app.make_contact_sheet,
        )


def _undo(arguments: argparse.Namespace, app: App) -> Outcome:
    workspace, name = app.workspace, arguments.name
    if arguments.dry_run:
        store = read_release(workspace, name)
        done = undo_delivery(workspace, store, only=arguments.delivery, is_dry_run=True)
    else:
        with write_release(workspace, name, f"harvest release {name} --undo") as store:
            done = undo_delivery(workspace, store, only=arguments.delivery)
    return Outcome(done.to_json(), show=lambda out: _show_undone(out, name, done, arguments))


def _show(out: Output, name: str, result: Harvest, arguments: argparse.Namespace) -> None:
    show_problems(out, result.problems)
    show_skipped(out, result.skipped)
    if arguments.dry_run:
        _show_what_would_go(out, name, result)
    elif result.delivery:
        _show_delivered(out, name, result)
    elif result.problems:
        out.line(f"{_failed(name, result)} Nothing moved.")
    elif result.skipped:
        out.line(f"Nothing of release '{name}' can be delivered yet.")
    else:
        out.line(f"Everything of release '{name}' is delivered already:")
        out.line(str(result.dist))
    _show_ways_on(out, name, result)


def _show_what_would_go(out: Output, name: str, result: Harvest) -> None:
    if result.problems:
        out.line(_failed(name, result))
    out.line(f"{result.passed} frame(s) of release '{name}' pass.")
    if result.replaced:
        out.line(f"{result.replaced} file(s) in dist/{name} would be replaced.")
    if result.renamed:
        out.line(f"{result.renamed} file(s) in dist/{name} would get other names.")


def _show_delivered(out: Output, name: str, result: Harvest) -> None:
    if result.frames or not result.renamed:
        out.line(f"{result.frames} frame(s) of release '{name}' were checked and delivered to")
        out.line(str(result.dist))
    if result.renamed:
        out.line(f"{result.renamed} file(s) in dist/{name} have other names now.")
    if result.replaced:
        out.line(
            f"{result.replaced} file(s) that were there are kept in"
            f" superseded/dist/{result.delivery}."
        )
    if result.problems:
        out.line(_failed(name, result))


def _failed(name: str, result: Harvest) -> str:
    return f"{len(result.problems)} frame(s) of release '{name}' do not pass."


def _show_ways_on(out: Output, name: str, result: Harvest) -> None:
    """Say what to do about frames that do not pass."""
    codes = {one.code for one in result.problems}
    if "in-the-way" in codes:
        out.line(f"Put new frames in the place of old ones: farm harvest release {name} --replace")
    if codes - {"in-the-way", "name-clash", "name-blocked"}:
        out.line(f"Render bad frames again: farm repair release {name}")


def _show_undone(out: Output, name: str, done: Undone, arguments: argparse.Namespace) -> None:
    if not done.delivery and arguments.delivery:
        out.line(f"Delivery '{arguments.delivery}' is not the last one of release '{name}'.")
        return
    if not done.delivery:
        out.line(f"Nothing of release '{name}' is delivered.")
        return
    was, are, have = "was", "are", "have"
    if arguments.dry_run:
        was, are, have = "would be", "would be", "would have"
    out.line(f"The last delivery of release '{name}' {was} taken back.")
    if done.files or not done.renamed:
        out.line(f"{done.files} file(s) of {len(done.jobs)} job(s) {are} frames of out/ again.")
    if done.renamed:
        out.line(f"{done.renamed} file(s) in dist/{name} {have} their former names again.")
    if done.returned:
        out.line(f"{done.returned} file(s) that it had replaced {are} in dist/{name} again.")
