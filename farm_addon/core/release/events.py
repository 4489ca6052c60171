# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened to a release, event by event: the fold over its journal.

:func:`fold` is pure. What each event means is written in ``docs/design.md``; an event of a kind
that is not known here is skipped, since the header's schema says whether we may read at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..errors import FarmError, RecordError
from ..frames import Frames
from ..ports import ManagerAddress
from .deliveries import Delivery
from .jobs import PlannedJob
from .record import Attempt, JobState, Release, Submission
from .snapshot import take_state

Event = dict[str, Any]


def fold(name: str, release_id: str, events: Iterable[Event]) -> Release:
    """Return the state that a journal tells.

    :raises RecordError: for an event that does not fit its place, with its line number.
    """
    release = Release(name, release_id)
    for number, event in enumerate(events, 1):
        try:
            apply(release, event)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, FarmError) as ex:
            raise RecordError(
                f"line {number} of the journal of release '{name}' makes no sense"
                f" ({event.get('event')!r}: {ex!r})",
                hint="restore the release's journal.jsonl from a backup",
            ) from ex
    return release


def apply(release: Release, event: Event) -> None:
    """Move a release's state on by one event.

    :raises KeyError, TypeError, ValueError, FarmError: if the event has another shape.
    """
    handler = _HANDLERS.get(event["event"])
    if handler is not None:
        handler(release, event)


def _state(release: Release, event: Event) -> None:
    take_state(release, event)


# --- planning, freezing, submitting ---------------------------------------------------------------


def _planned(release: Release, event: Event) -> None:
    for data in event["jobs"]:
        plan = PlannedJob.from_json(data)
        state = release.jobs.setdefault(plan.name, JobState(plan))
        state.plan = plan
        state.is_dropped = False
        _name_anew(state)
    for name in event["drop"]:
        release.jobs[name].is_dropped = True


def _name_anew(state: JobState) -> None:
    """Let what was frozen be delivered under the names that are planned now, unless some of it
    lies in ``dist/`` under the earlier ones."""
    attempt, plan = state.attempt, state.plan
    if attempt and not state.delivered and attempt.render_key == plan.render_key():
        attempt.plan = replace(
            attempt.plan,
            facts=plan.facts,
            dist_name=plan.dist_name,
            frame_names=plan.frame_names,
        )


def _frozen(release: Release, event: Event) -> None:
    job = release.jobs[event["job"]]
    number = int(event["attempt"])
    # The snapshot is used up: what comes after is compared with the source on disk.
    if job.plan.snapshot or job.plan.has_unsaved_edits:
        job.plan = replace(job.plan, snapshot="", has_unsaved_edits=False)
    attempt = Attempt(number, str(event["inputs"]), str(event["render_key"]), job.plan)
    if job.current == number:
        attempt.replaces = job.attempts[number - 1].replaces
        job.attempts[number - 1] = attempt  # frozen again before it was ever posted
    elif number == len(job.attempts) + 1:
        attempt.replaces = job.current
        job.attempts.append(attempt)
    else:
        raise ValueError(f"attempt {number} follows {len(job.attempts)}")
    job.current = number


def _submitting(release: Release, event: Event) -> None:
    address = event["manager"]
    manager = ManagerAddress(
        str(address.get("url", "")), str(address.get("user", "")), str(address.get("host", ""))
    )
    frames = Frames.parse(event["frames"]) if event.get("frames") else None
    _attempt(release, event).submissions.append(
        Submission(
            str(event["submission"]),
            manager,
            frames=frames,
            user=str(event.get("user", "")),
            host=str(event.get("host", "")),
        )
    )


def _submitted(release: Release, event: Event) -> None:
    _submission(release, event).job_id = str(event["job_id"])


def _refused(release: Release, event: Event) -> None:
    _submission(release, event).is_refused = True


def _cancelled(release: Release, event: Event) -> None:
    _attempt(release, event).is_cancelled = True


