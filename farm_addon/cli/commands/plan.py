# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm plan release``: read scenes, judge them, write the plan."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from ...app import App
from ...core.errors import FarmError, UsageError
from ...core.names import check_name
from ...core.planning.options import Expand, PlanOptions
from ...core.planning.plan import Plan
from ...core.planning.plan_release import plan_release
from ...core.planning.worker_tags import find_worker_tag
from ...core.ports import ManagerAddress
from ...core.release.release_store import read_release, release_names
from ...core.storage.disk import free_bytes
from ...core.submission.forecast import Forecast, forecast, needed_bytes
from ..output import Outcome, Output
from ..snapshot_file import Snapshot
from .asking import ask, can_ask
from .blend_files import FilesRead
from .job_name_files import write_job_names
from .plan_choices import read_options, read_snapshot_of, read_sources
from .plan_output import files_json, row_json, show_files, show_plan, summary
from .plan_questions import ask_how, ask_what
from .submit import refuse_waiting, submit_planned


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "plan",
        parents=parents,
        help="plan a release from scenes",
        description="Read the scenes of .blend files and plan one job for each. Nothing is"
        " rendered or sent. Planning again changes the jobs of these files only. Without NAME, on"
        " a terminal, it asks.",
    )
    parser.add_argument("what", choices=["release"])
    parser.add_argument("name", metavar="NAME", nargs="?", default="")
    parser.add_argument("blends", metavar="FILE.blend", nargs="*", help="files, or folders of them")
    parser.add_argument(
        "--snapshot",
        metavar="FILE.json",
        default="",
        help="a snapshot of an open session, as the panel saves it",
    )
    _add_jobs(parser.add_argument_group("what becomes a job"))
    _add_names(parser.add_argument_group("names"))
    parser.add_argument("--chunk-size", metavar="N", type=int, help="frames per task")
    parser.add_argument("--priority", metavar="N", type=int, help="0 to 100, higher first")
    parser.add_argument(
        "--worker-tag", metavar="NAME", default="", help="only Workers with this tag"
    )
    parser.add_argument(
        "--outputs", action="store_true", help="print the name of every file that is delivered"
    )
    parser.add_argument(
        "--skip-broken",
        action="store_true",
        help="leave files with errors out, and plan the others",
    )
    _add_submission(parser.add_argument_group("and then"))
    parser.set_defaults(run=run)


