# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm status job``: all that is known of one job."""

from __future__ import annotations

import math
import os
from pathlib import Path

from ...app import App
from ...core.errors import ManagerError, UsageError
from ...core.ports import Manager
from ...core.release.following import Follower
from ...core.release.job_report import JobReport, report_job
from ...core.release.job_search import find_job
from ...core.release.release_store import read_release
from ..output import Outcome, Output
from ..terminal import printable


def show_job(app: App, text: str, picture: str) -> Outcome:
    """Tell about one job.

    :param text: ``RELEASE/JOB``, or the job alone where one release alone has it.
    :param picture: the file to write the Manager's picture of the newest frame to; empty for none.
    """
    release, job = find_job(app.workspace, text)
    follower = Follower(app.workspace, release, app.watch(patience_s=math.inf), only=[job])
    follower.step()
    (row,) = follower.rows
    store = read_release(app.workspace, release)
    state = store.release.jobs[job]
    submission = state.attempt.submitted if state.attempt else None
    manager: Manager | None = None
    for why in (*follower.answers.silent.values(), *follower.answers.deaf.values()):
        app.reporter.status(why)
    if submission is not None and row.state not in ("unknown", "missing", "delivered"):
        manager = app.manager(submission.manager)
    report = report_job(app.workspace, store, state, row, manager)
    if picture and manager is not None:
        report.picture = _write_picture(Path(picture).absolute(), manager, row.id)
    return Outcome(report.to_json(), show=lambda out: _show(out, report))


def _write_picture(path: Path, manager: Manager, job_id: str) -> Path | None:
    """Write the Manager's picture to a file of the user's; None where there is none.

    A picture is a comfort: where the Manager does not give it, the rest is shown without.
    """
    try:
        found = manager.job_picture(job_id, size="small")
    except ManagerError:
        return None
    if found is None:
        return None
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_bytes(found.content)
        os.replace(partial, path)
    except OSError as ex:
        raise UsageError(
            f"'{path}' cannot be written: {ex.strerror or ex}",
            hint="name another file with --picture",
        ) from ex
    return path


def _show(out: Output, report: JobReport) -> None:
    row = report.row
    told = f"{row.state}, {row.frames_done} of {row.frames_total} frames, attempt {row.attempt}"
    facts = {
        "job": row.job,
        "state": f"{told}: {row.message}" if row.message else told,
        "frames": report.frames,
        "folder": str(report.output or ""),
        "newest": str(report.frame_file or ""),
        "page": row.url,
        "picture": str(report.picture or ""),
    }
    for name, value in facts.items():
        if value:
            out.line(f"{name:<9}{printable(value)}")
    for failed in report.failed:
        task = failed.task
        out.line()
        by = f" on {task.worker}" if task.worker else ""
        why = f": {task.activity}" if task.activity else ""
        out.line(printable(f"{task.name} {task.status}{by}{why}"))
        for line in failed.log.splitlines():
            out.line(f"    {printable(line)}")
