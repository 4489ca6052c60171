# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the last check, or the last submit, said about each scene, camera or view layer (no bpy
here).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .reading import text, texts, whole

NEW, REPLACE, FRESH, BLOCKED = "new", "replace", "fresh", "blocked"

LABELS = {NEW: "new", REPLACE: "will replace", FRESH: "fresh", BLOCKED: "blocked"}
"""What becomes of a row, in an artist's words."""

ICONS = {NEW: "ADD", REPLACE: "FILE_REFRESH", FRESH: "CHECKMARK", BLOCKED: "CANCEL"}
UNKNOWN_ICON = "BLANK1"

TIGHT = 0.8
"""Disk space is tight where a plan needs more than this part of what is free."""

Key = tuple[str, str, str]
"""Scene, camera, view layer; the latter two empty for a whole scene."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One row, prepared for drawing.

    :param becomes: ``new``, ``replace``, ``fresh`` or ``blocked``; empty where it was not said.
    :param why: half a sentence, perhaps empty.
    :param names: the first delivery names.
    :param icon: Blender's name of the icon for ``becomes``.
    """

    scene: str
    camera: str
    view_layer: str
    job: str
    frames: str
    frame_count: int
    becomes: str
    why: str
    names: tuple[str, ...]
    needs_bytes: int
    icon: str


@dataclass(slots=True)
class PlanTable:
    """The rows that a check told.

    :param lines: what was said, by scene, camera and view layer.
    :param counts: how many rows become what.
    :param needs_bytes: room that the frames need, as estimated; 0 where it is not known.
    :param free_bytes: free room on the volume; 0 where it is not known.
    :param is_outdated: something was chosen differently since.
    """

    lines: dict[Key, PlanLine] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    needs_bytes: int = 0
    free_bytes: int = 0
    is_outdated: bool = False
    _told: set[Key] | None = None

    def begin(self) -> None:
        """Expect the rows of another check; those of the last one stay until it has ended."""
        self._told = set()

    def let_pass(self) -> None:
        """Expect the rows of other files, which are none of its business."""
        self._told = None

    def take_row(self, table: str, key: str, values: Mapping[str, Any] | None) -> None:
        """Take a row of the table ``scenes`` of a check of the open file."""
        if table != "scenes" or self._told is None:
            return
        if values is None:
            for place in [place for place in self.lines if "/".join(filter(None, place)) == key]:
                self._put(place, None)
            return
        line = _line(key, values)
        place = (line.scene, line.camera, line.view_layer)
        self._put(place, line)
        self._told.add(place)

    def take_result(self, verb: str, data: Mapping[str, Any]) -> None:
        """Take the document of a verb: a plan's rows are complete; what was submitted is fresh."""
        if verb == "plan":
            self._take_plan(data)
        elif verb == "submit":
            sent = {*texts(data, "posted"), *texts(data, "found")}
            for place, line in list(self.lines.items()):
                if line.job in sent and line.becomes in (NEW, REPLACE):
                    self._put(place, replace(line, becomes=FRESH, why="", icon=ICONS[FRESH]))

    def line(self, scene: str, camera: str = "", view_layer: str = "") -> PlanLine | None:
        """Return what was said about a scene, or about one camera or view layer of it."""
        return self.lines.get((scene, camera, view_layer))

    @property
    def is_tight(self) -> bool:
        """Whether the frames may not fit on the volume."""
        return bool(self.needs_bytes and self.free_bytes) and (
            self.needs_bytes > self.free_bytes * TIGHT
        )

    def forget(self) -> None:
        """Forget everything, as another file is open or another release was chosen."""
        self.lines.clear()
        self.counts.clear()
        self.needs_bytes = self.free_bytes = 0
        self.is_outdated = False
        self._told = None

    def _take_plan(self, data: Mapping[str, Any]) -> None:
        """Let the rows go that were not told this time."""
        told, self._told = self._told, None
        if told is None:
            return
        for place in self.lines.keys() - told:
            self._put(place, None)
        self.needs_bytes, self.free_bytes = whole(data, "needs_bytes"), whole(data, "free_bytes")
        self.is_outdated = False

    def _put(self, place: Key, line: PlanLine | None) -> None:
        before = self.lines.pop(place, None)
        if before is not None:
            self.counts[before.becomes] -= 1
        if line is not None:
            self.lines[place] = line
            self.counts[line.becomes] += 1


def _line(key: str, values: Mapping[str, Any]) -> PlanLine:
    becomes = text(values, "becomes")
    if becomes not in LABELS:
        becomes = "" if values.get("ok", True) else BLOCKED
    return PlanLine(
        scene=text(values, "scene") or key,
        camera=text(values, "camera"),
        view_layer=text(values, "view_layer"),
        job=text(values, "job"),
        frames=text(values, "frames"),
        frame_count=whole(values, "frame_count"),
        becomes=becomes,
        why=text(values, "why"),
        names=texts(values, "names")[:3],
        needs_bytes=whole(values, "needs_bytes"),
        icon=ICONS.get(becomes, UNKNOWN_ICON),
    )
