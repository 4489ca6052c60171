# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line about the file that is open: ``plan release NAME`` without a file means it.

``scripts/batch_submit.py`` is the way in.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from typing import TextIO

import bpy

from .. import user_folders
from ..core.errors import FarmError
from .cli_command import INTERRUPTED, flush, run_command_line, take_stdout, with_options
from .snapshot import save_snapshot


def run(argv: Sequence[str]) -> int:
    """Run the command line to its end.

    :return: its exit status; 130 after Ctrl-C.
    """
    stdout = take_stdout()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if means_open_file(argv):
            return _plan_open_file(argv, stdout)
        return run_command_line(argv, stdout)
    except KeyboardInterrupt:
        return INTERRUPTED
    except FarmError as ex:
        sys.stderr.write(f"farm: {ex.message}\n" + (f"      {ex.hint}\n" if ex.hint else ""))
        return ex.exit_status
    finally:
        flush(stdout)


def means_open_file(argv: Sequence[str]) -> bool:
    """Tell whether this plans a release without saying from what."""
    from ..cli.parser import parse

    if "plan" not in argv or not {"-h", "--help", "--version"}.isdisjoint(argv):
        return False
    try:
        arguments = parse(argv)
    except FarmError:
        return False
    return arguments.verb == "plan" and not arguments.blends and not arguments.snapshot


def _plan_open_file(argv: Sequence[str], stdout: TextIO) -> int:
    snapshot = save_snapshot(user_folders.snapshots(), counts_as_edited=bpy.app.background)
    is_wanted = False
    try:
        exit_status = run_command_line(
            with_options(argv, "--snapshot", str(snapshot.sidecar)), stdout
        )
        # A plan that is written needs it until its jobs are frozen; submit removes it then.
        is_written = exit_status == 0 or "--submit" in argv
        is_wanted = is_written and snapshot.has_unsaved_edits and "--dry-run" not in argv
    finally:
        if not is_wanted:
            snapshot.remove()
    return exit_status
