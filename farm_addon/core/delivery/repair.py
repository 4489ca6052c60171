# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render again exactly the frames that do not pass the gate: one small job per job that has some.

The repair belongs to the same attempt: same frozen file, same folder, same stamp. Workers do not
overwrite (flamenco.md, rule 1), so bad files move to ``superseded/<job>/<attempt>/rejected/``
first, all views of a frame: one eye that is left makes Blender skip the others. Requeueing a task
of a completed job would render all of it once more (traps.md 4).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import RecordError
from ..findings import Finding
from ..frames import Frames
from ..ports import FrameDecoder, Manager, ManagerAddress
from ..release.inputs import Inputs
from ..release.jobs import expected_frames
from ..release.live import FINISHED, fetch_jobs
from ..release.record import JobState
from ..release.release_store import ReleaseStore
from ..release.stalled import find_stalled
from ..storage.disk import is_file, is_same_file
from ..submission.attempt_files import REJECTED
from ..submission.interrupted import finish_interrupted
from ..submission.submit import Poster, settle_unanswered
from ..workspace import Workspace
from .gate import Claim, FrameProblem, check_frames
from .oddities import capped

MakePoster = Callable[[], Poster]
"""Makes what posts; called only where there is something to post."""
Managers = Mapping[ManagerAddress, Manager]


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair did, or would do.

    :param posted: jobs with the frames that are rendered again.
    :param skipped: jobs that are not delivered and were left alone, with the reason.
    :param unrepairable: those of them whose frames fail and cannot be rendered again as they are.
    :param problems: what was wrong with the frames.
    :param manager: where the jobs went; None where none did.
    """

    posted: tuple[tuple[str, Frames], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    unrepairable: tuple[str, ...] = ()
    problems: tuple[FrameProblem, ...] = ()
    findings: tuple[Finding, ...] = ()
    manager: ManagerAddress | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``--json``."""
        return {
            "manager": self.manager.text() if self.manager else "",
            "posted": [{"job": job, "frames": frames.text()} for job, frames in self.posted],
            "skipped": [{"job": job, "reason": reason} for job, reason in self.skipped],
            "problems": [problem.to_json() for problem in self.problems],
            "warnings": [finding.to_json() for finding in self.findings],
        }


def repair_release(
    workspace: Workspace,
    store: ReleaseStore,
    managers: Managers,
    decoder: FrameDecoder,
    make_poster: MakePoster,
    *,
    only: Collection[str] | None = None,
    is_dry_run: bool = False,
) -> Repair:
    """Find the frames that do not pass, and post a job for them. Does nothing twice: a job whose
    repair is still under way is left alone.

    :param store: open for writing, or for reading in a dry run.
    :param managers: those that can be asked. A job that is on another one, or still rendering, is
        left alone: its missing frames may yet come.
    :param only: names of the jobs to look at; None for all.
    :raises ManagerError, VolumeError: run it again to go on.
    """
    if not is_dry_run:
        finish_interrupted(workspace, store)
        settle_unanswered(store, managers)
    claims, skipped = _choose(store, managers, only)
    report = check_frames(claims, store, workspace.volume.root, decoder, workspace.reporter)
    for finding in capped(report.findings):
        workspace.reporter.finding(finding)
    failed = report.failed()
    posted: list[tuple[str, Frames]] = []
    unrepairable: list[str] = []
    poster: Poster | None = None
    for claim in claims:
        name = claim.plan.name
        if name not in failed:
            continue
        why = _why_not_frozen(store, claim)
        if why:
            skipped.append((name, why))
            unrepairable.append(name)
            continue
        frames = Frames(failed[name])
        if not is_dry_run:
            poster = poster or make_poster()  # may be refused: nothing was moved before
            _set_aside(workspace, store, claim, frames)
            poster.post(claim.attempt, store.release.jobs[name].plan, frames=frames)
        posted.append((name, frames))
    return Repair(
        tuple(posted),
        tuple(skipped),
        tuple(unrepairable),
        tuple(report.problems),
        tuple(report.findings),
        poster.address if poster else None,
    )


