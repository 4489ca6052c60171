# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which jobs a button means: those that are ticked, else the active one.

Ticks are properties of the rows, and only rows that are shown can be ticked: what the filter hides
is never touched. How many are ticked is counted when a tick changes, not per drawing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

import bpy

from . import pump, state
from .properties import ticks
from .properties.session import FARM_PG_session, session
from .view.job_table import JobLine

_numbers = itertools.count(1)


def row_names(current: FARM_PG_session) -> list[str]:
    """Return the names of the rows, in the order shown.

    Not read back from Blender: finding one of ten thousand rows by its place takes as long as
    passing over all before it.
    """
    names = pump.row_names()
    return names if len(names) == len(current.jobs) else [job.name for job in current.jobs]


def ticked_jobs(current: FARM_PG_session) -> list[str]:
    """Return the names of the ticked jobs, in the order shown."""
    flags = [False] * len(current.jobs)
    current.jobs.foreach_get("is_selected", flags)
    return list(itertools.compress(row_names(current), flags))


def set_ticks(current: FARM_PG_session, flags: list[bool]) -> None:
    """Tick the rows for which ``flags`` is true, untick the others; one flag per row."""
    current.jobs.foreach_set("is_selected", flags)
    ticks.forget_count()


def ticked_count(current: FARM_PG_session) -> int:
    """Return how many rows are ticked; cheap enough for ``draw``."""
    return ticks.ticked_count(current.jobs, state.view().jobs.version)


def active_job(current: FARM_PG_session) -> str:
    """Return the name of the active job, or nothing."""
    names = row_names(current)
    return names[min(current.job_index, len(names) - 1)] if names else ""


def active_line(current: FARM_PG_session) -> JobLine | None:
    """Return what is known about the active job, or None."""
    return state.view().jobs.lines.get(active_job(current))


def meant_jobs(context: bpy.types.Context) -> list[str]:
    """Return the names of the jobs that a button means: the ticked ones, else the active one."""
    current = session(context)
    ticked = ticked_jobs(current) if ticked_count(current) else []
    return ticked or [name for name in (active_job(current),) if name]


def known_lines(names: Iterable[str]) -> list[JobLine]:
    """Return what is known about jobs; those that the list does not have are left out."""
    lines = state.view().jobs.lines
    return [lines[name] for name in names if name in lines]


def jobs_file() -> Path:
    """Return a path for a list of jobs, in the folder that Blender removes when it ends."""
    return Path(bpy.app.tempdir) / f"farm-jobs-{next(_numbers)}.txt"
