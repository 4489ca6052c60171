# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide what each planned job needs before it is on the farm."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import NewerSchemaError, RecordError
from ..planning.plan_changes import changes
from ..release.changes import Change, FileChanges
from ..release.inputs import FileHasher, Inputs
from ..release.record import Attempt, JobState
from ..release.release_store import ReleaseStore
from ..workspace import Workspace


class Need(enum.Enum):
    """What a job needs before it is on the farm."""

    NOTHING = "nothing"  #: submitted and unchanged
    POST = "post"  #: frozen and unchanged, not with a Manager
    FREEZE = "freeze"  #: never frozen, or changed since
    DELIVERED = "delivered"  #: to be frozen anew, but frames of it were delivered: left alone


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a job needs what it needs.

    :param reason: for people; mostly empty for NOTHING.
    """

    job: str
    need: Need
    reason: str = ""


def decide(
    workspace: Workspace, store: ReleaseStore, names: Iterable[str], hasher: FileHasher
) -> list[Decision]:
    """Decide what each job needs, by content of the files that it depends on.

    :raises NewerSchemaError: if a newer farm_addon recorded what a job depends on.
    """
    changes = FileChanges(workspace.volume.root, hasher)
    return [decide_job(store, store.release.jobs[name], changes) for name in names]


def decide_job(store: ReleaseStore, state: JobState, changes: FileChanges) -> Decision:
    """Decide what one job needs.

    :param state: of a job of the release, perhaps with a plan that is not in its record yet.
    :param changes: shared by all jobs that are decided at once.
    :raises NewerSchemaError: if a newer farm_addon recorded what the job depends on.
    """
    decision = _decide(store, state, changes)
    if decision.need is not Need.NOTHING and _is_partly_delivered(state):
        return Decision(state.plan.name, Need.DELIVERED, decision.reason)
    return decision


def _is_partly_delivered(state: JobState) -> bool:
    return any(one.attempt == state.current for one in state.delivered)


def _decide(store: ReleaseStore, state: JobState, changes: FileChanges) -> Decision:
    name, attempt = state.plan.name, state.attempt
    if attempt is None:
        return Decision(name, Need.FREEZE, "new")
    if attempt.is_cancelled and not state.is_delivered:  # else it has ended all the same
        return Decision(name, Need.FREEZE, "it was cancelled")
    if attempt.render_key != state.plan.render_key():
        return Decision(name, Need.FREEZE, _differently(attempt, state))
    if attempt.plan.source != state.plan.source:
        return Decision(name, Need.FREEZE, "planned from another file")
    inputs = _read(store, name)
    if inputs is None or inputs.attempt != attempt.number or not store.blend(name).is_file():
        return Decision(name, Need.FREEZE, "its frozen file or its inputs are missing")
    if inputs.fingerprint() != attempt.inputs:
        return Decision(name, Need.FREEZE, "its freezing was interrupted")
    if state.plan.snapshot:
        return Decision(name, Need.FREEZE, "it has unsaved edits")
    if state.is_reinstated:
        return Decision(name, Need.NOTHING, "the replacement by a later attempt was undone")
    return _decide_by_files(name, attempt, inputs, changes)


def _differently(attempt: Attempt, state: JobState) -> str:
    """Say what of a plan is no longer as it was frozen."""
    what = "; ".join(changes(attempt.plan, state.plan))
    return f"planned differently: {what}" if what else "planned differently"


def _read(store: ReleaseStore, name: str) -> Inputs | None:
    """Return a job's inputs; None where there are none that can be read."""
    try:
        return Inputs.read(store.inputs(name))
    except NewerSchemaError:
        raise
    except RecordError:
        return None


def _decide_by_files(name: str, attempt: Attempt, inputs: Inputs, changes: FileChanges) -> Decision:
    """Decide by the files. One that only another computer reaches is left to that one."""
    unseen = ""
    for file in inputs.files:
        change = changes.of(file)
        if change is Change.OUT_OF_REACH:
            unseen = f"'{file.path.text}' {change.value}"
        elif change is not None:
            return Decision(name, Need.FREEZE, f"'{file.path.text}' {change.value}")
    if attempt.submitted is None:
        return Decision(name, Need.POST, "frozen")
    return Decision(name, Need.NOTHING, unseen)
