# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm doctor``: look at all that a release needs, and say what to do about it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from ...app import App
from ...core.health import Check, Condition, check_blender, check_manager, check_volume
from ..output import Outcome, Output


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "doctor",
        parents=parents,
        help="look at volume, Manager, Blender and what they need",
        description="Look at the volume, its free space and clock, the Manager, its Workers and"
        " storage, Blender and the decoder of frames, and say of each what to do. Exit 1 if a verb"
        " would fail.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Look at everything; exit 1 if something is broken."""
    checks = []
    for check in _checks(app):
        app.reporter.row("checks", check.subject, check.to_json())
        checks.append(check)
    is_broken = any(check.condition is Condition.ERROR for check in checks)
    data = {"checks": [check.to_json() for check in checks]}
    return Outcome(data, int(is_broken), lambda out: _show(out, checks))


def _checks(app: App) -> Iterator[Check]:
    workspace = app.workspace
    yield from check_volume(workspace)
    app.reporter.status("asking the Manager")
    address = app.chosen_address()
    yield from check_manager(workspace, address, lambda: app.manager(address))
    app.reporter.status("starting Blender")
    yield from check_blender(workspace, lambda: app.freezer.build(), lambda: app.decoder)


def _show(out: Output, checks: list[Check]) -> None:
    out.table(
        ("", "check", "found"),
        [(check.condition.value, check.subject, check.message) for check in checks],
    )
    for check in checks:
        if check.fix:
            out.line(f"{check.subject}: {check.fix}")