def _choose(
    store: ReleaseStore, managers: Managers, only: Collection[str] | None
) -> tuple[list[Claim], list[tuple[str, str]]]:
    """Part the jobs that are not delivered: those that have ended, those to be left alone."""
    waiting = [
        state
        for state in store.release.planned()
        if not state.is_delivered and (only is None or state.plan.name in only)
    ]
    states = _states(waiting, managers)
    claims: list[Claim] = []
    skipped: list[tuple[str, str]] = []
    for state in waiting:
        why = _why_not(state, managers, states)
        if why:
            skipped.append((state.plan.name, why))
        elif state.attempt is not None:
            plan, there = state.attempt.plan, state.delivered_frames(state.attempt.number)
            left = Frames(set(plan.frames) - set(there))
            claims.append(Claim(plan, state.attempt, left))
    return claims, skipped


def _states(jobs: Sequence[JobState], managers: Managers) -> dict[str, str]:
    """Return what the jobs that current attempts have on the Managers are still doing, by id; those
    that have ended, or are gone, are left out."""
    wanted: dict[ManagerAddress, list[str]] = {}
    for state in jobs:
        for submission in state.attempt.submissions if state.attempt else ():
            if submission.job_id and submission.manager in managers:
                wanted.setdefault(submission.manager, []).append(submission.job_id)
    found: dict[str, str] = {}
    for address, ids in wanted.items():
        there = fetch_jobs(managers[address], ids)
        going = [job for job in there.values() if job.status not in FINISHED]
        stalled = find_stalled(managers[address], going)
        for job in going:
            why = stalled.get(job.id)
            found[job.id] = f"stalled ({why}): kill it first" if why else f"still {job.status}"
    return found


def _why_not(state: JobState, managers: Managers, states: Mapping[str, str]) -> str:
    """Return why a job is to be left alone, or an empty text."""
    attempt = state.attempt
    if attempt is None or attempt.submitted is None:
        return "it was never submitted"
    if attempt.is_cancelled:
        return "it was cancelled; submit it again"
    if attempt.render_key != state.plan.render_key():
        return "it was planned differently; submit it again"
    for submission in attempt.submissions:
        if submission.is_refused:
            continue
        if submission.manager not in managers:
            return f"it is on {submission.manager.text()}, which cannot be asked from here"
        doing = states.get(submission.job_id)
        if doing:
            return f"{'it' if submission.frames is None else 'its repair'} is {doing}"
    return ""


def _why_not_frozen(store: ReleaseStore, claim: Claim) -> str:
    """Return why the file in ``store/`` would not render this attempt's frames, or nothing."""
    name = claim.plan.name
    try:
        inputs = Inputs.read(store.inputs(name))
    except RecordError as ex:
        return ex.message
    is_its_own = inputs is not None and inputs.attempt == claim.attempt.number
    if not is_its_own or not is_file(store.blend(name)):
        return "its frozen file is not there any more; submit it again"
    return ""


def _set_aside(workspace: Workspace, store: ReleaseStore, claim: Claim, frames: Frames) -> None:
    """Move every file of some frames to ``rejected/``, where that is not done already."""
    files, attempt = workspace.files, claim.attempt
    folder = store.superseded(claim.plan.name, attempt.number) / REJECTED
    sources = [
        workspace.volume.root / expected.source
        for expected in expected_frames(claim.plan, store.relative, attempt.number, frames)
    ]
    there = [source for source in sources if os.path.lexists(source)]
    if not there:
        return
    files.make_folder(folder)
    whole = [source for source in there if is_file(source)]
    files.move_all([(source, _free_name(folder, source)) for source in whole])
    for source in there:
        if os.path.lexists(source):  # a folder, a link: whatever bears the name of a frame
            files.rename(source, _free_name(folder, source))


def _free_name(folder: Path, source: Path) -> Path:
    """Return a name that is free, or that a stopped run has given to this very file."""
    number = 1
    while True:
        target = folder / f"{source.stem}.{number}{source.suffix}"
        if not os.path.lexists(target) or is_same_file(source, target):
            return target
        number += 1
