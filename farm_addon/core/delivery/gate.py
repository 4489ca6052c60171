# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate before delivery: is every expected frame there, whole, and ours?

A frame that exists proves nothing, and neither does a completed job (flamenco.md, rule 2): Blender
leaves truncated files behind when it is killed or the disk is full, and they are never redone. So
each frame is decoded, whatever the Manager says. What it must be to pass is in :mod:`.frame_rules`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath

from ..findings import Finding
from ..formats import output_format
from ..frames import Frames
from ..ports import FrameDecoder, FrameVerdict, Reporter
from ..provenance import Provenance
from ..release.jobs import ExpectedFrame, PlannedJob, expected_frames
from ..release.record import Attempt
from ..release.release_store import ReleaseStore
from .folder import Folder
from .frame_rules import Defect, find_defect
from .oddities import Oddities, foreign_files
from .progress import Progress

_BATCH_FILES = 4096
"""So many files are with the decoder at once: it keeps all cores busy, and memory flat."""
_CLOCK_TICK_S = 2.0
"""FAT keeps times to two seconds."""


@dataclass(frozen=True, slots=True)
class FrameProblem:
    """One expected file that may not pass.

    :param problem: one sentence.
    :param code: stable identifier in kebab-case: ``missing``.
    """

    job: str
    frame: int
    view: str
    path: str
    problem: str
    code: str = ""

    def to_json(self) -> dict[str, str | int]:
        """Return the row's values."""
        return {
            "job": self.job,
            "frame": self.frame,
            "view": self.view,
            "path": self.path,
            "problem": self.problem,
            "code": self.code,
        }

    @classmethod
    def of(cls, expected: ExpectedFrame, defect: Defect) -> FrameProblem:
        """Say what is wrong with a file."""
        return cls(
            expected.job,
            expected.frame,
            expected.view.name,
            str(expected.source),
            defect.problem,
            defect.code,
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """Frames of one attempt that are to pass.

    :param plan: what was frozen for the attempt.
    """

    plan: PlannedJob
    attempt: Attempt
    frames: Frames

    @property
    def files(self) -> int:
        """How many files they are."""
        return len(self.frames) * len(self.plan.views)


@dataclass(slots=True)
class GateReport:
    """What the gate says.

    :param problems: in the order of the claims.
    :param findings: warnings; none of them holds a frame back.
    :param files: how many were looked for.
    """

    problems: list[FrameProblem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    files: int = 0

    def failed(self) -> dict[str, set[int]]:
        """Return the frames that do not pass, by job."""
        found: dict[str, set[int]] = {}
        for problem in self.problems:
            found.setdefault(problem.job, set()).add(problem.frame)
        return found


def check_frames(
    claims: Sequence[Claim],
    store: ReleaseStore,
    root: Path,
    decoder: FrameDecoder,
    reporter: Reporter,
) -> GateReport:
    """Look for every claimed frame and decode it.

    :param root: the volume's.
    :raises VolumeError: if a folder cannot be read.
    """
    gate = _Gate(store, root)
    total = sum(claim.files for claim in claims)
    progress = Progress(reporter, "check", total)
    looked = gate.look(claims)
    while batch := list(islice(looked, _BATCH_FILES)):
        present = [one for one in batch if one.defect is None]
        verdicts = decoder.decode([root / one.expected.source for one in present])
        found = iter(zip(present, verdicts, strict=True))
        for one in batch:
            gate.judge(one, next(found)[1] if one.defect is None else None)
            progress.add()
        assert next(found, None) is None, "a verdict per file"
    progress.finish()
    return gate.finish(total)


@dataclass(frozen=True, slots=True)
class _Looked:
    """A file that was looked for."""

    job: _JobAtGate
    expected: ExpectedFrame
    defect: Defect | None


class _JobAtGate:
    """One claim while its frames go through."""

    def __init__(self, claim: Claim, store: ReleaseStore) -> None:
        attempt, name = claim.attempt, claim.plan.name
        self.plan = claim.plan
        self.owner = Provenance(
            store.release.name, store.release.id, name, attempt.number, attempt.inputs
        )
        self.oddities = Oddities(name)
        self.frozen_s = 0.0 if _carries_stamp(claim.plan) else _modified_s(store.blend(name))

    def judge(self, expected: ExpectedFrame, verdict: FrameVerdict) -> Defect | None:
        """Return why a decoded frame does not pass; note what is odd about one that does."""
        defect = find_defect(verdict, self.plan, self.owner, expected.frame)
        if defect is not None and _is_empty(verdict.path):
            return Defect("empty", "it is empty")
        if defect is None:
            self.oddities.look(expected.frame, expected.view.name, verdict)
            if self.frozen_s and _modified_s(verdict.path) < self.frozen_s - _CLOCK_TICK_S:
                self.oddities.note("old-frames", expected.frame, expected.view.name)
        return defect


class _Gate:
    def __init__(self, store: ReleaseStore, root: Path) -> None:
        self._store, self._root = store, root
        self._report = GateReport()
        self._job: _JobAtGate | None = None

    def look(self, claims: Iterable[Claim]) -> Iterator[_Looked]:
        """Yield every claimed file, with why it is not there where it is not."""
        for claim in claims:
            job = _JobAtGate(claim, self._store)
            folders: dict[PurePosixPath, Folder] = {}
            seen: dict[PurePosixPath, set[str]] = {}
            for expected in self._expected(claim, claim.frames):
                parent, name = expected.source.parent, expected.source.name
                if parent not in folders:
                    folders[parent], seen[parent] = Folder(self._root / parent), set()
                seen[parent].add(name)
                yield _Looked(job, expected, folders[parent].find_defect(name))
            self._look_for_foreign(claim, folders, seen)

    def judge(self, one: _Looked, verdict: FrameVerdict | None) -> None:
        """Judge the next file.

        :param verdict: None where it is not there.
        """
        if one.job is not self._job:
            self._finish_job()
            self._job = one.job
        defect = one.defect if verdict is None else one.job.judge(one.expected, verdict)
        if defect is not None:
            self._report.problems.append(FrameProblem.of(one.expected, defect))
            one.job.oddities.forget_neighbour(one.expected.view.name)

    def finish(self, files: int) -> GateReport:
        """Return what was found."""
        self._finish_job()
        self._job = None
        self._report.files = files
        return self._report

    def _finish_job(self) -> None:
        if self._job is not None:
            self._report.findings += self._job.oddities.findings()

    def _look_for_foreign(
        self,
        claim: Claim,
        folders: dict[PurePosixPath, Folder],
        seen: dict[PurePosixPath, set[str]],
    ) -> None:
        foreign: dict[PurePosixPath, list[str]] = {
            parent: folder.foreign(seen[parent]) for parent, folder in folders.items()
        }
        if any(foreign.values()) and claim.frames != claim.plan.frames:
            # Frames that are delivered already may be there once more.
            rest = Frames(set(claim.plan.frames) - set(claim.frames))
            own = {expected.source for expected in self._expected(claim, rest)}
            foreign = {
                parent: [name for name in names if parent / name not in own]
                for parent, names in foreign.items()
            }
        for names in foreign.values():
            if names:
                self._report.findings.append(foreign_files(claim.plan.name, names))

    def _expected(self, claim: Claim, frames: Frames) -> Iterator[ExpectedFrame]:
        return expected_frames(claim.plan, self._store.relative, claim.attempt.number, frames)


def _carries_stamp(plan: PlannedJob) -> bool:
    known = output_format(plan.file_format)
    return known is not None and known.carries_note and not plan.is_burning_stamp


def _modified_s(path: Path) -> float:
    """Return when a file was written, or 0 where that cannot be told."""
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def _is_empty(path: Path) -> bool:
    try:
        return os.stat(path).st_size == 0
    except OSError:
        return False
