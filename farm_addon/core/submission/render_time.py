# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long frames take to render, by what Blender wrote into those that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import TypeVar

from ..delivery.delivered import files_of
from ..ports import FrameDecoder
from ..release.jobs import expected_frames
from ..release.release_store import ReleaseStore
from ..workspace import Workspace

FRAMES_PER_JOB = 3
FRAMES_MAX = 60
"""So many frames are decoded at most, however many jobs there are."""

_T = TypeVar("_T")

_TIME = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)", re.ASCII)


def expect_render_time(
    workspace: Workspace,
    store: ReleaseStore,
    decoder: FrameDecoder,
    wanted: Mapping[str, int],
) -> float | None:
    """Return how many seconds of rendering frames of some jobs will take together, one after the
    other.

    A few frames of some of the jobs are decoded; jobs that were not looked at are taken for like
    the others, frame by frame.

    :param wanted: how many files are to be rendered, by job.
    :return: None where no frame tells.
    """
    samples = [
        (job, path)
        for job in _spread(list(wanted), FRAMES_MAX // FRAMES_PER_JOB)
        for path in _spread(list(_frames_there(workspace, store, job)), FRAMES_PER_JOB)
    ]
    times: dict[str, list[float]] = {}
    verdicts = decoder.decode([path for _job, path in samples])
    for (job, _path), verdict in zip(samples, verdicts, strict=True):
        seconds = read_render_time(verdict.metadata.get("RenderTime", ""))
        if seconds is not None:
            times.setdefault(job, []).append(seconds)
    if not times:
        return None
    means = {job: fmean(seconds) for job, seconds in times.items()}
    typical = fmean(means.values())
    return sum(means.get(job, typical) * files for job, files in wanted.items())


def read_render_time(text: str) -> float | None:
    """Return the seconds of Blender's ``MM:SS.cc`` or ``HH:MM:SS.cc``; None for another text."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)


def _frames_there(workspace: Workspace, store: ReleaseStore, job: str) -> Iterator[Path]:
    """Yield the files of a job's current attempt: where Workers wrote them, else in ``dist/``."""
    state = store.release.jobs[job]
    attempt = state.attempt
    if attempt is None:
        return
    root, dist = workspace.volume.root, workspace.volume.dist_folder(store.release.name)
    for expected in expected_frames(attempt.plan, store.relative, attempt.number):
        if (root / expected.source).is_file():
            yield root / expected.source
    for delivered in state.delivered:
        if delivered.attempt == attempt.number:
            for expected in files_of(store, state, delivered):
                if (dist / expected.delivery).is_file():
                    yield dist / expected.delivery


def _spread(things: Sequence[_T], count: int) -> list[_T]:
    """Return at most so many things, evenly spread."""
    if len(things) <= count:
        return list(things)
    return [things[index * len(things) // count] for index in range(count)]
