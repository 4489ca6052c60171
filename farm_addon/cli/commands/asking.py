# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask before something that cannot be taken back."""

from __future__ import annotations

import argparse
import sys

from ...core.errors import FarmError, UsageError
from ..output import Output


def confirm(arguments: argparse.Namespace, output: Output, question: str) -> None:
    """Ask on a terminal; go on only after a yes.

    :raises UsageError: without a terminal and without ``--yes``.
    :raises FarmError: after a no.
    """
    if arguments.yes:
        return
    if not sys.stdin or not sys.stdin.isatty() or output.is_events or output.is_json:
        raise UsageError(f"{question}: nobody is there to ask", hint="say --yes if you mean it")
    output.ask(f"{question}? [y/N] ")
    answer = sys.stdin.readline()
    if answer.strip().lower() not in ("y", "yes"):
        raise FarmError("nothing was done")
