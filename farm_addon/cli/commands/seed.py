# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm seed job``: push one job ahead of everything that waits."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from ...app import App
from ...core.errors import UsageError
from ...core.names import check_name
from ...core.release.release_store import ReleaseStore
from ...core.submission.seed_choice import (
    Seed,
    Step,
    choose_source,
    choose_step,
    open_quick,
    plan_seed,
)
from ...core.submission.seeding import Seeded, seed_job
from ...core.submission.sender import Services
from ...core.volume import QUICK
from ..output import Outcome, Output
from .asking import confirm
from .job_table import has_failed, show_jobs
from .sending import make_services, wait_for_jobs

_WORDS = {
    Step.NEW: "is new",
    Step.REPLACE: "is there and is replaced",
    Step.SEND: "is there and was not sent yet",
    Step.ADVANCE: "is there, was sent and has not changed",
}


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "seed",
        parents=parents,
        help="push one job ahead of everything that waits",
        description="Freeze the active scene of FILE and send it as job JOB of 'quick', with a"
        " priority above all that waits. Without FILE: the job's own file. A job that was sent and"
        " has not changed is put ahead.",
    )
    parser.add_argument("what", choices=["job"])
    parser.add_argument("words", metavar="[FILE] JOB", nargs="+")
    parser.add_argument("--wait", action="store_true", help="until the job has ended")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Seed; with ``--wait`` exit 1 unless the job completed."""
    file, job = _words(arguments.words)
    store = open_quick(app.workspace)
    services = make_services(app, store.release if store else None, is_any_manager=True)
    seed = _choose(app, services, store, file, job)
    data: dict[str, Any] = {"release": QUICK, "job": job, "step": seed.step.value}
    if arguments.dry_run:
        return Outcome(data, show=lambda out: out.line(f"Job '{QUICK}/{job}' {_WORDS[seed.step]}."))
    if seed.step is not Step.NEW:
        app.reporter.status(f"job '{QUICK}/{job}' {_WORDS[seed.step]}")
    if seed.is_running:
        confirm(arguments, output, f"replace job '{QUICK}/{job}', which is not finished")
    done = seed_job(app.workspace, seed, services)
    data |= done.to_json()
    if not arguments.wait:
        return Outcome(data, show=lambda out: out.line(_sentence(done)))
    rows = wait_for_jobs(app, QUICK, services, [job])
    data["jobs"] = [row.to_json() for row in rows]

    def show(out: Output) -> None:
        out.line(_sentence(done))
        show_jobs(out, rows)

    return Outcome(data, int(has_failed(rows)), show)


def _words(words: list[str]) -> tuple[Path | None, str]:
    """Return the file, if one was named, and the job's name."""
    if len(words) > 2:
        raise UsageError("one file and one job at a time", hint="farm seed job [FILE] JOB")
    job = check_name(words[-1], kind="job")
    if len(words) == 1:
        return None, job
    path = Path(os.path.abspath(words[0]))
    if not path.is_file():
        raise UsageError(f"there is no file '{path}'")
    return path, job


def _choose(
    app: App, services: Services, store: ReleaseStore | None, file: Path | None, job: str
) -> Seed:
    """Tell what to do; a job that is as it was needs no Blender to look at its file."""
    workspace, managers = app.workspace, services.managers
    state = store.release.jobs.get(job) if store else None
    if file is None and state is not None:
        seed = choose_step(workspace, store, state.plan, managers)
        if seed.step in (Step.ADVANCE, Step.SEND):
            return seed
    path = file or choose_source(workspace, store, job)
    facts = app.freezer.read(path)
    plan = plan_seed(workspace, facts, path, job, services.farm, services.manager)
    return choose_step(workspace, store, plan, managers)


def _sentence(done: Seeded) -> str:
    what = f"Job '{QUICK}/{done.job}'"
    if done.posted:
        again = f" as attempt {done.attempt}" if done.attempt > 1 else ""
        return f"{what} is submitted{again} with priority {done.priority}."
    if done.requeued:
        return f"{what} is queued again with priority {done.priority}."
    return f"{what} was submitted already and has not changed."
