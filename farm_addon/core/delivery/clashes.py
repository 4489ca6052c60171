# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the way of a delivery's names, found before anything moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..names import fold
from ..release.jobs import ExpectedFrame
from ..release.release_store import ReleaseStore
from .delivered import DeliveredFile, delivered_files
from .folder import Occupied
from .frame_rules import Defect
from .gate import FrameProblem
from .shares import Share


@dataclass(slots=True)
class Clearance:
    """What must happen in ``dist/`` before a delivery can move in.

    :param problems: frames whose name is not free, and may not be made free.
    :param replaced: names of the files that are set aside.
    :param is_needed: something is set aside, or renamed.
    """

    problems: list[FrameProblem] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    is_needed: bool = False


@dataclass(slots=True)
class _Parts:
    """The delivered files, by folded name: set aside, given another name, left as they are."""

    leaving: dict[str, str] = field(default_factory=dict)
    renamed: set[str] = field(default_factory=set)
    staying: dict[str, DeliveredFile] = field(default_factory=dict)


class Names:
    """The names in ``dist/<release>/``: those that the record knows, and those that are there.

    :param dist: the release's folder.
    :raises VolumeError: if it cannot be read.
    """

    def __init__(self, store: ReleaseStore, dist: Path) -> None:
        self._store = store
        self._there = Occupied(dist)
        self._delivered: dict[str, list[DeliveredFile]] = {}
        for one in delivered_files(store):
            self._delivered.setdefault(one.job, []).append(one)

    def lost(self, shares: Sequence[Share] = ()) -> Iterator[tuple[str, list[str]]]:
        """Yield jobs with their delivered files that are not in ``dist/`` any more.

        :param shares: what is going to be delivered, if anything; what that replaces is not missed.
        """
        coming = {share.job: {*share.brought, *share.gone} for share in shares}
        for job, files in self._delivered.items():
            kept = (one for one in files if one.frame not in coming.get(job, ()))
            names = [one.name for one in kept if not self._there.find(one.name)]
            if names:
                yield job, names

    def clear(self, shares: Sequence[Share], *, is_replacing: bool) -> Clearance:
        """Tell what stands in the way of what some jobs bring.

        :param is_replacing: files in ``dist/`` may be set aside, but for those of frames that stay.
        """
        clearance = Clearance()
        parts = self._part(shares)
        held: set[tuple[str, int]] = set()
        if is_replacing:
            clearance.replaced += (
                name for name in parts.leaving.values() if self._there.find(name)
            )
            clearance.is_needed = bool(parts.leaving or parts.renamed)
        else:
            clearance.problems += self._outdated(shares)
            held = {(one.job, one.frame) for one in clearance.problems}
        taken: dict[str, ExpectedFrame] = {}
        for share in shares:
            for expected in share.outputs(self._store):
                if (expected.job, expected.frame) not in held:
                    self._judge(expected, parts, taken, clearance, is_replacing)
        clearance.is_needed = clearance.is_needed or bool(clearance.replaced)
        return clearance

    def _part(self, shares: Sequence[Share]) -> _Parts:
        going = {
            share.job: (share.attempt.number, {*share.brought, *share.gone}) for share in shares
        }
        parts = _Parts()
        for job, files in self._delivered.items():
            attempt, frames = going.get(job, (0, set()))
            for one in files:
                if one.frame not in frames:
                    parts.staying[fold(one.name)] = one
                elif one.attempt == attempt:
                    parts.renamed.add(fold(one.name))
                else:
                    parts.leaving[fold(one.name)] = one.name
        return parts

    def _judge(
        self,
        expected: ExpectedFrame,
        parts: _Parts,
        taken: dict[str, ExpectedFrame],
        clearance: Clearance,
        is_replacing: bool,
    ) -> None:
        """Judge one new name."""
        name = expected.delivery
        key = fold(name)
        twin = taken.setdefault(key, expected)
        if twin is not expected:
            why = f"frame {twin.frame} of job '{twin.job}' would be delivered as '{name}' too"
            clearance.problems.append(_problem("name-clash", expected, why))
        elif key in parts.staying:
            owner = parts.staying[key]
            why = f"'{owner.name}' is frame {owner.frame} of job '{owner.job}', which stays"
            clearance.problems.append(_problem("name-clash", expected, why))
        else:
            self._judge_what_is_there(expected, parts, clearance, is_replacing)

    def _judge_what_is_there(
        self, expected: ExpectedFrame, parts: _Parts, clearance: Clearance, is_replacing: bool
    ) -> None:
        there = self._there.find(expected.delivery)
        odd = [one for one in there if not self._there.is_file(one)]
        key = fold(expected.delivery)
        if odd:
            why = f"'{odd[0]}' in {self._where} is no plain file, and has to be moved away"
            clearance.problems.append(_problem("name-blocked", expected, why))
        elif key not in parts.leaving and key not in parts.renamed and there:
            if is_replacing:
                clearance.replaced += there
            else:
                clearance.problems.append(self._in_the_way(expected, there[0]))

    def _outdated(self, shares: Sequence[Share]) -> Iterator[FrameProblem]:
        """Yield the frames of which an earlier attempt is in the delivery, and may not go."""
        for share in shares:
            earlier = {
                one.frame: one.name
                for one in self._delivered.get(share.job, ())
                if one.attempt != share.attempt.number
            }
            if earlier:
                for expected in share.outputs(self._store):
                    if expected.frame in earlier:
                        yield self._in_the_way(expected, earlier[expected.frame])

    def _in_the_way(self, expected: ExpectedFrame, name: str) -> FrameProblem:
        return _problem("in-the-way", expected, f"'{name}' is in {self._where} already")

    @property
    def _where(self) -> str:
        return f"dist/{self._store.release.name}"


def _problem(code: str, expected: ExpectedFrame, problem: str) -> FrameProblem:
    return FrameProblem.of(expected, Defect(code, problem))
