# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn messages into what the tab shows: the tables of the view, and lists of findings.

Rows go to the table of the view that listens to their kind, results to the one whose section asked.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from ..core.findings import Finding
from .messages import Done, Failure, Message, Order, Progress, Result, Row, Status
from .properties.findings import FARM_PG_findings
from .properties.session import FARM_PG_session
from .run import Section
from .state import Activity, Ending, Outcome, View
from .translations import counted, iface
from .view.fixes import data_text
from .view.reading import sentence

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

MOST_COUNTED = 10_000
"""Above it, progress is told in percent."""


def apply_message(
    view: View, session: FARM_PG_session, activity: Activity, message: Message
) -> None:
    """Apply one message of an activity."""
    if activity is view.watcher and not isinstance(message, Status | Failure | Done):
        view.outcomes.pop(Section.JOBS, None)  # It gets on again.
    match message:
        case Row():
            apply_row(view, activity, message)
        case Order():
            apply_order(view, activity, message)
        case Status():
            activity.text = sentence(message.text)
        case Progress():
            _progress(view, activity, message)
        case Finding():
            activity.findings.append(message)
        case Result():
            activity.result = message.data
            _give_result(view, activity, message.data)
        case Failure():
            activity.failure = message
        case Done():
            _conclude(view, session, activity, message.exit_status)


def apply_row(view: View, activity: Activity, row: Row) -> None:
    """Give a row to the table that listens to it.

    Rows of jobs and their staleness are those of the activity's release; where the list shows
    another one, they come too late.
    """
    match row.table:
        case "jobs" | "stale":
            if view.watcher is None and activity.release != view.jobs.release:
                view.jobs.begin(activity.release)
            if activity.release == view.jobs.release:
                view.jobs.take_row(row.table, row.key, row.values)
        case "farm" | "workers" | "releases":
            view.farm.take_row(row.table, row.key, row.values)
            if activity.release == view.jobs.release:
                view.jobs.take_row(row.table, row.key, row.values)
        case "scenes":
            view.plan.take_row(row.table, row.key, row.values)
        case "gate" | "frames":
            view.gate.take_row(row.table, row.key, row.values)


def apply_order(view: View, activity: Activity, order: Order) -> None:
    """Put the jobs into order, unless it is that of another release's."""
    if order.table == "jobs" and activity.release == view.jobs.release:
        view.jobs.take_order(order.start, order.keys, order.total)


def clear_findings(findings: FARM_PG_findings) -> None:
    """Empty a list of findings."""
    findings.items.clear()
    findings.index = 0


def _progress(view: View, activity: Activity, message: Progress) -> None:
    topic = iface(TOPICS.get(message.topic, message.topic))
    if message.total:
        activity.fraction = min(1.0, message.done / message.total)
        activity.text = f"{topic} {activity.fraction:.0%}"
        if message.total <= MOST_COUNTED:
            template = iface("{topic} {done} of {total}")
            activity.text = template.format(topic=topic, done=message.done, total=message.total)
    else:
        activity.text = topic
    if activity.run.section is Section.JOBS and activity.release == view.jobs.release:
        view.jobs.settle()


def _give_result(view: View, activity: Activity, data: Mapping[str, Any]) -> None:
    verb = activity.run.verb
    match activity.run.section:
        case Section.VOLUME | Section.CONFIG:
            view.farm.take_result(verb, data)
        case Section.RELEASE:
            view.plan.take_result(verb, data)
        case Section.DELIVERY:
            view.gate.take_result(verb, data)
        case Section.DETAIL:
            view.detail.take_result(verb, data)


def _conclude(view: View, session: FARM_PG_session, activity: Activity, exit_status: int) -> None:
    """Publish what an activity brought, and let it go."""
    section = activity.run.section
    if section is Section.JOBS and exit_status == 0 and activity.release == view.jobs.release:
        view.jobs.settle()
    if section is Section.RELEASE:
        show_findings(session.release_findings, activity.findings)
    elif section is Section.DELIVERY:
        # Where they came as rows, the gate's table tells them, grouped by job. What a repair found
        # is what it repairs.
        is_told = bool(view.gate.codes) or (activity.run.verb == "repair" and exit_status == 0)
        told = () if is_told else activity.result.get("problems", ())
        problems = map(_problem, told)
        show_findings(session.delivery_findings, [*activity.findings, *problems])
        if exit_status == 0 and "archive" in activity.result:
            view.jobs.forget()
    elif section is Section.DETAIL and activity.failure is not None:
        view.detail.take_failure(activity.failure.message)
    if activity is view.watcher:
        view.following.ended(exit_status, time.monotonic())
    view.outcomes[section] = outcome_of(activity, exit_status)
    view.let_go(activity)


MOST_FINDINGS = 500
"""More are not listed: nobody reads them, and each is a row of Blender's."""


def show_findings(shown: FARM_PG_findings, findings: Iterable[Finding]) -> None:
    """Put findings into a list, in the place of those that were there."""
    clear_findings(shown)
    for finding in list(findings)[:MOST_FINDINGS]:
        item = shown.items.add()
        item.severity = finding.severity.value
        item.code = finding.code
        item.name = item.subject = finding.subject
        item.message = finding.message
        item.fix = finding.fix
        item.data = data_text(finding.data)


def _problem(problem: Mapping[str, Any]) -> Finding:
    """Return a frame that the gate refused as a finding."""
    return Finding.from_json(
        {
            "severity": "error",
            "code": "bad-frame",
            "subject": iface("{job}, frame {frame}").format(
                job=problem.get("job", ""), frame=problem.get("frame", "?")
            ),
            "message": str(problem.get("problem", "")),
        }
    )


def outcome_of(activity: Activity, exit_status: int) -> Outcome:
    """Return how an activity ended, for people."""
    title = activity.run.title
    if activity.run.is_cancelled and exit_status:
        words = iface("{title}: cancelled").format(title=title)
        return Outcome(Ending.CANCELLED, words, iface("Start it again to go on"))
    if exit_status == 0:
        return Outcome(Ending.DONE, activity.describe(activity.result))
    if activity.failure is not None:
        failure = activity.failure
        return Outcome(Ending.FAILED, sentence(failure.message), _hint(failure.hint))
    if activity.describe_partly is not None and activity.result:
        return Outcome(Ending.FAILED, activity.describe_partly(activity.result))
    count = sum(finding.severity.value == "error" for finding in activity.findings)
    count += len(activity.result.get("problems", ()))
    what = iface("it failed")
    if count:
        what = counted(count, "{count} finding in the way", "{count} findings in the way")
    return Outcome(Ending.FAILED, f"{title}: {what}")


def _hint(text: str) -> str:
    """Return a hint as a sentence, unless it begins with a command."""
    return text if text.startswith("farm ") else sentence(text)