def _add_submission(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--submit", action="store_true", help="submit the release, too")
    group.add_argument(
        "--paused", action="store_true", help="with --submit: new jobs wait until they are resumed"
    )
    group.add_argument(
        "--wait", action="store_true", help="with --submit: until every job has ended"
    )
    group.add_argument(
        "--jobs-to",
        metavar="FILE",
        default="",
        help="write the names of these files' jobs to a text file, for 'farm submit --jobs-from'",
    )


def _add_jobs(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--scenes", metavar="GLOB", action="append", default=[], help="only these scenes"
    )
    group.add_argument(
        "--expand",
        choices=[one.value for one in Expand],
        default=Expand.SCENES.value,
        help="one job for each scene, or each camera or view layer of it",
    )
    group.add_argument(
        "--frames", metavar="RANGE", default="", help="these frames, as 1-100x5, not the scene's"
    )


def _add_names(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--job-name", metavar="TEMPLATE", default="", help="names of jobs, as {file}_{camera}"
    )
    group.add_argument(
        "--dist-name",
        metavar="TEMPLATE",
        default="",
        help="names of delivered files, as {job}_{frame:04d}.{ext}",
    )
    group.add_argument(
        "--frame-names",
        metavar="FILE",
        default="",
        help="names of frames: a .csv or .json file, or 'markers'",
    )
    group.add_argument(
        "--facts",
        metavar="PATTERN",
        default="",
        help="fields that files' paths tell, as {material}/{object}.blend",
    )


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Plan, and submit where that is wanted; exit 1 if a finding blocks."""
    _refuse_what_makes_no_sense(arguments)
    is_asking = not arguments.name
    snapshot = read_snapshot_of(arguments)
    if is_asking:
        address, files, options = _ask(arguments, app, output, snapshot)
    else:
        arguments.name = check_name(arguments.name)  # before a Blender is started
        address = _manager_of(arguments.name, app)
        options = read_options(arguments, app, address, snapshot)
        files = read_sources(arguments, app, snapshot)

    def before_writing(plan: Plan) -> None:
        _show(output, arguments, plan)
        if is_asking:
            ask(output, "Write this plan?", "y", _read_yes)

    plan = plan_release(
        app.workspace,
        arguments.name,
        files.sources,
        options,
        app.farm(address),
        unread=files.unread,
        is_dry_run=arguments.dry_run,
        before_writing=before_writing,
    )
    outcome = _outcome(arguments, app, plan, files)
    if not plan.is_blocked:
        rows = [row["job"] for row in outcome.data["scenes"]]
        write_job_names(arguments.jobs_to, [*rows, *plan.dropped])
    if arguments.submit and not arguments.dry_run and not plan.is_blocked:
        return _submit(arguments, app, output, outcome)
    return outcome


def _refuse_what_makes_no_sense(arguments: argparse.Namespace) -> None:
    if (arguments.paused or arguments.wait) and not arguments.submit:
        option = "--paused" if arguments.paused else "--wait"
        raise UsageError(f"{option} goes with --submit")
    refuse_waiting(arguments)


def _ask(
    arguments: argparse.Namespace, app: App, output: Output, snapshot: Snapshot | None
) -> tuple[ManagerAddress, FilesRead, PlanOptions]:
    """Ask for what was not said.

    :raises UsageError: if nobody is there to ask.
    """
    if not can_ask(output) or arguments.yes:
        raise UsageError(
            "name the release and the .blend files to plan",
            hint="farm plan release NAME FILE.blend …; on a terminal, without NAME, it asks",
        )
    ask_what(arguments, output, release_names(app.workspace))
    address = _manager_of(arguments.name, app)
    files = read_sources(arguments, app, snapshot)

    def find_tag(text: str) -> str:
        return find_worker_tag(text, lambda: app.manager(address))

    ask_how(arguments, output, files.sources, app.workspace.config, find_tag)
    return address, files, read_options(arguments, app, address, snapshot)


def _manager_of(name: str, app: App) -> ManagerAddress:
    """Return the Manager that a release is on, since it is asked to render the rest too."""
    is_known = name in release_names(app.workspace)
    return app.chosen_address(read_release(app.workspace, name).release if is_known else None)


def _read_yes(text: str) -> None:
    if text.lower() not in ("y", "yes"):
        raise FarmError("nothing was done")


def _outcome(arguments: argparse.Namespace, app: App, plan: Plan, files: FilesRead) -> Outcome:
    is_written = plan.has_changes and not arguments.dry_run and not plan.is_blocked
    name = arguments.name
    store = read_release(app.workspace, name) if name in release_names(app.workspace) else None
    forecasts = forecast(app.workspace, plan, store)
    rows = [row_json(one, plan) for one in forecasts]
    is_one_file = len({one.row.source for one in forecasts}) <= 1
    for one, values in zip(forecasts, rows, strict=True):
        key = one.row.unit.text()
        app.reporter.row("scenes", key if is_one_file else f"{values['file']}: {key}", values)
    data = {
        "release": name,
        "scenes": rows,
        "files": files_json(files, plan),
        "add": [job.name for job in plan.added],
        "replace": [job.name for job in plan.replaced],
        "changes": {name: list(changes) for name, changes in plan.changes.items()},
        "unchanged": list(plan.unchanged),
        "drop": list(plan.dropped),
        "outputs": {name: list(names) for name, names in plan.outputs.items()},
        "needs_bytes": needed_bytes(forecasts),
        "free_bytes": free_bytes(app.workspace.volume.root),
        "is_written": not (arguments.dry_run or plan.is_blocked),
    }

    def show(out: Output) -> None:
        if not is_written:  # else it was shown before it was written
            _show(out, arguments, plan, forecasts if arguments.dry_run else ())
        if files.is_batch:
            show_files(out, files, plan)
        out.line(summary(name, plan, is_dry_run=arguments.dry_run))

    return Outcome(data, int(plan.is_blocked), show)


def _show(
    output: Output, arguments: argparse.Namespace, plan: Plan, forecasts: Sequence[Forecast] = ()
) -> None:
    if not output.is_json and not output.is_events:
        show_plan(output, plan, forecasts, with_outputs=arguments.outputs)


def _submit(arguments: argparse.Namespace, app: App, output: Output, planned: Outcome) -> Outcome:
    """Submit the release that was planned just now, with all that is in it."""
    if planned.show is not None and not (output.is_json or output.is_events):
        planned.show(output)  # its jobs may take long
    submitted = submit_planned(arguments, app)
    data = {**planned.data, "submission": submitted.data}
    return Outcome(data, submitted.exit_status, submitted.show)
