# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm restore release``: unpack an archive into a release that works."""

from __future__ import annotations

import argparse
from typing import Any

from ...app import App
from ...core.archiving.restore import restore_release
from ...core.names import check_name
from ..output import Outcome, Output


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "restore",
        parents=parents,
        help="bring a release back from its archive",
        description="Unpack archives/NAME.tar.gz, verify every file in it, and only then give the"
        " release its name back, with those files of its delivery that are missing in dist/NAME."
        " The archive stays. A damaged or odd archive is refused whole.",
    )
    parser.add_argument("what", choices=["release"])
    parser.add_argument("name", metavar="NAME")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Restore; exit 1 if the archive is refused."""
    name = check_name(arguments.name, kind="release")
    restored = restore_release(app.workspace, name, is_dry_run=arguments.dry_run)

    def show(out: Output) -> None:
        what = "can be" if arguments.dry_run else "is"
        out.line(
            f"Release '{name}' {what} restored: {restored.jobs} job(s), {restored.files} files,"
            f" {restored.size_bytes / 1e6:.1f} MB."
        )
        if restored.dist_files:
            were = "are" if arguments.dry_run else "were"
            out.line(
                f"{restored.dist_files} file(s) of the delivery {were} missing in dist/{name}."
            )
        out.line(str(restored.folder))

    return Outcome(restored.to_json(), show=show)
