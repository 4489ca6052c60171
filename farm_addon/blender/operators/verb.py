# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of operators that run verbs of the command line."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty

from ...core.errors import FarmError
from .. import capture, pump, state
from ..command_lines import Settings
from ..properties.session import session
from ..run import CommandLine, Run, Section
from ..state import Activity, Ending, View
from ..translations import iface

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

    Base = bpy.types.Operator
else:
    Base = object  # Blender wants its own class last among the bases of what it registers.

log = logging.getLogger(__name__)

OnEnd = Callable[[Run], None]


def do_nothing(run: Run) -> None:
    """Leave a run's end as it is."""


class VerbOperator(Base):
    """Starts command lines: from a button it hands them to the pump, from a script it waits.

    Subclasses set ``section`` and give :meth:`commands`, :meth:`title` and :meth:`describe`.
    """

    bl_options = {"REGISTER"}
    section = Section.RELEASE
    needs_release = True
    describe_partly: Callable[[Mapping[str, Any]], str] | None = None
    """Says what was done where the exit status is 1 all the same; see :class:`.state.Activity`."""
    runs_beside = False  #: whether it may start while another verb runs

    is_from_button: BoolProperty(  # type: ignore[valid-type]
        name="From a Button",
        description="Return at once and show the progress in the tab",
        default=False,
        options={"HIDDEN", "SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Tell whether it can start now, and why not."""
        reason = cls.why_not(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    @classmethod
    def why_not(cls, context: bpy.types.Context) -> str:
        """Return why it cannot start, or nothing."""
        if state.view().verb is not None and not cls.runs_beside:
            return "Something is running; wait for it, or cancel it"
        if not capture.volume(context):
            return "Choose the farm's volume first"
        if cls.needs_release and not capture.release(context):
            return "Give the release a name first"
        return ""

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Start it from a button."""
        self.is_from_button = not bpy.app.background
        return self.execute(context)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Start it, and unless a button was pressed run it to its end."""
        view = state.view()
        try:
            activity = self._start(context, view)
            if self.is_from_button:
                pump.start()
                return {"FINISHED"}
            exit_status = pump.run_to_end(view, activity)
        except FarmError as ex:
            self.report({"ERROR"}, f"{ex.message}. {ex.hint}".rstrip(". "))
            return {"CANCELLED"}
        except Exception as ex:
            log.exception("an operator failed unexpectedly")
            self.report({"ERROR"}, iface("Unexpected error: {error}").format(error=ex))
            return {"CANCELLED"}
        return self._end(view, exit_status)

    def captured(self, context: bpy.types.Context) -> Settings:
        """Return what is chosen now; nothing is read from disk."""
        return capture.capture(context)

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Return what to run, and what to call at its end.

        May save a snapshot; called once. :raises FarmError: if it cannot start.
        """
        raise NotImplementedError

    def title(self, settings: Settings) -> str:
        """Return what is being done, for people."""
        raise NotImplementedError

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return what was done, for people. Static: by then Blender has freed the operator."""
        raise NotImplementedError

    def _start(self, context: bpy.types.Context, view: View) -> Activity:
        settings = self.captured(context)
        commands, on_end = self.commands(settings)
        title, environment = self.title(settings), settings.environment
        run = Run(self.section, title, commands, view.launcher, on_end, environment)
        activity = Activity(run, self.describe, release=settings.release, text=run.title)
        activity.describe_partly = type(self).describe_partly
        self.occupy(view, activity)
        return activity

    def occupy(self, view: View, activity: Activity) -> None:
        """Put the activity where the view keeps it."""
        view.verb = activity
        view.outcomes.pop(self.section, None)

    def _end(self, view: View, exit_status: int) -> set[OperatorReturnItems]:
        outcome = view.outcomes[self.section]
        if outcome.ending is Ending.DONE:
            self.report({"INFO"}, outcome.text)
            return {"FINISHED"}
        details = [outcome.text, outcome.hint, *self._blocking()]
        self.report({"ERROR"}, ". ".join(filter(None, details)))
        return {"CANCELLED"}

    def _blocking(self) -> list[str]:
        current = session(bpy.context)
        lists = {
            Section.RELEASE: current.release_findings,
            Section.DELIVERY: current.delivery_findings,
        }
        if self.section not in lists:
            return []
        return [
            f"{item.subject}: {item.message}"
            for item in lists[self.section].items
            if item.severity == "error"
        ]
