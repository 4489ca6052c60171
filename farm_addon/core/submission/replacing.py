# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replace jobs: a new attempt is frozen and sent, the old one is cancelled and set aside.

What was chosen before somebody was asked is carried out only where it still holds under the lock: a
job that another user replaced meanwhile is not replaced again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import LockedError
from ..findings import Finding, Severity
from ..frames import Frames
from ..ports import ManagerAddress
from ..release.jobs import PlannedJob
from ..release.record import JobState
from ..release.release_store import ReleaseStore, write_release
from ..workspace import Workspace
from .reinstating import begin_reinstating
from .sender import Sender, Services
from .staleness import Staleness, Verdict, judge_jobs
from .superseding import left_behind


@dataclass(frozen=True, slots=True)
class Pick:
    """A job that is to be replaced.

    :param attempt: number of the attempt that is to be replaced.
    :param frames: their numbers.
    :param files: how many files are rendered.
    :param reason: for people.
    :param is_begun: a new attempt is there already and only has to be sent: an earlier run was
        stopped.
    :param plan: the job as it is planned anew; None where the plan stays.
    """

    job: str
    attempt: int
    frames: Frames
    files: int
    reason: str
    is_begun: bool = False
    plan: PlannedJob | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the row's values."""
        return {
            "job": self.job,
            "attempt": self.attempt,
            "frames": self.frames.text(),
            "files": self.files,
            "reason": self.reason,
            "begun": self.is_begun,
        }


