# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files a plan delivers, and whether each can have the name that it would get."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ..findings import Finding, Severity
from ..names import NameRefusedError, fold
from ..naming.templates import TemplateError
from ..release.jobs import PlannedJob, delivery_names

LISTED_MAX = 50
"""More findings of one kind than this are counted, not listed: a template is wrong for all jobs."""

_Owner = tuple[PlannedJob, int]
"""Whose file it is: the job, and the frame."""

_FIX = "change the template of delivery names, or rename a scene, a view, a frame or a file"


@dataclass(slots=True)
class Deliveries:
    """The delivery of some jobs.

    :param names: delivered files of each job, frame by frame and view by view; without those whose
        name is refused.
    """

    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def plan_deliveries(jobs: Iterable[PlannedJob], release: str, dist_name: str = "") -> Deliveries:
    """Name every file that jobs deliver, and find names that clash or that some system could not
    keep.

    Names that differ in case or Unicode form alone clash too.

    :param jobs: all of the release; of two files with one name the later one is told of.
    :param dist_name: template to use instead of the jobs' own.
    """
    made = Deliveries()
    owners: dict[str, _Owner] = {}
    problems: list[Finding] = []
    odd_ends: list[Finding] = []
    for job in jobs:
        try:
            names, problem = _name_frames(job, release, dist_name, owners)
        except TemplateError as ex:
            names, problem = (), ex.message
        made.names[job.name] = names
        if problem:
            problems.append(_finding(Severity.ERROR, "delivery-name", job, problem, _FIX))
        elif names and not names[0].endswith(job.extension):
            odd_ends.append(
                _finding(
                    Severity.WARNING,
                    "delivery-extension",
                    job,
                    f"‘{names[0]}’ does not end in {job.extension}",
                    "end the template of delivery names with .{ext}",
                )
            )
    made.findings = [*_capped(problems, LISTED_MAX), *_capped(odd_ends, 1)]
    return made


def _name_frames(
    job: PlannedJob, release: str, dist_name: str, owners: dict[str, _Owner]
) -> tuple[tuple[str, ...], str]:
    """Return the names of a job's files, and the first problem with them or an empty text."""
    namer = delivery_names(job, release, dist_name)
    names: list[str] = []
    problem = ""
    for frame in job.frames:
        for view in job.views:
            try:
                name = namer.name(frame, view.name)
            except (NameRefusedError, TemplateError) as ex:
                problem = problem or f"frame {frame}: {ex.message}"
                continue
            names.append(name)
            mine = (job, frame)
            owner = owners.setdefault(fold(name), mine)
            if owner is not mine:
                problem = problem or _clash(name, mine, owner)
    return tuple(names), problem


def _clash(name: str, mine: _Owner, owner: _Owner) -> str:
    (job, frame), (other_job, other_frame) = mine, owner
    if job is other_job and frame == other_frame:
        return f"several files of its frame {frame} would be delivered as ‘{name}’"
    if job is other_job:
        return f"its frames {other_frame} and {frame} would both be delivered as ‘{name}’"
    if fold(job.name) == fold(other_job.name):
        return ""  # jobs of one name are told of as such
    return (
        f"its frame {frame} would be delivered as ‘{name}’,"
        f" and so would frame {other_frame} of job ‘{other_job.name}’"
    )


def _finding(severity: Severity, code: str, job: PlannedJob, message: str, fix: str) -> Finding:
    return Finding(severity, code, f"Job ‘{job.name}’", message, fix, {"job": job.name})


def _capped(findings: list[Finding], most: int) -> Iterator[Finding]:
    """Yield the first ones; the last of these says how many more there are."""
    shown, more = findings[:most], len(findings) - most
    for index, finding in enumerate(shown):
        if more > 0 and index == most - 1:
            finding = replace(finding, message=f"{finding.message}; so it is in {more} more jobs")
        yield finding
