# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a background Blender can fail us, other than by answering that it could not do something.

::

    core.errors.BlenderError
     └─ BlenderCrashedError      died, was silent for too long, or spoke rubbish; may be tried again
         └─ BlenderStoppedError  was stopped from here
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence

from ..core.errors import BlenderError


class BlenderCrashedError(BlenderError):
    """A background Blender died, was silent for too long, or spoke rubbish.

    :param child_exit_status: of the process, negative for a signal; None where it is not known.
    :param log_tail: its last lines, oldest first.
    """

    def __init__(
        self,
        message: str,
        *,
        child_exit_status: int | None = None,
        log_tail: Sequence[str] = (),
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.child_exit_status = child_exit_status
        self.log_tail = list(log_tail)


class BlenderStoppedError(BlenderCrashedError):
    """A background Blender was stopped from here."""


def describe_exit(exit_status: int | None) -> str:
    """Say how a process ended; shells and wrappers tell a signal as 128 and more.

    :param exit_status: negative for a signal; None for one that had to be killed after it had
        closed its output.
    """
    if exit_status is None:
        return "closed its output and had to be ended"
    name = _signal_name(-exit_status if exit_status < 0 else exit_status - 128)
    return f"was ended by signal {name}" if name else f"ended with exit status {exit_status}"


def _signal_name(number: int) -> str:
    if os.name == "nt":  # exit statuses above 128 mean other things there
        return ""
    return next((one.name for one in signal.Signals if one.value == number), "")
