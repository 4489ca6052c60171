# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask on a terminal: before something that cannot be taken back, and for what was not said."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TypeVar

from ...core.errors import FarmError, UsageError
from ..output import Output

T = TypeVar("T")


def can_ask(output: Output) -> bool:
    """Tell whether somebody is there to answer."""
    return bool(sys.stdin and sys.stdin.isatty() and not output.is_events and not output.is_json)


def confirm(arguments: argparse.Namespace, output: Output, question: str) -> None:
    """Ask on a terminal; go on only after a yes.

    :raises UsageError: without a terminal and without ``--yes``.
    :raises FarmError: after a no.
    """
    if arguments.yes:
        return
    if not can_ask(output):
        raise UsageError(f"{question}: nobody is there to ask", hint="say --yes if you mean it")
    output.ask(f"{question}? [y/N] ")
    answer = sys.stdin.readline()
    if answer.strip().lower() not in ("y", "yes"):
        raise FarmError("nothing was done")


def ask(output: Output, question: str, default: str, read: Callable[[str], T]) -> T:
    """Ask until the answer can be read; an empty one takes the default.

    :param default: shown with the question; empty for none.
    :param read: turns an answer into what is wanted; a :class:`UsageError` is shown, and the
        question asked again.
    :raises FarmError: if whoever was there has left.
    """
    shown = f" [{default}]" if default else ""
    while True:
        output.ask(f"{question}{shown}: ")
        line = sys.stdin.readline()
        if not line:
            raise FarmError("nothing was done")
        try:
            return read(line.strip() or default)
        except UsageError as ex:
            output.talk(f"  {ex.message}" + (f"; {ex.hint}" if ex.hint else ""))
