# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose what seeding a job into ``quick`` will do, before anything is done."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import BlockedError, UsageError
from ..names import check_name, fold
from ..planning.options import PlanOptions
from ..planning.plan import PlanSource, make_plan
from ..planning.scene_facts import FileFacts
from ..planning.scene_rules import Farm
from ..planning.worker_tags import find_worker_tag
from ..ports import Manager
from ..recorded_paths import RecordedPath
from ..release.jobs import PlannedJob
from ..release.live import fetch_jobs
from ..release.record import JobState
from ..release.release_store import ReleaseStore, read_release
from ..storage.disk import is_file
from ..volume import QUICK
from ..workspace import Workspace
from .staleness import Verdict, judge_jobs
from .submit import UNFINISHED
from .superseding import Managers, jobs_of


class Step(enum.Enum):
    """What is to be done with the job."""

    NEW = "new"  #: there is none of this name
    REPLACE = "replace"  #: there is, and it is another, or has changed
    SEND = "send"  #: it is frozen, or being frozen, and was not sent: an earlier run was stopped
    ADVANCE = "advance"  #: it was sent and is unchanged: it goes ahead, or is queued again


@dataclass(frozen=True, slots=True)
class Seed:
    """A job that is to be seeded.

    :param attempt: number of its current attempt, 0 for none.
    :param plan: as it is to be planned.
    :param is_running: the attempt that is to be replaced is not at its end.
    """

    step: Step
    attempt: int
    plan: PlannedJob
    is_running: bool = False


def open_quick(workspace: Workspace) -> ReleaseStore | None:
    """Open ``quick`` to look at it; None where nobody has used it yet."""
    if not (workspace.volume.quick / "release.json").is_file():
        return None
    return read_release(workspace, QUICK)


def choose_source(workspace: Workspace, store: ReleaseStore | None, job: str) -> Path:
    """Return the file that a job without a named file is made from: the one that it was made from,
    where that is in reach, else the one in ``quick/store/``.

    :raises UsageError: if there is neither.
    """
    state = store.release.jobs.get(job) if store else None
    if state is not None:
        source = state.plan.source.on_this_computer(workspace.volume.root)
        if source is not None and is_file(source):
            return source
    kept = workspace.volume.store(QUICK) / f"{job}.blend"
    if is_file(kept):
        return kept
    raise UsageError(
        f"there is no job '{job}' in '{QUICK}'", hint=f"name its file: farm seed job FILE {job}"
    )


def plan_seed(
    workspace: Workspace, facts: FileFacts, path: Path, job: str, farm: Farm, manager: Manager
) -> PlannedJob:
    """Plan one job from the active scene of a file.

    :param manager: knows the Worker tag that ``farm.toml`` names.
    :raises UsageError: if there is no such tag.
    :raises BlockedError: if a finding forbids it; those that do not are told.
    """
    name = check_name(job, kind="job")
    active = tuple(scene for scene in facts.scenes if scene.name == facts.active_scene)
    source = PlanSource(replace(facts, scenes=active), RecordedPath.of(path, workspace.volume.root))
    config = workspace.config
    options = PlanOptions(
        job_name=name,
        chunk_size=config.chunk_size,
        priority=config.priority,
        worker_tag=find_worker_tag(config.worker_tag, lambda: manager),
    )
    plan = make_plan([source], {}, options, farm, QUICK)
    if plan.is_blocked:
        raise BlockedError(f"job '{name}' cannot be made from '{path}'", plan.findings)
    for finding in plan.findings:
        workspace.reporter.finding(finding)
    return plan.added[0]


def choose_step(
    workspace: Workspace, store: ReleaseStore | None, plan: PlannedJob, managers: Managers
) -> Seed:
    """Tell what seeding a job will do.

    :param managers: asked whether an attempt that is to be replaced still runs; one that cannot be
        asked may have it running.
    :raises UsageError: if another job's name differs in case alone.
    """
    jobs = store.release.jobs if store else {}
    twin = next((name for name in jobs if fold(name) == fold(plan.name)), plan.name)
    if twin != plan.name:
        raise UsageError(
            f"there is a quick job '{twin}', which differs from '{plan.name}' in case alone",
            hint="choose another name",
        )
    state = jobs.get(plan.name)
    if store is None or state is None:
        return Seed(Step.NEW, 0, plan)
    attempt = state.attempt
    if attempt is None or not attempt.was_sent:
        return Seed(Step.SEND, state.current, plan)
    if _is_same(workspace, store, state, plan):
        step = Step.ADVANCE if attempt.submitted else Step.SEND
        return Seed(step, state.current, plan)
    return Seed(Step.REPLACE, state.current, plan, is_running=_is_running(state, managers))


def _is_same(workspace: Workspace, store: ReleaseStore, state: JobState, plan: PlannedJob) -> bool:
    """Tell whether rendering the job as it is planned now would give what its attempt gives."""
    attempt = state.attempt
    if attempt is None or attempt.is_cancelled or attempt.plan.source != plan.source:
        return False
    if attempt.render_key != plan.render_key():
        return False
    (verdict,) = judge_jobs(workspace, store, [plan.name], workspace.hasher())
    return verdict.verdict is Verdict.FRESH


def _is_running(state: JobState, managers: Managers) -> bool:
    for address, ids in jobs_of([state.attempt] if state.attempt else []).items():
        if address not in managers:
            return True
        there = fetch_jobs(managers[address], ids).values()
        if any(job.status in UNFINISHED for job in there):
            return True
    return False
