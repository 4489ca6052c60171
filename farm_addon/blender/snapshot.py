# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Save a copy of the open file for a background Blender to plan and freeze.

The artist's file, its folder, its dirty flag and the undo stack stay as they are. Each snapshot is
a .blend with a .json of the same name beside it, which tells what only this session knows. Submit
removes them when their jobs are frozen.
"""

from __future__ import annotations

import json
import logging
import os
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ..core.errors import FarmError
from ..core.planning.scene_facts import BlenderBuild

log = logging.getLogger(__name__)

SCHEMA = 1

_ZSTD = b"\x28\xb5\x2f\xfd"

_KEEP_DAYS = 30
"""A snapshot whose release was never submitted is removed after this many days."""

_NO_PIXELS_OF_THEIR_OWN = ("RENDER_RESULT", "COMPOSITING")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A saved copy of an open session.

    :param sidecar: absolute path of the .json, for ``plan release NAME --snapshot FILE.json``; the
        .blend lies beside it under the same name.
    :param has_unsaved_edits: whether it holds edits that the artist's own file does not. Without
        any a plan freezes that file, and needs the snapshot no longer than it is read.
    """

    sidecar: Path
    has_unsaved_edits: bool

    def remove(self) -> None:
        """Remove it; what is gone already is fine."""
        _remove(self.sidecar)


def save_snapshot(
    folder: Path, *, counts_as_edited: bool = False, picks: Sequence[Mapping[str, str]] = ()
) -> Snapshot:
    """Save the open session as it is now, unsaved edits included.

    Pixels painted into an image and not saved are not in such a copy; the sidecar names the images.

    :param folder: where snapshots are kept; made if need be.
    :param counts_as_edited: take unsaved edits for granted, where scripts may have changed data:
        that marks no session as edited.
    :param picks: plan only these, each an object with ``scene``, ``camera`` and ``view_layer``;
        none leaves it to the command line.
    :raises FarmError: if it cannot be written.
    """
    sidecar = folder.absolute() / f"{uuid.uuid4().hex}.json"
    blend = sidecar.with_suffix(".blend")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_forgotten(folder)
        facts = _session_facts()
        facts["unsaved_edits"] |= counts_as_edited
        if picks:
            facts["picks"] = [dict(pick) for pick in picks]
        # Paths that start with // keep their meaning from the new place.
        bpy.ops.wm.save_as_mainfile(
            filepath=str(blend),
            copy=True,
            check_existing=False,
            relative_remap=True,
            compress=_must_compress(facts["source"]),
        )
        text = json.dumps({**facts, "snapshot": str(blend)}, ensure_ascii=False, indent=1)
        sidecar.write_text(text + "\n", encoding="utf-8")
    except (OSError, RuntimeError) as ex:
        _remove(sidecar)
        raise FarmError(
            f"no snapshot of the open file can be saved in '{folder}': {str(ex).strip()}",
            hint="make room there, or check that you may write there",
        ) from ex
    return Snapshot(sidecar, facts["unsaved_edits"])


def _remove(sidecar: Path) -> None:
    for path in (sidecar.with_suffix(".blend"), sidecar):
        try:
            path.unlink(missing_ok=True)
        except OSError as ex:
            log.warning("the snapshot '%s' cannot be removed: %s", path, ex)


def build() -> BlenderBuild:
    """Return which Blender this is."""
    return BlenderBuild(
        version=_triple(bpy.app.version),
        version_file=_triple(bpy.app.version_file),
        build_hash=bpy.app.build_hash.decode("ascii", "replace"),
        program=bpy.app.binary_path,
        is_wheel=not bpy.app.binary_path,
    )


def _triple(version: Iterable[int]) -> tuple[int, int, int]:
    major, minor, patch = version
    return major, minor, patch


def _session_facts() -> dict[str, Any]:
    """Return what the saved copy does not tell; taken before it is saved."""
    source = bpy.data.filepath
    return {
        "schema": SCHEMA,
        "source": os.path.abspath(source) if source else "",
        "unsaved_edits": bool(bpy.data.is_dirty),
        "dirty_images": dirty_images(),
        "color_config": color_config(),
        "build": build().to_json(),
    }


def dirty_images() -> list[str]:
    """Return the names of images with painted pixels that are neither saved nor packed."""
    return sorted(
        image.name
        for image in bpy.data.images
        if image.is_dirty and image.type not in _NO_PIXELS_OF_THEIR_OWN
    )


def color_config() -> str:
    """Return the colour-management configuration of this session, empty where it is Blender's."""
    own = bpy.utils.system_resource(  # type: ignore[attr-defined]
        "DATAFILES", path="colormanagement"
    )
    config = os.environ.get("OCIO", "")
    if not config or not own:
        return config
    return "" if Path(own) in Path(os.path.abspath(config)).parents else config


def _must_compress(source: str) -> bool:
    """Tell whether the copy must be compressed; it takes several times as long.

    Before 5.2 Blender goes on saving the artist's own file the way that the last copy was saved, so
    the copy is made like the file. 5.2 asks its preferences each time.
    """
    if not source or bpy.app.version >= (5, 2):
        return False
    try:
        with open(source, "rb") as file:
            return file.read(len(_ZSTD)) == _ZSTD
    except OSError:
        return False


def _remove_forgotten(folder: Path) -> None:
    """Remove snapshots that nobody can be waiting for any more."""
    oldest_s = time.time() - _KEEP_DAYS * 86_400
    for path in folder.glob("*.json"):
        if path.stat().st_mtime < oldest_s:
            _remove(path)
