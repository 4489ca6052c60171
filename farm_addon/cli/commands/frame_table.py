# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of what the gate says, for several verbs."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.delivery.gate import FrameProblem
from ..output import Output

_ROWS_MAX = 200
"""More lines than this nobody reads; all are in ``--json`` and the report."""


def show_problems(out: Output, problems: Sequence[FrameProblem]) -> None:
    """Print one line per frame that does not pass, if there are any."""
    if problems:
        rows = [(one.job, str(one.frame), one.view, one.problem) for one in problems[:_ROWS_MAX]]
        out.table(("job", "frame", "view", "problem"), rows)
        _say_more(out, len(problems))


def show_skipped(out: Output, skipped: Sequence[tuple[str, str]]) -> None:
    """Print one line per job that was left alone, if there are any."""
    if skipped:
        out.table(("job left alone", "because"), skipped[:_ROWS_MAX])
        _say_more(out, len(skipped))


def _say_more(out: Output, count: int) -> None:
    if count > _ROWS_MAX:
        out.line(f"… and {count - _ROWS_MAX} more (--json lists them)")
