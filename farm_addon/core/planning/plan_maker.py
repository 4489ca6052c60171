# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at files one by one, and collects what becomes of their scenes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..findings import Finding, Severity, blocking
from ..naming.path_facts import PathPattern
from ..naming.templates import TemplateError
from ..recorded_paths import RecordedPath
from ..release.jobs import PlannedJob
from .dependency_rules import judge_dependencies
from .expansion import Expand, RenderUnit, judge_expansion, units_of
from .frame_choice import ChosenFrames, choose_frames, judge_markers
from .job_names import JobNamer, judge_name
from .options import PlanOptions
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
    :param source: the file that it is in.
    """

    scene: SceneFacts
    job: str
    findings: tuple[Finding, ...]
    unit: RenderUnit
    frames: ChosenFrames
    source: RecordedPath


class PlanMaker:
    """Collects rows, jobs and findings, file by file.

    :ivar broken: why files cannot become jobs as they are: the first error of each.
    :ivar skipped: those of them that are left out; ``left_out`` says all that was found there.
    """

    def __init__(self, options: PlanOptions, farm: Farm, namer: JobNamer) -> None:
        self._options, self._farm, self._namer = options, farm, namer
        self._pattern = PathPattern.parse(options.facts) if options.facts else None
        self.rows: list[PlannedScene] = []
        self.jobs: list[PlannedJob] = []
        self.findings: list[Finding] = []
        self.broken: dict[RecordedPath, str] = {}
        self.skipped: set[RecordedPath] = set()
        self.left_out: list[Finding] = []

    def add(self, source: PlanSource) -> None:
        """Plan one file."""
        fields, findings = self._facts_of(source.facts.path)
        findings[:0] = judge_file(source.facts, self._farm)
        rows = list(self._rows(source, fields))
        findings += _judge_picks(source.facts, self._options)
        findings += (finding for row in rows for finding in row.findings)
        findings = list(dict.fromkeys(findings))
        self.rows += rows
        errors = blocking(findings)
        if errors:
            self.broken[source.recorded] = f"{errors[0].subject}: {errors[0].message}"
        if errors and self._options.is_skipping_broken:
            self.skipped.add(source.recorded)
            self.left_out += findings
            return
        self.findings += findings
        good = (row for row in rows if not blocking(row.findings))
        self.jobs += (self._job(source, row, fields) for row in good)

    def _rows(self, source: PlanSource, fields: Mapping[str, str]) -> Iterator[PlannedScene]:
        options, scenes = self._options, source.facts.scenes
        units = {
            (scene.name, expand): units_of(scene, expand)
            for scene in scenes
            for expand in options.expansions(scene.name)
        }
        is_single = sum(map(len, units.values())) == 1
        dependencies = source.facts.dependencies_by_scene()
        for scene in scenes:
            if not options.takes(scene.name):
                continue
            frames = choose_frames(scene, options)
            about_files = list(judge_dependencies(dependencies.get(scene.name, ())))
            for expand in options.expansions(scene.name):
                about = [*self._judge(scene, expand, frames), *about_files]
                for unit in units[scene.name, expand]:
                    if not options.picks_unit(unit):
                        continue
                    name, about_name = self._name(source, unit, fields, is_single=is_single)
                    found = (*about, *about_name)
                    yield PlannedScene(scene, name, found, unit, frames, source.recorded)

    def _judge(self, scene: SceneFacts, expand: Expand, frames: ChosenFrames) -> Iterator[Finding]:
        yield from judge_expansion(scene, expand)
        if self._options.are_markers_names:
            yield from judge_markers(scene, frames)
        yield from judge_settings(
            scene,
            self._farm,
            has_camera=expand is Expand.CAMERAS,
            frames=frames.frames or None,
        )

    def _facts_of(self, path: str) -> tuple[dict[str, str], list[Finding]]:
        """Return what a file's path tells, or find that it does not fit the pattern."""
        if self._pattern is None:
            return {}, []
        fields = self._pattern.match(path)
        if fields is not None:
            return fields, []
        return {}, [
            Finding(
                Severity.ERROR,
                "no-facts",
                f"File ‘{path}’",
                f"its path does not end like ‘{self._pattern.text}’",
                "move the file, change the pattern (--facts), or plan the file by itself",
                {"file": path},
            )
        ]

    def _name(
        self, source: PlanSource, unit: RenderUnit, fields: Mapping[str, str], *, is_single: bool
    ) -> tuple[str, list[Finding]]:
        try:
            name = self._namer.name(source.recorded, unit, fields, is_single=is_single)
        except TemplateError as ex:
            subject = f"Scene ‘{unit.text()}’"
            about = unit.to_json()
            return "", [
                Finding(Severity.ERROR, "illegal-name", subject, ex.message, ex.hint, about)
            ]
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


def _judge_picks(facts: FileFacts, options: PlanOptions) -> Iterator[Finding]:
    """Yield which picked cameras and view layers a file does not have, or does not render."""
    for scene in facts.scenes:
        picked = options.picks.get(scene.name, frozenset())
        have = {unit for one in options.expansions(scene.name) for unit in units_of(scene, one)}
        for unit in sorted(picked - have, key=RenderUnit.text):
            what = "camera" if unit.camera else "view layer"
            yield Finding(
                Severity.ERROR,
                "no-such-part",
                f"Scene ‘{scene.name}’",
                f"it has no {what} ‘{unit.camera or unit.view_layer}’ that renders",
                "choose again what becomes a job of its own",
                unit.to_json(),
            )
