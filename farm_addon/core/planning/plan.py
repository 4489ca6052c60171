# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn scenes into the jobs of a release. Pure: facts in, plan out.

A plan speaks for the files and scenes that it names, and for nothing else: planning one file into
a release leaves the jobs of other files alone, and planning some scenes of a file leaves the jobs
of its other scenes alone. Its cost per job is the same however many jobs the release has.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import UsageError
from ..findings import Finding, Severity, blocking
from ..naming.path_facts import PathPattern
from ..naming.templates import TemplateError
from ..recorded_paths import RecordedPath
from ..release.jobs import PlannedJob
from .deliveries import plan_deliveries
from .dependency_rules import judge_dependencies
from .expansion import RenderUnit, judge_expansion, units_of
from .frame_choice import ChosenFrames, choose_frames, judge_markers
from .job_names import JobNamer, judge_name, judge_twins
from .options import Expand, PlanOptions, check_options
from .plan_changes import changes
from .scene_facts import FileFacts, SceneFacts
from .scene_rules import Farm, judge_file, judge_settings


@dataclass(frozen=True, slots=True)
class PlanSource:
    """A file to plan.

    :param facts: with ``facts.path`` as the artist calls the file, also where a snapshot was read.
    :param recorded: the same path as the record keeps it.
    :param snapshot: absolute path of the snapshot to freeze, or empty.
    """

    facts: FileFacts
    recorded: RecordedPath
    snapshot: str = ""
    has_unsaved_edits: bool = False


