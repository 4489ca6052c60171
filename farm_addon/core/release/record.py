# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a release: the fold over its journal.

:func:`fold` is pure. What each event means is written in ``docs/design.md``; an event of a kind
that is not known here is skipped, since the header's schema says whether we may read at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import FarmError, RecordError
from ..frames import Frames
from ..ports import ManagerAddress
from .jobs import PlannedJob

Event = dict[str, Any]


@dataclass(slots=True)
class Submission:
    """One POST of an attempt.

    :param id: our UUID, written before the POST and carried by the Flamenco job.
    :param job_id: the Manager's UUID; empty while it is not known whether the job arrived.
    :param frames: the frames of a repair; None for all of the attempt.
    :param user: who sent it, from which ``host``.
    """

    id: str
    manager: ManagerAddress
    job_id: str = ""
    is_refused: bool = False
    frames: Frames | None = None
    user: str = ""
    host: str = ""


@dataclass(slots=True)
class Attempt:
    """The n-th time a job is sent to the farm.

    :param inputs: input fingerprint, 32 hexadecimal digits.
    :param render_key: :meth:`.jobs.PlannedJob.render_key` of the plan that was frozen.
    :param plan: what was frozen; what is planned now may differ.
    :param submissions: oldest first; repairs follow the submission of the whole.
    :param is_cancelled: we cancelled it, for good.
    :param is_set_aside: its frames, .blend and inputs are in ``superseded/``.
    """

    number: int
    inputs: str
    render_key: str
    plan: PlannedJob
    submissions: list[Submission] = field(default_factory=list)
    is_cancelled: bool = False
    is_set_aside: bool = False

    @property
    def submitted(self) -> Submission | None:
        """The latest submission that a Manager took, a repair too; or None."""
        return next((one for one in reversed(self.submissions) if one.job_id), None)

    @property
    def unanswered(self) -> list[Submission]:
        """Submissions whose answer was lost: each may have arrived, or may still arrive."""
        return [one for one in self.submissions if not one.job_id and not one.is_refused]

    @property
    def was_sent(self) -> bool:
        """Whether a Manager has it, or may have it: its folder may then be written to."""
        return any(not one.is_refused for one in self.submissions)


@dataclass(frozen=True, slots=True)
class Delivered:
    """Frames of one job that lie in ``dist/``.

    :param delivery: id of the :class:`Delivery` that brought them.
    :param dist_name: the template that named them; empty for that of the attempt's plan.
    """

    delivery: str
    attempt: int
    frames: Frames
    dist_name: str = ""