@dataclass(frozen=True, slots=True)
class Replacement:
    """What a replacement did.

    :param posted: names of jobs sent now; ``found``: that had arrived, only the answer was lost.
    """

    manager: ManagerAddress
    posted: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``--json``."""
        return {
            "manager": self.manager.text(),
            "posted": list(self.posted),
            "found": list(self.found),
        }


def pick_stale(
    workspace: Workspace,
    store: ReleaseStore,
    *,
    with_unknown: bool = False,
    only: Collection[str] | None = None,
) -> list[Pick]:
    """Choose the jobs of a release that are stale, and those that an earlier run began to replace.

    Jobs that were never sent are left to submit.

    :param with_unknown: also those of which nobody can tell.
    :param only: names of the jobs to choose from; None for all.
    """
    wanted = {Verdict.STALE, Verdict.UNKNOWN} if with_unknown else {Verdict.STALE}
    names = [state.plan.name for state in store.release.planned()]
    names = [name for name in names if only is None or name in only]
    picks = []
    for verdict in judge_jobs(workspace, store, names, workspace.hasher()):
        state = store.release.jobs[verdict.job]
        if verdict.verdict in wanted and _is_sent(state):
            picks.append(_pick(state, verdict.reason))
        elif _is_begun(state):
            picks.append(_pick(state, "its replacement was interrupted", is_begun=True))
    return picks


def pick_job(
    workspace: Workspace,
    store: ReleaseStore,
    name: str,
    plan: PlannedJob | None = None,
    *,
    again: bool = False,
) -> Pick | None:
    """Choose one job, whether anything changed or not.

    :param plan: the job as it is planned anew; None where the plan stays.
    :param again: also a job whose current attempt is itself a replacement that nothing has made
        stale since: a second run after a stop would otherwise replace it twice.
    :return: None for such a job.
    """
    state = store.release.jobs[name]
    if plan is not None and plan != state.plan:
        return _pick(state, f"from '{plan.source.text}'", plan=plan)
    return next(iter(pick_named(workspace, store, [name], again=again)), None)


def pick_named(
    workspace: Workspace, store: ReleaseStore, names: Sequence[str], *, again: bool = False
) -> list[Pick]:
    """Choose some jobs, whether anything changed or not; as :func:`pick_job` does with one."""
    verdicts = {one.job: one for one in judge_jobs(workspace, store, names, workspace.hasher())}
    picks = (_pick_one(store.release.jobs[name], verdicts.get(name), again) for name in names)
    return [pick for pick in picks if pick is not None]


def _pick_one(state: JobState, verdict: Staleness | None, again: bool) -> Pick | None:
    if verdict is None:
        return _pick(state, "it was never frozen")
    if not _is_settled(state, verdict):
        return _pick(state, verdict.reason or "it was cancelled")
    if _is_begun(state):
        return _pick(state, "its replacement was interrupted", is_begun=True)
    if again or not (state.attempt and state.attempt.replaces):
        return _pick(state, "nothing that it depends on has changed")
    return None


def _is_settled(state: JobState, verdict: Staleness) -> bool:
    is_cancelled = state.attempt is not None and state.attempt.is_cancelled
    return verdict.verdict is Verdict.FRESH and not is_cancelled


def _is_sent(state: JobState) -> bool:
    """Tell whether a Manager has the job, in this attempt or an earlier one."""
    return any(attempt.was_sent for attempt in state.attempts)


def _is_begun(state: JobState) -> bool:
    """Tell whether the job was replaced by an attempt that no Manager is known to have."""
    attempt = state.attempt
    return (
        attempt is not None
        and attempt.replaces > 0
        and attempt.submitted is None
        and not attempt.is_cancelled
    )


def _pick(
    state: JobState, reason: str, *, is_begun: bool = False, plan: PlannedJob | None = None
) -> Pick:
    what = plan or state.plan
    files = len(what.frames) * len(what.views)
    return Pick(what.name, state.current, what.frames, files, reason, is_begun, plan)


def is_unfinished(store: ReleaseStore) -> bool:
    """Tell whether an earlier run was stopped before it had moved everything away."""
    return any(state.reinstating for state in store.release.jobs.values()) or bool(
        left_behind(store)
    )


def replace_jobs(
    workspace: Workspace, name: str, picks: Sequence[Pick], services: Services
) -> Replacement:
    """Replace jobs of a release, and finish what an earlier run began.

    An old attempt goes on until its successor is frozen and proved. Frames that were delivered stay
    in ``dist/`` until the release is harvested again.

    :raises BlockedError, BlenderError, ManagerError, VolumeError: run it again to go on.
    """
    with write_release(workspace, name, f"replace jobs of release {name}") as store:
        sender = Sender(workspace, store, services)
        found = sender.begin()
        still, findings = _still_wanted(workspace, store, picks)
        plans = [pick.plan.to_json() for pick in still if pick.plan is not None]
        if plans:
            store.add("planned", jobs=plans, drop=[])
        findings += sender.freeze([pick.job for pick in still if not pick.is_begun])
        posted = sender.post([pick.job for pick in still])
        sender.finish()
        address = services.manager.address
        return Replacement(address, tuple(posted), tuple(found), tuple(findings))


def _still_wanted(
    workspace: Workspace, store: ReleaseStore, picks: Iterable[Pick]
) -> tuple[list[Pick], list[Finding]]:
    """Leave out what somebody else did, or dropped, since it was chosen."""
    still: list[Pick] = []
    findings: list[Finding] = []
    for pick in picks:
        state = store.release.jobs[pick.job]
        if state.current == pick.attempt and not state.is_dropped:
            still.append(pick)
        else:
            what = "dropped from the plan" if state.is_dropped else "replaced"
            findings.append(_overtaken(pick.job, what))
            workspace.reporter.finding(findings[-1])
    return still, findings


def _overtaken(job: str, what: str) -> Finding:
    return Finding(
        Severity.WARNING,
        "overtaken",
        f"Job ‘{job}’",
        f"somebody else has {what} it meanwhile; it was left alone",
    )


def undo_replacement(
    workspace: Workspace, name: str, job: str, newer: int, services: Services
) -> bool:
    """Let the attempt count again that counted before the current one of a job; the current one is
    cancelled and set aside. Only the last replacement can be undone, until it is harvested.

    :param newer: number of the attempt that is to be undone, as it was shown to the user.
    :return: False if it was undone already.
    :raises LockedError: if somebody else has replaced the job meanwhile.
    :raises UsageError: if the job was not replaced, or the new attempt was delivered.
    :raises ManagerError, VolumeError: run it again to go on.
    """
    with write_release(workspace, name, f"undo a replacement in release {name}") as store:
        sender = Sender(workspace, store, services)
        state = store.release.jobs[job]
        was_begun = bool(state.reinstating)
        sender.begin()
        is_needed = not state.is_reinstated
        if is_needed:
            if state.current != newer:
                raise LockedError(
                    f"somebody else has replaced job '{name}/{job}' meanwhile",
                    hint=f"look at it: farm status release {name}",
                )
            begin_reinstating(store, job)
            sender.reinstate()
        sender.finish()
        return is_needed or was_begun
