# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn scenes into the jobs of a release. Pure: facts in, plan out.

A plan speaks for the files and scenes that it names, and for nothing else: planning one file into
a release leaves the jobs of other files alone, and planning some scenes of a file leaves the jobs
of its other scenes alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import PurePath

from ..errors import UsageError
from ..findings import Finding, Severity, blocking
from ..frames import Frames
from ..names import NameRefusedError, check_name, check_output_name, fold, suggest_name
from ..recorded_paths import RecordedPath
from ..release.jobs import PlannedJob, delivery_name
from .scene_facts import FileFacts, SceneFacts
from .scene_rules import Farm, judge_file, judge_scene


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
class PlanOptions:
    """What the caller chose.

    :param scenes: patterns (``*``, ``?``, ``[…]``) of which a scene's name must match one; empty
        takes every scene.
    """

    scenes: tuple[str, ...] = ()
    chunk_size: int = 1
    priority: int = 50
    worker_tag: str = ""

    def takes(self, scene: str) -> bool:
        """Tell whether a scene is meant."""
        return not self.scenes or any(
            scene == pattern or fnmatchcase(scene, pattern) for pattern in self.scenes
        )


@dataclass(frozen=True, slots=True)
class PlannedScene:
    """One scene that was looked at: a row for people."""

    scene: SceneFacts
    job: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan, compared with what the release has.

    :param added: jobs that are new; ``replaced``: known ones that changed; ``unchanged``: names.
    :param dropped: names of jobs that their file no longer brings.
    """

    rows: tuple[PlannedScene, ...] = ()
    added: tuple[PlannedJob, ...] = ()
    replaced: tuple[PlannedJob, ...] = ()
    unchanged: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

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
) -> Plan:
    """Plan one job per scene.

    :param known: the jobs that the release has now, by name.
    :raises UsageError: if a scene pattern matches nothing at all.
    """
    findings: list[Finding] = []
    rows: list[PlannedScene] = []
    jobs: list[PlannedJob] = []
    for source in sources:
        findings += judge_file(source.facts, farm)
        for scene in source.facts.scenes:
            if not options.takes(scene.name):
                continue
            name = _job_name(source, scene, known)
            about_scene = [*_judge_name(name, scene), *judge_scene(scene, source.facts, farm)]
            rows.append(PlannedScene(scene, name, tuple(about_scene)))
            findings += about_scene
            if not blocking(about_scene):
                jobs.append(_job(source, scene, name, options))
    if not rows:
        _refuse_empty(sources, options)
    findings += _judge_twins(rows, sources, known)
    plan = _compare(rows, jobs, sources, known, options, findings)
    gone = {*plan.dropped, *(job.name for job in jobs)}
    others = [job for job in known.values() if job.name not in gone]
    return replace(plan, findings=(*plan.findings, *_judge_deliveries([*others, *jobs])))


def _judge_deliveries(jobs: Sequence[PlannedJob]) -> list[Finding]:
    """Find delivered files that would have one name, or one that some system could not keep."""
    owners: dict[str, str] = {}
    findings: dict[str, Finding] = {}
    for job in jobs:
        for frame in job.frames:
            for view in job.views:
                name = delivery_name(job, frame, view)
                problem = _delivery_problem(name, job.name, owners.setdefault(fold(name), job.name))
                if problem and job.name not in findings:
                    findings[job.name] = Finding(
                        Severity.ERROR,
                        "delivery-name",
                        f"Job ‘{job.name}’",
                        problem,
                        "rename a scene, a view or a file",
                    )
    return list(findings.values())


def _delivery_problem(name: str, job: str, owner: str) -> str:
    if fold(owner) != fold(job):  # jobs of one name are told of as such
        return f"its frame would be delivered as ‘{name}’, and so would one of job ‘{owner}’"
    try:
        check_output_name(name)
    except NameRefusedError as ex:
        return ex.message
    return ""


def _refuse_empty(sources: Sequence[PlanSource], options: PlanOptions) -> None:
    have = [scene.name for source in sources for scene in source.facts.scenes]
    raise UsageError(
        f"no scene matches {', '.join(options.scenes) or 'the plan'}",
        hint="the scenes are: " + ", ".join(have) if have else "the files hold no scene",
    )


def _job_name(source: PlanSource, scene: SceneFacts, known: Mapping[str, PlannedJob]) -> str:
    """Return the name that the job has already, else the file's stem, with the scene where the file
    brings several."""
    for job in known.values():
        if job.source == source.recorded and job.scene == scene.name:
            return job.name
    stem = PurePath(source.facts.path.replace("\\", "/")).stem
    name = stem if len(source.facts.scenes) == 1 else f"{stem}_{scene.name}"
    try:
        return check_name(name, kind="job")
    except NameRefusedError:
        return name


def _judge_name(name: str, scene: SceneFacts) -> list[Finding]:
    try:
        check_name(name, kind="job")
    except NameRefusedError as ex:
        return [
            Finding(
                Severity.ERROR,
                "illegal-name",
                f"Scene ‘{scene.name}’",
                ex.message,
                f"rename the scene or the file; '{suggest_name(name)}' would do",
            )
        ]
    return []


def _job(source: PlanSource, scene: SceneFacts, name: str, options: PlanOptions) -> PlannedJob:
    return PlannedJob(
        name=name,
        source=source.recorded,
        scene=scene.name,
        frames=Frames.from_scene(scene.frame_start, scene.frame_end, scene.frame_step),
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
    )


def _judge_twins(
    rows: Iterable[PlannedScene], sources: Sequence[PlanSource], known: Mapping[str, PlannedJob]
) -> list[Finding]:
    """Find names that two jobs of the release would share, without regard to case."""
    spoken_for = {source.recorded for source in sources}
    owners: dict[str, list[str]] = {}
    for row in rows:
        owners.setdefault(fold(row.job), []).append(f"scene ‘{row.scene.name}’")
    for job in known.values():
        if job.source not in spoken_for and fold(job.name) in owners:
            owners[fold(job.name)].append(f"'{job.source.text}', which is in the release already")
    return [
        Finding(
            Severity.ERROR,
            "duplicate-name",
            f"Job ‘{name}’",
            f"{' and '.join(who)} would have this name",
            "rename a scene or a file",
        )
        for name, who in owners.items()
        if len(who) > 1
    ]


def _compare(
    rows: list[PlannedScene],
    jobs: list[PlannedJob],
    sources: Sequence[PlanSource],
    known: Mapping[str, PlannedJob],
    options: PlanOptions,
    findings: list[Finding],
) -> Plan:
    looked_at = {row.job for row in rows}
    scenes_of = {s.recorded: {scene.name for scene in s.facts.scenes} for s in sources}
    dropped = [
        job.name
        for job in known.values()
        if job.source in scenes_of
        and job.name not in looked_at
        and (options.takes(job.scene) or job.scene not in scenes_of[job.source])
    ]
    return Plan(
        rows=tuple(rows),
        added=tuple(job for job in jobs if job.name not in known),
        replaced=tuple(job for job in jobs if job.name in known and known[job.name] != job),
        unchanged=tuple(job.name for job in jobs if known.get(job.name) == job),
        dropped=tuple(dropped),
        findings=tuple(findings),
    )
