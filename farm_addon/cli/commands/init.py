# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm init``: make a folder a farm's volume."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from ...app import App
from ...core.addresses import parse_base_url
from ...core.errors import UsageError
from ...core.storage.files import Files
from ...core.volume import FarmConfig, Volume, init_volume
from ..output import Outcome, Output


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "init",
        parents=parents,
        help="make a folder a farm's volume",
        description="Make a folder a farm's volume. What lies in it stays; a Flamenco storage in"
        " use is fine.",
    )
    parser.add_argument("path", metavar="PATH")
    parser.add_argument("--name", default="", help="the farm's name (default: the folder's)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Write ``farm.toml``, or check the one that is there."""
    root = Path(os.path.abspath(arguments.path))
    named = arguments.manager
    manager = named if named in ("", "local") else parse_base_url(named)
    exists = (root / "farm.toml").is_file()
    if exists:
        _refuse_change(FarmConfig.read(Volume(root)), arguments.name, manager)
    if not arguments.dry_run:
        init_volume(Files(), root, arguments.name or root.name, manager)
    data: dict[str, Any] = {"volume": str(root), "existed": exists}
    if not arguments.dry_run:
        config = FarmConfig.read(Volume(root))
        data |= {"name": config.name, "volume_id": config.volume_id, "manager": config.manager}

    def show(out: Output) -> None:
        what = "would be" if arguments.dry_run else "is"
        out.line(f"{root} {what} the volume of farm '{data.get('name', arguments.name)}'")

    return Outcome(data, show=show)


def _refuse_change(config: FarmConfig, name: str, manager: str) -> None:
    """Refuse to make a volume anew with other values: they are everybody's.

    :raises UsageError: naming the first value that differs.
    """
    for what, wanted, has in (("name", name, config.name), ("manager", manager, config.manager)):
        if wanted and wanted != has:
            raise UsageError(
                f"it is a volume already, and its {what} is '{has}', not '{wanted}'",
                hint=f"change '{what}' in its farm.toml if everybody is to have it",
            )
