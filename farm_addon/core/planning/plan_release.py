# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan a release: under its lock, with its journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..delivery.harvest import finish_delivery
from ..errors import UsageError
from ..names import check_name, fold
from ..release.release_store import ReleaseStore, read_release, release_names, write_release
from ..workspace import Workspace
from .plan import Plan, PlanOptions, PlanSource, make_plan
from .scene_rules import Farm


def plan_release(
    workspace: Workspace,
    name: str,
    sources: Sequence[PlanSource],
    options: PlanOptions,
    farm: Farm,
    *,
    is_dry_run: bool = False,
) -> Plan:
    """Plan a release, and write the plan unless a finding forbids it or nothing changed.

    :raises UsageError: for an illegal name, or one that has an archive.
    :return: the plan; look at ``is_blocked``.
    """
    name = check_name(name, kind="release")
    folder = workspace.volume.release_folder(name)
    exists = (folder / "release.json").is_file()
    if not exists and workspace.volume.archive(name).exists():
        raise UsageError(
            f"release '{name}' is archived in '{workspace.volume.archive(name)}'",
            hint="choose another name",
        )
    twin = next((one for one in release_names(workspace) if fold(one) == fold(name)), name)
    if twin != name:
        raise UsageError(
            f"there is a release '{twin}', which differs from '{name}' in case alone",
            hint=f"name it '{twin}', or choose another name",
        )
    known = _known(read_release(workspace, name)) if exists else {}
    plan = make_plan(sources, known, options, farm)
    for finding in plan.findings:
        workspace.reporter.finding(finding)
    if is_dry_run or plan.is_blocked or (exists and not plan.has_changes):
        return plan
    with write_release(workspace, name, f"plan release {name}", create=True) as store:
        finish_delivery(workspace, store)
        plan = make_plan(sources, _known(store), options, farm)
        for finding in plan.findings:
            workspace.reporter.finding(finding)
        if plan.has_changes and not plan.is_blocked:
            jobs = [job.to_json() for job in (*plan.added, *plan.replaced)]
            store.add("planned", jobs=jobs, drop=list(plan.dropped))
    return plan


def _known(store: ReleaseStore) -> dict[str, Any]:
    return {state.plan.name: state.plan for state in store.release.planned()}
