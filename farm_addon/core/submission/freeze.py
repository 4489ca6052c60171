# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Freeze planned jobs: one self-contained .blend each, and a record of what it depends on.

A job that a Manager has, or may have, gets the next attempt; one that was never sent is frozen anew
as the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from ..errors import BlockedError, VolumeError
from ..findings import Finding, Severity, blocking
from ..planning.dependency_rules import judge_dependencies
from ..planning.expansion import judge_layer
from ..planning.frame_choice import is_as_planned
from ..planning.scene_facts import Dependency, FileFacts, SceneFacts
from ..planning.scene_rules import Farm, judge_file, judge_settings
from ..ports import FreezeJob, Freezer, FrozenJob, Reporter
from ..provenance import Provenance
from ..recorded_paths import RecordedPath
from ..release.inputs import FileHasher, InputFile, Inputs, assert_unchanged
from ..release.jobs import PlannedJob
from ..release.record import JobState
from ..release.release_store import ReleaseStore
from ..storage.files import temporary_beside
from ..workspace import Workspace
from .attempt_files import set_frozen_aside


def freeze_jobs(
    workspace: Workspace,
    store: ReleaseStore,
    freezer: Freezer,
    names: Sequence[str],
    farm: Farm,
    hasher: FileHasher,
    before_next_attempt: Callable[[str], None],
) -> list[Finding]:
    """Freeze some jobs, file by file.

    :param store: open for writing.
    :param before_next_attempt: called with a job's name before its submitted attempt is superseded.
    :return: findings that do not block.
    :raises BlockedError: if a finding blocks any of them; jobs of earlier files stay frozen.
    :raises BlenderError: if Blender cannot open or freeze a file.
    """
    findings: list[Finding] = []
    progress = _Progress(workspace.reporter, len(names))
    for blend, jobs in _by_file(workspace, store, names).items():
        workspace.reporter.status(f"freezing {len(jobs)} job(s) of {blend.name}")
        facts = freezer.read(blend)
        about = _judge_again(facts, jobs, farm)
        if not blocking(about):
            looker = _Looker(workspace, store, facts, blend, hasher)
            inputs = [looker.look(store.release.jobs[plan.name]) for plan in jobs]
            orders = [_order(store, plan, what) for plan, what in zip(jobs, inputs, strict=True)]
            results = freezer.freeze(blend, orders)
            for plan, what, frozen in zip(jobs, inputs, results, strict=True):
                about += frozen.findings
                if blocking(frozen.findings):
                    workspace.files.remove(frozen.target)
                else:
                    assert_unchanged(what.files, workspace.volume.root)
                    _keep(workspace, store, plan, frozen, what, before_next_attempt)
                progress.one_more()
        findings += about
    for finding in findings:
        workspace.reporter.finding(finding)
    blocked = len(blocking(findings))
    if blocked:
        raise BlockedError(
            f"{blocked} finding(s) forbid freezing release '{store.release.name}'", findings
        )
    return findings


class _Progress:
    """Counts frozen jobs for the reporter."""

    def __init__(self, reporter: Reporter, total: int) -> None:
        self._reporter, self._total, self._done = reporter, total, 0
        reporter.progress("freeze", 0, total)

    def one_more(self) -> None:
        """Count one."""
        self._done += 1
        self._reporter.progress("freeze", self._done, self._total)


def _by_file(
    workspace: Workspace, store: ReleaseStore, names: Sequence[str]
) -> dict[Path, list[PlannedJob]]:
    """Group jobs by the file that is to be opened, so that each is opened once."""
    groups: dict[Path, list[PlannedJob]] = {}
    for name in names:
        plan = store.release.jobs[name].plan
        if plan.snapshot:
            path: Path | None = Path(plan.snapshot)
        else:
            path = plan.source.on_this_computer(workspace.volume.root)
        if path is None or not path.is_file():
            what = "snapshot" if plan.snapshot else "file"
            raise VolumeError(
                f"the {what} of job '{name}' is out of reach:"
                f" '{plan.snapshot or plan.source.text}'",
                hint="plan the job again, or submit from a computer that reaches the file",
            )
        groups.setdefault(path, []).append(plan)
    return groups


def _judge_again(facts: FileFacts, jobs: Sequence[PlannedJob], farm: Farm) -> list[Finding]:
    """Judge file and scenes as they are now: they may have changed since they were planned.

    :raises BlockedError: if a scene is gone.
    """
    scenes = {scene.name: scene for scene in facts.scenes}
    dependencies = facts.dependencies_by_scene()
    findings = blocking(judge_file(facts, farm))
    for plan in jobs:
        scene = scenes.get(plan.scene)
        if scene is None:
            raise BlockedError(
                f"'{facts.path}' has no scene '{plan.scene}' any more",
                (),
                hint="plan the file again",
            )
        about_scene = blocking(judge_planned(plan, scene, dependencies.get(scene.name, ()), farm))
        if not about_scene and not is_as_planned(scene, plan):
            about_scene.append(
                Finding(
                    Severity.ERROR,
                    "planned-differently",
                    f"Scene ‘{scene.name}’",
                    "its frames, size, format or views are no longer those that were planned",
                    "plan the file again",
                )
            )
        findings += about_scene
    return findings


