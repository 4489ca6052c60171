# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The view: what panels draw and the pump keeps up to date (no bpy here).

One object, made in ``register()`` and dropped in ``unregister()``. What Blender's lists select and
tick are properties of the window manager; everything that a panel says is here, in five tables
(:mod:`.view`) and the activities that feed them.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..core.findings import Finding
from .following import Following
from .messages import Failure
from .run import Launcher, Run, Section
from .view.farm_facts import FarmFacts
from .view.gate_table import GateTable
from .view.job_detail import JobDetail
from .view.job_table import JobTable
from .view.notices import News, Notice
from .view.plan_table import PlanTable

Describe = Callable[[Mapping[str, Any]], str]
"""Turns the document of a verb's result into one sentence."""


@dataclass(slots=True)
class Activity:
    """A run and what it has said so far.

    :param text: what is being done now.
    :param release: the release that it is about, or empty.
    :param fraction: 0 to 1 of what ``text`` says.
    :param describe_partly: says what a verb achieved that ended with a result and exit status 1,
        None where that is just a failure.
    """

    run: Run
    describe: Describe
    release: str = ""
    text: str = ""
    fraction: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    failure: Failure | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
    describe_partly: Describe | None = None


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


Chore = Callable[["View", float], bool]
"""Something small to be done at a tick: gets the monotonic seconds, returns whether it wants to be
asked again soon although nothing runs."""


@dataclass(slots=True)
class View:
    """Everything that the tab shows besides properties.

    :param launcher: starts the command line.
    :param verb: what a person started; one at a time.
    :param watcher: the follower, which feeds ``jobs`` and ``farm``.
    :param beside: small children that run beside these, at most one per section.
    :param retired: children that were asked to stop and have not left yet.
    :param outcomes: how the last run of each section ended.
    :param notices: what happened while the artist worked on, the newest first.
    :param following: when the follower is started, replaced, stopped.
    :param place: volume and Manager that the tables are about; None before the first look.
    :param freshness_due_s: monotonic seconds at which to look whether jobs are stale, or None.
    :param chores: called by the pump at every tick.
    :param is_behind: whether a chore had to leave something: the next tick comes soon.
    :param has_changed: whether the tab must be drawn again; the pump does so at its next tick.
    """

    launcher: Launcher
    verb: Activity | None = None
    watcher: Activity | None = None
    beside: dict[Section, Activity] = field(default_factory=dict)
    retired: list[Run] = field(default_factory=list)
    outcomes: dict[Section, Outcome] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    jobs: JobTable = field(default_factory=JobTable)
    farm: FarmFacts = field(default_factory=FarmFacts)
    plan: PlanTable = field(default_factory=PlanTable)
    gate: GateTable = field(default_factory=GateTable)
    detail: JobDetail = field(default_factory=JobDetail)
    following: Following = field(default_factory=Following)
    news: News = field(default_factory=News)
    place: tuple[str, str] | None = None
    freshness_due_s: float | None = None
    chores: list[Chore] = field(default_factory=list)
    is_behind: bool = False
    has_changed: bool = False

    def activity(self, section: Section) -> Activity | None:
        """Return what a person started in a section and is not over, or None."""
        if self.verb is not None and self.verb.run.section is section:
            return self.verb
        return None

    def running(self) -> list[Activity]:
        """Return what runs and is listened to, what a person started first."""
        found = (self.verb, self.watcher, *self.beside.values())
        return [activity for activity in found if activity is not None]

    def let_go(self, activity: Activity) -> None:
        """Forget an activity that is over."""
        if self.verb is activity:
            self.verb = None
        if self.watcher is activity:
            self.watcher = None
        if self.beside.get(activity.run.section) is activity:
            del self.beside[activity.run.section]

    def retire(self, activity: Activity | None) -> None:
        """Stop an activity that nobody wants to hear any more, without waiting for it."""
        if activity is not None:
            self.let_go(activity)
            activity.run.dismiss()
            if not activity.run.is_over:
                self.retired.append(activity.run)

    def put_beside(self, activity: Activity) -> None:
        """Let an activity run beside the others, in the place of the last one of its section."""
        section = activity.run.section
        self.retire(self.beside.get(section))
        self.outcomes.pop(section, None)
        self.beside[section] = activity

    def watch(self, activity: Activity) -> None:
        """Make an activity the follower, in the place of the one that runs."""
        self.retire(self.watcher)
        if activity.release != self.jobs.release:
            self.outcomes.pop(Section.JOBS, None)
        self.watcher = activity
        self.jobs.begin(activity.release)

    def stop_watching(self) -> None:
        """Stop the follower; the rows stay."""
        self.retire(self.watcher)
        self.following.running = None

    def forget_file(self) -> None:
        """Forget what was said about the file that was open, and stop following its release. What
        a person started goes on: it works on a snapshot, not on the file."""
        self.stop_watching()
        for activity in list(self.beside.values()):
            self.retire(activity)
        self.outcomes.clear()
        self.notices.clear()
        for table in (self.jobs, self.plan, self.gate, self.detail):
            table.forget()
        self.news.forget()
        self.freshness_due_s = None

    def forget_farm(self) -> None:
        """Forget what was said about the volume and the Manager that were chosen before; a release
        of the same name on another volume is another one."""
        self.stop_watching()
        for activity in list(self.beside.values()):
            self.retire(activity)
        for table in (self.farm, self.jobs, self.plan, self.gate, self.detail):
            table.forget()
        self.news.forget()
        self.outcomes.clear()
        self.freshness_due_s = None

    def close(self) -> None:
        """Stop every child and wait for them together, at most some seconds."""
        runs = [activity.run for activity in self.running()] + self.retired
        for run in runs:
            run.hurry()
        for run in runs:
            run.close()
        self.verb = self.watcher = None
        self.beside.clear()
        self.retired.clear()
        self.following.running = None


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
