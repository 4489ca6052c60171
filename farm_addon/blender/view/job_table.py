# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The release's jobs as its follower told them, prepared for drawing (no bpy here).

Rows of all jobs are told, changed ones only; ``order`` says which of them are shown, and in which
order: filtering and sorting are done by the child. What a row in the panel shows is made here once
per change, never per drawing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import job_states
from .reading import number, text, whole

Translate = Callable[[str], str]
"""Gives a text or template in the language of the interface."""


def as_it_is(text: str) -> str:
    """Leave a text in English."""
    return text


STALE, UNKNOWN, FRESH = "stale", "unknown", "fresh"
ENDED = frozenset({"completed", "delivered", "failed", "canceled", "cancelled"})
"""States in which nothing is left to be rendered."""
ALARMING = frozenset({"failed", "stalled"})
"""States from which a job does not get away by itself."""


@dataclass(slots=True)
class JobLine:
    """What is known about one job.

    :param done: frames that are rendered, of ``total``; 0 while that is not known.
    :param priority: None where the Manager does not have the job.
    :param eta_s: seconds until it is expected to have ended; None where nobody can tell.
    :param id: the Manager's id of the job, or empty; ``url``: its page there, or empty.
    :param verdict: ``stale``, ``unknown``, ``fresh``, or empty while nobody has looked.
    :param reason: why the verdict is not ``fresh``.
    :param icon: of the state; ``fraction``: how much is done, 0 to 1.
    :param name_text: the name, with the attempt where it is not the first.
    :param is_alarming: somebody must look at the job.
    :param bar_text: what stands in the bar; ``bar_long``: the same with the time that is left.
    :param eta_text: ``12 min``, or empty.
    """

    name: str
    state: str = ""
    attempt: int = 0
    done: int = 0
    total: int = 0
    message: str = ""
    user: str = ""
    priority: int | None = None
    eta_s: float | None = None
    id: str = ""
    url: str = ""
    verdict: str = ""
    reason: str = ""
    icon: str = "QUESTION"
    fraction: float = 0.0
    name_text: str = ""
    is_alarming: bool = False
    bar_text: str = ""
    bar_long: str = ""
    eta_text: str = ""

    @property
    def is_badged(self) -> bool:
        """Whether a badge says that the frames may not be what the scene is now."""
        return self.verdict in (STALE, UNKNOWN)

    def prepare(self, translate: Translate = as_it_is) -> None:
        """Work out what a row shows, in the artist's language."""
        self.icon = job_states.icon(self.state)
        self.fraction = min(1.0, self.done / self.total) if self.total else 0.0
        self.name_text = f"{self.name} #{self.attempt}" if self.attempt > 1 else self.name
        self.is_alarming = self.state in ALARMING
        self.eta_text = duration_text(self.eta_s, translate) if self.eta_s is not None else ""
        if self.state == "active" and self.total:
            self.bar_text = f"{self.done} / {self.total}"
        else:
            self.bar_text = translate(job_states.label(self.state))
        self.bar_long = f"{self.bar_text} · {self.eta_text}" if self.eta_text else self.bar_text


