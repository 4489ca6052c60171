# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell what submit would do with a plan, whether that is written or not: the same decision."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..findings import blocking
from ..planning.disk_needs import estimate_bytes
from ..planning.plan import Plan
from ..planning.plan_maker import PlannedScene
from ..release.changes import FileChanges
from ..release.record import JobState
from ..release.release_store import ReleaseStore
from ..workspace import Workspace
from .decisions import Decision, Need, decide_job

_NAMES = 3
"""So many delivery names are shown of a job."""


class Becomes(enum.Enum):
    """What submit makes of something that is planned."""

    NEW = "new"  #: it is sent for the first time
    REPLACE = "replace"  #: it is rendered anew, and takes the place of what was sent
    FRESH = "fresh"  #: it is left alone
    BLOCKED = "blocked"  #: a finding forbids it


@dataclass(frozen=True, slots=True)
class Forecast:
    """What becomes of one row of a plan.

    :param why: half a sentence; mostly empty for what is new or fresh.
    :param frame_count: how many frames the job has.
    :param needs_bytes: room that its frames will take, roughly; 0 where nothing is rendered.
    :param names: the first of the names that its files are delivered under.
    """

    row: PlannedScene
    becomes: Becomes
    why: str = ""
    frame_count: int = 0
    needs_bytes: int = 0
    names: tuple[str, ...] = ()


def forecast(workspace: Workspace, plan: Plan, store: ReleaseStore | None) -> list[Forecast]:
    """Tell what becomes of each row of a plan, in their order.

    Every file is looked at once, however many jobs share it, and read only where its stats leave
    doubt.

    :param store: of the release; None where there is none yet.
    :raises NewerSchemaError: if a newer farm_addon recorded what a job depends on.
    """
    changes = FileChanges(workspace.volume.root, workspace.hasher())
    return [_forecast(row, plan, store, changes) for row in plan.rows]


def needed_bytes(forecasts: Sequence[Forecast]) -> int:
    """Return how much room all of them need."""
    return sum(one.needs_bytes for one in forecasts)


def _forecast(
    row: PlannedScene, plan: Plan, store: ReleaseStore | None, changes: FileChanges
) -> Forecast:
    job = plan.jobs.get(row.job)
    errors = blocking(row.findings)
    if job is None or errors:
        why = errors[0].message if errors else "its file has errors"
        return Forecast(row, Becomes.BLOCKED, why, _count_frames(row))
    becomes, why = Becomes.NEW, ""
    known = store.release.jobs.get(row.job) if store else None
    if store is not None and known is not None:
        becomes, why = _told(known, decide_job(store, replace(known, plan=job), changes))
    is_rendered = becomes is not Becomes.FRESH
    needs_bytes = estimate_bytes(job) if is_rendered else 0
    names = plan.outputs.get(row.job, ())[:_NAMES]
    return Forecast(row, becomes, why, len(job.frames), needs_bytes, names)


def _told(state: JobState, decision: Decision) -> tuple[Becomes, str]:
    if decision.need is Need.NOTHING:
        return Becomes.FRESH, decision.reason
    if decision.need is Need.DELIVERED:
        return Becomes.FRESH, f"its frames are delivered; replace it, since {decision.reason}"
    was_sent = any(attempt.was_sent for attempt in state.attempts)
    if was_sent:
        return Becomes.REPLACE, decision.reason
    return Becomes.NEW, "" if state.attempt is None else decision.reason


def _count_frames(row: PlannedScene) -> int:
    """Return how many frames a row has; its scene's range may be one that is refused."""
    if row.frames.frames is not None:
        return len(row.frames.frames)
    scene = row.scene
    return max(0, (scene.frame_end - scene.frame_start) // max(1, scene.frame_step) + 1)
