# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The child's end of the pipe that its parent holds: when it closes, the child is gone.

However a parent dies, the operating system closes its end. A daemon thread waits for that and
leaves by ``os._exit``, which also works while Blender renders. Standard library alone, so that it
can run in any child.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

INTERRUPTED = 130
MAX_LINE_BYTES = 64 << 20

_READ_BYTES = 1 << 16


def watch(exit_status: int = INTERRUPTED) -> None:
    """Leave with ``exit_status`` as soon as stdin closes; what comes through it is dropped.

    From then on descriptor 0 is the null device.
    """
    hold(lambda line: None, exit_status=exit_status)


def hold(
    on_line: Callable[[bytes], None],
    *,
    before_leaving: Callable[[], None] = lambda: None,
    exit_status: int = 0,
) -> None:
    """Read stdin in a daemon thread; leave when it closes.

    Descriptor 0 becomes the null device: nothing else in the process, and none of its children,
    takes lines from the pipe or keeps it open.

    :param on_line: called in that thread with each line, without its newline. A last line that is
        not ended is dropped, as is one of more than :data:`MAX_LINE_BYTES`.
    :param before_leaving: called in that thread right before the process ends; must be quick.
    :param exit_status: of the process when stdin closes.
    """
    pipe = os.dup(0)
    null_device = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null_device, 0)
    os.close(null_device)

    def read_to_the_end() -> None:
        try:
            _split_lines(pipe, on_line)
            before_leaving()
        except Exception:
            log.exception("the pipe from the parent process cannot be followed")
        finally:
            os._exit(exit_status)

    threading.Thread(target=read_to_the_end, name="farm-lifeline", daemon=True).start()


def _split_lines(pipe: int, on_line: Callable[[bytes], None]) -> None:
    """Hand on each ended line until the pipe closes.

    Reads the descriptor itself: a buffered stream would be locked by this thread while the
    interpreter shuts down.
    """
    parts: list[bytes] = []
    while chunk := os.read(pipe, _READ_BYTES):
        *ended, rest = chunk.split(b"\n")
        for line in ended:
            on_line(b"".join([*parts, line]))
            parts = []
        parts.append(rest)
        if len(parts) * _READ_BYTES > MAX_LINE_BYTES:
            raise ValueError(f"a line has more than {MAX_LINE_BYTES} bytes")
