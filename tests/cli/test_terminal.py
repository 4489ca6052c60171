# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person at a terminal sees."""

from __future__ import annotations

import io

import pytest

from farm_addon.cli.live_table import short_span
from farm_addon.cli.terminal import TerminalReporter, print_table
from farm_addon.core.findings import Finding, Severity


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_bars_count_things_and_megabytes() -> None:
    stream = Terminal()
    reporter = TerminalReporter(stream)
    reporter.progress("freeze", 1, 3)
    reporter.progress("archive", 1_500_000, 4_000_000)
    reporter.stop()
    text = stream.getvalue()
    assert "Freezing" in text
    assert "1/3" in text
    assert "1.5/4.0 MB" in text


def test_nothing_moves_when_it_is_piped() -> None:
    stream = io.StringIO()
    reporter = TerminalReporter(stream)
    reporter.progress("freeze", 1, 3)
    reporter.status("freezing")
    reporter.status("freezing")
    reporter.stop()
    assert stream.getvalue() == "freezing\n"


def test_a_job_that_moves_on_is_told_where_no_bar_shows_it() -> None:
    stream = io.StringIO()
    reporter = TerminalReporter(stream)
    for state in ("queued", "queued", "active", "completed"):
        reporter.row("jobs", "sh010", {"state": state})
    assert stream.getvalue() == "sh010: active\nsh010: completed\n"


def test_a_finding_has_its_fix_on_a_line_of_its_own() -> None:
    stream = io.StringIO()
    TerminalReporter(stream).finding(
        Finding(Severity.ERROR, "no-camera", "Scene ‘A’", "it has no camera", "add one")
    )
    assert stream.getvalue() == "error: Scene ‘A’: it has no camera\n       add one\n"


def test_foreign_texts_move_no_cursor() -> None:
    stream = io.StringIO()
    print_table(stream, ("job", "scene"), [("a\x1b[2J", "b\nc"), ("\udcff", "日é\u202e")])
    reporter = TerminalReporter(stream)
    reporter.finding(Finding(Severity.ERROR, "x", "Scene ‘\x1b[2J’", "a\rb", "c\x9bd"))
    reporter.status("freezing \udcff.blend")
    text = stream.getvalue()
    assert all(line.isprintable() for line in text.split("\n"))
    assert len(text.splitlines()) == 7
    assert text.encode().decode() == text


def test_a_table_is_never_cut_when_it_is_piped() -> None:
    stream = io.StringIO()
    print_table(stream, ("job", "message"), [("sh010", "x" * 300)])
    assert stream.getvalue().splitlines()[-1] == f"sh010  {'x' * 300}"


def test_a_watched_release_is_a_table_that_renews_itself() -> None:
    terminal = Terminal()
    reporter = TerminalReporter(terminal)
    row = {
        "job": "sh010", "state": "active", "attempt": 2, "done": 1, "total": 4, "message": "",
        "user": "mia", "priority": 50, "id": "", "eta_s": 3725.0, "url": "",
    }  # fmt: skip
    with reporter.live_jobs():
        reporter.row("jobs", "sh010", row)
        reporter.row("jobs", "hidden", {**row, "job": "hidden", "state": "failed"})
        reporter.row("farm", "release", {"message": "", "hint": "", "eta_s": 30.0})
        reporter.order("jobs", ["sh010"])
        reporter.status("asking \x1b[31magain")
        reporter.progress("render", 1, 4)
    shown = terminal.getvalue()
    assert "sh010 (2)" in shown
    assert "1h 02m" in shown
    assert "2 of 8 frames" in shown
    assert "about 30s left" in shown
    assert "hidden" not in shown
    assert "asking \ufffd[31magain" in shown


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (-3, "0s"), (59.4, "59s"), (61, "1m 01s"), (3661, "1h 01m")]
)
def test_a_span_is_short(seconds: float, text: str) -> None:
    assert short_span(seconds) == text