def judge_planned(
    plan: PlannedJob, scene: SceneFacts, dependencies: Iterable[Dependency], farm: Farm
) -> Iterator[Finding]:
    """Yield what concerns the scene of a job as it was planned: with its camera, its frames.

    :param dependencies: of this scene.
    """
    frames = plan.frames if plan.are_frames_chosen else None
    yield from judge_settings(scene, farm, has_camera=bool(plan.camera), frames=frames)
    if plan.view_layer:
        yield from judge_layer(scene, plan.view_layer)
    yield from judge_dependencies(dependencies)


class _Looker:
    """Records the files that the jobs of one file depend on, as they are now; each once."""

    def __init__(
        self,
        workspace: Workspace,
        store: ReleaseStore,
        facts: FileFacts,
        blend: Path,
        hasher: FileHasher,
    ) -> None:
        self._root = workspace.volume.root
        self._store = store
        self._facts = facts
        self._dependencies = facts.dependencies_by_scene()
        self._blend = blend
        self._hasher = hasher
        self._seen: dict[Path, InputFile] = {}

    def look(self, state: JobState) -> Inputs:
        """Record those of one job.

        :raises VolumeError: if one cannot be read, or is being written.
        """
        plan = state.plan
        source = plan.source.on_this_computer(self._root)
        own = source if source is not None and source.is_file() else self._blend
        files: list[InputFile] = []
        was_saved_since = False
        if own != self._store.blend(plan.name):  # else its frozen form takes its place
            files.append(self._file(own, "blend", "the job's own file"))
            was_saved_since = bool(plan.snapshot) and (
                files[0].mtime_ns > self._blend.stat().st_mtime_ns
            )
        for one in self._dependencies.get(plan.scene, ()):
            files.append(self._file(Path(one.path), one.kind, one.owner))
        unique = {one.path: one for one in reversed(files)}
        return Inputs(
            job=plan.name,
            attempt=next_attempt(state),
            scene=plan.scene,
            build=self._facts.build,
            files=tuple(sorted(unique.values(), key=lambda one: one.path.text)),
            has_unsaved_edits=plan.has_unsaved_edits or was_saved_since,
            was_saved_since=was_saved_since,
        )

    def _file(self, path: Path, kind: str, owner: str) -> InputFile:
        found = self._seen.get(path)
        if found is None:
            found = self._hasher.look(path, RecordedPath.of(path, self._root), kind, owner)
            self._seen[path] = found
        return found


def next_attempt(state: JobState) -> int:
    """Return the number of the attempt that freezing makes: the same while nobody may have it."""
    attempt = state.attempt
    if attempt is None:
        return 1
    return len(state.attempts) + 1 if attempt.was_sent else attempt.number


def _order(store: ReleaseStore, plan: PlannedJob, inputs: Inputs) -> FreezeJob:
    target = temporary_beside(store.blend(plan.name))
    provenance = Provenance(
        release=store.release.name,
        release_id=store.release.id,
        job=plan.name,
        attempt=inputs.attempt,
        inputs=inputs.fingerprint(),
    )
    return FreezeJob(
        plan.name,
        plan.scene,
        target,
        plan.file_format,
        provenance,
        camera=plan.camera,
        view_layer=plan.view_layer,
    )


def _keep(
    workspace: Workspace,
    store: ReleaseStore,
    plan: PlannedJob,
    frozen: FrozenJob,
    inputs: Inputs,
    before_next_attempt: Callable[[str], None],
) -> None:
    """Put a proved file in its place, its inputs beside it, and say so in the journal."""
    files = workspace.files
    state = store.release.jobs[plan.name]
    old = state.attempt
    if old is not None and inputs.attempt > old.number:
        before_next_attempt(plan.name)
        set_frozen_aside(workspace, store, plan.name, old.number)
    files.write_atomic(store.inputs(plan.name), inputs.to_bytes())
    files.replace(frozen.target, store.blend(plan.name))
    store.add(
        "frozen",
        job=plan.name,
        attempt=inputs.attempt,
        inputs=inputs.fingerprint(),
        render_key=plan.render_key(),
        store=RecordedPath.of(store.blend(plan.name), workspace.volume.root).text,
        build=inputs.build.to_json(),
    )
