# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quiet lines about what happened while the artist worked on (no bpy here).

A release that has ended, jobs that failed or stand still. What was so already when Blender began
to follow the release is no news.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .. import job_states
from .job_table import ENDED, JobTable, Translate, as_it_is


@dataclass(frozen=True, slots=True)
class Notice:
    """One line.

    :param text: a sentence in English without a full stop, ``values`` for its braces.
    :param icon: Blender's name of its icon.
    :param key: the next notice with the same key takes its place; empty for none.
    """

    text: str
    icon: str
    key: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, translate: Translate = as_it_is) -> str:
        """Return it for people, in their language where ``translate`` knows it."""
        words = translate(self.text)
        return words.format(**self.values) if self.values else words


@dataclass(slots=True)
class News:
    """Finds what is new about a release's jobs.

    :param release: whose jobs were looked at; ``counts``: how many were failed and stalled then.
    :param is_over: whether all had ended then; None before the first look.
    """

    release: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    is_over: bool | None = None

    def look(self, jobs: JobTable, notices: list[Notice]) -> bool:
        """Compare with the last look; add what is new, take away what is no longer so.

        :return: whether the notices changed.
        """
        if not jobs.is_settled or not jobs.lines:
            return False
        is_first = self.is_over is None or self.release != jobs.release
        before = list(notices)
        for state in ("failed", "stalled"):
            count = jobs.states[state]
            if count == 0:
                withdraw(notices, f"{state}:{jobs.release}")
            elif not is_first and count > self.counts.get(state, 0):
                add(notices, _trouble(state, count, jobs.release))
            self.counts[state] = count
        is_over = all(state in ENDED for state, count in jobs.states.items() if count)
        if not is_over:
            withdraw(notices, f"over:{jobs.release}")
        elif not is_first and not self.is_over:
            add(notices, _ended(jobs))
        self.is_over, self.release = is_over, jobs.release
        return notices != before

    def forget(self) -> None:
        """Begin anew: the next look finds nothing new."""
        self.release, self.is_over = "", None
        self.counts.clear()


def add(notices: list[Notice], notice: Notice) -> None:
    """Add a notice, the newest first, in the place of one with the same key."""
    withdraw(notices, notice.key)
    notices.insert(0, notice)


def withdraw(notices: list[Notice], key: str) -> None:
    """Take the notice with a key away, where there is one."""
    if key:
        notices[:] = [notice for notice in notices if notice.key != key]


def _trouble(state: str, count: int, release: str) -> Notice:
    if state == "failed":
        words = "A job of ‘{release}’ failed", "{count} jobs of ‘{release}’ failed"
    else:
        words = "A job of ‘{release}’ stands still", "{count} jobs of ‘{release}’ stand still"
    values = {"count": count, "release": release}
    return Notice(words[count > 1], "ERROR", f"{state}:{release}", values)


def _ended(jobs: JobTable) -> Notice:
    values = {"release": jobs.release, "counts": job_states.counts_text(jobs.states)}
    is_whole = not (jobs.states["failed"] or jobs.states["canceled"])
    icon = "CHECKMARK" if is_whole else "ERROR"
    return Notice("‘{release}’ has ended: {counts}", icon, f"over:{jobs.release}", values)
