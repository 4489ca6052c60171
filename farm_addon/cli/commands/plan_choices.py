# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``farm plan`` was told: files to read, and options."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from ...app import App
from ...core.errors import UsageError
from ...core.frames import Frames
from ...core.planning.frame_names import FrameNames, read_frame_names
from ...core.planning.options import Expand, PlanOptions, check_options, picks_of
from ...core.planning.plan import PlanSource
from ...core.planning.worker_tags import find_worker_tag
from ...core.ports import ManagerAddress
from ...core.recorded_paths import RecordedPath
from ..snapshot_file import Snapshot, read_snapshot
from .blend_files import FilesRead, read_blends

MARKERS = "markers"


def read_snapshot_of(arguments: argparse.Namespace) -> Snapshot | None:
    """Read what is said of an open session; None where files are to be planned.

    :raises UsageError: if it cannot be read, or there are files too.
    """
    if not arguments.snapshot:
        return None
    if arguments.blends:
        raise UsageError("--snapshot is planned instead of files", hint="leave one of the two out")
    return read_snapshot(Path(arguments.snapshot))


def read_sources(arguments: argparse.Namespace, app: App, snapshot: Snapshot | None) -> FilesRead:
    """Read the facts of the files, or of the snapshot, that are to be planned.

    :raises UsageError: if a file is not there, or none was given.
    """
    if snapshot is not None:
        return FilesRead([_read_snapshot(snapshot, app)])
    if not arguments.blends:
        raise UsageError(
            "name the .blend files to plan", hint="farm plan release NAME FILE.blend …"
        )
    return read_blends(arguments.blends, app)


def _read_snapshot(snapshot: Snapshot, app: App) -> PlanSource:
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


def read_options(
    arguments: argparse.Namespace, app: App, address: ManagerAddress, snapshot: Snapshot | None
) -> PlanOptions:
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
        is_skipping_broken=arguments.skip_broken,
        picks=picks_of(snapshot.picks if snapshot else ()),
    )
    check_options(options)
    tag = arguments.worker_tag or config.worker_tag
    return dataclasses.replace(
        options, worker_tag=find_worker_tag(tag, lambda: app.manager(address))
    )


def _frame_names(text: str) -> FrameNames | None:
    return read_frame_names(Path(text)) if text not in ("", MARKERS) else None