@dataclass(frozen=True, slots=True)
class PlannedScene:
    """One thing that was looked at and becomes a job, unless a finding blocks it: a row for people.

    :param frames: of the job.
    """

    scene: SceneFacts
    job: str
    findings: tuple[Finding, ...]
    unit: RenderUnit
    frames: ChosenFrames


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan, compared with what the release has.

    :param added: jobs that are new; ``replaced``: known ones that changed; ``unchanged``: names.
    :param changes: of each replaced job, what is changed, for people.
    :param dropped: names of jobs that their file no longer brings.
    :param outputs: of each planned job, the names of all files that it delivers.
    """

    rows: tuple[PlannedScene, ...] = ()
    added: tuple[PlannedJob, ...] = ()
    replaced: tuple[PlannedJob, ...] = ()
    unchanged: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    changes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

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
) -> Plan:
    """Plan one job for each scene, or for each camera or view layer of a scene.

    :param known: the jobs that the release has now, by name.
    :param release: its name, for templates.
    :param former: names of all jobs that the release ever had.
    :raises UsageError: if an option makes no sense or a scene pattern matches nothing at all.
    """
    check_options(options)
    maker = _Maker(options, farm, JobNamer(release, options.job_name, known.values()))
    for source in sources:
        maker.add(source)
    rows, jobs = maker.rows, maker.jobs
    if not rows:
        _refuse_empty(sources, options)
    scenes_of = {s.recorded: {scene.name for scene in s.facts.scenes} for s in sources}

    def stays(job: PlannedJob) -> bool:
        scenes = scenes_of.get(job.source)
        return scenes is None or (job.scene in scenes and not options.takes(job.scene))

    named = [(row.job, row.unit) for row in rows if row.job]
    findings = [*maker.findings, *judge_twins(named, known.values(), former, stays)]
    looked_at = {row.job for row in rows}
    dropped = [job.name for job in known.values() if job.name not in looked_at and not stays(job)]
    names = {job.name for job in jobs}
    others = [job for job in known.values() if job.name not in names and stays(job)]
    deliveries = plan_deliveries([*others, *jobs], release)
    replaced = [job for job in jobs if job.name in known and known[job.name] != job]
    return Plan(
        rows=tuple(rows),
        added=tuple(job for job in jobs if job.name not in known),
        replaced=tuple(replaced),
        unchanged=tuple(job.name for job in jobs if known.get(job.name) == job),
        dropped=tuple(dropped),
        findings=(*findings, *deliveries.findings),
        changes={job.name: changes(known[job.name], job) for job in replaced},
        outputs={job.name: deliveries.names[job.name] for job in jobs},
    )


class _Maker:
    """Collects rows, jobs and findings, file by file."""

    def __init__(self, options: PlanOptions, farm: Farm, namer: JobNamer) -> None:
        self._options, self._farm, self._namer = options, farm, namer
        self._pattern = PathPattern.parse(options.facts) if options.facts else None
        self.rows: list[PlannedScene] = []
        self.jobs: list[PlannedJob] = []
        self.findings: list[Finding] = []

    def add(self, source: PlanSource) -> None:
        """Plan one file."""
        facts, options = source.facts, self._options
        self.findings += judge_file(facts, self._farm)
        fields = self._facts_of(facts.path)
        dependencies = facts.dependencies_by_scene()
        units = {scene.name: units_of(scene, options.expand) for scene in facts.scenes}
        is_single = sum(map(len, units.values())) == 1
        for scene in facts.scenes:
            if not options.takes(scene.name):
                continue
            frames = choose_frames(scene, options)
            about = [
                *judge_expansion(scene, options.expand),
                *(judge_markers(scene, frames) if options.are_markers_names else ()),
                *judge_settings(
                    scene,
                    self._farm,
                    has_camera=options.expand is Expand.CAMERAS,
                    frames=frames.frames or None,
                ),
                *judge_dependencies(dependencies.get(scene.name, ())),
            ]
            self.findings += about
            for unit in units[scene.name]:
                name, about_name = self._name(source, unit, fields, is_single=is_single)
                self.findings += about_name
                self.rows.append(PlannedScene(scene, name, (*about, *about_name), unit, frames))
                if not blocking([*about, *about_name]):
                    self.jobs.append(self._job(source, self.rows[-1], fields))

    def _facts_of(self, path: str) -> dict[str, str]:
        """Return what a file's path tells, or find that it does not fit the pattern."""
        if self._pattern is None:
            return {}
        fields = self._pattern.match(path)
        if fields is None:
            self.findings.append(
                Finding(
                    Severity.ERROR,
                    "no-facts",
                    f"File ‘{path}’",
                    f"its path does not end like ‘{self._pattern.text}’",
                    "move the file, change the pattern (--facts), or plan the file by itself",
                )
            )
        return fields or {}

    def _name(
        self, source: PlanSource, unit: RenderUnit, fields: Mapping[str, str], *, is_single: bool
    ) -> tuple[str, list[Finding]]:
        try:
            name = self._namer.name(source.recorded, unit, fields, is_single=is_single)
        except TemplateError as ex:
            subject = f"Scene ‘{unit.text()}’"
            return "", [Finding(Severity.ERROR, "illegal-name", subject, ex.message, ex.hint)]
        return name, list(judge_name(name, unit))

    def _job(self, source: PlanSource, row: PlannedScene, fields: Mapping[str, str]) -> PlannedJob:
        scene, options = row.scene, self._options
        return PlannedJob(
            name=row.job,
            source=source.recorded,
            scene=scene.name,
            frames=row.frames.of(scene),
            width_px=scene.width_px,
            height_px=scene.height_px,
            engine=scene.engine,
            file_format=scene.file_format,
            extension=scene.extension,
            views=scene.views,
            chunk_size=options.chunk_size,
            priority=options.priority,
            worker_tag=options.worker_tag,
            snapshot=source.snapshot,
            has_unsaved_edits=source.has_unsaved_edits,
            camera=row.unit.camera,
            view_layer=row.unit.view_layer,
            facts=tuple(sorted(fields.items())),
            dist_name=options.dist_name,
            frame_names=row.frames.names,
            are_frames_chosen=row.frames.are_chosen,
            color_mode=scene.color_mode,
            is_burning_stamp=scene.is_burning_stamp,
        )


def _refuse_empty(sources: Sequence[PlanSource], options: PlanOptions) -> None:
    have = [scene.name for source in sources for scene in source.facts.scenes]
    raise UsageError(
        "no scene matches "
        + (", ".join(f"'{one}'" for one in options.scenes) if options.scenes else "the plan"),
        hint="the scenes are: " + ", ".join(have) if have else "the files hold no scene",
    )
