# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The view: what panels draw and the pump keeps up to date (no bpy here).

One object, made in ``register()`` and dropped in ``unregister()``. Rows that Blender's lists show
(jobs, findings) are properties of the window manager; everything else that a panel says is here.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..core.findings import Finding
from .messages import Failure
from .run import Launcher, Run, Section

Describe = Callable[[Mapping[str, Any]], str]
"""Turns the document of a verb's result into one sentence."""


@dataclass(slots=True)
class Activity:
    """A run and what it has said so far.

    :param text: what is being done now.
    :param release: the release that it is about, or empty.
    :param fraction: 0 to 1 of what ``text`` says.
    :param scenes: by scene name, whether it can be rendered.
    :param jobs: names of the jobs that it has told of; None when rows of others were removed.
    """

    run: Run
    describe: Describe
    release: str = ""
    text: str = ""
    fraction: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    scenes: dict[str, bool] = field(default_factory=dict)
    jobs: set[str] | None = field(default_factory=set)
    failure: Failure | None = None
    result: Mapping[str, Any] = field(default_factory=dict)


class Ending(enum.Enum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What remains of a run when it has ended: one sentence, and what to do."""

    ending: Ending
    text: str
    hint: str = ""


@dataclass(slots=True)
class View:
    """Everything that the tab shows besides properties.

    :param launcher: starts the command line.
    :param verb: what a person started; one at a time. ``watcher``: follows the jobs beside it.
    :param outcomes: how the last run of each section ended.
    :param scenes: by scene name, whether the last check found that it can be rendered.
    :param jobs_release: the release whose jobs are in the list.
    :param job_rows: position of each job in the list of rows.
    :param job_states: how many jobs are in each state.
    :param job_counts: the same for people: ``2 rendering · 1 rendered``.
    """

    launcher: Launcher
    verb: Activity | None = None
    watcher: Activity | None = None
    outcomes: dict[Section, Outcome] = field(default_factory=dict)
    scenes: dict[str, bool] = field(default_factory=dict)
    jobs_release: str = ""
    job_rows: dict[str, int] = field(default_factory=dict)
    job_states: Counter[str] = field(default_factory=Counter)
    job_counts: str = ""

    def activity(self, section: Section) -> Activity | None:
        """Return what a person started in a section and is not over, or None."""
        if self.verb is not None and self.verb.run.section is section:
            return self.verb
        return None

    def let_go(self, activity: Activity) -> None:
        """Forget an activity that is over."""
        if self.verb is activity:
            self.verb = None
        if self.watcher is activity:
            self.watcher = None

    def forget_file(self) -> None:
        """Forget what was said about the file that was open, and stop watching its release."""
        if self.watcher is not None:
            self.watcher.run.close()
            self.watcher = None
        self.outcomes.clear()
        self.scenes.clear()
        self.forget_jobs()

    def forget_jobs(self) -> None:
        """Forget the jobs; whoever calls this clears the list of rows too."""
        self.job_rows.clear()
        self.job_states.clear()
        self.jobs_release = self.job_counts = ""

    def close(self) -> None:
        """Stop every child and wait for it, at most some seconds."""
        for activity in (self.verb, self.watcher):
            if activity is not None:
                activity.run.close()
        self.verb = self.watcher = None


class _Slot:
    """Holds the one view of this Blender."""

    view: View | None = None


def make(launcher: Launcher) -> View:
    """Make the view; called by ``register()``."""
    _Slot.view = View(launcher)
    return _Slot.view


def drop() -> None:
    """Stop what runs and drop the view; called by ``unregister()``."""
    if _Slot.view is not None:
        _Slot.view.close()
    _Slot.view = None


def view() -> View:
    """Return the view.

    :raises RuntimeError: where the extension is not registered.
    """
    if _Slot.view is None:
        raise RuntimeError("farm_addon is not registered")
    return _Slot.view
