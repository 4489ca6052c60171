# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Join what the Managers say with the records of the releases: one row per job.

A job is ours when its metadata carry our volume's UUID; names prove nothing. What a Manager says
is foreign input: it is matched with the record by the submission's UUID or the job's own id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..errors import ManagerError
from ..ports import Manager, ManagerAddress, RemoteJob, Reporter
from ..release.live import frames_done
from ..release.record import Attempt, JobState, Submission
from ..release.release_store import ReleaseStore
from .farm_job import FarmJob

_ATTEMPT_DIGITS = 9


@dataclass(frozen=True, slots=True)
class _Sent:
    """Where in the records a submission belongs."""

    release: str
    state: JobState
    attempt: Attempt
    submission: Submission

    @property
    def is_superseded(self) -> bool:
        return self.state.is_dropped or self.state.current != self.attempt.number


def join_jobs(
    volume_id: str,
    stores: Iterable[ReleaseStore],
    managers: Mapping[ManagerAddress, Manager],
    reporter: Reporter,
    *,
    with_foreign: bool = False,
    tag_names: Mapping[str, str] | None = None,
) -> tuple[list[FarmJob], dict[ManagerAddress, str]]:
    """Return every job that a Manager has, in its order of creation, then those that none has; and
    why some Managers did not answer.

    :param stores: records to join with; jobs of ours that none of them knows are rows too.
    :param managers: those that can be asked; what others have is ``unknown``.
    :param reporter: is told which do not answer.
    :param with_foreign: also jobs that this farm did not submit.
    :param tag_names: of Worker tags, by UUID.
    """
    stores = list(stores)
    sent = list(_submissions(stores))
    by_uuid = {one.submission.id: one for one in sent}
    by_id = {(one.submission.manager, one.submission.job_id): one for one in sent}
    rows: list[FarmJob] = []
    seen: set[str] = set()
    silent: dict[ManagerAddress, str] = {}
    for address, manager in managers.items():
        try:
            remote_jobs = manager.jobs()
        except ManagerError as ex:
            silent[address] = ex.message
            reporter.status(ex.message)
            continue
        for remote in remote_jobs:
            if remote.is_deletion_requested:
                continue
            is_ours = remote.metadata.get("farm_volume") == volume_id
            if not is_ours:
                if with_foreign:
                    rows.append(_foreign(address, remote))
                continue
            known = by_uuid.get(remote.metadata.get("farm_submission", ""))
            known = known or by_id.get((address, remote.id))
            if known is not None:
                seen.add(known.submission.id)
            rows.append(_known(address, remote, known) if known else _unrecorded(address, remote))
    rows += _absent(stores, managers, silent, seen)
    if tag_names:
        rows = [_with_tag_name(row, tag_names) for row in rows]
    return rows, silent


def _with_tag_name(row: FarmJob, names: Mapping[str, str]) -> FarmJob:
    name = names.get(row.plan.worker_tag, "") if row.plan else ""
    return replace(row, tag_name=name) if name else row


def _submissions(stores: Sequence[ReleaseStore]) -> Iterator[_Sent]:
    for store in stores:
        for state in store.release.jobs.values():
            for attempt in state.attempts:
                for submission in attempt.submissions:
                    yield _Sent(store.release.name, state, attempt, submission)


def _known(address: ManagerAddress, remote: RemoteJob, sent: _Sent) -> FarmJob:
    attempt, state, submission = sent.attempt, sent.state, sent.submission
    frames = attempt.plan.frames if submission.frames is None else submission.frames
    is_delivered = not sent.is_superseded and state.is_delivered
    return FarmJob(
        release=sent.release,
        job=state.plan.name,
        status="delivered" if is_delivered else remote.status,
        attempt=attempt.number,
        manager=address,
        remote=remote,
        plan=attempt.plan,
        user=submission.user or remote.metadata.get("farm_user", ""),
        host=submission.host or remote.metadata.get("farm_host", ""),
        frames_done=len(frames) if is_delivered else frames_done(remote, len(frames)),
        frames_total=len(frames),
        is_superseded=sent.is_superseded,
        message=_message(remote),
    )


def _unrecorded(address: ManagerAddress, remote: RemoteJob) -> FarmJob:
    """Return the row of a job of ours whose record is gone, or was not read."""
    said = remote.metadata
    release, _, job = remote.name.partition("/")
    attempt = said.get("farm_attempt", "")
    is_number = attempt.isascii() and attempt.isdecimal() and len(attempt) <= _ATTEMPT_DIGITS
    return FarmJob(
        release=said.get("farm_release", release),
        job=said.get("farm_job", job),
        status=remote.status,
        attempt=int(attempt) if is_number else 0,
        manager=address,
        remote=remote,
        plan=None,
        user=said.get("farm_user", ""),
        host=said.get("farm_host", ""),
        frames_done=remote.steps_completed,
        frames_total=remote.steps_total,
        message=_message(remote),
    )


def _foreign(address: ManagerAddress, remote: RemoteJob) -> FarmJob:
    return FarmJob(
        release="",
        job=remote.name,
        status=remote.status,
        attempt=0,
        manager=address,
        remote=remote,
        plan=None,
        user=remote.metadata.get("farm_user", "") or remote.metadata.get("user.name", ""),
        host=remote.metadata.get("farm_host", ""),
        frames_done=remote.steps_completed,
        frames_total=remote.steps_total,
        is_ours=False,
        message=_message(remote),
    )


def _absent(
    stores: Sequence[ReleaseStore],
    managers: Mapping[ManagerAddress, Manager],
    silent: Mapping[ManagerAddress, str],
    seen: set[str],
) -> Iterator[FarmJob]:
    """Yield the planned jobs whose current attempt no Manager told of."""
    for store in stores:
        for state in store.release.planned():
            attempt = state.attempt
            live = [] if attempt is None else [s for s in attempt.submissions if not s.is_refused]
            submission = live[-1] if live else None
            if submission is not None and submission.id in seen:
                continue
            status, message = _absent_status(state, submission, managers, silent)
            total = len(state.plan.frames)
            yield FarmJob(
                release=store.release.name,
                job=state.plan.name,
                status=status,
                attempt=state.current,
                manager=submission.manager if submission else None,
                remote=None,
                plan=state.plan,
                user=submission.user if submission else "",
                host=submission.host if submission else "",
                frames_done=total if status == "delivered" else 0,
                frames_total=total,
                message=message,
            )


def _absent_status(
    state: JobState,
    submission: Submission | None,
    managers: Mapping[ManagerAddress, Manager],
    silent: Mapping[ManagerAddress, str],
) -> tuple[str, str]:
    """Return the status of a job that no Manager told of, and why it is that one."""
    if state.is_delivered:
        return "delivered", ""
    if submission is None:
        return ("frozen" if state.attempt else "planned"), ""
    if submission.manager not in managers:
        return "unknown", f"{submission.manager.text()} cannot be asked from here"
    if submission.manager in silent:
        return "unknown", silent[submission.manager]
    if not submission.job_id:
        return "sent", "the Manager's answer was lost; submit again to look it up"
    return "missing", f"{submission.manager.text()} has this job no more"


def _message(remote: RemoteJob) -> str:
    return "" if remote.status in ("queued", "active", "completed") else remote.activity
