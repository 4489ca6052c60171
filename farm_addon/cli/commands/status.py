# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm status``: how releases and their jobs stand."""

from __future__ import annotations

import argparse
import math
from typing import Any

from ...app import App
from ...core.errors import RecordError, UsageError
from ...core.farm_jobs.selecting import JOBS
from ...core.release.following import Follower, wait_for_release
from ...core.release.live import JobRow, job_rows
from ...core.release.release_store import known_names, read_release
from ...core.release.shown import SORT_KEYS, Shown
from ...core.submission.staleness import Verdict, judge_jobs
from ..output import Outcome, Output
from .job_selection import select, show_found, show_silent, tell_rows
from .job_table import show_jobs
from .status_follow import follow
from .status_job import show_job


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "status",
        parents=parents,
        help="show how releases and jobs stand",
        description="Alone: one line per release. 'release NAME': one line per job of it."
        " 'jobs QUERY': the jobs that a query matches, on all Managers, planned ones too."
        " 'job RELEASE/JOB': one job, with its failed tasks, its newest frame and its folder.",
    )
    parser.add_argument("what", choices=["release", JOBS, "job"], nargs="?")
    parser.add_argument("name", metavar="NAME|QUERY|RELEASE/JOB", nargs="?")
    parser.add_argument("--watch", action="store_true", help="follow until every job has ended")
    parser.add_argument(
        "--follow", action="store_true", help="go on until Ctrl-C, and tell about the farm too"
    )
    parser.add_argument(
        "--filter", metavar="QUERY", default="", help="only the jobs that a query matches"
    )
    parser.add_argument(
        "--sort",
        metavar="FIELD",
        default="",
        help=f"{', '.join(SORT_KEYS)}; with --sort=-FIELD the other way round",
    )
    parser.add_argument(
        "--interval", metavar="S", type=seconds, help="seconds between two looks while it renders"
    )
    parser.add_argument(
        "--stale",
        action="store_true",
        help="only the jobs that are stale, or may be, each with the reason; asks no Manager",
    )
    parser.add_argument("--all", action="store_true", help="with --stale: the fresh ones too")
    parser.add_argument(
        "--picture", metavar="FILE.jpg", default="", help="of a job: write its newest picture"
    )
    parser.add_argument(
        "--foreign", action="store_true", help="also jobs that this farm did not submit"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Show; exit 0 whatever the jobs' states."""
    _refuse_what_makes_no_sense(arguments)
    if arguments.follow:
        follow(app, output, arguments.name or "", _shown(arguments), arguments.interval)
    if arguments.what == "job":
        return show_job(app, arguments.name, arguments.picture)
    if arguments.what is None:
        return _all(app)
    if arguments.what == JOBS:
        return _jobs(arguments, app)
    if arguments.stale:
        return _stale(arguments.name, app, with_fresh=arguments.all)
    return _release(arguments, app, output)


def _refuse_what_makes_no_sense(arguments: argparse.Namespace) -> None:
    """Refuse options that do not go with what is to be shown."""
    if arguments.what == "release" and not arguments.name:
        raise UsageError("name the release", hint="farm status release NAME")
    if arguments.what == JOBS and not arguments.name:
        raise UsageError("say which jobs", hint="farm status jobs 'status:failed age>2d'")
    if arguments.what == "job" and not arguments.name:
        raise UsageError("name the job", hint="farm status job RELEASE/JOB")
    if arguments.picture and arguments.what != "job":
        raise UsageError("--picture is for one job", hint="farm status job RELEASE/JOB --picture …")
    if arguments.follow and arguments.what not in (None, "release"):
        raise UsageError("--follow is for a release, or for the farm", hint="leave it out")
    for option in ("watch", "stale", "filter", "sort"):
        _refuse_without_release(arguments, option)
    if arguments.all and not arguments.stale:
        raise UsageError("--all is for --stale", hint="farm status release NAME --stale --all")
    if (arguments.watch or arguments.follow) and arguments.stale:
        raise UsageError("--watch follows all jobs, not the stale ones", hint="leave one out")
    if arguments.what != JOBS and arguments.foreign:
        raise UsageError("--foreign is for a query", hint="farm status jobs QUERY --foreign")


def _refuse_without_release(arguments: argparse.Namespace, name: str) -> None:
    """Refuse an option that is for one release; following the farm alone is watching too."""
    if arguments.what == "release" or not getattr(arguments, name):
        return
    if name == "watch" and arguments.follow:
        return
    hint = f"farm status release NAME --{name}"
    if arguments.what == JOBS and name == "stale":
        hint += ", or ask for is:stale in the query"
    raise UsageError(f"--{name} is for one release", hint=hint)


def seconds(text: str) -> float:
    """Read a number of seconds between half a second and an hour; argparse names the function."""
    found = float(text)
    if not math.isfinite(found) or not 0.5 <= found <= 3600:
        raise argparse.ArgumentTypeError("from 0.5 to 3600 seconds")
    return found


def _shown(arguments: argparse.Namespace) -> Shown:
    return Shown(arguments.filter, arguments.sort or "plan")


def _release(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    name, shown = arguments.name, _shown(arguments)
    if arguments.watch:
        watch = app.watch(arguments.interval)
        with output.live_jobs():
            rows = wait_for_release(app.workspace, name, watch, shown=shown)
    else:
        watch = app.watch(patience_s=math.inf)
        follower = Follower(app.workspace, name, watch, shown=shown)
        follower.step()
        rows = follower.shown_rows
        for why in (*follower.answers.silent.values(), *follower.answers.deaf.values()):
            app.reporter.status(why)
    data = {"release": name, "jobs": [row.to_json() for row in rows]}
    return Outcome(data, show=lambda out: show_jobs(out, rows))


def _stale(name: str, app: App, *, with_fresh: bool) -> Outcome:
    store = read_release(app.workspace, name)
    names = [state.plan.name for state in store.release.planned()]
    verdicts = judge_jobs(app.workspace, store, names, app.workspace.hasher())
    for one in verdicts if with_fresh else ():
        if one.verdict is Verdict.FRESH:
            app.reporter.row("stale", one.job, one.to_json())
    found = [one for one in verdicts if one.verdict is not Verdict.FRESH]
    for one in found:
        app.reporter.row("stale", one.job, one.to_json())
    data = {
        "release": name,
        "jobs": [one.to_json() for one in found],
        "fresh": len(verdicts) - len(found),
        "never_frozen": len(names) - len(verdicts),
    }

    def show(out: Output) -> None:
        if found:
            out.table(
                ("job", "verdict", "because"),
                [(one.job, one.verdict.value, one.reason) for one in found],
            )
        never = f", {data['never_frozen']} never frozen" if data["never_frozen"] else ""
        out.line(f"{data['fresh']} of {len(names)} job(s) of release '{name}' are fresh{never}.")

    return Outcome(data, show=show)


def _jobs(arguments: argparse.Namespace, app: App) -> Outcome:
    selection = select(arguments, app, JOBS, arguments.name, with_foreign=arguments.foreign)
    rows = [job.to_json() for job in selection.jobs]
    tell_rows(app, rows)

    def show(out: Output) -> None:
        if selection.jobs:
            show_found(out, selection.jobs)
        out.line(f"{len(selection.jobs)} job(s) match." if selection.jobs else "No job matches.")
        show_silent(out, selection)

    return Outcome({"query": arguments.name, "jobs": rows}, show=show)


def _all(app: App) -> Outcome:
    releases = []
    for name in known_names(app.workspace):
        try:
            store = read_release(app.workspace, name)
        except RecordError as ex:
            app.reporter.status(f"release '{name}' was left out: {ex.message}")
            continue
        rows = job_rows(store.release, app.managers(store.release.managers()))
        summary = {"release": name, "jobs": len(rows), **_count(rows)}
        app.reporter.row("releases", name, summary)
        releases.append(summary)

    def show(out: Output) -> None:
        if not releases:
            out.line(f"There is no release on '{app.workspace.volume.root}'.")
            return
        out.table(
            ("release", "jobs", "frames", "states"),
            [
                (
                    str(one["release"]),
                    str(one["jobs"]),
                    f"{one['done']}/{one['total']}",
                    ", ".join(f"{count} {state}" for state, count in one["states"].items()),
                )
                for one in releases
            ],
        )

    return Outcome({"releases": releases}, show=show)


def _count(rows: list[JobRow]) -> dict[str, Any]:
    states: dict[str, int] = {}
    for row in rows:
        states[row.state] = states.get(row.state, 0) + 1
    return {
        "done": sum(row.frames_done for row in rows),
        "total": sum(row.frames_total for row in rows),
        "states": states,
    }
