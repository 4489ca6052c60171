# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate's verdict on each job of a release (no bpy here)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .frame_ranges import ranges_text
from .reading import text, texts, whole

BAD, WAITING, OK, DELIVERED = "bad", "waiting", "ok", "delivered"

STATES = (BAD, WAITING, OK, DELIVERED)
"""In the order of the list: what wants attention comes first."""

LABELS = {BAD: "bad", WAITING: "waiting", OK: "ready", DELIVERED: "delivered"}
ICONS = {BAD: "ERROR", WAITING: "SORTTIME", OK: "CHECKMARK", DELIVERED: "CHECKBOX_HLT"}

Translate = Callable[[str], str]

MOST_KINDS = 8
"""So many kinds of problems of one job are told; more are counted."""


@dataclass(frozen=True, slots=True)
class GateLine:
    """A job, ready to be drawn.

    :param passed: frames that pass, of those ``expected``; ``problems``: frames that do not.
    :param why: half a sentence about a job that is bad or waits.
    :param names: the first names that its files get.
    """

    name: str
    state: str
    expected: int
    passed: int
    problems: int
    why: str
    names: tuple[str, ...]

    @property
    def icon(self) -> str:
        """Name of the state's icon."""
        return ICONS.get(self.state, "QUESTION")

    @property
    def count_text(self) -> str:
        """How many frames pass: ``7 / 8``."""
        return f"{self.passed} / {self.expected}" if self.expected else ""


@dataclass(slots=True)
class _Kind:
    """Frames of one job with the same problem."""

    frames: list[int] = field(default_factory=list)
    count: int = 0


@dataclass(slots=True)
class GateTable:
    """What the last check or harvest said about the frames of a release.

    :param release: the release that it is about; ``dist``: folder of its delivery.
    :param lines: by job. ``codes``: how many frames have which kind of problem.
    :param delivery: id of the delivery that was made; empty after a check alone.
    :param is_checked: whether all jobs were told. ``version`` changes whenever ``order`` may have.
    """

    release: str = ""
    dist: str = ""
    delivery: str = ""
    lines: dict[str, GateLine] = field(default_factory=dict)
    codes: Counter[str] = field(default_factory=Counter)
    is_checked: bool = False
    version: int = 0
    _states: dict[str, dict[str, None]] = field(default_factory=dict)
    _problems: dict[str, dict[str, _Kind]] = field(default_factory=dict)
    _passed: Counter[str] = field(default_factory=Counter)
    _failed: Counter[str] = field(default_factory=Counter)

    def begin(self, release: str) -> None:
        """Forget the last check: another one has begun."""
        self.forget()
        self.release = release

    def take_row(self, table: str, key: str, values: Mapping[str, Any] | None) -> None:
        """Take a row of the tables ``gate`` and ``frames``; None takes a job away."""
        if table == "frames" and values is not None:
            self._take_problem(values)
        elif table == "gate":
            self._let_go(key)
            if values is not None:
                self._put(_line(key, values))

    def take_result(self, verb: str, data: Mapping[str, Any]) -> None:
        """Take the result of a harvest: from now on the list is complete."""
        if verb == "harvest" and "undone" not in data:
            self.dist = text(data, "dist")
            self.delivery = text(data, "delivery")
            self.is_checked = True
        elif verb in ("harvest", "archive", "repair", "restore"):
            self.forget()

    def forget(self) -> None:
        """Forget everything."""
        self.release = self.dist = self.delivery = ""
        self.is_checked = False
        self.lines.clear()
        self.codes.clear()
        self._states.clear()
        self._problems.clear()
        self._passed.clear()
        self._failed.clear()
        self.version += 1

    @property
    def order(self) -> list[str]:
        """Names of the jobs, what wants attention first; made anew at each call."""
        known = [*STATES, *sorted(self._states.keys() - set(STATES))]
        return [name for state in known for name in self._states.get(state, ())]

    def count(self, state: str) -> int:
        """Return how many jobs are in a state."""
        return len(self._states.get(state, ()))

    @property
    def is_whole(self) -> bool:
        """Whether every job passes, and at least one can be delivered."""
        return self.is_checked and self.count(OK) > 0 and not self.count(BAD) + self.count(WAITING)

    @property
    def passed(self) -> int:
        """How many frames could be delivered now: those that pass of jobs that have ended."""
        return self._passed[OK] + self._passed[BAD]

    @property
    def failed(self) -> int:
        """How many frames do not pass."""
        return self._failed[BAD]

    def problems(self, name: str, translate: Translate = lambda text: text) -> list[str]:
        """Return what is wrong with a job's frames: ``frames 2–5, 9: it is missing``.

        :param translate: gives a template in the artist's language.
        """
        kinds = self._problems.get(name, {})
        told = [
            f"{_frames_text(kind, translate)}: {problem}"
            for problem, kind in list(kinds.items())[:MOST_KINDS]
        ]
        rest = sum(kind.count for kind in list(kinds.values())[MOST_KINDS:])
        if rest:
            told.append(translate("{count} more with other problems").format(count=rest))
        return told

    def _take_problem(self, values: Mapping[str, Any]) -> None:
        kinds = self._problems.setdefault(text(values, "job"), {})
        view = text(values, "view")
        problem = text(values, "problem") or "it does not pass"
        kind = kinds.setdefault(f"{problem} ({view})" if view else problem, _Kind())
        kind.count += 1
        self.codes[text(values, "code")] += 1
        frame = values.get("frame")
        if isinstance(frame, int):
            kind.frames.append(frame)

    def _put(self, line: GateLine) -> None:
        self.lines[line.name] = line
        self._states.setdefault(line.state, {})[line.name] = None
        self._add_frames(line, 1)
        self.version += 1

    def _let_go(self, name: str) -> None:
        line = self.lines.pop(name, None)
        if line is not None:
            self._states[line.state].pop(name)
            self._add_frames(line, -1)
            self.version += 1

    def _add_frames(self, line: GateLine, sign: int) -> None:
        self._passed[line.state] += sign * line.passed
        self._failed[line.state] += sign * line.problems


def _line(key: str, values: Mapping[str, Any]) -> GateLine:
    return GateLine(
        name=key,
        state=text(values, "state"),
        expected=whole(values, "expected"),
        passed=whole(values, "passed"),
        problems=whole(values, "problems"),
        why=text(values, "why"),
        names=texts(values, "names"),
    )


def _frames_text(kind: _Kind, translate: Translate) -> str:
    if not kind.frames:
        words = translate("{count} file") if kind.count == 1 else translate("{count} files")
        return words.format(count=kind.count)
    is_one = len(set(kind.frames)) == 1
    words = translate("frame {frames}") if is_one else translate("frames {frames}")
    return words.format(frames=ranges_text(kind.frames))
