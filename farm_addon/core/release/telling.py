# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell rows of tables, each only when it is new, has changed or is gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..ports import Reporter


class RowTeller:
    """Remembers what was told."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._told: dict[str, dict[str, Mapping[str, Any]]] = {}
        self._orders: dict[str, list[str]] = {}
        self._progress: dict[str, tuple[int, int]] = {}

    def tell(self, table: str, key: str, values: Mapping[str, Any]) -> bool:
        """Tell a row unless it is as it was; return whether it was told."""
        told = self._told.setdefault(table, {})
        if told.get(key) == values:
            return False
        told[key] = values
        self._reporter.row(table, key, values)
        return True

    def keep(self, table: str, keys: Collection[str]) -> None:
        """Tell of all rows but these that they are gone."""
        told = self._told.get(table, {})
        for key in [key for key in told if key not in keys]:
            del told[key]
            self._reporter.row(table, key, None)

    def tell_all(self, table: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Tell a whole table: what changed, and what is gone."""
        for key, values in rows.items():
            self.tell(table, key, values)
        self.keep(table, rows)

    def order(self, table: str, keys: Sequence[str]) -> None:
        """Tell which rows are shown, and in which order, unless that is as it was."""
        if self._orders.get(table) != keys:
            self._orders[table] = list(keys)
            self._reporter.order(table, keys)

    def progress(self, topic: str, done: int, total: int) -> None:
        """Tell how far a topic is, unless that is as it was."""
        if self._progress.get(topic) != (done, total):
            self._progress[topic] = done, total
            self._reporter.progress(topic, done, total)
