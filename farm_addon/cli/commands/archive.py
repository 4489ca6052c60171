# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm archive release``: one verified archive of a delivered release, then clear it away."""

from __future__ import annotations

import argparse
from typing import Any

from ...app import App
from ...core.archiving.archive import (
    Archived,
    archive_release,
    finish_clearing,
    judge_archiving,
    verify,
)
from ...core.errors import BlockedError
from ...core.findings import blocking
from ...core.names import check_name
from ...core.release.release_store import read_release, write_release
from ..output import Outcome, Output
from .asking import confirm


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "archive",
        parents=parents,
        help="archive a delivered release and clear it away",
        description="Write the release and its delivery into archives/NAME.tar.gz, read it back"
        " and verify it, and only then remove the release's folder and its finished jobs on the"
        " Manager. dist/NAME stays.",
    )
    parser.add_argument("what", choices=["release"])
    parser.add_argument("name", metavar="NAME")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Archive; a release that is archived already is verified again."""
    workspace, name = app.workspace, check_name(arguments.name, kind="release")
    folder = workspace.volume.release_folder(name)
    if not (folder / "release.json").is_file() and workspace.volume.archive(name).is_file():
        if not arguments.dry_run:
            finish_clearing(workspace, name)
        archived = verify(workspace, name)
        return Outcome(archived.to_json(), show=lambda out: _show(out, name, archived))
    store = read_release(workspace, name)
    managers = app.managers(store.release.managers())
    if arguments.dry_run:
        findings = judge_archiving(store, managers)
        if blocking(findings):
            raise BlockedError(f"release '{name}' is not ready to be archived", findings)
        target = workspace.volume.archive(name)
        return Outcome({"archive": str(target)}, show=lambda out: out.line(f"Would write {target}"))
    confirm(arguments, output, f"Archive release '{name}' and remove '{folder}'")
    with write_release(workspace, name, f"archive release {name}", is_archiving=True) as store:
        archived = archive_release(workspace, store, managers)
    finish_clearing(workspace, name)
    return Outcome(archived.to_json(), show=lambda out: _show(out, name, archived))


def _show(out: Output, name: str, archived: Archived) -> None:
    out.line(
        f"Release '{name}' is archived and verified: {archived.files} files,"
        f" {archived.size_bytes / 1e6:.1f} MB."
    )
    out.line(str(archived.archive))