# --- replacing ------------------------------------------------------------------------------------


def _superseded(release: Release, event: Event) -> None:
    _attempt(release, event).is_set_aside = True


def _reinstating(release: Release, event: Event) -> None:
    release.jobs[event["job"]].reinstating = _attempt(release, event).number


def _reinstated(release: Release, event: Event) -> None:
    job, attempt = release.jobs[event["job"]], _attempt(release, event)
    job.attempts[job.current - 1].is_cancelled = True
    job.attempts[job.current - 1].is_set_aside = True
    attempt.is_cancelled = attempt.is_set_aside = False
    job.current, job.reinstating = attempt.number, 0
    job.plan, job.is_dropped = attempt.plan, False


# --- delivering -----------------------------------------------------------------------------------


def _harvesting(release: Release, event: Event) -> None:
    release.harvesting = Delivery.begin(event)


def _cleared(release: Release, event: Event) -> None:
    delivery = release.harvesting or release.unharvesting
    if delivery is None or delivery.id != event["delivery"]:
        raise ValueError("this delivery is neither being made nor being undone")
    delivery.is_cleared = True


def _harvested(release: Release, event: Event) -> None:
    delivery = release.harvesting
    if delivery is None or delivery.id != event["delivery"]:
        raise ValueError("this delivery was never begun")
    before = {name: release.jobs[name].delivered for name in delivery.jobs}
    for name, now in delivery.finish(before, event.get("missing", {})).items():
        release.jobs[name].delivered = now
    release.deliveries.append(delivery)
    release.harvesting = None


def _unharvesting(release: Release, event: Event) -> None:
    if not release.deliveries or release.deliveries[-1].id != event["delivery"]:
        raise ValueError("this delivery is not the last one")
    release.unharvesting = release.deliveries[-1]
    release.unharvesting.is_cleared = False


def _unharvested(release: Release, event: Event) -> None:
    delivery = release.unharvesting
    if delivery is None or delivery.id != event["delivery"]:
        raise ValueError("nobody began to undo this delivery")
    for name, before in delivery.before.items():
        release.jobs[name].delivered = before
    release.deliveries.pop()
    release.unharvesting = None


# --- archiving ------------------------------------------------------------------------------------


def _archiving(release: Release, event: Event) -> None:
    release.archiving_sha256 = str(event["sha256"])


def _archived(release: Release, event: Event) -> None:
    _close_deliveries(release)
    if event.get("kept"):
        release.kept_sha256, release.archiving_sha256 = str(event["sha256"]), ""
    else:
        release.archive_sha256 = str(event["sha256"])


def _restored(release: Release, event: Event) -> None:
    _close_deliveries(release)
    release.kept_sha256 = str(event["sha256"])
    release.archiving_sha256 = release.archive_sha256 = ""


def _close_deliveries(release: Release) -> None:
    for delivery in release.deliveries:
        delivery.is_archived = True


def _attempt(release: Release, event: Event) -> Attempt:
    number = int(event["attempt"])
    if number < 1:
        raise ValueError(f"there is no attempt {number}")
    return release.jobs[event["job"]].attempts[number - 1]


def _submission(release: Release, event: Event) -> Submission:
    wanted = event["submission"]
    for submission in reversed(_attempt(release, event).submissions):
        if submission.id == wanted:
            return submission
    raise ValueError(f"submission {wanted} was never begun")


_HANDLERS = {
    "state": _state,
    "planned": _planned,
    "frozen": _frozen,
    "submitting": _submitting,
    "submitted": _submitted,
    "refused": _refused,
    "cancelled": _cancelled,
    "superseded": _superseded,
    "reinstating": _reinstating,
    "reinstated": _reinstated,
    "harvesting": _harvesting,
    "cleared": _cleared,
    "harvested": _harvested,
    "unharvesting": _unharvesting,
    "unharvested": _unharvested,
    "archiving": _archiving,
    "archived": _archived,
    "restored": _restored,
}
