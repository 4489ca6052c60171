# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Children for tests: small Python programs that behave like the command line, or badly."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable

from farm_addon.background import launcher
from farm_addon.blender.child import Child
from farm_addon.blender.messages import Done, Message
from farm_addon.blender.run import Run

PRELUDE = """
import json, os, signal, sys, threading, time

def say(event, **members):
    print(json.dumps({"event": event, **members}), flush=True)

def leave_with_stdin():
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(9)), daemon=True).start()
"""

DEADLINE_S = 20.0


def child(program: str) -> Child:
    """Start a program with ``say()`` and ``leave_with_stdin()`` at hand."""
    return Child(process(program))


def process(program: str) -> subprocess.Popen[bytes]:
    """Start such a program without anybody who hears it."""
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **launcher.popen_options(sys.executable),
    )


def take_all(source: Child | Run) -> list[Message]:
    """Return all messages up to the last."""
    return take_until(source, lambda message: isinstance(message, Done))


def take_until(source: Child | Run, is_last: Callable[[Message], bool]) -> list[Message]:
    """Return the messages up to the first for which ``is_last`` is true."""
    messages: list[Message] = []
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        message = source.take(timeout_s=0.1)
        if message is not None:
            messages.append(message)
            if is_last(message):
                return messages
    raise TimeoutError(f"only these came: {messages}")
