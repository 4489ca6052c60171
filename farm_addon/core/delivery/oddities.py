# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is odd about frames that pass: one warning per job and kind, however many frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..findings import Finding, Severity
from ..frames import Frames
from ..ports import FrameVerdict

LISTED_MAX = 50
"""More findings of one kind than this are counted, not told one by one."""
_NAMES_SHOWN = 5
_TEXT_CHARACTERS_MAX = 60

_SAID = {
    "black-frames": ("is black", "are black"),
    "identical-frames": (
        "has the same pixels as the frame before it",
        "have the same pixels as the frame before them",
    ),
    "bad-pixels": (
        "has pixels that are no numbers (NaN) or infinite",
        "have pixels that are no numbers (NaN) or infinite",
    ),
    "old-frames": (
        "is older than the frozen file that it should be rendered from",
        "are older than the frozen file that they should be rendered from",
    ),
}


@dataclass(slots=True)
class Oddities:
    """Collects what is odd about one job's frames, which come in ascending order."""

    job: str
    _frames: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    _bad_pixels_max: int = 0
    _before: dict[str, str] = field(default_factory=dict)

    def look(self, frame: int, view: str, verdict: FrameVerdict) -> None:
        """Look at one frame of one view."""
        if verdict.is_black:
            self.note("black-frames", frame, view)
        elif verdict.pixels_digest and verdict.pixels_digest == self._before.get(view):
            self.note("identical-frames", frame, view)
        if verdict.bad_pixels:
            self.note("bad-pixels", frame, view)
            self._bad_pixels_max = max(self._bad_pixels_max, verdict.bad_pixels)
        self._before[view] = verdict.pixels_digest

    def forget_neighbour(self, view: str) -> None:
        """Say that the frame before the next one is not known."""
        self._before.pop(view, None)

    def note(self, code: str, frame: int, view: str) -> None:
        """Note that a frame is odd in one way."""
        self._frames.setdefault((code, view), []).append(frame)

    def findings(self) -> Iterator[Finding]:
        """Yield one warning per kind and view."""
        for (code, view), numbers in sorted(self._frames.items()):
            frames = Frames(numbers)
            one, many = _SAID[code]
            of_view = f" of view ‘{view}’" if view else ""
            word, said = ("frame", one) if len(frames) == 1 else ("frames", many)
            more = ""
            if code == "bad-pixels":
                more = f": {self._bad_pixels_max}" + (
                    "" if len(frames) == 1 else " in the worst of them"
                )
            yield warning(code, self.job, f"{word} {_short(frames)}{of_view} {said}{more}")


def foreign_files(job: str, names: Sequence[str]) -> Finding:
    """Return the warning about files that lie among a job's frames and are none of them."""
    return warning(
        "foreign-files", job, f"{list_names(names)} in its folder is not of its own making"
    )


def warning(code: str, job: str, message: str, fix: str = "") -> Finding:
    """Return a warning about a job."""
    return Finding(Severity.WARNING, code, f"Job ‘{job}’", message, fix)


def list_names(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    shown = ", ".join(f"'{name}'" for name in names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def capped(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first findings of each kind, then one that counts the others of that kind."""
    counts: dict[str, int] = {}
    last: dict[str, Finding] = {}
    for finding in findings:
        counts[finding.code] = counts.get(finding.code, 0) + 1
        last[finding.code] = finding
        if counts[finding.code] <= LISTED_MAX:
            yield finding
    for code, count in counts.items():
        if count > LISTED_MAX:
            more = count - LISTED_MAX
            yield Finding(
                last[code].severity,
                code,
                f"{more} more job(s)",
                "the same is said of them",
                "all are listed in reports/harvest.json",
            )


def _short(frames: Frames) -> str:
    text = frames.text()
    if len(text) <= _TEXT_CHARACTERS_MAX:
        return text
    cut = text[:_TEXT_CHARACTERS_MAX].rpartition(",")[0]
    return f"{cut},… ({len(frames)} in all)"
