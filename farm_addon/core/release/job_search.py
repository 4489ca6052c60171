# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the job that somebody means by ``RELEASE/JOB``, or by ``JOB`` alone."""

from __future__ import annotations

from ..errors import UsageError
from ..names import check_name, fold
from ..workspace import Workspace
from .release_store import known_names, read_release


def find_job(workspace: Workspace, text: str) -> tuple[str, str]:
    """Return the names of a release and of a planned job of it.

    :param text: ``RELEASE/JOB``, ``quick/JOB``, or ``JOB`` where one release alone has it.
    :raises UsageError: if there is no such job, or several; names them.
    """
    release, slash, job = text.rpartition("/")
    if slash:
        return release, _job_of(workspace, release, job)
    job = check_name(job, kind="job")
    having = [name for name in known_names(workspace) if _has(workspace, name, job)]
    if len(having) == 1:
        return having[0], _job_of(workspace, having[0], job)
    if not having:
        raise UsageError(f"no release has a job '{job}'", hint="farm status shows what there is")
    names = ", ".join(f"{name}/{job}" for name in having)
    raise UsageError(f"several releases have a job '{job}'", hint=f"name one of them: {names}")


def _has(workspace: Workspace, release: str, job: str) -> bool:
    state = read_release(workspace, release).release.jobs.get(job)
    return state is not None and not state.is_dropped


def _job_of(workspace: Workspace, release: str, job: str) -> str:
    """Return a planned job's name.

    :raises UsageError: if the release, or the job, does not exist.
    """
    job = check_name(job, kind="job")
    planned = [state.plan.name for state in read_release(workspace, release).release.planned()]
    if job in planned:
        return job
    twin = next((name for name in planned if fold(name) == fold(job)), "")
    raise UsageError(
        f"release '{release}' has no job '{job}'",
        hint=f"there is '{twin}'" if twin else f"its jobs: farm status release {release}",
    )
