# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said about several jobs before something is done to them (no bpy here)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from .job_table import JobLine

NAMES_MOST = 5

Translate = Callable[[str], str]

_BETWEEN = re.compile(r"[,\n]")


def split_names(text: str) -> list[str]:
    """Return the names in a text: one a line or between commas, which no name of a job holds."""
    names = (name.strip() for name in _BETWEEN.split(text))
    return list(dict.fromkeys(name for name in names if name))


def join_names(names: Iterable[str]) -> str:
    """Return names as :func:`split_names` reads them."""
    return "\n".join(names)


def named(names: Sequence[str], translate: Translate) -> str:
    """Return the names for people; of many, the first ones and how many more there are."""
    shown = ", ".join(names[:NAMES_MOST])
    rest = len(names) - NAMES_MOST
    if rest <= 0:
        return shown
    return translate("{names} and {count} more").format(names=shown, count=rest)


def owners(names: Iterable[str], lines: Mapping[str, JobLine], user: str) -> Counter[str]:
    """Return how many of the jobs are whose, leaving out one user's own and those of nobody."""
    found = (lines[name].user for name in names if name in lines)
    return Counter(owner for owner in found if owner and owner != user)


def owners_text(others: Counter[str], translate: Translate) -> str:
    """Return whose jobs are among them: ``2 of mia, 1 of tom``; empty for nobody's."""
    template = translate("{count} of {user}")
    parts = (template.format(count=count, user=user) for user, count in others.most_common())
    return ", ".join(parts)
