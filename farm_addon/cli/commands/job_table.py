# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a release's jobs, for several verbs."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.release.live import JobRow
from ..output import Output


def show_jobs(out: Output, rows: Sequence[JobRow]) -> None:
    """Print one line per job; whose it is where several people sent them."""
    has_owners = len({row.user for row in rows if row.user}) > 1
    out.table(
        ("job", "state", "attempt", *(("user",) if has_owners else ()), "frames", ""),
        [
            (
                row.job,
                row.state,
                str(row.attempt or ""),
                *((row.user,) if has_owners else ()),
                f"{row.frames_done}/{row.frames_total}",
                row.message,
            )
            for row in rows
        ],
    )


def has_failed(rows: Sequence[JobRow]) -> bool:
    """Tell whether a job ended, or stands, without its frames."""
    return any(row.state not in ("completed", "delivered") for row in rows)
