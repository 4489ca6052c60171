# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frame ranges as values, and the text that Flamenco understands.

Flamenco's grammar has no steps and no negative frames, and a reversed part vanishes without an
error, so only ascending lists are ever written (flamenco.md §6.2, measured on 3.2-3.9).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from .errors import UsageError

MAX_FRAMES = 1_000_000
"""More frames than this in one job are taken for a typing error."""

_NUMBER = r"-?\d{1,12}"
_PART = re.compile(
    rf"({_NUMBER})(?:\s*(?:-|\.\.)\s*({_NUMBER})(?:\s*[x/]\s*(\d{{1,12}}))?)?", re.ASCII
)


class FrameRangeError(UsageError):
    """A frame range that cannot be read, is empty, or is too long."""


class Frames:
    """An immutable, ascending set of frame numbers; perhaps empty, perhaps negative."""

    __slots__ = ("_numbers",)

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._numbers = tuple(sorted(set(numbers)))

    @classmethod
    def from_scene(cls, frame_start: int, frame_end: int, frame_step: int = 1) -> Frames:
        """Make the frames that Blender's *Render Animation* would render.

        :param frame_start: first frame, inclusive.
        :param frame_end: last frame, inclusive; before ``frame_start`` gives no frames.
        :param frame_step: at least 1.
        :raises FrameRangeError: for a step below 1 or more than :data:`MAX_FRAMES` frames.
        """
        if frame_step < 1:
            raise FrameRangeError(f"the frame step {frame_step} is below 1")
        numbers = range(frame_start, frame_end + 1, frame_step)
        if len(numbers) > MAX_FRAMES:
            raise FrameRangeError(f"{len(numbers)} frames are more than {MAX_FRAMES}")
        return cls(numbers)

    @classmethod
    def parse(cls, text: str) -> Frames:
        """Read ``1-10``, ``1..10``, ``1-10x2``, ``1,3,5`` and mixtures of them.

        :raises FrameRangeError: naming the part that cannot be read.
        """
        numbers: set[int] = set()
        for part in text.split(","):
            match = _PART.fullmatch(part.strip())
            if match is None:
                raise FrameRangeError(
                    f"'{_short(part.strip())}' in the frame range '{_short(text)}' is no frame and"
                    " no range",
                    hint="write frames like 1-100, 1-100x5 or 1,5,9",
                )
            start, end = int(match[1]), int(match[2] if match[2] is not None else match[1])
            if end < start:
                raise FrameRangeError(f"the range '{part.strip()}' runs backwards")
            numbers.update(cls.from_scene(start, end, int(match[3] or 1)))
            if len(numbers) > MAX_FRAMES:
                raise FrameRangeError(f"'{_short(text)}' has more than {MAX_FRAMES} frames")
        return cls(numbers)

    def text(self) -> str:
        """Return the frames in Flamenco's grammar: ``1-4,7,9,10`` (three or more neighbours as a
        range, two as a list)."""
        return ",".join(_spans(self._numbers))

    def chunks(self, chunk_size: int) -> list[Frames]:
        """Cut the frames into consecutive chunks; the last may be shorter.

        :param chunk_size: frames per chunk, at least 1.
        :raises FrameRangeError: if ``chunk_size`` is below 1.
        """
        if chunk_size < 1:
            raise FrameRangeError(f"the chunk size {chunk_size} is below 1")
        numbers = self._numbers
        return [Frames(numbers[i : i + chunk_size]) for i in range(0, len(numbers), chunk_size)]

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int):
            return False
        place = bisect_left(self._numbers, number)
        return place < len(self._numbers) and self._numbers[place] == number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frames) and self._numbers == other._numbers

    def __hash__(self) -> int:
        return hash(self._numbers)

    def __repr__(self) -> str:
        return f"Frames({self.text()!r})"


def _spans(numbers: tuple[int, ...]) -> Iterator[str]:
    """Yield maximal runs of neighbours as Flamenco prints them."""
    start = 0
    for index in range(1, len(numbers) + 1):
        if index < len(numbers) and numbers[index] == numbers[index - 1] + 1:
            continue
        run = numbers[start:index]
        if len(run) >= 3:
            yield f"{run[0]}-{run[-1]}"
        else:
            yield from map(str, run)
        start = index


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}…"
