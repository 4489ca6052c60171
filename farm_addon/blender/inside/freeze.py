# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn one .blend into self-contained files, one per job. Inside a background Blender.

The source is opened once, everything that it needs is taken into memory, and each job's file is
saved from there with that job's scene active; then each file is opened again and proved. Nothing is
evaluated on the way, and nothing is written but the targets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import bpy

from ...core.errors import BlenderError
from ...core.findings import Finding, blocking
from ...core.ports import FreezeJob, FrozenJob
from .blendfile import OpenFile, open_file, save_copy
from .closure import Closure
from .dependencies import matters, outside_files
from .freeze_rules import judge_before, judge_renames
from .job_settings import job_settings
from .job_view import job_view, mark_cameras, take_marked_cameras
from .labels import text_of
from .localize import keep, make_all_local, pack
from .proof import Contents, contents_of, prove

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and of how many."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A scene whose data is in memory, ready to be saved, or not.

    :param contents: what the scene reaches; of no use where a finding blocks.
    """

    findings: tuple[Finding, ...]
    contents: Contents

    @property
    def is_usable(self) -> bool:
        return not blocking(self.findings)


@dataclass(frozen=True, slots=True)
class _Saved:
    """What a job's file must hold.

    :param camera: name of the job's camera in it; empty for the scene's own.
    """

    contents: Contents
    camera: str


def freeze(blend: str, jobs: Sequence[FreezeJob], *, progress: Progress) -> Iterator[FrozenJob]:
    """Freeze jobs of one file.

    A job with a blocking finding has no usable target: none was written, or what was written did
    not stand the proof.

    :param blend: absolute path; it and its folder stay byte-identical.
    :param jobs: their targets' folders exist.
    :return: in the order of ``jobs``, each after all files were written and its own was proved.
    :raises BlenderError: if the file cannot be opened, has no such scene, camera or view layer, or
        cannot be saved.
    """
    steps = 2 * len(jobs)
    progress("opening", 0, steps)
    file = open_file(blend)
    scenes = {text_of(scene): scene for scene in file.scenes()}
    for job in jobs:
        if job.scene not in scenes:
            raise BlenderError(f"'{blend}' has no scene '{job.scene}'", hint="plan the file again")
    mark_cameras(scenes, jobs)
    taken = _take_in(file, [scenes[name] for name in dict.fromkeys(job.scene for job in jobs)])
    cameras = take_marked_cameras(scenes, jobs)
    saved = []
    for done, (job, camera) in enumerate(zip(jobs, cameras, strict=True)):
        progress("saving", done, steps)
        saved.append(_save(file, scenes[job.scene], job, camera, taken[job.scene]))
    # Opening a frozen file closes the source; its scenes are dead after that.
    for done, (job, expected) in enumerate(zip(jobs, saved, strict=True), start=len(jobs)):
        progress("proving", done, steps)
        proof = prove(job, expected.contents, expected.camera) if expected is not None else []
        yield FrozenJob(job.job, job.target, (*taken[job.scene].findings, *proof))
    progress("frozen", steps, steps)


def _save(
    file: OpenFile,
    scene: bpy.types.Scene,
    job: FreezeJob,
    camera: bpy.types.Object | None,
    taken: _Taken,
) -> _Saved | None:
    """Save a job's file; None where its scene cannot be frozen."""
    if not taken.is_usable:
        return None
    file.activate(scene)
    contents = taken.contents
    with job_settings(scene, job), job_view(scene, job, camera):
        if camera is not None:
            # The scene may reach less now: not a camera that only a marker referred to.
            contents = contents_of(Closure([scene]).reached(scene))
        save_copy(str(job.target))
    return _Saved(contents, "" if camera is None else text_of(camera))


def _take_in(file: OpenFile, wanted: Sequence[bpy.types.Scene]) -> dict[str, _Taken]:
    """Pack and localise what the wanted scenes need, but for scenes that cannot be frozen.

    :return: by the scene's name.
    """
    closure = Closure(wanted)
    outside = outside_files()
    findings = {scene: list(judge_before(scene, closure, outside)) for scene in wanted}
    usable = [scene for scene in wanted if not blocking(findings[scene])]
    pack(one for one in outside if any(matters(one, scene, closure) for scene in usable))
    before = {scene: contents_of(closure.reached(scene)) for scene in wanted}
    make_all_local(file)
    closure = Closure(wanted)
    for scene in usable:
        keep(closure.reached(scene))
        findings[scene] += judge_renames(scene, closure, before[scene])
    return {
        text_of(scene): _Taken(tuple(findings[scene]), contents_of(closure.reached(scene)))
        for scene in wanted
    }
