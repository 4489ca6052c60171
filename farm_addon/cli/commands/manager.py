# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm manager``: the local manager, which renders on this computer."""

from __future__ import annotations

import argparse
from typing import Any

from ...app import App
from ...local_manager import start as local_manager
from ..output import Outcome, Output


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "manager",
        parents=parents,
        help="start, stop or look at the local manager",
        description="The local manager renders on this computer where there is no farm. It is"
        " started when it is needed and leaves when it has been idle for a while.",
    )
    parser.add_argument("what", choices=["start", "stop", "status", "log"])
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Do what was asked."""
    volume_id = app.workspace.config.volume_id
    if arguments.what == "log":
        text = local_manager.log_tail(volume_id)
        return Outcome({"log": text}, show=lambda out: out.line(text.rstrip("\n")))
    if arguments.what == "stop":
        if arguments.dry_run:
            did_run = local_manager.find_running(volume_id) is not None
        else:
            did_run = local_manager.stop(volume_id)
        stopped = "would be stopped" if arguments.dry_run else "was stopped"
        text = f"The local manager {stopped if did_run else 'is not running'}."
        return Outcome({"was_running": did_run}, show=lambda out: out.line(text))
    if arguments.what == "start" and not arguments.dry_run:
        app.manager(app.here)
    endpoint = local_manager.find_running(volume_id)
    if endpoint is None:
        data: dict[str, Any] = {"is_running": False}
        return Outcome(data, show=lambda out: out.line("The local manager is not running."))
    data = {
        "is_running": True,
        "url": endpoint.url,
        "pid": endpoint.pid,
        "version": endpoint.version,
    }
    return Outcome(
        data,
        show=lambda out: out.line(
            f"The local manager runs at {endpoint.url} (process {endpoint.pid})."
        ),
    )
