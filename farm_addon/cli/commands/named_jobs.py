# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of one release that a file names, and what became of them."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ...app import App
from ...core.names import fold
from ...core.release.record import Release
from ..output import Output
from ..terminal import printable
from .job_name_files import NOT_FOUND, read_job_names

_SHOWN = 10


class NamedJobs:
    """The jobs of one release that a file names.

    :ivar known: their names as the release has them, in its order; None for all of its jobs.
    :ivar unknown: names that no job of the release has.
    """

    def __init__(self, release: Release, names: Collection[str] | None) -> None:
        self._release = release.name
        self.known: list[str] | None = None
        self.unknown: list[str] = []
        if names is not None:
            wanted = {fold(name): name for name in names}
            planned = [state.plan.name for state in release.planned()]
            self.known = [name for name in planned if fold(name) in wanted]
            have = set(map(fold, self.known))
            self.unknown = [name for key, name in wanted.items() if key not in have]

    @classmethod
    def read(cls, arguments: argparse.Namespace, release: Release) -> NamedJobs:
        """Read the file that the arguments name, if they do.

        :raises UsageError: as :func:`read_job_names`.
        """
        return cls(release, read_job_names(arguments.jobs_from))

    def tell(self, app: App, outcomes: Mapping[str, tuple[str, str]], rest: str) -> dict[str, Any]:
        """Tell a row of the table ``found`` for each name.

        :param outcomes: what became of jobs, and why. ``rest`` is said of the others.
        :return: what the document says about them: empty without a file.
        """
        if self.known is None:
            return {}
        rows = [(name, *outcomes.get(name, (rest, ""))) for name in self.known]
        rows += [(name, NOT_FOUND, "the release has no such job") for name in self.unknown]
        counts: dict[str, int] = {}
        for job, outcome, problem in rows:
            values = {
                "release": self._release,
                "job": job,
                "outcome": outcome,
                "problem": problem,
            }
            app.reporter.row("found", f"{self._release}/{job}", values)
            counts[outcome.replace(" ", "_")] = counts.get(outcome.replace(" ", "_"), 0) + 1
        return {"counts": counts, "not_found": self.unknown}

    def show(self, out: Output) -> None:
        """Print the names that are none."""
        show_unknown(out, self.unknown)


def show_unknown(out: Output, names: Sequence[str]) -> None:
    """Print names that no job has."""
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        out.line(f"Not found: {', '.join(printable(name) for name in names[:_SHOWN])}{more}.")
