# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gate says about each job of a release as a whole: a row for people."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ..names import NameRefusedError
from ..naming.templates import TemplateError
from ..release.jobs import expected_frames
from ..release.record import JobState
from ..release.release_store import ReleaseStore
from .gate import FrameProblem
from .shares import Share

_NAMES = 3
"""So many delivery names are shown of a job."""


class GateState(enum.Enum):
    """How a job stands before its delivery."""

    OK = "ok"  #: all that is expected of it passes
    BAD = "bad"  #: something of it does not pass
    WAITING = "waiting"  #: it is not ready: not sent, cancelled, still rendering
    DELIVERED = "delivered"  #: every frame lies in ``dist/``


@dataclass(frozen=True, slots=True)
class JobVerdict:
    """What the gate says about one job. Numbers are files.

    :param expected: all that the job is to deliver.
    :param passed: those of them that pass, or are delivered already.
    :param problems: those of them that were looked at and do not pass.
    :param why: half a sentence about one that is bad or waits.
    :param names: the first of the names that its files are delivered under.
    """

    job: str
    state: GateState
    expected: int
    passed: int
    problems: int = 0
    why: str = ""
    names: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the row's values."""
        return {
            "job": self.job,
            "state": self.state.value,
            "expected": self.expected,
            "passed": self.passed,
            "problems": self.problems,
            "why": self.why,
            "names": list(self.names),
        }


@dataclass(slots=True)
class JudgedJobs:
    """What is known of the jobs that a harvest looks at.

    :param shares: what each may bring, by name; frames that do not pass are taken out of it.
    :param waiting: jobs that are not ready, with the reason; ``running``: those of them that are
        still rendering, so that what is missing may yet come.
    """

    states: Sequence[JobState]
    shares: Mapping[str, Share]
    waiting: Mapping[str, str] = field(default_factory=dict)
    running: Mapping[str, str] = field(default_factory=dict)

    def verdicts(
        self, store: ReleaseStore, problems: Sequence[FrameProblem], dist_name: str = ""
    ) -> list[JobVerdict]:
        """Return the verdict on each job, in their order.

        :param dist_name: template that names this delivery; empty for the jobs' own.
        """
        found: dict[str, list[FrameProblem]] = {}
        for problem in problems:
            found.setdefault(problem.job, []).append(problem)
        return [
            self._verdict(store, state, found.get(state.plan.name, []), dist_name)
            for state in self.states
        ]

    def _verdict(
        self, store: ReleaseStore, state: JobState, problems: list[FrameProblem], dist_name: str
    ) -> JobVerdict:
        name, attempt = state.plan.name, state.attempt
        plan = attempt.plan if attempt else state.plan
        share = self.shares.get(name)
        passed = set(state.delivered_frames(attempt.number)) if attempt else set()
        if share is not None and name not in self.waiting:
            passed.update(share.frames)
        why = self.waiting.get(name, "") or (self.running.get(name, "") if problems else "")
        if why:
            verdict = GateState.WAITING
        elif problems:
            verdict, why = GateState.BAD, _first(problems)
        else:
            verdict = GateState.DELIVERED if state.is_delivered else GateState.OK
        views = len(plan.views)
        return JobVerdict(
            name,
            verdict,
            len(plan.frames) * views,
            len(passed & set(plan.frames)) * views,
            len(problems),
            why,
            _names(store, state, dist_name),
        )


def _first(problems: Sequence[FrameProblem]) -> str:
    first = problems[0]
    more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
    return f"frame {first.frame}: {first.problem}{more}"


def _names(store: ReleaseStore, state: JobState, dist_name: str) -> tuple[str, ...]:
    """Return the first names; none where the record's templates do not give any."""
    plan = state.attempt.plan if state.attempt else state.plan
    earlier = state.delivered[-1].dist_name if state.delivered else ""
    number = max(1, state.current)
    expected = expected_frames(plan, store.relative, number, dist_name=dist_name or earlier)
    try:
        return tuple(one.delivery for one in islice(expected, _NAMES))
    except (TemplateError, NameRefusedError):
        return ()
