# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the JSON beside a snapshot of an open session, which ``blender/snapshot.py`` writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.errors import UsageError
from ..core.planning.expansion import RenderUnit

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A saved copy of an open session.

    :param blend: the copy.
    :param source: absolute path of the artist's file; empty for one never saved.
    :param has_unsaved_edits: the session held edits that the artist's file does not.
    :param dirty_images: images with painted pixels that are neither saved nor packed.
    :param color_config: a colour-management configuration that is not Blender's own, or empty.
    :param picks: only these scenes, cameras and view layers are to be planned; empty for all.
    """

    blend: Path
    source: str
    has_unsaved_edits: bool
    dirty_images: tuple[str, ...]
    color_config: str
    picks: tuple[RenderUnit, ...] = ()


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
            picks=tuple(map(_pick, data.get("picks", ()))),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as ex:
        raise UsageError(f"the snapshot '{path}' cannot be read: {ex}") from ex
    if not data.get("picks", True):
        raise UsageError("no scene, camera or view layer is picked", hint="pick at least one")
    if not snapshot.blend.is_file():
        raise UsageError(f"the snapshot '{snapshot.blend}' is gone")
    return snapshot


def _pick(data: dict[str, Any]) -> RenderUnit:
    parts = (data["scene"], data.get("camera", ""), data.get("view_layer", ""))
    return RenderUnit(*map(str, parts))
