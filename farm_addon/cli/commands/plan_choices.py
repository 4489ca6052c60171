# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``farm plan`` was told: files to read, and options."""

from __future__ import annotations

import argparse
import dataclasses
import os
from pathlib import Path

from ...app import App
from ...core.errors import UsageError
from ...core.frames import Frames
from ...core.planning.frame_names import FrameNames, read_frame_names
from ...core.planning.options import Expand, PlanOptions, check_options
from ...core.planning.plan import PlanSource
from ...core.planning.worker_tags import find_worker_tag
from ...core.ports import ManagerAddress
from ...core.recorded_paths import RecordedPath
from ..snapshot_file import read_snapshot

MARKERS = "markers"


def read_sources(arguments: argparse.Namespace, app: App) -> list[PlanSource]:
    """Read the facts of the files, or of the snapshot, that are to be planned.

    :raises UsageError: if a file is not there, or neither or both were given.
    """
    if bool(arguments.blends) == bool(arguments.snapshot):
        raise UsageError(
            "name the .blend files to plan", hint="farm plan release NAME FILE.blend …"
        )
    if arguments.snapshot:
        return [_read_snapshot(Path(arguments.snapshot), app)]
    paths = [Path(os.path.abspath(text)) for text in arguments.blends]
    for path in paths:
        if not path.is_file():
            raise UsageError(f"there is no file '{path}'")
    root = app.workspace.volume.root
    sources = []
    for index, path in enumerate(dict.fromkeys(paths)):
        app.reporter.progress("read", index, len(paths))
        sources.append(PlanSource(app.freezer.read(path), RecordedPath.of(path, root)))
    app.reporter.progress("read", len(paths), len(paths))
    return sources


def _read_snapshot(path: Path, app: App) -> PlanSource:
    snapshot = read_snapshot(path)
    app.reporter.status("reading the open file")
    facts = dataclasses.replace(
        app.freezer.read(snapshot.blend),
        path=snapshot.source,
        dirty_images=snapshot.dirty_images,
        color_config=snapshot.color_config,
    )
    root = app.workspace.volume.root
    recorded = RecordedPath.of(Path(snapshot.source), root) if snapshot.source else None
    blend = str(snapshot.blend) if snapshot.has_unsaved_edits else ""
    return PlanSource(facts, recorded or RecordedPath(""), blend, snapshot.has_unsaved_edits)


def read_options(arguments: argparse.Namespace, app: App, address: ManagerAddress) -> PlanOptions:
    """Return what was chosen, completed from ``farm.toml``.

    :param address: the Manager that knows the Worker tags; asked only for a tag's name.
    :raises UsageError: for an option that makes no sense.
    """
    config = app.workspace.config
    options = PlanOptions(
        scenes=tuple(arguments.scenes),
        expand=Expand(arguments.expand),
        frames=Frames.parse(arguments.frames) if arguments.frames else None,
        chunk_size=config.chunk_size if arguments.chunk_size is None else arguments.chunk_size,
        priority=config.priority if arguments.priority is None else arguments.priority,
        job_name=arguments.job_name,
        dist_name=arguments.dist_name,
        frame_names=_frame_names(arguments.frame_names),
        are_markers_names=arguments.frame_names == MARKERS,
        facts=arguments.facts,
    )
    check_options(options)
    tag = arguments.worker_tag or config.worker_tag
    return dataclasses.replace(
        options, worker_tag=find_worker_tag(tag, lambda: app.manager(address))
    )


def _frame_names(text: str) -> FrameNames | None:
    return read_frame_names(Path(text)) if text not in ("", MARKERS) else None
