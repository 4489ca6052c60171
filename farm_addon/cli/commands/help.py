# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm help [VERB]``: the verbs, or all about one."""

from __future__ import annotations

import argparse
from typing import Any

from ...app import App
from ...core.errors import UsageError
from ..output import Outcome, Output


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "help",
        parents=parents,
        help="list the verbs, or explain one",
        description="Without a verb: list them. With one: its arguments and options.",
    )
    parser.add_argument("topic", metavar="VERB", nargs="?", default="")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Explain; exit 2 for a verb that does not exist."""
    from ..parser import make_parser, verbs

    parser = make_parser()
    known = verbs(parser)
    if arguments.topic and arguments.topic not in known:
        raise UsageError(
            f"there is no verb '{arguments.topic}'", hint=f"the verbs are: {', '.join(known)}"
        )
    explained = known[arguments.topic] if arguments.topic else parser
    text = explained.format_help().rstrip("\n")
    return Outcome({"verbs": list(known), "text": text}, show=lambda out: out.line(text))
