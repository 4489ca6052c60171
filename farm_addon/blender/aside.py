# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Something done in a thread of its own, because it may wait for a disk or a network (no bpy here).

Whoever started it asks now and then whether it is over: a window never waits.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ..core.errors import FarmError

log = logging.getLogger(__name__)


class Aside:
    """Work in a daemon thread, which starts at once.

    :param work: touches nothing of Blender's; FarmError and OSError are its usual failures.
    :ivar failure: why it failed; None while it goes on, and where it went well.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self.failure: FarmError | None = None
        self._work = work
        self._is_over = threading.Event()
        threading.Thread(target=self._live, name="farm-aside", daemon=True).start()

    def wait(self, timeout_s: float = 0.0) -> bool:
        """Tell whether it is over, after a while at most."""
        return self._is_over.wait(timeout_s) if timeout_s > 0 else self._is_over.is_set()

    def _live(self) -> None:
        try:
            self._work()
        except FarmError as ex:
            self.failure = ex
        except Exception as ex:
            if not isinstance(ex, OSError):
                log.exception("work aside failed unexpectedly")
            self.failure = FarmError(str(ex))
        finally:
            self._is_over.set()
