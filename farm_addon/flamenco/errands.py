# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask in a thread, so that a Manager that takes its time keeps nobody from another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class Errand(Generic[_Value]):
    """A function that runs in a thread of its own, from now on.

    A process that ends does not wait for it: every request has a time limit, but a long one.
    """

    def __init__(self, work: Callable[[], _Value]) -> None:
        self._future: Future[_Value] = Future()
        self._began_s = time.monotonic()
        threading.Thread(target=self._run, args=(work,), name="errand", daemon=True).start()

    def is_done(self, patience_s: float) -> bool:
        """Tell whether it is; wait for that until it is so many seconds old."""
        left_s = self._began_s + patience_s - time.monotonic()
        try:
            self._future.exception(min(max(0.0, left_s), threading.TIMEOUT_MAX))
        except TimeoutError:
            return False
        return True

    def result(self) -> _Value:
        """Return what the function returned, or raise what it raised."""
        return self._future.result()

    def _run(self, work: Callable[[], _Value]) -> None:
        try:
            self._future.set_result(work())
        except BaseException as ex:  # noqa: BLE001 (raised again where the result is asked for)
            self._future.set_exception(ex)
