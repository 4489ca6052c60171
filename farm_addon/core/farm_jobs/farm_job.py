# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One job as queries see it: what its release's record says, and what its Manager says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..ports import ManagerAddress, RemoteJob
from ..release.jobs import PlannedJob

ENDED = frozenset(("completed", "failed", "canceled"))


@dataclass(frozen=True, slots=True)
class FarmJob:
    """A job that a Manager has, or that a release's plan has and no Manager.

    :param release: empty for a job that this farm did not submit.
    :param status: Flamenco's word, or one of those that :class:`..release.live.JobRow` explains.
    :param attempt: 0 before the first, and where it is not known.
    :param manager: None before the job was sent.
    :param remote: what its Manager says; None where it has no such job, or cannot be asked.
    :param plan: of this attempt; None where no record tells.
    :param user: who sent it, from which ``host``; empty before it was sent, or not known.
    :param frames_total: 0 where it is not known.
    :param is_ours: this farm submitted it, or plans to.
    :param is_superseded: an attempt, or a dropped job, that no longer counts.
    :param tag_name: of its Worker tag, where it was looked up.
    :param message: why the status is what it is, where it is not as it should be.
    """

    release: str
    job: str
    status: str
    attempt: int
    manager: ManagerAddress | None
    remote: RemoteJob | None
    plan: PlannedJob | None
    user: str
    host: str
    frames_done: int
    frames_total: int
    is_ours: bool = True
    is_superseded: bool = False
    tag_name: str = ""
    message: str = ""

    @property
    def label(self) -> str:
        """Its name for people: ``RELEASE/JOB``."""
        return f"{self.release}/{self.job}" if self.release else self.job

    @property
    def is_unfinished(self) -> bool:
        """Whether a Manager has it and it is not at its end: it may still write frames."""
        return self.remote is not None and self.remote.status not in ENDED

    @property
    def was_sent(self) -> bool:
        """Whether a Manager has it, had it, or may have it."""
        return self.manager is not None

    @property
    def created(self) -> datetime | None:
        """When its Manager took it; None where that is not known."""
        return moment(self.remote.created) if self.remote else None

    @property
    def updated(self) -> datetime | None:
        """When its Manager last changed it; None where that is not known."""
        return moment(self.remote.updated) if self.remote else None

    @property
    def priority(self) -> int | None:
        """Its priority with its Manager, else the planned one."""
        if self.remote:
            return self.remote.priority
        return self.plan.priority if self.plan else None

    def to_json(self) -> dict[str, Any]:
        """Return the row's values."""
        created, updated = self.created, self.updated
        return {
            "release": self.release,
            "job": self.job,
            "state": self.status,
            "attempt": self.attempt,
            "done": self.frames_done,
            "total": self.frames_total,
            "priority": self.priority,
            "user": self.user,
            "host": self.host,
            "manager": self.manager.text() if self.manager else "",
            "id": self.remote.id if self.remote else "",
            "created": created.isoformat() if created else "",
            "updated": updated.isoformat() if updated else "",
            "is_ours": self.is_ours,
            "is_superseded": self.is_superseded,
            "message": self.message,
        }


def moment(text: str) -> datetime | None:
    """Read a Manager's RFC 3339; None for anything else."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
