# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Freeze planned jobs: one self-contained .blend each, and a record of what it depends on.

A job whose recorded files are unchanged is left alone, without starting a Blender. A job that was
submitted and whose inputs or plan changed gets the next attempt.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import BlockedError, VolumeError
from ..findings import Finding, Severity, blocking
from ..frames import Frames
from ..planning.scene_facts import FileFacts, SceneFacts
from ..planning.scene_rules import Farm, judge_file, judge_scene
from ..ports import FreezeJob, Freezer, FrozenJob, Reporter
from ..provenance import Provenance
from ..recorded_paths import RecordedPath
from ..release.inputs import FileHasher, InputFile, Inputs, assert_unchanged, changed_files
from ..release.jobs import PlannedJob
from ..release.record import JobState
from ..release.release_store import ReleaseStore
from ..storage.files import temporary_beside
from ..workspace import Workspace


class Need(enum.Enum):
    """What a job needs before it is on the farm."""

    NOTHING = "nothing"  #: submitted and unchanged
    POST = "post"  #: frozen and unchanged, not with a Manager
    FREEZE = "freeze"  #: never frozen, or changed since
    DELIVERED = "delivered"  #: changed since its frames were delivered: left alone


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a job needs what it needs.

    :param reason: for people; empty for NOTHING.
    """

    job: str
    need: Need
    reason: str = ""


def decide(
    workspace: Workspace, store: ReleaseStore, names: Iterable[str], hasher: FileHasher
) -> list[Decision]:
    """Decide what each job needs, by content of the files that it depends on."""
    decisions = []
    for name in names:
        state = store.release.jobs[name]
        decision = _decide(workspace, store, state, hasher)
        if decision.need is not Need.NOTHING and state.delivered:
            decision = Decision(name, Need.DELIVERED, decision.reason)
        decisions.append(decision)
    return decisions


def _decide(
    workspace: Workspace, store: ReleaseStore, state: JobState, hasher: FileHasher
) -> Decision:
    name = state.plan.name
    attempt = state.attempt
    if attempt is None:
        return Decision(name, Need.FREEZE, "new")
    if attempt.is_cancelled:
        return Decision(name, Need.FREEZE, "cancelled")
    if attempt.render_key != state.plan.render_key():
        return Decision(name, Need.FREEZE, "planned differently")
    inputs = read_inputs(store, name)
    is_whole = inputs is not None and inputs.attempt == attempt.number
    if inputs is None or not is_whole or not store.blend(name).is_file():
        return Decision(name, Need.FREEZE, "its frozen file or its inputs are missing")
    if inputs.fingerprint() != attempt.inputs:
        return Decision(name, Need.FREEZE, "its freezing was interrupted")
    if state.plan.snapshot:
        return Decision(name, Need.FREEZE, "it has unsaved edits")
    changes = changed_files(inputs.files, workspace.volume.root, hasher)
    if changes:
        file, what = changes[0]
        return Decision(name, Need.FREEZE, f"'{file.path.text}' is {what}")
    if attempt.submitted is None:
        return Decision(name, Need.POST, "frozen")
    return Decision(name, Need.NOTHING)


def read_inputs(store: ReleaseStore, job: str) -> Inputs | None:
    """Return what the current attempt of a job depends on; None where there is no such record.

    :raises RecordError: if it is there and cannot be read.
    """
    path = store.inputs(job)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as ex:
        raise VolumeError(f"'{path}' cannot be read: {ex.strerror or ex}") from ex
    return Inputs.from_bytes(content, path)


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
            inputs = [_look(workspace, facts, blend, plan, store, hasher) for plan in jobs]
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
    """Judge file and scenes as they are now: they may have changed since they were planned."""
    scenes = {scene.name: scene for scene in facts.scenes}
    findings = blocking(judge_file(facts, farm))
    for plan in jobs:
        scene = scenes.get(plan.scene)
        if scene is None:
            raise BlockedError(
                f"'{facts.path}' has no scene '{plan.scene}' any more",
                (),
                hint="plan the file again",
            )
        findings += blocking(judge_scene(scene, facts, farm))
        if not blocking(findings) and _differs(scene, plan):
            findings.append(
                Finding(
                    Severity.ERROR,
                    "planned-differently",
                    f"Scene ‘{scene.name}’",
                    "its frames, size, format or views are no longer those that were planned",
                    "plan the file again",
                )
            )
    return findings


def _differs(scene: SceneFacts, plan: PlannedJob) -> bool:
    frames = Frames.from_scene(scene.frame_start, scene.frame_end, scene.frame_step)
    now = (frames, scene.width_px, scene.height_px, scene.file_format, scene.views)
    return now != (plan.frames, plan.width_px, plan.height_px, plan.file_format, plan.views)


def _look(
    workspace: Workspace,
    facts: FileFacts,
    blend: Path,
    plan: PlannedJob,
    store: ReleaseStore,
    hasher: FileHasher,
) -> Inputs:
    """Record every file that a job depends on, as it is now."""
    root = workspace.volume.root
    files: list[InputFile] = []
    source = plan.source.on_this_computer(root)
    own = source if source is not None and source.is_file() else blend
    files.append(hasher.look(own, RecordedPath.of(own, root), "blend", "the job's own file"))
    for dependency in facts.dependencies:
        if plan.scene in dependency.scenes:
            path = Path(dependency.path)
            recorded = RecordedPath.of(path, root)
            files.append(hasher.look(path, recorded, dependency.kind, dependency.owner))
    attempt = next_attempt(store.release.jobs[plan.name])
    was_saved_since = bool(plan.snapshot) and files[0].mtime_ns > blend.stat().st_mtime_ns
    unique = {one.path: one for one in reversed(files)}
    return Inputs(
        job=plan.name,
        attempt=attempt,
        scene=plan.scene,
        build=facts.build,
        files=tuple(sorted(unique.values(), key=lambda one: one.path.text)),
        has_unsaved_edits=plan.has_unsaved_edits or was_saved_since,
    )


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
    return FreezeJob(plan.name, plan.scene, target, plan.file_format, provenance)


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
        _set_aside(workspace, store, plan.name, old.number)
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


def _set_aside(workspace: Workspace, store: ReleaseStore, job: str, attempt: int) -> None:
    """Move an earlier attempt's .blend and inputs to ``superseded/``; a second run goes on."""
    inputs = read_inputs(store, job)
    if inputs is None or inputs.attempt != attempt:
        return
    folder = store.superseded(job, attempt)
    workspace.files.make_folder(folder)
    if store.blend(job).exists():
        workspace.files.replace(store.blend(job), folder / f"{job}.blend")
    workspace.files.replace(store.inputs(job), folder / f"{job}.json")