@dataclass(slots=True)
class JobTable:
    """The jobs of one release.

    :param release: whose jobs these are.
    :param translate: gives a row's words in the artist's language when the row comes.
    :param lines: all its jobs, by name.
    :param order: names of those that are shown, as they are shown.
    :param version: another number whenever ``order`` is another.
    :param states: how many jobs are in each state; ``counts_text``: the same for people.
    :param done: frames of all jobs that are rendered, of ``total``.
    :param eta_s: seconds that the release may still take; None where nobody can tell.
    :param is_settled: whether all rows were told at least once since :meth:`begin`.
    """

    release: str = ""
    translate: Translate = as_it_is
    lines: dict[str, JobLine] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    version: int = 0
    states: Counter[str] = field(default_factory=Counter)
    counts_text: str = ""
    done: int = 0
    total: int = 0
    eta_s: float | None = None
    is_settled: bool = False
    _told: set[str] = field(default_factory=set)
    _has_order: bool = False
    _has_gaps: bool = False
    _verdicts: dict[str, tuple[str, str]] = field(default_factory=dict)
    _gone: list[dict[str, JobLine]] = field(default_factory=list)

    def begin(self, release: str) -> None:
        """Expect the rows of a new child; what the last one told of the same release stays until
        this one has told all."""
        if release != self.release:
            self.forget()
            self.release = release
        self.is_settled = self._has_order = False
        self._told.clear()

    def take_row(self, table: str, key: str, values: Mapping[str, Any] | None) -> None:
        """Take a row of the tables ``jobs`` and ``stale``, and what ``farm`` says about the
        release as a whole; a job without values is gone."""
        if table == "stale":
            self._take_verdict(key, values)
        elif table == "farm" and key == "release":
            self.eta_s = number(values, "eta_s") if values is not None else None
        elif table == "jobs":
            if values is None:
                self._remove(key)
            else:
                self._put(key, values)

    def take_order(self, start: int, keys: tuple[str, ...], total: int) -> None:
        """Take a piece of the order; the last piece says that all rows were told before it."""
        if start > len(self.order):
            return  # A piece before this one was lost: a whole order will come again.
        self._has_order = True
        end = start + len(keys)
        if self.order[start:end] != list(keys) or len(self.order) > max(total, end):
            self.order[start:end] = keys
            del self.order[max(total, end) :]
            self.version += 1
        if end >= total:
            self.settle()

    def settle(self) -> None:
        """Know that all rows were told: what this child did not tell is gone."""
        if self.is_settled:
            return
        self.is_settled = True
        for name in [name for name in self.lines if name not in self._told]:
            self._remove(name)
        self._told.clear()

    def tidy(self) -> None:
        """Bring order and counts up to date; once after many rows."""
        if self._has_gaps:
            self._has_gaps = False
            self.order = [name for name in dict.fromkeys(self.order) if name in self.lines]
            self.version += 1
        self._gone.clear()
        self.counts_text = job_states.counts_text(self.states)

    def forget(self) -> None:
        """Forget everything, as another file is open or another release was chosen."""
        # Thousands of lines take milliseconds to be freed, and a file may be opening: later.
        self._gone.append(self.lines)
        self.lines = {}
        self.order.clear()
        self.states.clear()
        self._told.clear()
        self._verdicts.clear()
        self.release = self.counts_text = ""
        self.eta_s = None
        self.done = self.total = 0
        self.is_settled = self._has_order = self._has_gaps = False
        self.version += 1

    def stale(self) -> list[str]:
        """Return the names of the jobs that are stale for certain, in the order shown."""
        return [
            name
            for name in self.order
            if (line := self.lines.get(name)) is not None and line.verdict == STALE
        ]

    def shown(self) -> Iterable[JobLine]:
        """Return the lines in the order shown."""
        return (self.lines[name] for name in self.order if name in self.lines)

    def _put(self, name: str, values: Mapping[str, Any]) -> None:
        old = self.lines.get(name)
        line = self.lines[name] = _line(name, values, self.translate)
        self._count(line, 1)
        if old is not None:
            self._count(old, -1)
            if old.attempt == line.attempt:
                line.verdict, line.reason = old.verdict, old.reason
        elif name in self._verdicts:
            line.verdict, line.reason = self._verdicts.pop(name)
        if not self.is_settled:
            self._told.add(name)
        if old is None and not self._has_order:
            self.order.append(name)
            self.version += 1

    def _remove(self, name: str) -> None:
        line = self.lines.pop(name, None)
        if line is not None:
            self._count(line, -1)
            self._has_gaps = True

    def _count(self, line: JobLine, sign: int) -> None:
        self.states[line.state] += sign
        self.done += sign * line.done
        self.total += sign * line.total

    def _take_verdict(self, name: str, values: Mapping[str, Any] | None) -> None:
        told = ("", "") if values is None else (text(values, "verdict"), text(values, "reason"))
        line = self.lines.get(name)
        if line is None:
            self._verdicts[name] = told  # Its row is still to come.
        else:
            line.verdict, line.reason = told


def duration_text(seconds: float, translate: Translate = as_it_is) -> str:
    """Return a time that is left, roughly: ``40 s``, ``12 min``, ``3 h 20 min``, ``2 d 4 h``."""
    if seconds < 90:
        return translate("{seconds} s").format(seconds=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 60:
        return translate("{minutes} min").format(minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 10 and minutes:
        return translate("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    if hours < 24:
        return translate("{hours} h").format(hours=hours)
    days, hours = divmod(hours, 24)
    template = translate("{days} d {hours} h" if hours else "{days} d")
    return template.format(days=days, hours=hours)


def _line(name: str, values: Mapping[str, Any], translate: Translate) -> JobLine:
    line = JobLine(
        name,
        state=text(values, "state"),
        attempt=whole(values, "attempt"),
        done=whole(values, "done"),
        total=whole(values, "total"),
        message=text(values, "message"),
        user=text(values, "user"),
        priority=whole(values, "priority") if values.get("priority") is not None else None,
        eta_s=number(values, "eta_s"),
        id=text(values, "id"),
        url=text(values, "url"),
    )
    line.prepare(translate)
    return line