@dataclass(slots=True)
class Delivery:
    """One harvest.

    :param id: unlike any other, fit for a folder's name, sorted by time: earlier deliveries that
        it replaced are kept in ``superseded/dist/<id>/``.
    :param jobs: what it brings, by job.
    :param before: what lay in ``dist/`` of these jobs before, to undo it.
    """

    id: str
    jobs: dict[str, Delivered]
    before: dict[str, tuple[Delivered, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class JobState:
    """One job of a release.

    :param attempts: oldest first; number n is at index n - 1.
    :param current: number of the attempt that counts; 0 before the first. Mostly the last one,
        but an earlier one after the replacement was undone.
    :param reinstating: number of the attempt that is being brought back, or 0.
    :param delivered: what lies in ``dist/``; no frame twice.
    :param is_dropped: no longer in the plan; its attempts are kept to be cancelled and cleared.
    """

    plan: PlannedJob
    attempts: list[Attempt] = field(default_factory=list)
    current: int = 0
    reinstating: int = 0
    delivered: tuple[Delivered, ...] = ()
    is_dropped: bool = False

    @property
    def attempt(self) -> Attempt | None:
        """The current attempt, or None before the first was frozen."""
        return self.attempts[self.current - 1] if self.current else None

    def delivered_frames(self, attempt: int) -> Frames:
        """Return the frames of an attempt that lie in ``dist/``."""
        found = (one.frames for one in self.delivered if one.attempt == attempt)
        return Frames(number for frames in found for number in frames)

    @property
    def is_delivered(self) -> bool:
        """Whether every frame of the current attempt lies in ``dist/``."""
        attempt = self.attempt
        if attempt is None or not self.delivered:
            return False
        there = self.delivered_frames(attempt.number)
        return len(there) >= len(attempt.plan.frames) and there == attempt.plan.frames


@dataclass(slots=True)
class Release:
    """A release as its record tells it.

    :param jobs: by name, in the order in which they were first planned.
    :param deliveries: harvests that count, oldest first.
    :param harvesting: a delivery that was begun and not finished.
    :param unharvesting: the last delivery, while it is being undone.
    :param archiving_sha256: of an archive that is verified and about to get its name.
    :param archive_sha256: of the verified archive, after which the release is only cleared away.
    :param kept_sha256: of an archive of this release beside which the release lives on.
    """

    name: str
    id: str
    jobs: dict[str, JobState] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    harvesting: Delivery | None = None
    unharvesting: Delivery | None = None
    archiving_sha256: str = ""
    archive_sha256: str = ""
    kept_sha256: str = ""

    def planned(self) -> list[JobState]:
        """Return the jobs that are in the plan, in its order."""
        return [job for job in self.jobs.values() if not job.is_dropped]

    def managers(self) -> list[ManagerAddress]:
        """Return every Manager that a submission of this release went to, oldest first."""
        addresses: dict[ManagerAddress, None] = {}
        for job in self.jobs.values():
            for attempt in job.attempts:
                for submission in attempt.submissions:
                    if not submission.is_refused:
                        addresses.setdefault(submission.manager)
        return list(addresses)


def fold(name: str, release_id: str, events: Iterable[Event]) -> Release:
    """Return the state that a journal tells.

    :raises RecordError: for an event that does not fit its place, with its line number.
    """
    release = Release(name, release_id)
    for number, event in enumerate(events, 1):
        try:
            apply(release, event)
        except (KeyError, TypeError, ValueError, IndexError, FarmError) as ex:
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


# --- planning, freezing, submitting ---------------------------------------------------------------


def _planned(release: Release, event: Event) -> None:
    for data in event["jobs"]:
        plan = PlannedJob.from_json(data)
        state = release.jobs.setdefault(plan.name, JobState(plan))
        state.plan = plan
        state.is_dropped = False
    for name in event["drop"]:
        release.jobs[name].is_dropped = True


def _frozen(release: Release, event: Event) -> None:
    job = release.jobs[event["job"]]
    number = int(event["attempt"])
    # The snapshot is used up: what comes after is compared with the source on disk.
    job.plan = replace(job.plan, snapshot="", has_unsaved_edits=False)
    attempt = Attempt(number, str(event["inputs"]), str(event["render_key"]), job.plan)
    if job.current == number:
        job.attempts[number - 1] = attempt  # frozen again before it was ever posted
    elif number == len(job.attempts) + 1:
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
    template = str(event.get("dist_name", ""))
    number = str(event["delivery"])
    jobs = {
        str(name): Delivered(number, int(one["attempt"]), Frames.parse(one["frames"]), template)
        for name, one in event["jobs"].items()
    }
    release.harvesting = Delivery(number, jobs)


def _harvested(release: Release, event: Event) -> None:
    delivery = release.harvesting
    if delivery is None or delivery.id != event["delivery"]:
        raise ValueError("this delivery was never begun")
    for name, brought in delivery.jobs.items():
        job = release.jobs[name]
        delivery.before[name] = job.delivered
        new = set(brought.frames)
        kept = (
            replace(one, frames=Frames(number for number in one.frames if number not in new))
            for one in job.delivered
        )
        job.delivered = (*(one for one in kept if len(one.frames)), brought)
    release.deliveries.append(delivery)
    release.harvesting = None


def _unharvesting(release: Release, event: Event) -> None:
    if not release.deliveries or release.deliveries[-1].id != event["delivery"]:
        raise ValueError("this delivery is not the last one")
    release.unharvesting = release.deliveries[-1]


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
    if event.get("kept"):
        release.kept_sha256, release.archiving_sha256 = str(event["sha256"]), ""
    else:
        release.archive_sha256 = str(event["sha256"])


def _restored(release: Release, event: Event) -> None:
    release.kept_sha256 = str(event["sha256"])
    release.archiving_sha256 = release.archive_sha256 = ""


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
    "harvested": _harvested,
    "unharvesting": _unharvesting,
    "unharvested": _unharvested,
    "archiving": _archiving,
    "archived": _archived,
    "restored": _restored,
}
