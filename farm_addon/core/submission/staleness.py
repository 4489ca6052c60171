# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge whether jobs are fresh: did anything that their pixels depend on change since they froze?

Content decides. A changed library, texture, cache or font makes a job stale, through any chain of
libraries. The job's own .blend changes its bytes with every save, so that alone proves nothing:
unknown. What this computer cannot look at is unknown too, never fresh.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from ..errors import NewerSchemaError, RecordError
from ..release.changes import Change, FileChanges
from ..release.inputs import RULES, FileHasher, InputFile, Inputs
from ..release.record import Attempt, JobState
from ..release.release_store import ReleaseStore
from ..storage.disk import is_file
from ..workspace import Workspace


class Verdict(enum.Enum):
    """How a job's current attempt stands against its files."""

    FRESH = "fresh"  #: rendering again would give the same pixels
    STALE = "stale"  #: something that it depends on changed
    UNKNOWN = "unknown"  #: nobody can tell from here


@dataclass(frozen=True, slots=True)
class Staleness:
    """The verdict on one job.

    :param reason: for people; empty for a fresh one.
    :param file: the file that is the reason, as its record calls it; empty where there is none.
    :param owner: who uses that file, in the artist's words: ``Image ‘wood’``.
    """

    job: str
    verdict: Verdict
    reason: str = ""
    file: str = ""
    owner: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the row's values."""
        return {
            "job": self.job,
            "verdict": self.verdict.value,
            "reason": self.reason,
            "file": self.file,
            "owner": self.owner,
        }


def judge_jobs(
    workspace: Workspace, store: ReleaseStore, names: Iterable[str], hasher: FileHasher
) -> list[Staleness]:
    """Judge some jobs of a release, in the order given.

    Each file is looked at once, however many jobs share it, and read only where its stats leave
    doubt.

    :return: one verdict per job that was ever frozen; the others have none and are left out.
    """
    changes = FileChanges(workspace.volume.root, hasher)
    verdicts = []
    for name in names:
        state = store.release.jobs[name]
        if state.attempt is not None:
            verdict = _judge(store, state, state.attempt, changes)
            verdicts.append(_on_purpose(verdict) if state.is_reinstated else verdict)
    return verdicts


def _on_purpose(verdict: Staleness) -> Staleness:
    """Say of an attempt that was brought back that somebody wants it so; submit leaves it."""
    if verdict.verdict is Verdict.FRESH:
        return verdict
    return replace(verdict, reason=f"brought back on purpose (replace --undo); {verdict.reason}")


def _judge(
    store: ReleaseStore, state: JobState, attempt: Attempt, changes: FileChanges
) -> Staleness:
    name = state.plan.name
    if attempt.render_key != state.plan.render_key():
        return Staleness(name, Verdict.STALE, "it was planned differently since")
    if attempt.plan.source != state.plan.source:
        return Staleness(name, Verdict.STALE, "it was planned from another file since")
    try:
        inputs = Inputs.read(store.inputs(name))
    except NewerSchemaError:
        return Staleness(name, Verdict.UNKNOWN, "a newer farm_addon recorded its inputs")
    except RecordError as ex:
        return Staleness(name, Verdict.UNKNOWN, f"its inputs: {ex.message}")
    if inputs is None or inputs.attempt != attempt.number:
        if is_file(store.superseded(name, attempt.number) / f"{name}.json"):
            return Staleness(name, Verdict.STALE, "its replacement was interrupted")
        return Staleness(name, Verdict.UNKNOWN, "nothing is recorded of what it depends on")
    if inputs.rules != RULES:
        return Staleness(name, Verdict.UNKNOWN, "its inputs were recorded under other rules")
    if inputs.fingerprint() != attempt.inputs:
        return Staleness(name, Verdict.UNKNOWN, "its freezing was interrupted")
    return _judge_files(name, inputs, changes) or _judge_session(state, inputs)


def _judge_files(name: str, inputs: Inputs, changes: FileChanges) -> Staleness | None:
    """Return the verdict that the files demand; None where all are as they were."""
    differing = [(file, what) for file in inputs.files if (what := changes.of(file)) is not None]
    stale = [one for one in differing if _verdict(*one) is Verdict.STALE]
    for file, what in stale or differing:
        others = len(stale or differing) - 1
        more = f", and {others} more" if others else ""
        reason = _reason(file, what, inputs) + more
        verdict = Verdict.STALE if stale else Verdict.UNKNOWN
        return Staleness(name, verdict, reason, file.path.text, file.owner)
    return None


def _verdict(file: InputFile, what: Change) -> Verdict:
    if file.kind == "blend" or what is Change.OUT_OF_REACH:
        return Verdict.UNKNOWN
    return Verdict.STALE


def _reason(file: InputFile, what: Change, inputs: Inputs) -> str:
    if file.kind == "blend" and what is Change.CHANGED:
        edits = "was frozen with unsaved edits, and " if inputs.has_unsaved_edits else ""
        return f"{edits}'{file.path.text}' was saved again, contents not compared"
    return f"{file.owner}: '{file.path.text}' {what.value}"


def _judge_session(state: JobState, inputs: Inputs) -> Staleness:
    """Judge by what a session held that no file tells."""
    name = state.plan.name
    if state.plan.snapshot:
        return Staleness(
            name, Verdict.UNKNOWN, "it was planned again from an open file, contents not compared"
        )
    if inputs.was_saved_since:
        file = next((one.path.text for one in inputs.files if one.kind == "blend"), "")
        reason = f"was frozen with unsaved edits, and '{file}' was saved since"
        return Staleness(name, Verdict.UNKNOWN, reason, file)
    return Staleness(name, Verdict.FRESH)
