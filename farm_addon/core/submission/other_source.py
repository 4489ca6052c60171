# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan a job anew from another file, under its old name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..errors import BlockedError, UsageError
from ..findings import Finding, Severity, blocking
from ..planning.deliveries import plan_deliveries
from ..planning.frame_choice import choose_frames
from ..planning.options import PlanOptions
from ..planning.plan import PlanSource
from ..planning.scene_facts import SceneFacts
from ..planning.scene_rules import Farm, judge_file
from ..ports import Reporter
from ..release.jobs import PlannedJob
from ..release.record import Release
from .freeze import judge_planned


def plan_from(
    release: Release, job: str, source: PlanSource, farm: Farm, reporter: Reporter
) -> PlannedJob:
    """Return a job as it is when it comes from another file: the scene of the same name decides
    about size, format and frames, unless the frames were chosen.

    :param reporter: is told the findings that do not block.
    :raises UsageError: if the file has no such scene.
    :raises BlockedError: if a finding forbids it.
    """
    plan, facts = release.jobs[job].plan, source.facts
    scene = next((one for one in facts.scenes if one.name == plan.scene), None)
    if scene is None:
        have = ", ".join(one.name for one in facts.scenes)
        raise UsageError(
            f"'{facts.path}' has no scene '{plan.scene}', which job '{plan.name}' renders",
            hint=f"its scenes are: {have}",
        )
    dependencies = facts.dependencies_by_scene().get(scene.name, ())
    planned = _from_scene(plan, source, scene)
    findings = [
        *judge_file(facts, farm),
        *judge_planned(plan, scene, dependencies, farm),
        *_judge_parts(plan, scene),
        *_judge_names(release, planned),
    ]
    if blocking(findings):
        raise BlockedError(f"job '{plan.name}' cannot be made from '{facts.path}'", findings)
    for finding in findings:
        reporter.finding(finding)
    return planned


def _judge_names(release: Release, planned: PlannedJob) -> Iterator[Finding]:
    """Yield what is wrong with the names that the job's frames would be delivered under."""
    others = (one.plan for one in release.planned() if one.plan.name != planned.name)
    for finding in plan_deliveries([*others, planned], release.name).findings:
        if finding.subject == f"Job ‘{planned.name}’":
            yield finding


def _judge_parts(plan: PlannedJob, scene: SceneFacts) -> Iterator[Finding]:
    """Yield what the job renders of a scene that this one does not have."""
    for what, name, have in (
        ("camera", plan.camera, scene.cameras),
        ("view layer", plan.view_layer, scene.view_layers),
    ):
        if name and name not in have:
            yield Finding(
                Severity.ERROR,
                "no-such-part",
                f"Scene ‘{scene.name}’",
                f"it has no {what} ‘{name}’, which job ‘{plan.name}’ renders",
                "rename one of its own",
            )


def _from_scene(plan: PlannedJob, source: PlanSource, scene: SceneFacts) -> PlannedJob:
    frames = choose_frames(
        scene,
        PlanOptions(
            frames=plan.frames if plan.are_frames_chosen else None,
            frame_names=dict(plan.frame_names) if plan.are_frames_chosen else None,
            are_markers_names=bool(plan.frame_names) and not plan.are_frames_chosen,
        ),
    )
    return replace(
        plan,
        source=source.recorded,
        frames=frames.of(scene),
        width_px=scene.width_px,
        height_px=scene.height_px,
        engine=scene.engine,
        file_format=scene.file_format,
        extension=scene.extension,
        views=scene.views,
        snapshot=source.snapshot,
        has_unsaved_edits=source.has_unsaved_edits,
        frame_names=frames.names,
        color_mode=scene.color_mode,
        is_burning_stamp=scene.is_burning_stamp,
    )
