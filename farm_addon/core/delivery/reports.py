# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a delivery leaves in ``reports/``: ``harvest.json``, a list of its files as they were, and a
picture that shows them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import RecordError
from ..release.deliveries import Delivery
from ..release.release_store import ReleaseStore
from ..storage.disk import told
from ..storage.files import Files
from ..workspace import Workspace
from .delivered import delivered_files
from .folder import Folder

CONTACT_SHEET = PurePosixPath("reports/contact_sheet.png")
"""Inside a release's folder."""
HARVEST_REPORT = PurePosixPath("reports/harvest.json")
"""Inside a release's folder: what the last harvest found and delivered."""
_SCHEMA = 1

MakeContactSheet = Callable[[Sequence[tuple[Path, str]]], bytes | None]
"""Makes a PNG that shows these pictures, each with its job's name; None where it cannot."""


@dataclass(frozen=True, slots=True)
class FileStat:
    """What tells that a file is still the one that was delivered.

    :param mtime_ns: nanoseconds, by the file system's own clock.
    """

    size_bytes: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> FileStat:
        """Look at a file.

        :raises OSError: if there is none.
        """
        found = os.stat(path, follow_symlinks=False)
        return cls(found.st_size, found.st_mtime_ns)


def manifest_file(delivery: str) -> PurePosixPath:
    """Return where the list of a delivery's files is, inside the release's folder."""
    return PurePosixPath(f"reports/delivery-{delivery}.json")


def write_manifest(
    files: Files, store: ReleaseStore, delivery: str, delivered: Mapping[str, FileStat]
) -> None:
    """Write down what a delivery's files are, by name in ``dist/<release>/``."""
    listed = {name: [one.size_bytes, one.mtime_ns] for name, one in delivered.items()}
    document = {"schema": _SCHEMA, "delivery": delivery, "files": listed}
    _write(files, store.folder / manifest_file(delivery), document, indent=None)


def read_manifest(store: ReleaseStore, delivery: str) -> dict[str, FileStat]:
    """Return what a delivery's files were when they were delivered; empty where nobody knows.

    :raises RecordError: if the list is there and cannot be understood.
    """
    path = store.folder / manifest_file(delivery)
    with told("read", path):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return {}
    try:
        listed = json.loads(content)["files"]
        return {name: FileStat(int(size), int(mtime)) for name, (size, mtime) in listed.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as ex:
        raise RecordError(f"'{path}' cannot be understood ({ex!r})", hint="remove it") from ex


def write_report(
    workspace: Workspace, store: ReleaseStore, delivery: Delivery | None, **members: Any
) -> None:
    """Say in ``reports/harvest.json`` what was delivered, by whom and when.

    :param delivery: None where nothing was.
    :param members: more to say.
    """
    brought = delivery.jobs if delivery else {}
    document = {
        "release": store.release.name,
        "delivery": delivery.id if delivery else "",
        "jobs": {name: one.attempt for name, one in brought.items()},
        "frames": sum(len(one.frames) for one in brought.values()),
        **members,
        **workspace.stamp(),
    }
    _write(workspace.files, store.folder / HARVEST_REPORT, document)


def write_contact_sheet(
    workspace: Workspace, store: ReleaseStore, make_contact_sheet: MakeContactSheet
) -> None:
    """Show the whole delivery on one picture."""
    workspace.reporter.status("making the contact sheet")
    dist = workspace.volume.dist_folder(store.release.name)
    there = Folder(dist).files
    planned = {state.plan.name for state in store.release.planned()}
    pictures = [
        (dist / one.name, one.job)
        for one in delivered_files(store)
        if one.job in planned and one.name in there
    ]
    sheet = make_contact_sheet(pictures) if pictures else None
    if sheet is not None:
        workspace.files.make_folder(store.folder / CONTACT_SHEET.parent)
        workspace.files.write_atomic(store.folder / CONTACT_SHEET, sheet)


def _write(files: Files, path: Path, document: Mapping[str, Any], indent: int | None = 1) -> None:
    files.make_folder(path.parent)
    text = json.dumps(document, ensure_ascii=False, indent=indent) + "\n"
    files.write_atomic(path, text.encode())
