# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the farm stands around a release: its volume, its Manager, its Workers, all its releases."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from ..errors import FarmError
from ..volume import CONFIG_NAME
from ..workspace import Workspace
from .following import Overall
from .release_store import archive_names, known_names, read_release
from .watch import FarmLook

FREE_STEP_BYTES = 64 * 1024 * 1024
"""Free space is told in steps: while frames are written every byte of it moves."""


def volume_row(workspace: Workspace) -> dict[str, Any]:
    """Return the row of the volume; a few calls of the operating system."""
    root = workspace.volume.root
    row = no_volume_row(root, "", "")
    row["name"] = workspace.config.name
    row["is_volume"] = (root / CONFIG_NAME).is_file()
    if not row["is_volume"]:
        problem = f"'{root}' is no farm volume any more: it has no {CONFIG_NAME}"
        return {**row, "message": problem, "hint": "perhaps it is not mounted"}
    row["is_writable"] = os.access(root, os.W_OK)
    if not row["is_writable"]:
        row["message"] = f"'{root}' cannot be written to"
        row["hint"] = "it can be looked at; to change a release you need the right to write there"
    try:
        total, _used, free = shutil.disk_usage(root)
    except OSError as ex:
        return {**row, "message": f"'{root}' cannot be looked at: {ex.strerror}"}
    row["free_bytes"], row["total_bytes"] = free - free % FREE_STEP_BYTES, total
    return row


def no_volume_row(root: Path | str, message: str, hint: str) -> dict[str, Any]:
    """Return the row of a folder that is no volume, or of none (empty ``root``)."""
    return {
        "root": str(root),
        "name": "",
        "is_volume": False,
        "is_writable": False,
        "free_bytes": 0,
        "total_bytes": 0,
        "message": message,
        "hint": hint,
    }


def manager_row(look: FarmLook) -> dict[str, Any]:
    """Return the row of a Manager."""
    return {
        "address": look.address.text(),
        "is_local": look.address.is_local,
        "answers": look.answers,
        "version": look.version,
        "storage": look.storage,
        "workers_awake": sum(worker.status == "awake" for worker in look.workers),
        "workers_total": len(look.workers),
        "message": look.message,
        "hint": look.hint,
    }


def worker_rows(look: FarmLook) -> dict[str, dict[str, Any]]:
    """Return the rows of a Manager's Workers, by id."""
    return {one.id: {"name": one.name, "status": one.status} for one in look.workers}


def release_row(name: str, overall: Overall) -> dict[str, Any]:
    """Return the row of the release that is followed."""
    return {
        "release": name,
        "states": overall.states,
        "done": overall.frames_done,
        "total": overall.frames_total,
        "eta_s": overall.eta_s,
        "is_over": overall.is_over,
        "message": "",
        "hint": "",
    }


def no_release_row(name: str, error: FarmError) -> dict[str, Any]:
    """Return the row of a release that cannot be followed now."""
    row = release_row(name, Overall({}, 0, 0, None, is_over=False))
    return {**row, "message": error.message, "hint": error.hint}


class Releases:
    """Counts the jobs of all releases; reads a record again only where its journal changed."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._counts: dict[str, tuple[tuple[int, int], int | None]] = {}

    def rows(self) -> dict[str, dict[str, Any]]:
        """Return one row per release, by name; those that have an archive and no folder too.

        :raises VolumeError: if the volume cannot be listed.
        """
        names = known_names(self._workspace)
        rows = {name: {"state": "open", "jobs": self._count(name)} for name in names}
        self._counts = {name: self._counts[name] for name in names if name in self._counts}
        for name in archive_names(self._workspace):
            rows.setdefault(name, {"state": "archived", "jobs": None})
        return rows

    def _count(self, name: str) -> int | None:
        """Return how many jobs a release has; None where its record cannot be read."""
        path = self._workspace.volume.release_folder(name) / "journal.jsonl"
        try:
            about = os.stat(path)
            stamp = about.st_size, about.st_mtime_ns
        except OSError:
            stamp = 0, 0
        known = self._counts.get(name)
        if known is None or known[0] != stamp:
            try:
                count: int | None = len(read_release(self._workspace, name).release.planned())
            except FarmError:
                count = None
            known = self._counts[name] = stamp, count
        return known[1]
