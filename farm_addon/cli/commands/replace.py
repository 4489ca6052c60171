# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm replace``: render jobs anew whose files changed, or take that back."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...app import App
from ...core.errors import FarmError, UsageError
from ...core.planning.plan import PlanSource
from ...core.recorded_paths import RecordedPath
from ...core.release.job_search import find_job
from ...core.release.jobs import PlannedJob
from ...core.release.live import JobRow
from ...core.release.release_store import ReleaseStore, read_release
from ...core.submission.other_source import plan_from
from ...core.submission.reinstating import earlier_attempt
from ...core.submission.render_time import expect_render_time
from ...core.submission.replacing import (
    Pick,
    Replacement,
    is_unfinished,
    pick_job,
    pick_named,
    pick_stale,
    replace_jobs,
    undo_replacement,
)
from ..output import Outcome, Output
from .asking import confirm
from .job_name_files import add_jobs_from
from .job_selection import printable
from .job_table import has_failed, show_jobs
from .named_jobs import NamedJobs
from .plan_output import shorten
from .sending import drop_snapshots, duration, make_services, pending_snapshots, wait_for_jobs


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "replace",
        parents=parents,
        help="render jobs anew whose files changed",
        description="'job [RELEASE/]JOB': freeze one job again and send it as its next attempt."
        " 'release NAME --stale': those jobs of a release that something they depend on has made"
        " stale. The old attempt is cancelled, and what it left is kept in superseded/.",
    )
    parser.add_argument("what", choices=["job", "release"])
    parser.add_argument("name", metavar="[RELEASE/]JOB|NAME")
    parser.add_argument("--from", metavar="FILE", dest="source", help="the job's new .blend file")
    parser.add_argument("--again", action="store_true", help="even where nothing has changed since")
    parser.add_argument("--undo", action="store_true", help="bring the earlier attempt back")
    parser.add_argument("--stale", action="store_true", help="the jobs that are stale")
    parser.add_argument(
        "--unknown", action="store_true", help="with --stale: also those of which nobody can tell"
    )
    add_jobs_from(parser)
    parser.add_argument("--wait", action="store_true", help="until every job has ended")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Replace; with ``--wait`` exit 1 unless every job completed."""
    _refuse_what_makes_no_sense(arguments)
    if arguments.what == "release":
        store = read_release(app.workspace, arguments.name)
        named = NamedJobs.read(arguments, store.release)
        return _replace(arguments, app, output, store, _picks(arguments, app, store, named), named)
    release, job = find_job(app.workspace, arguments.name)
    store = read_release(app.workspace, release)
    if arguments.undo:
        return _undo(arguments, app, output, store, job)
    plan = _from(arguments, app, store, job) if arguments.source else None
    pick = pick_job(app.workspace, store, job, plan, again=arguments.again)
    return _replace(arguments, app, output, store, [pick] if pick else [])


def _picks(
    arguments: argparse.Namespace, app: App, store: ReleaseStore, named: NamedJobs
) -> list[Pick]:
    """Choose the jobs of a release: those that are named, of all or of them the stale ones."""
    if named.known is not None and not arguments.stale:
        return pick_named(app.workspace, store, named.known, again=arguments.again)
    return pick_stale(app.workspace, store, with_unknown=arguments.unknown, only=named.known)


def _refuse_what_makes_no_sense(arguments: argparse.Namespace) -> None:
    if arguments.what == "release" and not (arguments.stale or arguments.jobs_from):
        raise UsageError(
            "say which jobs of the release",
            hint="farm replace release NAME --stale [--unknown], or --jobs-from FILE",
        )
    if arguments.unknown and not arguments.stale:
        raise UsageError("--unknown goes with --stale")
    if arguments.what == "job" and arguments.jobs_from:
        raise UsageError(
            "--jobs-from is for a release", hint="farm replace release NAME --jobs-from FILE"
        )
    of_job = {"--from": arguments.source, "--undo": arguments.undo}
    if not arguments.jobs_from or arguments.stale:
        of_job["--again"] = arguments.again
    given = [option for option, value in of_job.items() if value]
    if arguments.what == "release" and given:
        raise UsageError(f"{given[0]} is for one job", hint="farm replace job [RELEASE/]JOB")
    if arguments.what == "job" and (arguments.stale or arguments.unknown):
        raise UsageError("--stale is for a release", hint="farm replace release NAME --stale")
    if arguments.undo and len(given) > 1:
        raise UsageError("--undo brings back what was; nothing else goes with it")


# --- replacing ------------------------------------------------------------------------------------


def _from(arguments: argparse.Namespace, app: App, store: ReleaseStore, job: str) -> PlannedJob:
    """Return the job as it is when it comes from another file."""
    path = Path(os.path.abspath(arguments.source))
    if not path.is_file():
        raise UsageError(f"there is no file '{path}'")
    source = PlanSource(app.freezer.read(path), RecordedPath.of(path, app.workspace.volume.root))
    farm = app.farm(app.chosen_address(store.release))
    return plan_from(store.release, job, source, farm, app.reporter)


def _replace(
    arguments: argparse.Namespace,
    app: App,
    output: Output,
    store: ReleaseStore,
    picks: Sequence[Pick],
    named: NamedJobs | None = None,
) -> Outcome:
    release = store.release.name
    named = named or NamedJobs(store.release, None)
    files = {pick.job: pick.files for pick in picks}
    expected_s = _expect(app, store, files) if picks else None
    data: dict[str, Any] = {
        "release": release,
        "picked": [pick.to_json() for pick in picks],
        "expected_render_s": expected_s,
    }
    picked = {pick.job: ("", pick.reason) for pick in picks}
    if not picks and not is_unfinished(store):
        data |= named.tell(app, {}, "left alone")
        return Outcome(data, show=lambda out: _show_nothing(out, arguments, release, named))
    if arguments.dry_run:
        data |= named.tell(app, picked, "left alone")
        return Outcome(data, show=lambda out: _show_dry(out, picks, expected_s, named))
    if any(not pick.is_begun for pick in picks):
        if not (output.is_json or output.is_events):
            _show_picks(output, picks, expected_s)
        confirm(arguments, output, f"replace {len(picks)} job(s) of release '{release}'")
    services = make_services(app, store.release)
    snapshots = pending_snapshots(store.release)
    done = replace_jobs(app.workspace, release, picks, services)
    drop_snapshots(snapshots - pending_snapshots(read_release(app.workspace, release).release))
    sent = {*done.posted, *done.found}
    replaced = {job: ("replaced", why) for job, (_, why) in picked.items() if job in sent}
    data |= {**done.to_json(), **named.tell(app, replaced, "left alone")}
    rows: Sequence[JobRow] = ()
    if arguments.wait:
        rows = wait_for_jobs(app, release, services, files)
        data["jobs"] = [row.to_json() for row in rows]

    def show(out: Output) -> None:
        _show(out, release, done, rows)
        named.show(out)

    return Outcome(data, int(has_failed(rows)), show)


def _expect(app: App, store: ReleaseStore, files: Mapping[str, int]) -> float | None:
    """Return how long rendering will take; not knowing it keeps nobody from replacing."""
    try:
        return expect_render_time(app.workspace, store, app.decoder, files)
    except FarmError as ex:
        app.reporter.status(f"the render time is not known: {ex.message}")
        return None


def _show_dry(
    out: Output, picks: Sequence[Pick], expected_s: float | None, named: NamedJobs
) -> None:
    if picks:
        _show_picks(out, picks, expected_s)
    else:
        out.line("Nothing to replace; an earlier replacement would be finished.")
    named.show(out)


def _show_picks(out: Output, picks: Sequence[Pick], expected_s: float | None) -> None:
    out.table(
        ("job", "attempt", "frames", "files", "because"),
        [
            (
                pick.job,
                str(pick.attempt or ""),
                shorten(pick.frames.text()),
                str(pick.files),
                printable(pick.reason),
            )
            for pick in picks
        ],
    )
    total = sum(len(pick.frames) for pick in picks)
    expected = "unknown" if expected_s is None else f"about {duration(expected_s)}"
    out.line(f"{len(picks)} job(s), {total} frame(s); expected render time: {expected}.")


def _show_nothing(
    out: Output, arguments: argparse.Namespace, release: str, named: NamedJobs
) -> None:
    named.show(out)
    if arguments.what == "release" and not arguments.stale:
        out.line(f"None of these jobs of release '{release}' is to be replaced.")
        out.line("To render once more what was replaced already: --again.")
    elif arguments.what == "release":
        kinds = "stale or unknown" if arguments.unknown else "stale"
        out.line(f"No job of release '{release}' is {kinds}.")
    else:
        out.line(f"Job '{arguments.name}' was replaced already, and nothing has changed since.")
        out.line("To render it once more: --again.")


def _show(out: Output, release: str, done: Replacement, rows: Sequence[JobRow]) -> None:
    parts = [f"{len(done.posted)} submitted"] if done.posted else []
    parts += [f"{len(done.found)} had arrived"] if done.found else []
    idle = "nothing was left to do" if done.findings else "what was begun is finished"
    what = ", ".join(parts) or idle
    out.line(f"Release '{release}' on {done.manager.text()}: {what}.")
    if rows:
        show_jobs(out, rows)


# --- taking it back -------------------------------------------------------------------------------


def _undo(
    arguments: argparse.Namespace, app: App, output: Output, store: ReleaseStore, job: str
) -> Outcome:
    release, state = store.release.name, store.release.jobs[job]
    data = {"release": release, "job": job, "undone": False}
    if state.is_reinstated and not state.reinstating:
        return Outcome(data, show=lambda out: out.line(_already(job, state.current)))
    number = state.reinstating or earlier_attempt(state).number
    what = f"bring attempt {number} of job '{job}' back and cancel attempt {state.current}"
    if arguments.dry_run:
        return Outcome(data, show=lambda out: out.line(f"Would {what}."))
    if not state.reinstating:
        confirm(arguments, output, what)
    services = make_services(app, store.release)
    data["undone"] = undo_replacement(app.workspace, release, job, state.current, services)
    if not arguments.wait:
        return Outcome(data, show=lambda out: out.line(_undone(job, number)))
    rows = wait_for_jobs(app, release, services, [job])

    def show(out: Output) -> None:
        out.line(_undone(job, number))
        show_jobs(out, rows)

    return Outcome({**data, "jobs": [row.to_json() for row in rows]}, int(has_failed(rows)), show)


def _undone(job: str, attempt: int) -> str:
    return f"Attempt {attempt} of job '{job}' counts again."


def _already(job: str, attempt: int) -> str:
    return f"The last replacement of job '{job}' was undone already: attempt {attempt} counts."
