# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``farm sheet release``: where the contact sheet of the last harvest is."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ...app import App
from ...core.delivery.reports import CONTACT_SHEET
from ...core.errors import FarmError, MissingLibraryError, UsageError
from ...core.release.release_store import read_release
from ..output import Outcome, Output

SCREEN_WIDTH_PX, SCREEN_HEIGHT_PX = 1600, 1200
"""Size of the copy for a screen: decoded in some 15 ms, where the sheet itself takes ten times as
long."""


def add_parser(subparsers: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the verb's arguments."""
    parser = subparsers.add_parser(
        "sheet",
        parents=parents,
        help="tell where a release's contact sheet is",
        description="Tell where the contact sheet is that the last harvest made of the delivery."
        " With --picture, write a smaller copy of it for a screen.",
    )
    parser.add_argument("what", choices=["release"])
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--picture",
        metavar="FILE.jpg",
        default="",
        help="write a copy to this file of this computer",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, app: App, output: Output) -> Outcome:
    """Tell the path; exit 1 where there is no sheet."""
    store = read_release(app.workspace, arguments.name)
    sheet = store.folder / CONTACT_SHEET
    if not sheet.is_file():
        raise FarmError(
            f"release '{arguments.name}' has no contact sheet",
            hint=f"it is made by: farm harvest release {arguments.name}",
        )
    picture = ""
    if arguments.picture and not arguments.dry_run:
        picture = _copy(app, sheet, Path(arguments.picture).absolute())
    data = {"release": arguments.name, "sheet": str(sheet), "picture": picture}
    return Outcome(data, show=lambda out: out.line(picture or str(sheet)))


def _copy(app: App, sheet: Path, target: Path) -> str:
    """Write the copy; return its path, or nothing where this Python cannot make one."""
    if target.suffix.lower() not in (".jpg", ".jpeg"):
        raise UsageError(f"'{target}' is no name for a JPEG", hint="let it end with .jpg")
    try:
        is_written = app.write_screen_copy(sheet, target, SCREEN_WIDTH_PX, SCREEN_HEIGHT_PX)
    except MissingLibraryError as ex:
        app.reporter.status(f"no copy: {ex.message}")
        return ""
    except OSError as ex:
        raise FarmError(f"'{target}' cannot be written: {ex}") from ex
    if not is_written:
        raise FarmError(
            f"the contact sheet '{sheet}' cannot be read",
            hint="the next harvest makes it anew",
        )
    return str(target)
