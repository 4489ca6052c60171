# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a query from changing more jobs than was meant, and whose jobs it is about.

A Manager asks nobody who they are, so these guards are the only ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..errors import UsageError
from .farm_job import FarmJob
from .selecting import Selection

LIMIT = 1000
"""So many jobs may be changed at once where the user gave no limit."""

NOBODY = "somebody who is not recorded"


def refuse_everything(selection: Selection, *, is_all: bool) -> None:
    """Refuse a query that matches whatever there is.

    :param is_all: the user said that everything is meant.
    :raises UsageError: if it does.
    """
    if selection.is_always_true and not is_all:
        where = f"of release '{selection.release}'" if selection.release else "on the farm"
        raise UsageError(
            f"the query {selection.query.text!r} matches every job {where}",
            hint="say --all if that is what you mean",
        )


def refuse_too_many(count: int, limit: int) -> None:
    """Refuse to change more jobs than the user expects.

    :raises UsageError: if there are more; nothing was changed.
    """
    if count > limit:
        raise UsageError(
            f"{count} jobs would be changed, more than {limit}; nothing was done",
            hint=f"narrow the query, or say --limit {count} if you mean them all",
        )


def owners(jobs: Iterable[FarmJob], user: str) -> Counter[str]:
    """Count jobs by their owner, leaving out one user's own."""
    return Counter(job.user or NOBODY for job in jobs if job.user != user)
