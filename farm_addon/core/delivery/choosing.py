# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which jobs of a release a harvest looks at, and which it leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import BlockedError
from ..findings import Finding, Severity, blocking
from ..planning.deliveries import plan_deliveries
from ..ports import Manager, ManagerAddress, Reporter
from ..release.live import job_rows
from ..release.record import JobState, Release
from ..release.release_store import ReleaseStore
from ..workspace import Workspace
from .folder import Folder
from .shares import Share, share_of


@dataclass(frozen=True, slots=True)
class HarvestOptions:
    """How to harvest.

    :param is_partial: deliver the frames that pass; else all pass or nothing moves.
    :param is_replacing: files in ``dist/`` may be set aside.
    :param dist_name: template of delivery names, instead of the jobs' own; empty for these.
    :param only: names of the jobs to look at; None for all.
    """

    is_partial: bool = False
    is_replacing: bool = False
    dist_name: str = ""
    only: frozenset[str] | None = None


@dataclass(slots=True)
class Choice:
    """What a harvest looks at.

    :param states: the jobs.
    :param skipped: jobs that are left out, with the reason.
    :param running: of the others those that are still rendering, with what is said of them.
    """

    states: list[JobState]
    shares: list[Share] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    running: dict[str, str] = field(default_factory=dict)


def choose(
    workspace: Workspace,
    store: ReleaseStore,
    options: HarvestOptions,
    managers: Mapping[ManagerAddress, Manager],
) -> Choice:
    """Decide of which jobs which frames are wanted.

    :param managers: asked, in part, which jobs are still rendering; perhaps none.
    :return: with the jobs that are not ready among those skipped, also where the harvest is not to
        be in part: :func:`refuse_unready`.
    :raises BlockedError: if the release has no jobs; if the template of names does not do.
    """
    states = store.release.planned()
    if not states:
        raise BlockedError(f"release '{store.release.name}' has no jobs", ())
    only = options.only
    choice = Choice([one for one in states if only is None or one.plan.name in only])
    states = choice.states
    choice.skipped = [(state.plan.name, why) for state in states if (why := _why_unready(state))]
    unready = {job for job, _why in choice.skipped}
    ready = [state for state in states if state.plan.name not in unready]
    _refuse_names(store, ready, options.dist_name)
    for state in ready:
        assert state.attempt is not None
        share = share_of(
            store,
            state,
            state.attempt,
            dist_name=options.dist_name,
            is_replacing=options.is_replacing,
        )
        if share.brings_something:
            choice.shares.append(share)
    if options.is_partial and managers:
        _leave_out_running(workspace, store, choice, managers)
    return choice


def _why_unready(state: JobState) -> str:
    attempt = state.attempt
    if state.is_delivered:
        return ""
    if attempt is None or attempt.submitted is None:
        return "it was never submitted"
    if attempt.is_cancelled:
        return "it was cancelled"
    if attempt.render_key != state.plan.render_key():
        return "it was planned differently after it was submitted"
    return ""


def refuse_unready(store: ReleaseStore, unready: Sequence[tuple[str, str]]) -> None:
    """Refuse to go on without some jobs.

    :param unready: their names, and why they are not ready; at least one.
    :raises BlockedError: always.
    """
    name = store.release.name
    findings = [
        Finding(Severity.ERROR, "not-submitted", f"Job ‘{job}’", why) for job, why in unready
    ]
    raise BlockedError(
        f"{len(findings)} job(s) of release '{name}' must be submitted first",
        findings,
        hint=f"farm submit release {name}",
    )


def _refuse_names(store: ReleaseStore, states: Sequence[JobState], dist_name: str) -> None:
    """Refuse a template of the user's that does not name every frame as it must."""
    if dist_name:
        plans = [state.attempt.plan for state in states if state.attempt]
        named = plan_deliveries(plans, store.release.name, dist_name)
        if blocking(named.findings):
            raise BlockedError("this template of delivery names does not do", named.findings)


def find_running(
    release: Release, managers: Mapping[ManagerAddress, Manager], reporter: Reporter
) -> dict[str, str]:
    """Return the jobs that are still rendering, with what is said of them. Where nobody can tell,
    they are taken to have ended: a Manager that is gone must not hold back what is there."""
    rows = job_rows(release, managers)
    for message in sorted({row.message for row in rows if row.is_silent}):
        reporter.status(f"{message}; jobs there may still be rendering")
    return {
        row.job: f"it is still {row.state}" for row in rows if row.is_waiting and not row.is_silent
    }


def _leave_out_running(
    workspace: Workspace,
    store: ReleaseStore,
    choice: Choice,
    managers: Mapping[ManagerAddress, Manager],
) -> None:
    """Leave out jobs that are still rendering and have not written every frame."""
    running = find_running(store.release, managers, workspace.reporter)
    kept = []
    for share in choice.shares:
        if share.job in running:
            choice.running[share.job] = running[share.job]
            if not _is_all_there(workspace, store, share):
                choice.skipped.append((share.job, running[share.job]))
                continue
        kept.append(share)
    choice.shares = kept


def _is_all_there(workspace: Workspace, store: ReleaseStore, share: Share) -> bool:
    sources = [one.source for one in share.outputs(store)]
    there = {
        folder: Folder(workspace.volume.root / folder).files
        for folder in {source.parent for source in sources}
    }
    return all(source.name in there[source.parent] for source in sources)
