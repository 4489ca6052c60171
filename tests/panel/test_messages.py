# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A child's lines become messages; whatever else it prints is ignored."""

from __future__ import annotations

import io
import json

import pytest

from farm_addon.blender.messages import (
    Failure,
    Message,
    Progress,
    Result,
    Row,
    Status,
    read_message,
)
from farm_addon.cli.output import Outcome, Output
from farm_addon.core.errors import FarmError
from farm_addon.core.findings import Finding, Severity


def said_by_command_line(stream: io.StringIO) -> list[Message]:
    messages = [read_message(line) for line in stream.getvalue().splitlines()]
    return [message for message in messages if message is not None]


def test_every_kind_that_the_command_line_prints_is_understood() -> None:
    stream = io.StringIO()
    output = Output("plan release", is_events=True, stdout=stream)
    finding = Finding(Severity.WARNING, "needs-scripts", "Scene ‘A’", "it needs scripts", "bake")
    output.reporter.status("reading ‘ä’")
    output.reporter.progress("freeze", 1, 3)
    output.reporter.finding(finding)
    output.reporter.row("jobs", "sh010", {"state": "active", "done": 2})
    output.finish(Outcome({"release": "ep01"}))
    assert said_by_command_line(stream) == [
        Status("reading ‘ä’"),
        Progress("freeze", 1, 3),
        finding,
        Row("jobs", "sh010", {"state": "active", "done": 2}),
        Result({"release": "ep01"}),
    ]


def test_an_error_brings_its_hint() -> None:
    stream = io.StringIO()
    Output("plan", is_events=True, stdout=stream).fail(FarmError("no volume", hint="farm init"))
    assert said_by_command_line(stream) == [Failure("no volume", "farm init")]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Read blend: /x.blend",
        "{not json",
        "[1, 2]",
        "null",
        "{}",
        '{"event": "unheard-of", "text": "x"}',
        '{"event": ["status"], "text": "x"}',
        '{"event": "status"}',
        '{"event": "progress", "topic": "x", "done": "many", "total": 3}',
        '{"event": "progress", "topic": "x", "done": null, "total": 3}',
        '{"event": "row", "table": "jobs", "key": "a", "values": 7}',
        '{"event": "row", "table": "jobs", "key": "a", "values": [1]}',
        '{"event": "finding", "severity": "dreadful", "code": "c", "subject": "s", "message": "m"}',
        '{"event": "result", "data": "text"}',
        '{"event": "done", "exit_status": 0}',
        '{"event":' * 5_000,
    ],
)
def test_what_is_no_event_is_ignored(line: str) -> None:
    assert read_message(line) is None


def test_negative_progress_counts_as_none() -> None:
    line = json.dumps({"event": "progress", "topic": "x", "done": -4, "total": -1})
    assert read_message(line) == Progress("x", 0, 0)
