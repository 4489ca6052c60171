# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow a release until its jobs have ended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from ..ports import Manager, ManagerAddress
from ..workspace import Workspace
from .live import JobRow, job_rows
from .release_store import read_release

LOCAL_INTERVAL_S = 1.0
INTERVAL_S = 5.0
"""Seconds between two looks at a farm's Manager (flamenco.md §11)."""
SILENT_INTERVAL_S = 30.0


def wait_for_release(
    workspace: Workspace,
    name: str,
    ask: Callable[[], Mapping[ManagerAddress, Manager]],
    only: Collection[str] = (),
) -> list[JobRow]:
    """Follow a release until no job of it is waiting or running, and tell each change.

    A Manager that does not answer for a while ends nothing: it is asked again, less and less often.

    :param ask: returns the Managers to ask; called again after one of them did not answer, since
        a local manager that was started anew has another address.
    :param only: names of the jobs to follow; empty for all.
    :return: the last rows.
    """
    told: dict[str, JobRow] = {}
    wanted = frozenset(only)
    managers = ask()
    calm_s = LOCAL_INTERVAL_S if all(one.is_local for one in managers) else INTERVAL_S
    interval_s = calm_s
    while True:
        rows = job_rows(read_release(workspace, name).release, managers)
        rows = [row for row in rows if not wanted or row.job in wanted]
        for row in rows:
            if told.get(row.job) != row:
                workspace.reporter.row("jobs", row.job, row.to_json())
                told[row.job] = row
        total = sum(row.frames_total for row in rows)
        done = sum(row.frames_done for row in rows)
        is_over = not any(row.is_waiting for row in rows)
        workspace.reporter.progress("render", total if is_over else done, total)
        if is_over:
            return rows
        workspace.wait(interval_s)
        silent = next((row.message for row in rows if row.is_silent), "")
        interval_s = min(interval_s * 2, SILENT_INTERVAL_S) if silent else calm_s
        if silent:
            workspace.reporter.status(f"{silent}; asking again")
            managers = ask()
