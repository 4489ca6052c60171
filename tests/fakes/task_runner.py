# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task runner without Blender: obeys a script of outcomes, and can be held at a frame."""

from __future__ import annotations

import threading
from collections import deque

from farm_addon.local_manager.events import Outcome
from farm_addon.local_manager.runner import Cancellation, Report, Work


class FakeRunner:
    """Renders nothing and says that it did.

    :param gate: it waits here before each frame; set from the start unless a test clears it.
    :param hold_on: while it is set, a run that is told to stop goes on.
    :ivar outcomes: what the next runs end with; when there are none left, they succeed.
    :ivar works: what it was given, in order.
    """

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.hold_on = threading.Event()
        self.outcomes: deque[tuple[Outcome, str] | Exception] = deque()
        self.works: list[Work] = []
        self.closed = 0

    def run(self, work: Work, report: Report, cancellation: Cancellation) -> tuple[Outcome, str]:
        self.works.append(work)
        wake = threading.Event()
        cancellation.on_cancel(wake.set)
        report.log("pid=1 > Blender 0.0.0")
        outcome = self.outcomes.popleft() if self.outcomes else (Outcome.COMPLETED, "completed")
        for done, _ in enumerate(work.frames, 1):
            while not self.gate.wait(0.01):
                if wake.is_set() and not self.hold_on.is_set():
                    return Outcome.STOPPED, "stopped"
            if isinstance(outcome, Exception):
                raise outcome
            if outcome[0] is Outcome.COMPLETED:
                report.steps(done)
        cancellation.on_cancel(None)
        return outcome

    def close(self) -> None:
        self.closed += 1
