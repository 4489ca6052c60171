# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between a job as it is in a release and as it is planned now, for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..release.jobs import PlannedJob

_Tell = Callable[[PlannedJob], str]

_TOLD: dict[str, tuple[str, _Tell]] = {
    "source": ("file", lambda job: job.source.text),
    "scene": ("scene", lambda job: job.scene),
    "camera": ("camera", lambda job: job.camera or "the scene's"),
    "view_layer": ("view layer", lambda job: job.view_layer or "the scene's"),
    "frames": ("frames", lambda job: job.frames.text()),
    "width_px": ("width", lambda job: str(job.width_px)),
    "height_px": ("height", lambda job: str(job.height_px)),
    "engine": ("engine", lambda job: job.engine),
    "file_format": ("format", lambda job: job.file_format),
    "extension": ("ending", lambda job: job.extension),
    "is_burning_stamp": ("burnt-in metadata", lambda job: "on" if job.is_burning_stamp else "off"),
    "color_mode": ("colour", lambda job: job.color_mode or "unknown"),
    "views": ("views", lambda job: ",".join(view.name for view in job.views) or "one"),
    "chunk_size": ("chunk size", lambda job: str(job.chunk_size)),
    "priority": ("priority", lambda job: str(job.priority)),
    "worker_tag": ("worker tag", lambda job: job.worker_tag or "none"),
    "facts": ("facts", lambda job: _pairs(job.facts)),
    "dist_name": ("dist name", lambda job: job.dist_name or "the default"),
}


def changes(old: PlannedJob, new: PlannedJob) -> tuple[str, ...]:
    """Return what replacing a job changes, as ``frames 1-3 → 1-9``; empty where nothing does."""
    return tuple(_changes(old, new)) if old != new else ()


def _changes(old: PlannedJob, new: PlannedJob) -> Iterator[str]:
    for attribute, (word, tell) in _TOLD.items():
        before, after = tell(old), tell(new)
        if getattr(old, attribute) != getattr(new, attribute):
            yield f"{word} {_short(before)} → {_short(after)}" if before != after else word
    if old.frame_names != new.frame_names:
        yield "frame names"
    if old.frames == new.frames and old.are_frames_chosen != new.are_frames_chosen:
        yield "frames are chosen" if new.are_frames_chosen else "frames are the scene's"
    if (old.snapshot, old.has_unsaved_edits) != (new.snapshot, new.has_unsaved_edits):
        yield "unsaved edits" if new.has_unsaved_edits else "no unsaved edits"


def _pairs(fields: tuple[tuple[str, Any], ...]) -> str:
    return ", ".join(f"{name}={value}" for name, value in fields) or "none"


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
