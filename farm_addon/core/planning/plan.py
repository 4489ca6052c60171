# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn scenes into the jobs of a release. Pure: facts in, plan out.

A plan speaks for the files and scenes that it names, and for nothing else: planning one file into
a release leaves the jobs of other files alone, and planning some scenes of a file leaves the jobs
of its other scenes alone. Its cost per job is the same however many jobs the release has.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..errors import UsageError
from ..findings import Finding, Severity, blocking
from ..recorded_paths import RecordedPath
from ..release.jobs import PlannedJob
from .deliveries import plan_deliveries
from .expansion import RenderUnit
from .job_names import JobNamer, judge_twins
from .options import PlanOptions as PlanOptions
from .options import check_options
from .plan_changes import changes
from .plan_maker import PlanMaker, PlannedScene
from .plan_maker import PlanSource as PlanSource
from .scene_rules import Farm


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that no Blender could read.

    :param why: one sentence, and ``hint`` what to do.
    """

    path: str
    why: str
    hint: str = ""

    def finding(self) -> Finding:
        """Return it as what is wrong."""
        subject = f"File ‘{self.path}’"
        data = {"file": self.path}
        return Finding(Severity.ERROR, "unreadable-file", subject, self.why, self.hint, data)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan, compared with what the release has.

    :param jobs: all that are planned, in the order of their rows.
    :param added: jobs that are new; ``replaced``: known ones that changed; ``unchanged``: names.
    :param changes: of each replaced job, what is changed, for people.
    :param dropped: names of jobs that their file no longer brings.
    :param outputs: of each planned job, the names of all files that it delivers.
    :param broken: why files cannot become jobs as they are: the first error of each.
    :param left_out: findings about broken files that are left out; they do not block the rest.
    """

    rows: tuple[PlannedScene, ...] = ()
    jobs: Mapping[str, PlannedJob] = field(default_factory=dict)
    added: tuple[PlannedJob, ...] = ()
    replaced: tuple[PlannedJob, ...] = ()
    unchanged: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    changes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    broken: Mapping[RecordedPath, str] = field(default_factory=dict)
    left_out: tuple[Finding, ...] = ()

    @property
    def is_blocked(self) -> bool:
        """Whether a finding forbids it."""
        return bool(blocking(self.findings))

    @property
    def has_changes(self) -> bool:
        """Whether writing it would change the record."""
        return bool(self.added or self.replaced or self.dropped)


def make_plan(
    sources: Sequence[PlanSource],
    known: Mapping[str, PlannedJob],
    options: PlanOptions,
    farm: Farm,
    release: str = "release",
    former: Collection[str] = (),
    unread: Sequence[Unread] = (),
) -> Plan:
    """Plan one job for each scene, or for each camera or view layer of a scene.

    :param known: the jobs that the release has now, by name.
    :param release: its name, for templates.
    :param former: names of all jobs that the release ever had.
    :param unread: files that could not be read; their jobs stay as they are.
    :raises UsageError: if an option makes no sense or a scene pattern matches nothing at all.
    """
    check_options(options)
    maker = PlanMaker(options, farm, JobNamer(release, options.job_name, known.values()))
    for source in sources:
        maker.add(source)
    if not maker.rows and not unread:
        _refuse_empty(sources, options)
    is_skipping = options.is_skipping_broken and bool(maker.jobs)
    broken = [*(one.finding() for one in unread), *maker.left_out]
    plan = _compare(maker, sources, known, options, release, former)
    if is_skipping:
        return replace(plan, left_out=tuple(broken))
    return replace(plan, findings=(*broken, *plan.findings))


def _compare(
    maker: PlanMaker,
    sources: Sequence[PlanSource],
    known: Mapping[str, PlannedJob],
    options: PlanOptions,
    release: str,
    former: Collection[str],
) -> Plan:
    """Compare what was looked at with what the release has."""
    jobs = maker.jobs
    rows = [row for row in maker.rows if row.source not in maker.skipped]
    scenes_of = {
        source.recorded: {scene.name for scene in source.facts.scenes}
        for source in sources
        if source.recorded not in maker.skipped
    }

    def stays(job: PlannedJob) -> bool:
        scenes = scenes_of.get(job.source)
        unit = RenderUnit(job.scene, job.camera, job.view_layer)
        return scenes is None or (job.scene in scenes and not options.speaks_for(unit))

    named = [(row.job, row.unit) for row in rows if row.job]
    findings = [*maker.findings, *judge_twins(named, known.values(), former, stays)]
    looked_at = {row.job for row in rows}
    dropped = [job.name for job in known.values() if job.name not in looked_at and not stays(job)]
    names = {job.name for job in jobs}
    others = [job for job in known.values() if job.name not in names and stays(job)]
    deliveries = plan_deliveries([*others, *jobs], release)
    replaced = [job for job in jobs if job.name in known and known[job.name] != job]
    return Plan(
        rows=tuple(maker.rows),
        jobs={job.name: job for job in jobs},
        added=tuple(job for job in jobs if job.name not in known),
        replaced=tuple(replaced),
        unchanged=tuple(job.name for job in jobs if known.get(job.name) == job),
        dropped=tuple(dropped),
        findings=(*findings, *deliveries.findings),
        changes={job.name: changes(known[job.name], job) for job in replaced},
        outputs={job.name: deliveries.names[job.name] for job in jobs},
        broken=maker.broken,
    )


def _refuse_empty(sources: Sequence[PlanSource], options: PlanOptions) -> None:
    have = [scene.name for source in sources for scene in source.facts.scenes]
    wanted = [*options.scenes, *options.picks]
    raise UsageError(
        "no scene matches " + (", ".join(f"'{one}'" for one in wanted) if wanted else "the plan"),
        hint="the scenes are: " + ", ".join(have) if have else "the files hold no scene",
    )
