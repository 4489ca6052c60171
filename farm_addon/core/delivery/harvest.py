# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deliver a release: every frame passes the gate, or nothing moves; or, in part, what passed.

The delivery is one journalled step: ``harvesting`` says which frames are going, then they move,
then ``harvested`` (:mod:`.moving`). A run that was stopped in between is finished by the next one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BlockedError
from ..findings import Finding, Severity
from ..frames import Frames
from ..ports import FrameDecoder, Manager, ManagerAddress
from ..release.release_store import ReleaseStore
from ..submission.interrupted import finish_interrupted
from ..workspace import Workspace
from .choosing import Choice, choose, find_running, refuse_unready
from .choosing import HarvestOptions as HarvestOptions
from .clashes import Clearance, Names
from .frame_rules import Defect
from .gate import FrameProblem, GateReport, check_frames
from .moving import finish_delivery
from .oddities import capped, list_names, warning
from .reports import CONTACT_SHEET, MakeContactSheet, write_contact_sheet, write_report
from .verdicts import GateState, JobVerdict, JudgedJobs

AskManagers = Callable[[], Mapping[ManagerAddress, Manager]]

Approve = Callable[[Sequence[str]], None]
"""Asks before files in ``dist/`` are set aside, given their names; raises unless they may be."""

_AS_PLANNED = HarvestOptions()


