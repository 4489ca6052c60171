# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The crash matrix: disturb a verb at one point after the other, run it again, and compare.

A release is prepared once and put back for each point to where the verb begins. What can happen
there is in :mod:`tests.core.disturbances`.
"""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from farm_addon.core.errors import FarmError
from farm_addon.core.storage.files import Files
from tests.core.conftest import open_workspace
from tests.core.disturbances import Seam, TappedFreezer, Wire
from tests.core.flow import Flow
from tests.core.release_picture import picture

Step = Callable[[Flow], object]
Steps = tuple[list[Step], Step] | tuple[list[Step], Step, Step]
"""What comes first, the verb, and what the user runs after it was stopped: by default the verb."""
_POINTS = {"killed": 150}
_POINTS_ELSE = 12
"""How many points are tried of a verb that has more, without ``FARM_CRASH_POINTS=all``."""


class Stage:
    """A flow, prepared once, that each :meth:`begin` puts back to where the verb begins.

    :param before: the steps that come first.
    """

    def __init__(self, root: Path, before: Sequence[Step]) -> None:
        self.root = root
        self._kept = root.with_name(f"{root.name}-kept")
        root.mkdir()
        self._flow = Flow(open_workspace(root / "volume"), root / "work")
        for step in before:
            step(self._flow)
        state = {name: value for name, value in vars(self._flow).items() if name != "workspace"}
        self._state = copy.deepcopy(state)
        shutil.copytree(root, self._kept, symlinks=True)

    @property
    def volume(self) -> Path:
        """The volume's root."""
        return self.root / "volume"

    def begin(self, seam: Seam | None = None, files: Files | None = None) -> Flow:
        """Return the flow as it was after the first steps, as a process of its own."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self._kept, self.root, symlinks=True)
        flow = copy.copy(self._flow)
        vars(flow).update(copy.deepcopy(self._state))
        if seam is not None:
            flow.manager = Wire(flow.manager, seam)  # type: ignore[assignment]
            flow.freezer = TappedFreezer(flow.freezer, seam)  # type: ignore[assignment]
            files = files or Files(after=seam.after_operation)
        flow.workspace = open_workspace(self.volume, files)
        return flow

    def again(self, flow: Flow) -> Flow:
        """Return the same flow in a new process, which nothing disturbs."""
        anew = copy.copy(flow)
        if isinstance(flow.manager, Wire):
            anew.manager = flow.manager.manager
        if isinstance(flow.freezer, TappedFreezer):
            anew.freezer = flow.freezer.freezer
        anew.workspace = open_workspace(self.volume)
        return anew


@dataclass
class Row:
    """One line of the table.

    :param points: how many there are; ``tried`` of them were.
    :param lost: points after which the second run did not bring the undisturbed result, and why.
    """

    verb: str
    fault: str
    points: int
    tried: int = 0
    lost: list[str] = field(default_factory=list)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as text in columns, with a sum."""
    head = ("verb", "fault", "points", "tried", "recovered", "lost")
    total = Row("all", "", sum(r.points for r in rows), sum(r.tried for r in rows))
    total.lost = [one for row in rows for one in row.lost]
    lines = [head, *(_cells(row) for row in (*rows, total))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    is_whole = total.tried == total.points
    note = [] if is_whole else ["NOT EVERY POINT WAS TRIED: FARM_CRASH_POINTS=all tries them."]
    text = [
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([*text, *note])


def _cells(row: Row) -> tuple[str, ...]:
    counts = (row.points, row.tried, row.tried - len(row.lost), len(row.lost))
    return (row.verb, row.fault, *map(str, counts))


def spread(points: int, limit: int) -> list[int]:
    """Return at most ``limit`` of so many points, evenly apart, with the first and the last."""
    if points <= limit:
        return list(range(points))
    return sorted({round(index * (points - 1) / (limit - 1)) for index in range(limit)})


class Trial:
    """One verb and one fault, at one point after the other."""

    def __init__(self, verb: str, fault: str, steps: Steps, root: Path) -> None:
        before, self.step, *rest = steps
        self.finish: Step = rest[0] if rest else self.step
        self.stage = Stage(root / "stage", before)
        self.verb, self.fault = verb, fault
        flow = self.stage.begin()
        self.step(flow)
        self.wanted = picture(flow)

    def run(self, points: list[str], disturb: Callable[[int], Flow]) -> Row:
        """Disturb the verb at each point, run it again, and compare.

        :param disturb: does the former for a point; returns the flow as it was left.
        """
        row = Row(self.verb, self.fault, len(points))
        for number in _chosen(len(points), _POINTS.get(self.fault, _POINTS_ELSE)):
            row.tried += 1
            again = self.stage.again(disturb(number))
            try:
                self.finish(again)
            except FarmError as ex:
                row.lost.append(f"{number} ({points[number]}): the second run says {ex.message}")
                continue
            if difference := _difference(picture(again), self.wanted):
                row.lost.append(f"{number} ({points[number]}): {difference}")
        return row


def _chosen(points: int, limit: int) -> list[int]:
    wish = os.environ.get("FARM_CRASH_POINTS", "")
    return spread(points, points if wish == "all" else limit)


def _difference(found: dict[str, object], wanted: dict[str, object]) -> str:
    for key in sorted({*found, *wanted}):
        if found.get(key) != wanted.get(key):
            return f"{key} is {found.get(key)}, not {wanted.get(key)}"
    return ""


def ends_with_a_sentence(step: Step, flow: Flow) -> str:
    """Run a verb that meets a fault: what it cannot get around is one sentence.

    :return: the sentence; empty where it got around the fault.
    """
    try:
        step(flow)
    except FarmError as ex:
        message = ex.message
    else:
        return ""
    assert message
    assert "\n" not in message
    assert not message.endswith(".")
    return message
