# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decodes frames in this Python: the port ``FrameDecoder``."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from ..core.ports import FrameVerdict
from . import images
from .png import decode_png

RULES = 2
"""Version of what a verdict says about the same file; a remembered one of other rules is void."""

_MAX_THREADS = 32
_AHEAD_PER_THREAD = 4


class LocalDecoder:
    """Decodes with OpenImageIO where it is installed, else PNG alone, in pure Python.

    :param threads: how many files are decoded at once; None for one per core that this process
        may use, within reason. Both ways of decoding let go of Python's lock while they work.
    """

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or min(_MAX_THREADS, _usable_cores())
        self._has_openimageio = images.is_available()

    @property
    def has_openimageio(self) -> bool:
        """Whether other formats than PNG can be decoded."""
        return self._has_openimageio

    @property
    def version(self) -> str:
        """What judges: the same text as long as the same file gets the same verdict."""
        library = f"OpenImageIO {images.version()}" if self._has_openimageio else "PNG alone"
        return f"rules {RULES}, {library}"

    def format_names(self) -> frozenset[str]:
        """Return the formats that can be decoded here, in OpenImageIO's words."""
        return images.format_names() if self._has_openimageio else frozenset({"png"})

    def can_decode(self, format_name: str) -> bool:
        """Tell whether files of this format can be decoded here."""
        return bool(format_name) and format_name in self.format_names()

    def decode(self, paths: Sequence[Path]) -> Iterator[FrameVerdict]:
        """Yield one verdict per path, in order, each as soon as it is known.

        Only a few files are decoded ahead of what was taken.
        """
        decode_one: Callable[[Path], FrameVerdict] = (
            images.decode_file if self._has_openimageio else decode_png
        )
        waiting = iter(paths)
        running: deque[Future[FrameVerdict]] = deque()
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="farm-decode")
        try:
            for path in islice(waiting, self._threads * _AHEAD_PER_THREAD):
                running.append(pool.submit(decode_one, path))
            while running:
                verdict = running.popleft().result()
                for path in islice(waiting, 1):
                    running.append(pool.submit(decode_one, path))
                yield verdict
        finally:
            pool.shutdown(cancel_futures=True)


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
