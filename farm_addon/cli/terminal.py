# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk to a person at a terminal: progress bars, findings, tables; plain text where ``rich`` is
absent or nobody watches."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from ..core.findings import Finding, Severity

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from .live_table import LiveTable

_MARKS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_TOPICS: dict[str, tuple[str, str]] = {
    "cancel": ("Cancelling", ""),
    "delete": ("Deleting", ""),
    "change": ("Changing", ""),
    "read": ("Reading", ""),
    "freeze": ("Freezing", ""),
    "submit": ("Submitting", ""),
    "render": ("Rendering", ""),
    "check": ("Checking frames", ""),
    "deliver": ("Delivering", ""),
    "archive": ("Archiving", "MB"),
    "verify": ("Verifying", "MB"),
    "restore": ("Restoring", "MB"),
}


class TerminalReporter:
    """Talks on stderr. Progress bars only where stderr is a terminal; none when it is piped."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._last_status = ""
        self._states: dict[str, str] = {}
        self._table: LiveTable | None = None

    def status(self, text: str) -> None:
        """Print what is being done."""
        text = printable(text)
        if text != self._last_status:
            self._last_status = text
            self._print(text)

    def progress(self, topic: str, done: int, total: int) -> None:
        """Move a topic's bar on."""
        if not self._is_terminal or self._table is not None:
            return
        bars = self._bars()
        if bars is None:
            return
        label, unit = _TOPICS.get(topic, (topic, ""))
        if topic not in self._tasks:
            self._tasks[topic] = bars.add_task(label, total=total or None, amount="")
        amount = f"{done / 1e6:.1f}/{total / 1e6:.1f} MB" if unit == "MB" else f"{done}/{total}"
        bars.update(self._tasks[topic], completed=done, total=total or None, amount=amount)

    def finding(self, finding: Finding) -> None:
        """Print a finding, and its fix on a line of its own."""
        told = f"{finding.subject}: {finding.message}"
        self._print(f"{_MARKS[finding.severity]}: {printable(told)}")
        if finding.fix:
            self._print(f"       {printable(finding.fix)}")

    def row(self, table: str, key: str, values: Mapping[str, Any] | None) -> None:
        """Say that a job's state changed, where no bar shows it; tables are part of the result."""
        if self._table is not None:
            self._table.row(table, key, values)
            return
        state = "gone" if values is None else str(values.get("state", ""))
        before = self._states.get(key)
        self._states[key] = state
        if table == "jobs" and not self._is_terminal and before not in (None, state):
            self._print(f"{key}: {state}")

    def order(self, table: str, keys: Sequence[str]) -> None:
        """Choose the rows of a table that renews itself; others are part of the result."""
        if self._table is not None and table == "jobs":
            self._table.order(keys)

    @contextmanager
    def live_jobs(self) -> Iterator[None]:
        """Show the rows of jobs as a table that renews itself, where a person watches."""
        self._table = self._new_table()
        if self._table is None:
            yield
            return
        self._table.start()
        is_done = False
        try:
            yield
            is_done = True
        finally:
            table, self._table = self._table, None
            table.stop(keep=not is_done)

    def _new_table(self) -> LiveTable | None:
        if not self._is_terminal:
            return None
        from .live_table import LiveTable

        try:
            return LiveTable(self._stream)
        except ImportError:
            return None

    def stop(self) -> None:
        """End the bars, so that what is printed next is not painted over."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None
            self._tasks = {}

    def _print(self, text: str) -> None:
        if self._table is not None:
            self._table.print(text)
        elif self._progress is not None:
            self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            self._stream.write(text + "\n")
            self._stream.flush()

    def _bars(self) -> Progress | None:
        if self._progress is None:
            try:
                from rich.console import Console
                from rich.progress import (
                    BarColumn,
                    Progress,
                    TextColumn,
                    TimeElapsedColumn,
                )
            except ImportError:
                return None
            self._progress = Progress(
                TextColumn("{task.description:<16}"),
                BarColumn(),
                TextColumn("{task.fields[amount]}"),
                TimeElapsedColumn(),
                console=Console(file=self._stream),
            )
            self._progress.start()
        return self._progress


def printable(text: str) -> str:
    """Return a foreign text so that it can only be read, not move a terminal's cursor."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in text)


def print_table(stream: TextIO, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print an aligned table; cut to the width of a terminal, never cut elsewhere.

    What cannot be printed in a cell is replaced: texts come from Managers and .blend files.
    """
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(columns, *rows, strict=True)]
    limit = shutil.get_terminal_size().columns if stream.isatty() else None
    for cells in (columns, ["-" * width for width in widths], *rows):
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        line = "  ".join(padded).rstrip()
        if limit is not None and len(line) > limit:
            line = line[: limit - 1] + "…"
        stream.write(line + "\n")
