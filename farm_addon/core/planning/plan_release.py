# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan a release: under its lock, with its journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import UsageError
from ..names import check_name, fold
from ..release.jobs import PlannedJob
from ..release.record import Release
from ..release.release_store import archive_names, read_release, release_names, write_release
from ..submission.interrupted import finish_interrupted
from ..workspace import Workspace
from .options import PlanOptions
from .plan import Plan, PlanSource, Unread, make_plan
from .scene_rules import Farm


def plan_release(
    workspace: Workspace,
    name: str,
    sources: Sequence[PlanSource],
    options: PlanOptions,
    farm: Farm,
    *,
    unread: Sequence[Unread] = (),
    is_dry_run: bool = False,
    before_writing: Callable[[Plan], None] | None = None,
) -> Plan:
    """Plan a release, and write the plan unless a finding forbids it or nothing changed.

    :param unread: files that could not be read.
    :param before_writing: called with a plan that is about to be written, without the release's
        lock; raises to leave everything as it is. Called again where somebody else planned
        meanwhile.
    :raises UsageError: for an illegal name, one that has an archive, or options that make no sense.
    :return: the plan; look at ``is_blocked``.
    """
    name = check_name(name, kind="release")
    exists = _judge_release(workspace, name)
    release = read_release(workspace, name).release if exists else Release(name, "")
    known = _known(release)
    while True:
        plan = make_plan(sources, known, options, farm, name, release.jobs, unread)
        for finding in (*plan.left_out, *plan.findings):
            workspace.reporter.finding(finding)
        if is_dry_run or plan.is_blocked or (exists and not plan.has_changes):
            return plan
        if before_writing is not None:
            before_writing(plan)
        with write_release(workspace, name, f"plan release {name}", create=True) as store:
            finish_interrupted(workspace, store)
            release = store.release
            if _known(release) == known:
                if plan.has_changes:
                    jobs = [job.to_json() for job in (*plan.added, *plan.replaced)]
                    store.add("planned", jobs=jobs, drop=list(plan.dropped))
                return plan
            known, exists = _known(release), True
        workspace.reporter.status("the release was changed meanwhile; planning again")


def _judge_release(workspace: Workspace, name: str) -> bool:
    """Return whether a release exists; refuse a name that another one, or an archive, has."""
    exists = (workspace.volume.release_folder(name) / "release.json").is_file()
    twin = next((one for one in release_names(workspace) if fold(one) == fold(name)), name)
    if twin != name:
        raise UsageError(
            f"there is a release '{twin}', which differs from '{name}' in case alone",
            hint=f"name it '{twin}', or choose another name",
        )
    if not exists:
        _refuse_archived(workspace, name)
    return exists


def _refuse_archived(workspace: Workspace, name: str) -> None:
    for one in archive_names(workspace):
        if fold(one) == fold(name):
            raise UsageError(
                f"release '{one}' is archived in '{workspace.volume.archive(one)}'",
                hint=f"restore it (farm restore release {one}), or choose another name",
            )


def _known(release: Release) -> dict[str, PlannedJob]:
    return {state.plan.name: state.plan for state in release.planned()}
