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
from ..ports import ManagerAddress
from .jobs import PlannedJob

Event = dict[str, Any]


@dataclass(slots=True)
class Submission:
    """One POST of an attempt.

    :param id: our UUID, written before the POST and carried by the Flamenco job.
    :param job_id: the Manager's UUID; empty while it is not known whether the job arrived.
    """

    id: str
    manager: ManagerAddress
    job_id: str = ""
    is_refused: bool = False


@dataclass(slots=True)
class Attempt:
    """The n-th time a job is sent to the farm.

    :param inputs: input fingerprint, 32 hexadecimal digits.
    :param render_key: :meth:`.jobs.PlannedJob.render_key` of the plan that was frozen.
    """

    number: int
    inputs: str
    render_key: str
    submissions: list[Submission] = field(default_factory=list)
    is_cancelled: bool = False

    @property
    def submitted(self) -> Submission | None:
        """The submission that is with a Manager, or None."""
        return next((one for one in reversed(self.submissions) if one.job_id), None)

    @property
    def unanswered(self) -> list[Submission]:
        """Submissions whose answer was lost: each may have arrived, or may still arrive."""
        return [one for one in self.submissions if not one.job_id and not one.is_refused]


@dataclass(slots=True)
class JobState:
    """One job of a release.

    :param attempts: oldest first.
    :param delivered_attempt: whose frames are in ``dist/``; 0 for none.
    :param is_dropped: no longer in the plan; its attempts are kept to be cancelled and cleared.
    """

    plan: PlannedJob
    attempts: list[Attempt] = field(default_factory=list)
    delivered_attempt: int = 0
    is_dropped: bool = False

    @property
    def attempt(self) -> Attempt | None:
        """The current attempt, or None before the first was frozen."""
        return self.attempts[-1] if self.attempts else None


@dataclass(slots=True)
class Release:
    """A release as its record tells it.

    :param jobs: by name, in the order in which they were first planned.
    :param pending_harvest: job → attempt of a delivery that was begun and not finished.
    :param archiving_sha256: of an archive that is verified and about to get its name.
    :param archive_sha256: of the verified archive; empty before.
    """

    name: str
    id: str
    jobs: dict[str, JobState] = field(default_factory=dict)
    pending_harvest: dict[str, int] = field(default_factory=dict)
    archiving_sha256: str = ""
    archive_sha256: str = ""

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
    attempt = Attempt(number, str(event["inputs"]), str(event["render_key"]))
    if job.attempt is not None and job.attempt.number == number:
        job.attempts[-1] = attempt  # frozen again before it was ever posted
    elif number == len(job.attempts) + 1:
        job.attempts.append(attempt)
    else:
        raise ValueError(f"attempt {number} follows {len(job.attempts)}")
    # The snapshot is used up: what comes after is compared with the source on disk.
    job.plan = replace(job.plan, snapshot="", has_unsaved_edits=False)


def _submitting(release: Release, event: Event) -> None:
    address = event["manager"]
    manager = ManagerAddress(
        str(address.get("url", "")), str(address.get("user", "")), str(address.get("host", ""))
    )
    _attempt(release, event).submissions.append(Submission(str(event["submission"]), manager))


def _submitted(release: Release, event: Event) -> None:
    _submission(release, event).job_id = str(event["job_id"])


def _refused(release: Release, event: Event) -> None:
    _submission(release, event).is_refused = True


def _cancelled(release: Release, event: Event) -> None:
    _attempt(release, event).is_cancelled = True


def _harvesting(release: Release, event: Event) -> None:
    release.pending_harvest = {str(job): int(number) for job, number in event["jobs"].items()}


def _harvested(release: Release, event: Event) -> None:
    for name, number in event["jobs"].items():
        release.jobs[name].delivered_attempt = int(number)
    release.pending_harvest = {}


def _archiving(release: Release, event: Event) -> None:
    release.archiving_sha256 = str(event["sha256"])


def _archived(release: Release, event: Event) -> None:
    release.archive_sha256 = str(event["sha256"])


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
    "harvesting": _harvesting,
    "harvested": _harvested,
    "archiving": _archiving,
    "archived": _archived,
}