@dataclass(frozen=True, slots=True)
class Harvest:
    """What a harvest did.

    :param frames: number of files delivered now, but for those that were there already.
    :param jobs: names of the jobs of which something was delivered now, or would be.
    :param problems: what did not pass; where it was not to be in part, nothing moved then.
    :param passed: number of files that passed.
    :param findings: warnings; they hold nothing back.
    :param skipped: jobs that were left out, with the reason.
    :param replaced: number of files in ``dist/`` that were set aside, or would be.
    :param renamed: number of those that got another name there, or would.
    :param delivery: its id; empty where nothing was delivered.
    :param gate: the verdict on each job that was looked at, in the order of the plan.
    """

    dist: Path
    frames: int
    jobs: tuple[str, ...]
    problems: tuple[FrameProblem, ...] = ()
    passed: int = 0
    findings: tuple[Finding, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    replaced: int = 0
    renamed: int = 0
    delivery: str = ""
    gate: tuple[JobVerdict, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left that should have been delivered."""
        return not self.problems and not self.skipped

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``--json``."""
        return {
            "dist": str(self.dist),
            "delivery": self.delivery,
            "frames": self.frames,
            "jobs": list(self.jobs),
            "passed": self.passed,
            "replaced": self.replaced,
            "renamed": self.renamed,
            "gate": [one.to_json() for one in self.gate],
            **self.verdict(),
        }

    def verdict(self) -> dict[str, Any]:
        """Return what the gate said, for the document and the report."""
        return {
            "problems": [problem.to_json() for problem in self.problems],
            "warnings": [finding.to_json() for finding in self.findings],
            "skipped": [{"job": job, "reason": reason} for job, reason in self.skipped],
        }


def harvest(
    workspace: Workspace,
    store: ReleaseStore,
    decoder: FrameDecoder,
    options: HarvestOptions = _AS_PLANNED,
    *,
    is_dry_run: bool = False,
    managers: Mapping[ManagerAddress, Manager] | None = None,
    ask_managers: AskManagers | None = None,
    approve: Approve | None = None,
    make_contact_sheet: MakeContactSheet | None = None,
) -> Harvest:
    """Check every expected frame, then move what may go to ``dist/<release>/``.

    Frames that were delivered already are not expected again, unless the job has a newer attempt.

    :param store: open for writing, or for reading in a dry run.
    :param managers: asked, in part, whether a job whose frames do not all pass is still rendering.
    :param ask_managers: returns those that can be asked; called in a dry run, where frames do not
        pass, to tell jobs that are still rendering from those that are bad.
    :param approve: called before anything in ``dist/`` is set aside.
    :param make_contact_sheet: makes a PNG of the delivered files for ``reports/``.
    :raises BlockedError: if the release has no jobs, the template of names does not do, or a job is
        not ready and it is not to be in part; a dry run tells such jobs as findings.
    :raises VolumeError: if anything cannot be read or moved; run it again to go on.
    """
    if not is_dry_run:
        finish_interrupted(workspace, store)
    elif store.release.harvesting or store.release.unharvesting:
        workspace.reporter.status("a harvest was interrupted; the next one finishes that first")
    run = _Run(workspace, store, options, choose(workspace, store, options, managers or {}))
    run.refuse_unready(is_dry_run=is_dry_run)
    run.check(decoder)
    run.settle()
    if is_dry_run and ask_managers is not None:
        run.look_who_renders(ask_managers)
    done = run.result(is_delivered=False)
    for finding in capped(done.findings):
        workspace.reporter.finding(finding)
    if is_dry_run:
        _tell(workspace, done.gate)
        return done
    if run.shares:
        if run.clearance.replaced and approve is not None:
            approve(run.clearance.replaced)
        run.deliver()
        done = run.result(is_delivered=True)
        write_report(workspace, store, store.release.deliveries[-1], **done.verdict())
    elif not done.is_whole:
        write_report(workspace, store, None, **done.verdict())
    _tell(workspace, done.gate)
    has_sheet = (store.folder / CONTACT_SHEET).exists()
    is_due = done.delivery or (store.release.deliveries and not has_sheet)
    if make_contact_sheet and is_due:
        write_contact_sheet(workspace, store, make_contact_sheet)
    return done


def _tell(workspace: Workspace, gate: Sequence[JobVerdict]) -> None:
    for one in gate:
        workspace.reporter.row("gate", one.job, one.to_json())


class _Run:
    """One harvest, from what was chosen to what became of it.

    :ivar shares: what is going to be delivered, as far as it is known.
    """

    def __init__(
        self, workspace: Workspace, store: ReleaseStore, options: HarvestOptions, choice: Choice
    ) -> None:
        self._workspace, self._store, self._options = workspace, store, options
        self._dist = workspace.volume.dist_folder(store.release.name)
        self._skipped, self._running = choice.skipped, choice.running
        by_name = {share.job: share for share in choice.shares}
        self._judged = JudgedJobs(choice.states, by_name)
        self._gate = GateReport()
        self._passed = 0
        self._vanished: list[FrameProblem] = []
        self.shares = choice.shares
        self.clearance = Clearance()

    # --- what passes ----------------------------------------------------------------------------

    def refuse_unready(self, *, is_dry_run: bool) -> None:
        """Let jobs that are not ready stop all others, unless it is to be in part.

        :raises BlockedError: if there are any; not in a dry run, which tells them.
        """
        if self._options.is_partial or not self._skipped:
            return
        try:
            refuse_unready(self._store, self._skipped)
        except BlockedError as ex:
            if not is_dry_run:
                unchecked = (GateState.OK, GateState.BAD)
                known = [one for one in self._verdicts() if one.state not in unchecked]
                _tell(self._workspace, known)
                raise
            for finding in ex.findings:
                self._workspace.reporter.finding(finding)

    def look_who_renders(self, ask_managers: AskManagers) -> None:
        """Find out which of the jobs whose frames do not pass are still rendering."""
        if self._gate.problems and not self._running:
            reporter = self._workspace.reporter
            self._running = find_running(self._store.release, ask_managers(), reporter)

    def check(self, decoder: FrameDecoder) -> None:
        """Let every wanted frame through the gate."""
        claims = [share.claim for share in self.shares if len(share.frames)]
        root = self._workspace.volume.root
        self._gate = check_frames(claims, self._store, root, decoder, self._workspace.reporter)
        failed = self._gate.failed()
        running = {job: self._running[job] for job in failed if job in self._running}
        if running:
            self._skipped += running.items()
            self.shares = [one for one in self.shares if one.job not in running]
            self._gate.problems = [one for one in self._gate.problems if one.job not in running]
        self._take_out(failed)

    def settle(self) -> None:
        """Take out what has no name to go under; without ``is_partial`` any problem stops all."""
        names = Names(self._store, self._dist)
        is_replacing = self._options.is_replacing
        while True:
            self.clearance = names.clear(self.shares, is_replacing=is_replacing)
            if not self.clearance.problems:
                break
            # Frames that stay out leave their earlier files where they are: look once more.
            self._gate.problems += self.clearance.problems
            self._take_out(self._gate.failed())
        self._passed = sum(one.claim.files for one in self.shares)
        if self._gate.problems and not self._options.is_partial:
            self.shares = []
        for job, lost in names.lost(self.shares):
            self._gate.findings.append(
                warning(
                    "delivered-gone",
                    job,
                    f"it was delivered, but {list_names(lost)} is not in dist any more",
                    "put it back, or replace the job to render it anew",
                )
            )
        self._gate.findings += self._left_behind()
        self.shares = [share for share in self.shares if share.brings_something]

    def _take_out(self, failed: Mapping[str, set[int]]) -> None:
        for share in self.shares:
            bad = failed.get(share.job)
            if bad:
                share.take_out(bad)
                if not len(share.brought):
                    share.gone = Frames()  # nothing comes in the place of what would go

    def _left_behind(self) -> list[Finding]:
        """Tell of delivered frames of jobs that are no longer planned."""
        return [
            Finding(
                Severity.INFO,
                "dropped-delivered",
                f"Job ‘{name}’",
                "it is no longer planned; what was delivered of it stays in dist",
                "remove it by hand where it is not wanted",
            )
            for name, state in self._store.release.jobs.items()
            if state.is_dropped and state.delivered and self._options.only is None
        ]

    # --- and goes -------------------------------------------------------------------------------

    def deliver(self) -> None:
        """Journal what goes, and move it."""
        jobs = {share.job: share.event() for share in self.shares}
        replaces = {"replaces": True} if self.clearance.is_needed else {}
        delivery = _new_id(self._workspace)
        self._store.add("harvesting", delivery=delivery, jobs=jobs, **replaces)
        finish_delivery(self._workspace, self._store)
        brought = self._store.release.deliveries[-1].jobs
        for share in self.shares:
            gone = set(share.brought) - set(brought[share.job].frames)
            if gone:
                defect = Defect("vanished", "it vanished while it was being delivered")
                self._vanished += (
                    FrameProblem.of(one, defect)
                    for one in share.outputs(self._store)
                    if one.frame in gone
                )
                share.take_out(gone)

    def result(self, *, is_delivered: bool) -> Harvest:
        """Return what came of it."""
        problems = self._problems()
        return Harvest(
            self._dist,
            sum(one.count(one.frames) for one in self.shares) if is_delivered else 0,
            tuple(share.job for share in self.shares),
            problems,
            self._passed,
            tuple(self._gate.findings),
            tuple(self._skipped),
            len(self.clearance.replaced) if self.shares else 0,
            sum(one.count(one.renamed) for one in self.shares),
            self._store.release.deliveries[-1].id if is_delivered else "",
            tuple(self._verdicts()),
        )

    def _problems(self) -> tuple[FrameProblem, ...]:
        return (*self._gate.problems, *self._vanished)

    def _verdicts(self) -> list[JobVerdict]:
        self._judged.waiting, self._judged.running = dict(self._skipped), self._running
        name = self._options.dist_name
        return self._judged.verdicts(self._store, self._problems(), name)


def _new_id(workspace: Workspace) -> str:
    """Return a delivery's id: when, to the second, and what makes it unlike any other."""
    when = workspace.stamp()["when"][:19].replace(":", "").replace("-", "")
    return f"{when}Z-{uuid.uuid4().hex[:8]}"
