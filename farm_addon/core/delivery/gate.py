# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate before delivery: is every expected frame there, whole, and ours?

A frame that exists proves nothing, and neither does a completed job (flamenco.md, rule 2): Blender
leaves truncated files behind when it is killed or the disk is full, and they are never redone. So
each frame is decoded, whatever the Manager says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..formats import OutputFormat, output_format
from ..ports import FrameDecoder, FrameVerdict, Reporter
from ..provenance import find_in_note
from ..release.jobs import ExpectedFrame, PlannedJob
from ..release.record import Attempt


@dataclass(frozen=True, slots=True)
class FrameProblem:
    """One expected frame that may not pass.

    :param problem: one sentence.
    """

    job: str
    frame: int
    view: str
    path: str
    problem: str

    def to_json(self) -> dict[str, str | int]:
        """Return the row's values."""
        return {
            "job": self.job,
            "frame": self.frame,
            "view": self.view,
            "path": self.path,
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """A frame and whose it should be."""

    expected: ExpectedFrame
    plan: PlannedJob
    attempt: Attempt


def check_frames(
    claims: Sequence[Claim],
    volume_root: Path,
    release_id: str,
    decoder: FrameDecoder,
    reporter: Reporter,
) -> list[FrameProblem]:
    """Decode every claimed frame and return what is wrong, in the order of the claims.

    :param volume_root: frames' paths are relative to it.
    """
    problems: dict[int, str] = {}
    present: list[int] = []
    for index, claim in enumerate(claims):
        path = volume_root / claim.expected.source
        missing = _why_missing(path)
        if missing:
            problems[index] = missing
        else:
            present.append(index)
    reporter.progress("check", 0, len(present))
    paths = [volume_root / claims[index].expected.source for index in present]
    verdicts = zip(present, decoder.decode(paths), strict=True)
    for done, (index, verdict) in enumerate(verdicts, 1):
        problem = next(_problems(claims[index], verdict, release_id), "")
        if problem:
            problems[index] = problem
        reporter.progress("check", done, len(present))
    return [_row(claims[index], problems[index]) for index in sorted(problems)]


def _why_missing(path: Path) -> str:
    try:
        stat = os.lstat(path)
    except FileNotFoundError:
        return "it is missing"
    except OSError as ex:
        return f"it cannot be read: {ex.strerror or ex}"
    if not os.path.isfile(path) or os.path.islink(path):
        return "it is not a plain file"
    return "" if stat.st_size else "it is empty"


def _problems(claim: Claim, verdict: FrameVerdict, release_id: str) -> Iterator[str]:
    """Yield what is wrong with a decoded frame, the gravest first."""
    if verdict.problem:
        yield f"it does not decode: {verdict.problem}"
    plan = claim.plan
    wanted: OutputFormat | None = output_format(plan.file_format)
    if wanted is None or verdict.format_name != wanted.decoder_name:
        yield f"it is {verdict.format_name or 'of no known format'}, not {plan.file_format}"
    if (verdict.width_px, verdict.height_px) != (plan.width_px, plan.height_px):
        yield (
            f"it is {verdict.width_px} × {verdict.height_px} pixels,"
            f" not {plan.width_px} × {plan.height_px}"
        )
    stamp = find_in_note(verdict.note)
    if stamp is not None:
        whose = (stamp.release_id, stamp.attempt, stamp.inputs)
        if whose != (release_id, claim.attempt.number, claim.attempt.inputs):
            yield "its stamp says that another attempt rendered it"


def _row(claim: Claim, problem: str) -> FrameProblem:
    expected = claim.expected
    return FrameProblem(
        expected.job, expected.frame, expected.view.name, str(expected.source), problem
    )
