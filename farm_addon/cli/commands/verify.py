# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm verify archive``: read an archive again and check every file in it."""

from __future__ import annotations

import argparse
from typing import Any

from ...app import App
from ...core.archiving.archive import verify
from ...core.names import check_name
from ..output import Outcome, Output


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "verify",
        parents=parents,
        help="check every file in an archive",
        description="Read archives/NAME.tar.gz again, compare every file with the checksum list"
        " inside, and refuse whatever restoring would refuse.",
    )
    parser.add_argument("what", choices=["archive"])
    parser.add_argument("name", metavar="NAME")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Verify; exit 1 if anything is wrong."""
    archived = verify(app.workspace, check_name(arguments.name, kind="release"))

    def show(out: Output) -> None:
        out.line(f"Archive '{arguments.name}' is whole: {archived.files} files match.")
        out.line(str(archived.archive))

    return Outcome(archived.to_json(), show=show)
