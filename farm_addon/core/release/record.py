# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a release, as the fold over its journal (:mod:`.events`) tells it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..frames import Frames
from ..ports import ManagerAddress
from .deliveries import Delivered, Delivery
from .jobs import PlannedJob


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
    :param replaces: number of the attempt that counted before it, or 0.
    """

    number: int
    inputs: str
    render_key: str
    plan: PlannedJob
    submissions: list[Submission] = field(default_factory=list)
    is_cancelled: bool = False
    is_set_aside: bool = False
    replaces: int = 0

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

    @property
    def is_reinstated(self) -> bool:
        """Whether an earlier attempt counts again since its replacement was undone."""
        return self.current < len(self.attempts)

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
