# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a verb's news and its result go: a terminal, a JSON document, or a stream of events.

Results go to stdout, talk to stderr. The kinds of event are a closed set, in ``docs/design.md``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from ..core.errors import BlockedError, FarmError
from ..core.findings import Finding
from ..core.ports import Reporter
from .terminal import TerminalReporter, print_table, printable


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verb did.

    :param data: the document for ``--json``.
    :param exit_status: 0 done, 1 failed or blocked.
    :param show: prints it for a person, given the output.
    """

    data: dict[str, Any]
    exit_status: int = 0
    show: Callable[[Output], None] | None = None


ORDER_SLICE = 1000
"""At most so many keys are in one event ``order``, so that a reader applies it quickly."""


class Collector:
    """A reporter that keeps findings for the document, and passes everything on."""

    def __init__(self, onward: Reporter) -> None:
        self._onward = onward
        self.findings: list[Finding] = []

    def status(self, text: str) -> None:
        self._onward.status(text)

    def progress(self, topic: str, done: int, total: int) -> None:
        self._onward.progress(topic, done, total)

    def finding(self, finding: Finding) -> None:
        if finding not in self.findings:
            self.findings.append(finding)
            self._onward.finding(finding)

    def row(self, table: str, key: str, values: Mapping[str, Any] | None) -> None:
        self._onward.row(table, key, values)

    def order(self, table: str, keys: Sequence[str]) -> None:
        self._onward.order(table, keys)


class EventReporter:
    """Prints one JSON object per line, at once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._orders: dict[str, list[str]] = {}

    def send(self, kind: str, **members: Any) -> None:
        """Print one event."""
        line = _json_text({"event": kind, **members}, separators=(",", ":"))
        self._stream.write(line + "\n")
        self._stream.flush()

    def status(self, text: str) -> None:
        self.send("status", text=text)

    def progress(self, topic: str, done: int, total: int) -> None:
        self.send("progress", topic=topic, done=done, total=total)

    def finding(self, finding: Finding) -> None:
        self.send("finding", **finding.to_json())

    def row(self, table: str, key: str, values: Mapping[str, Any] | None) -> None:
        self.send("row", table=table, key=key, values=None if values is None else dict(values))

    def order(self, table: str, keys: Sequence[str]) -> None:
        """Print the slices of the order that changed; an unchanged one is not told again."""
        told = self._orders.get(table)
        self._orders[table] = now = list(keys)
        is_cut = told is None or len(told) != len(now)
        slices = range(0, len(now), ORDER_SLICE) or (0,)
        changed = [
            start
            for start in slices
            if told is None or told[start : start + ORDER_SLICE] != now[start : start + ORDER_SLICE]
        ]
        for start in changed or ([slices[-1]] if is_cut else []):
            part = now[start : start + ORDER_SLICE]
            self.send("order", table=table, start=start, keys=part, total=len(now))


@dataclass(slots=True)
class Output:
    """The output of one run of the command line.

    :param verb: as typed: ``plan release``.
    :param json_file: the document is written there too; empty for no file.
    """

    verb: str
    is_json: bool = False
    is_events: bool = False
    json_file: str = ""
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)
    reporter: Collector = field(init=False)
    _events: EventReporter | None = field(init=False, default=None)
    _terminal: TerminalReporter | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.is_events:
            self._events = EventReporter(self.stdout)
            self.reporter = Collector(self._events)
        else:
            self._terminal = TerminalReporter(self.stderr)
            self.reporter = Collector(self._terminal)

    # --- for people -----------------------------------------------------------------------------

    def line(self, text: str = "") -> None:
        """Print one line of a result; never wrapped."""
        self._quiet_progress()
        self.stdout.write(text + "\n")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table of a result."""
        self._quiet_progress()
        print_table(self.stdout, columns, rows)

    def talk(self, text: str) -> None:
        """Say something that is not the result."""
        self._quiet_progress()
        self.stderr.write(text + "\n")

    def ask(self, question: str) -> None:
        """Print a question without ending its line, where talk goes."""
        self._quiet_progress()
        self.stderr.write(question)
        self.stderr.flush()

    def _quiet_progress(self) -> None:
        if self._terminal is not None:
            self._terminal.stop()

    @contextmanager
    def live_jobs(self) -> Iterator[None]:
        """Show the rows of jobs as a table that renews itself, where a person watches."""
        if self._terminal is not None and not self.is_json:
            with self._terminal.live_jobs():
                yield
        else:
            yield

    # --- the end --------------------------------------------------------------------------------

    def finish(self, outcome: Outcome) -> int:
        """Give the result; return the exit status."""
        self._document(outcome.data, outcome.exit_status, None)
        if self._events is not None:
            self._events.send("result", data=outcome.data)
        elif not self.is_json and outcome.show is not None:
            outcome.show(self)
        return self._done(outcome.exit_status)

    def fail(self, error: FarmError) -> int:
        """Tell what went wrong; return the exit status."""
        if isinstance(error, BlockedError):
            for finding in error.findings:
                self.reporter.finding(finding)
        return self._fail(error.message, error.hint, error.exit_status)

    def interrupted(self) -> int:
        """Say that the run was interrupted; return 130."""
        return self._fail("interrupted", "run it again to go on where it stopped", 130)

    def broken(self, error: BaseException) -> int:
        """Tell of an error of our own; the traceback went to the log."""
        return self._fail(f"unexpected error: {error!r}", "this is a bug in farm_addon", 1)

    def _fail(self, message: str, hint: str, exit_status: int) -> int:
        self._quiet_progress()
        self._document(None, exit_status, {"message": message, "hint": hint})
        if self._events is not None:
            self._events.send("error", message=message, hint=hint)
        else:
            told = "".join(f"      {printable(line)}\n" for line in hint.split("\n") if hint)
            self.stderr.write(f"farm: {printable(message)}\n{told}")
        return self._done(exit_status)

    def _done(self, exit_status: int) -> int:
        self._quiet_progress()
        if self._events is not None:
            self._events.send("done", exit_status=exit_status)
        self.stdout.flush()
        self.stderr.flush()
        return exit_status

    def _document(
        self, data: dict[str, Any] | None, exit_status: int, error: dict[str, str] | None
    ) -> None:
        if not self.is_json and not self.json_file:
            return
        document = {
            "verb": self.verb,
            "exit_status": exit_status,
            "result": data,
            "findings": [finding.to_json() for finding in self.reporter.findings],
            "error": error,
        }
        text = _json_text(document, indent=2) + "\n"
        if self.json_file:
            Path(self.json_file).write_text(text, encoding="utf-8")
        if self.is_json and not self.is_events:
            self._quiet_progress()
            self.stdout.write(text)


def _json_text(value: dict[str, Any], **layout: Any) -> str:
    """Return JSON as people read it; all in ASCII where a text cannot be encoded, such as the name
    of a file that is no UTF-8."""
    text = json.dumps(value, ensure_ascii=False, **layout)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, **layout)
    return text
