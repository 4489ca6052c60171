# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm archive release``: one verified archive of a delivered release, then clear it away."""

from __future__ import annotations

import argparse
from typing import Any

from ...app import App
from ...core.archiving.archive import Archived, archive_release, verify
from ...core.archiving.clearing import finish_clearing
from ...core.archiving.readiness import Readiness, judge_archiving
from ...core.errors import BlockedError, UsageError
from ...core.findings import blocking
from ...core.names import check_name
from ...core.release.release_store import ReleaseStore, read_release, write_release
from ...core.volume import QUICK
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
        " Manager. dist/NAME stays. Refused while jobs run, and while frames are not harvested or"
        " are in dist/NAME no more.",
    )
    parser.add_argument("what", choices=["release"])
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--keep", action="store_true", help="let the release live on beside its archive"
    )
    parser.add_argument(
        "--as-is",
        action="store_true",
        help="although frames were not harvested or are lost; jobs that run are cancelled first",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Archive; a release that is archived already is verified again."""
    if arguments.name == QUICK:
        raise UsageError(
            "quick jobs cannot be archived: they are no release",
            hint="deliver them: farm harvest release quick; or clear them away: farm kill",
        )
    workspace, name = app.workspace, check_name(arguments.name, kind="release")
    folder, target = workspace.volume.release_folder(name), workspace.volume.archive(name)
    if not (folder / "release.json").is_file() and target.is_file():
        if not arguments.dry_run:
            finish_clearing(workspace, name)
        archived = verify(workspace, name)
        return Outcome(archived.to_json(), show=lambda out: _show(out, name, archived))
    store = read_release(workspace, name)
    managers = app.managers(store.release.managers())
    ready = Readiness()
    if not store.release.archive_sha256:
        ready = judge_archiving(
            workspace, store, managers, is_as_is=arguments.as_is, is_kept=arguments.keep
        )
        if blocking(ready.findings):
            raise BlockedError(f"release '{name}' is not ready to be archived", ready.findings)
        for finding in ready.findings:
            app.reporter.finding(finding)
    is_kept = arguments.keep and not store.release.archive_sha256  # else only to be cleared away
    if arguments.dry_run:
        return _would(store, ready, str(target), is_kept)
    if not is_kept:
        confirm(arguments, output, f"archive release '{name}' and remove '{folder}'")
    with write_release(workspace, name, f"archive release {name}", is_archiving=True) as store:
        archived = archive_release(
            workspace, store, managers, is_as_is=arguments.as_is, is_kept=arguments.keep
        )
    finish_clearing(workspace, name)
    return Outcome(archived.to_json(), show=lambda out: _show(out, name, archived))


def _would(store: ReleaseStore, ready: Readiness, target: str, is_kept: bool) -> Outcome:
    running = sum(map(len, ready.running.values()))

    def show(out: Output) -> None:
        if running:
            out.line(f"Would cancel {running} job(s) of release '{store.release.name}'.")
        if not store.release.archive_sha256:
            out.line(f"Would write {target}")
        if not is_kept:
            out.line(f"Would remove {store.folder}")

    return Outcome({"archive": target, "running_jobs": running}, show=show)


def _show(out: Output, name: str, archived: Archived) -> None:
    kept = "; it lives on" if archived.is_kept else ""
    out.line(
        f"Release '{name}' is archived and verified: {archived.files} files,"
        f" {archived.size_bytes / 1e6:.1f} MB{kept}."
    )
    counts = ((archived.jobs_cancelled, "cancelled"), (archived.jobs_deleted, "deleted"))
    jobs = ", ".join(f"{count} job(s) {what}" for count, what in counts if count)
    if jobs:
        out.line(f"On the Manager: {jobs}.")
    out.line(str(archived.archive))
