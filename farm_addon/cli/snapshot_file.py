# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the JSON beside a snapshot of an open session, which ``blender/snapshot.py`` writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import UsageError

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A saved copy of an open session.

    :param blend: the copy.
    :param source: absolute path of the artist's file; empty for one never saved.
    :param has_unsaved_edits: the session held edits that the artist's file does not.
    :param dirty_images: images with painted pixels that are neither saved nor packed.
    :param color_config: a colour-management configuration that is not Blender's own, or empty.
    """

    blend: Path
    source: str
    has_unsaved_edits: bool
    dirty_images: tuple[str, ...]
    color_config: str


def read_snapshot(path: Path) -> Snapshot:
    """Read a snapshot's description.

    :raises UsageError: if it cannot be read or was written by a newer version.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if int(data["schema"]) > SCHEMA:
            raise UsageError(f"'{path}' was written by a newer farm_addon")
        snapshot = Snapshot(
            blend=Path(data["snapshot"]),
            source=str(data["source"]),
            has_unsaved_edits=bool(data["unsaved_edits"]),
            dirty_images=tuple(map(str, data["dirty_images"])),
            color_config=str(data["color_config"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as ex:
        raise UsageError(f"the snapshot '{path}' cannot be read: {ex}") from ex
    if not snapshot.blend.is_file():
        raise UsageError(f"the snapshot '{snapshot.blend}' is gone")
    return snapshot
