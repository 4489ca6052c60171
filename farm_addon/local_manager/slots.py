# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The threads that run tasks, one per slot."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from ..core.errors import FarmError
from .events import Event, Outcome, RunEnded, StartRun, StepsReported
from .runner import Cancellation, Report, TaskRunner, work_of

log = logging.getLogger(__name__)


class SlotThread(threading.Thread):
    """Runs the tasks that it is given, in order, and tells how they went.

    :param dispatch: takes events; may be called from this thread.
    :param append_log: takes job id, task id and a line.
    :param on_lost: called when an event could not be kept: the program cannot go on then.
    """

    def __init__(
        self,
        name: str,
        runner: TaskRunner,
        dispatch: Callable[[Event], None],
        append_log: Callable[[str, str, str], None],
        on_lost: Callable[[], None],
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._runner = runner
        self._dispatch = dispatch
        self._append_log = append_log
        self._on_lost = on_lost
        self._orders: queue.SimpleQueue[StartRun | None] = queue.SimpleQueue()
        self._cancellations: dict[int, Cancellation] = {}

    def start_run(self, order: StartRun) -> None:
        """Run a task as soon as the one before is over; returns at once."""
        self._cancellations[order.run] = Cancellation()
        self._orders.put(order)

    def stop_run(self, number: int) -> None:
        """Make an ordered run end early; returns at once."""
        cancellation = self._cancellations.get(number)
        if cancellation is not None:
            cancellation.cancel()

    def leave(self) -> None:
        """End the thread when what was ordered is over; returns at once."""
        self._orders.put(None)

    def run(self) -> None:
        """Work until :meth:`leave`; a thread's top edge."""
        while (order := self._orders.get()) is not None:
            outcome, message = self._carry_out(order)
            del self._cancellations[order.run]
            try:
                self._dispatch(RunEnded(order.slot, order.run, outcome, message))
            except FarmError as ex:
                log.error("%s", ex.message)
                self._on_lost()
            if self._orders.empty():
                self._runner.close()
        self._runner.close()

    def _carry_out(self, order: StartRun) -> tuple[Outcome, str]:
        job_id, task_id = order.job.id, order.task.id
        cancellation = self._cancellations[order.run]
        report = Report(
            steps=lambda done: self._dispatch(StepsReported(order.slot, order.run, done)),
            log=lambda line: self._append_log(job_id, task_id, line),
        )
        try:
            return self._runner.run(work_of(order.job, order.task), report, cancellation)
        except FarmError as ex:
            message = ex.message
        except Exception:
            log.exception("the runner broke down in task %s", task_id)
            message = "the local manager itself broke down, see its log"
        report.log(f"Failed: {message}")
        return (Outcome.STOPPED if cancellation.is_cancelled else Outcome.FAILED), message
