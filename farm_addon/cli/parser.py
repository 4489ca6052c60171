# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one parser of the command line, for all ways in."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Sequence
from typing import TextIO

from .. import __version__
from ..core.errors import UsageError
from .commands import (
    archive,
    completion,
    config,
    doctor,
    harvest,
    help,
    init,
    kill,
    manager,
    pause,
    plan,
    priority,
    repair,
    replace,
    requeue,
    restore,
    resume,
    seed,
    sheet,
    slash_and_burn,
    status,
    submit,
    verify,
)

COMMANDS = (
    init,
    plan,
    submit,
    status,
    replace,
    seed,
    kill,
    pause,
    resume,
    requeue,
    priority,
    harvest,
    repair,
    sheet,
    archive,
    verify,
    restore,
    slash_and_burn,
    manager,
    config,
    doctor,
    completion,
    help,
)
"""One module per verb: ``add_parser(subparsers, parents)`` and ``run(arguments, app, output)``."""


class _Parser(argparse.ArgumentParser):
    """Raises instead of leaving the process: inside Blender that would end Blender."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise UsageError(message, hint=self.format_usage().strip())


class HelpAsked(Exception):
    """``--help`` or ``--version`` was asked and printed."""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs."""
    shared = _shared_options()
    parser = _Parser(
        prog="farm",
        description="Plan, freeze, submit, harvest and archive render releases.",
        parents=[shared],
    )
    parser.add_argument("--version", action="version", version=f"farm_addon {__version__}")
    subparsers = parser.add_subparsers(
        title="verbs", metavar="VERB", dest="verb", required=True, parser_class=_Parser
    )
    for command in COMMANDS:
        command.add_parser(subparsers, [shared])
    return parser


def verbs(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each verb, by name, in the order of :data:`COMMANDS`."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def parse(argv: Sequence[str], stdout: TextIO | None = None) -> argparse.Namespace:
    """Parse arguments; every shared option is set, given or not.

    :param stdout: where help and the version are printed; Python's own where it is not given.

    :raises UsageError: for arguments that make no sense.
    :raises HelpAsked: after help or the version was printed.
    """
    try:
        with contextlib.redirect_stdout(stdout or sys.stdout):
            given = make_parser().parse_args(list(argv))
    except SystemExit as ex:
        raise HelpAsked from ex
    defaults = {
        "volume": "",
        "manager": "",
        "blender": "",
        "json": False,
        "json_out": "",
        "events": False,
        "dry_run": False,
        "yes": False,
        "offline": False,
    }
    return argparse.Namespace(**{**defaults, **vars(given)})


def _shared_options() -> argparse.ArgumentParser:
    """Return the options that every verb takes, before or after its own."""
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    where = shared.add_argument_group("where")
    where.add_argument("--volume", metavar="PATH", help="the farm's volume ($FARM_VOLUME)")
    where.add_argument(
        "--manager", metavar="URL|local", help="Flamenco Manager, or 'local' ($FARM_MANAGER)"
    )
    where.add_argument(
        "--blender", metavar="PATH", help="Blender, or a Python with the bpy wheel ($BLENDER)"
    )
    how = shared.add_argument_group("how")
    how.add_argument("--json", action="store_true", help="print one JSON document")
    how.add_argument("--json-out", metavar="FILE", help="write the JSON document to a file")
    how.add_argument("--events", action="store_true", help="print one JSON object per event")
    how.add_argument("--dry-run", action="store_true", help="say what would be done, do nothing")
    how.add_argument("--yes", action="store_true", help="do not ask")
    how.add_argument("--offline", action="store_true", help="contact this computer only")
    return shared
