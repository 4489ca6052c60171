# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of a release as a table that renews itself in place, for ``status --watch``.

Rows come from the verb's thread, ``rich`` draws from one of its own; a lock is between them.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from .terminal import printable

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

REDRAWS_PER_S = 2
_LINES_AROUND = 5
"""Lines of the screen that are not rows: farm, head, counts, and the shell's prompt."""
_STYLES = {
    "active": "cyan",
    "completed": "green",
    "delivered": "green",
    "failed": "red",
    "stalled": "red",
    "missing": "red",
    "unknown": "yellow",
    "canceled": "yellow",
    "paused": "yellow",
}


class LiveTable:
    """Draws what it is told, until it is stopped.

    :raises ImportError: without ``rich``.
    """

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.live import Live

        self._lock = threading.Lock()
        self._rows: dict[str, Mapping[str, Any]] = {}
        self._told_s: dict[str, float] = {}
        self._states: Counter[str] = Counter()
        self._farm: dict[str, Mapping[str, Any]] = {}
        self._releases: dict[str, Mapping[str, Any]] = {}
        self._order: Sequence[str] = ()
        self._live = Live(
            console=Console(file=stream, highlight=False),
            get_renderable=self._draw,
            refresh_per_second=REDRAWS_PER_S,
            transient=True,
        )

    def start(self) -> None:
        """Begin to draw."""
        self._live.start()

    def stop(self, *, keep: bool) -> None:
        """Draw no more; what was drawn last stays, or goes where a result follows."""
        self._live.transient = not keep
        self._live.stop()

    def print(self, text: str) -> None:
        """Print a line above the table."""
        self._live.console.print(text, markup=False, soft_wrap=True)

    def row(self, table: str, key: str, values: Mapping[str, Any] | None) -> None:
        """Take a row that is new, has changed or is gone."""
        with self._lock:
            if table == "jobs":
                self._job(key, values)
            elif table in ("farm", "releases"):
                rows = self._farm if table == "farm" else self._releases
                if values is None:
                    rows.pop(key, None)
                else:
                    rows[key] = values

    def order(self, keys: Sequence[str]) -> None:
        """Take which jobs are shown."""
        with self._lock:
            self._order = keys

    def _job(self, key: str, values: Mapping[str, Any] | None) -> None:
        before = self._rows.pop(key, None)
        if before is not None:
            self._states[str(before["state"])] -= 1
        if values is not None:
            self._rows[key] = values
            self._told_s[key] = time.monotonic()
            self._states[str(values["state"])] += 1

    # --- drawing --------------------------------------------------------------------------------

    def _draw(self) -> Group:
        from rich.console import Group

        with self._lock:
            parts: list[Text | Table] = [*self._farm_lines()]
            if self._rows or self._order:
                parts += [self._jobs_table(), self._counts()]
            elif self._releases:
                parts.append(self._releases_table())
            return Group(*parts)

    def _farm_lines(self) -> list[Text]:
        from rich.text import Text

        manager, volume = self._farm.get("manager"), self._farm.get("volume")
        release = self._farm.get("release")
        lines: list[Text] = []
        if manager is not None:
            lines.append(Text(_manager_text(manager), "red" if manager["message"] else "dim"))
        if volume is not None and volume["total_bytes"]:
            free = f"{volume['root']}: {volume['free_bytes'] / 1e9:.1f} GB free"
            lines.append(Text(free, "dim"))
        for row in (volume, release):
            if row is not None and row["message"]:
                lines.append(Text(f"{row['message']}; {row['hint']}".rstrip("; "), "yellow"))
        for line in lines:
            line.truncate(self._live.console.width, overflow="ellipsis")
        return lines

    def _jobs_table(self) -> Table:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, expand=True, show_edge=False)
        table.add_column("job", no_wrap=True, overflow="ellipsis", ratio=3)
        table.add_column("state", no_wrap=True)
        table.add_column("frames", justify="right", no_wrap=True)
        table.add_column("", width=12, no_wrap=True)
        table.add_column("left", justify="right", no_wrap=True, min_width=6)
        table.add_column("", no_wrap=True, overflow="ellipsis", ratio=4, style="dim")
        room = max(3, self._live.console.height - _LINES_AROUND - len(self._farm))
        for key in self._order[:room]:
            row = self._rows.get(key)
            if row is None:
                continue
            state, attempt = str(row["state"]), row["attempt"]
            table.add_row(
                Text(printable(key) + (f" ({attempt})" if attempt > 1 else "")),
                Text(printable(state), _STYLES.get(state, "")),
                f"{row['done']}/{row['total']}",
                _bar(row["done"], row["total"], _STYLES.get(state, "")),
                self._left(key, row),
                Text(printable(str(row["message"]))),
            )
        hidden = len(self._order) - room
        if hidden > 0:
            table.add_row(Text(f"… and {hidden} more", "dim"))
        return table

    def _left(self, key: str, row: Mapping[str, Any]) -> str:
        if row["eta_s"] is None:
            return ""
        return short_span(row["eta_s"] - (time.monotonic() - self._told_s[key]))

    def _counts(self) -> Text:
        from rich.text import Text

        done = sum(int(row["done"]) for row in self._rows.values())
        total = sum(int(row["total"]) for row in self._rows.values())
        text = Text(f"{done} of {total} frames", "bold")
        for state, count in self._states.most_common():
            if count:
                text.append(f"  {count} {printable(state)}", _STYLES.get(state, ""))
        eta_s = self._farm.get("release", {}).get("eta_s")
        if eta_s is not None:
            text.append(f"  about {short_span(eta_s)} left", "bold")
        return text

    def _releases_table(self) -> Table:
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        for column in ("release", "state", "jobs"):
            table.add_column(column)
        for name, row in self._releases.items():
            count = "" if row["jobs"] is None else str(row["jobs"])
            table.add_row(printable(name), str(row["state"]), count)
        return table


def short_span(seconds: float) -> str:
    """Return a span of time in a few characters, to two units: ``1h 05m``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02}m"


def _manager_text(row: Mapping[str, Any]) -> str:
    name = "this computer" if row["is_local"] else f"Flamenco {row['version']} at {row['address']}"
    if row["message"]:
        return printable(str(row["message"]))
    if not row["answers"]:
        return f"{name}: not running, starts when it is needed"
    return f"{name}: {row['workers_awake']} of {row['workers_total']} Workers awake"


def _bar(done: int, total: int, style: str) -> Text:
    from rich.text import Text

    filled = 12 * done // total if total else 0
    bar = Text("━" * filled, style or "default")
    return bar.append("━" * (12 - filled), "bright_black")
