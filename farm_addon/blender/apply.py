# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn messages into what the tab shows: properties of the session, and the view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..core.findings import Finding
from . import job_states
from .messages import Done, Failure, Message, Progress, Result, Row, Status
from .properties.findings import FARM_PG_findings
from .properties.session import FARM_PG_session
from .run import Section
from .state import Activity, Ending, Outcome, View

TOPICS = {
    "read": "Reading files",
    "freeze": "Freezing",
    "submit": "Sending",
    "render": "Rendering",
    "check": "Checking frames",
    "deliver": "Delivering",
    "archive": "Archiving",
    "verify": "Verifying",
}


def apply_message(
    view: View, session: FARM_PG_session, activity: Activity, message: Message
) -> None:
    """Apply one message of an activity."""
    match message:
        case Status():
            activity.text = message.text[:1].upper() + message.text[1:]
        case Progress():
            _progress(view, session, activity, message)
        case Finding():
            activity.findings.append(message)
        case Row(table="scenes"):
            activity.scenes[message.key] = bool(message.values.get("ok"))
        case Row(table="jobs"):
            _job_row(view, session, activity, message)
        case Result():
            activity.result = message.data
        case Failure():
            activity.failure = message
        case Done():
            _conclude(view, session, activity, message.exit_status)


def refresh_counts(view: View) -> None:
    """Bring the text over the jobs up to date; once after many rows."""
    view.job_counts = job_states.counts_text(view.job_states)


def clear_jobs(view: View, session: FARM_PG_session) -> None:
    """Empty the list of jobs."""
    session.jobs.clear()
    session.job_index = 0
    view.forget_jobs()


def clear_findings(findings: FARM_PG_findings) -> None:
    """Empty a list of findings."""
    findings.items.clear()
    findings.index = 0


def _progress(view: View, session: FARM_PG_session, activity: Activity, message: Progress) -> None:
    topic = TOPICS.get(message.topic, message.topic)
    if message.total:
        activity.fraction = min(1.0, message.done / message.total)
        activity.text = f"{topic} {activity.fraction:.0%}"
        if message.total <= 10_000:
            activity.text = f"{topic} {message.done} of {message.total}"
    else:
        activity.text = topic
    if activity.run.section is Section.JOBS:
        _remove_vanished(view, session, activity)


def _job_row(view: View, session: FARM_PG_session, activity: Activity, row: Row) -> None:
    if activity.release != view.jobs_release or len(session.jobs) != len(view.job_rows):
        clear_jobs(view, session)
        view.jobs_release = activity.release
    index = view.job_rows.get(row.key)
    if index is None:
        index = view.job_rows[row.key] = len(session.jobs)
        job = session.jobs.add()
        job.name = row.key
    else:
        job = session.jobs[index]
        view.job_states[job.state] -= 1
    job.state = str(row.values.get("state", ""))
    job.attempt = _count(row.values, "attempt")
    job.done = _count(row.values, "done")
    job.total = _count(row.values, "total")
    job.message = str(row.values.get("message", ""))
    view.job_states[job.state] += 1
    if activity.jobs is not None:
        activity.jobs.add(row.key)


def _count(values: Mapping[str, Any], name: str) -> int:
    try:
        return min(max(0, int(values.get(name, 0))), 2**31 - 1)
    except (TypeError, ValueError, OverflowError):
        return 0


def _remove_vanished(view: View, session: FARM_PG_session, activity: Activity) -> None:
    """Once an activity has told all rows for the first time, remove those it did not tell."""
    if activity.jobs is None or activity.release != view.jobs_release:
        return
    gone = [index for name, index in view.job_rows.items() if name not in activity.jobs]
    activity.jobs = None
    for index in sorted(gone, reverse=True):
        view.job_states[session.jobs[index].state] -= 1
        session.jobs.remove(index)
    if gone:
        view.job_rows = {job.name: index for index, job in enumerate(session.jobs)}
        session.job_index = min(session.job_index, max(0, len(session.jobs) - 1))


def _conclude(view: View, session: FARM_PG_session, activity: Activity, exit_status: int) -> None:
    """Publish what an activity brought, and let it go."""
    section = activity.run.section
    if section is Section.JOBS and exit_status == 0:
        _remove_vanished(view, session, activity)
    if section is Section.RELEASE:
        _show_findings(session.release_findings, activity.findings)
        view.scenes = dict(activity.scenes)
    elif section is Section.DELIVERY:
        problems = map(_problem, activity.result.get("problems", ()))
        _show_findings(session.delivery_findings, [*activity.findings, *problems])
        if exit_status == 0 and "archive" in activity.result:
            clear_jobs(view, session)
    view.outcomes[section] = _outcome(activity, exit_status)
    view.let_go(activity)


def _show_findings(shown: FARM_PG_findings, findings: Iterable[Finding]) -> None:
    clear_findings(shown)
    for finding in findings:
        item = shown.items.add()
        item.severity = finding.severity.value
        item.code = finding.code
        item.name = item.subject = finding.subject
        item.message = finding.message
        item.fix = finding.fix


def _problem(problem: Mapping[str, Any]) -> Finding:
    """Return a frame that the gate refused as a finding."""
    return Finding.from_json(
        {
            "severity": "error",
            "code": "bad-frame",
            "subject": f"{problem.get('job', '')}, frame {problem.get('frame', '?')}",
            "message": str(problem.get("problem", "")),
        }
    )


def _outcome(activity: Activity, exit_status: int) -> Outcome:
    title = activity.run.title
    if activity.run.is_cancelled and exit_status:
        return Outcome(Ending.CANCELLED, f"{title}: cancelled", "Start it again to go on")
    if exit_status == 0:
        return Outcome(Ending.DONE, activity.describe(activity.result))
    if activity.failure is not None:
        failure = activity.failure
        return Outcome(Ending.FAILED, _sentence(failure.message), _hint(failure.hint))
    count = sum(finding.severity.value == "error" for finding in activity.findings)
    count += len(activity.result.get("problems", ()))
    what = f"{count} finding{'' if count == 1 else 's'} in the way" if count else "it failed"
    return Outcome(Ending.FAILED, f"{title}: {what}")


def _hint(text: str) -> str:
    """Return a hint as a sentence, unless it begins with a command."""
    return text if text.startswith("farm ") else _sentence(text)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
