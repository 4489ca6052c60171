# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check and submit the ticked scenes of the open file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import bpy

from ... import user_folders
from .. import command_lines
from ..command_lines import Settings
from ..properties.scene import included_scenes
from ..run import CommandLine, Run, Section
from ..snapshot import Snapshot, save_snapshot
from .jobs import watch
from .verb import OnEnd, VerbOperator


class _SceneOperator(VerbOperator):
    """A verb about the ticked scenes."""

    section = Section.RELEASE

    @classmethod
    def why_not(cls, context: bpy.types.Context) -> str:
        """Return why it cannot start, or nothing."""
        reason = super().why_not(context)
        if not reason and not included_scenes():
            reason = "Tick at least one scene"
        return reason


class FARM_OT_check(_SceneOperator, bpy.types.Operator):
    """Look for everything that would go wrong on the farm. Nothing is written or sent"""

    bl_idname = "farm.check"
    bl_label = "Check"

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Plan a snapshot without writing the plan."""
        snapshot = _snapshot()
        line = command_lines.plan(settings, snapshot.sidecar, included_scenes(), is_dry_run=True)
        return [line], lambda run: snapshot.remove()

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return "Checking the scenes"

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many scenes can be rendered."""
        return f"{_count(result.get('scenes', ()), 'scene')} ready for the farm"


class FARM_OT_submit(_SceneOperator, bpy.types.Operator):
    """Make the ticked scenes jobs of the release, and send them."""

    bl_idname = "farm.submit"
    bl_description = (
        "Make each ticked scene a job of the release, as the scenes are now, and send the jobs to "
        "the Manager. The open file is neither saved nor changed"
    )
    bl_label = "Submit to Release"

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Plan a snapshot, then freeze and send the release."""
        snapshot = _snapshot()
        lines = [
            command_lines.plan(settings, snapshot.sidecar, included_scenes()),
            command_lines.submit(settings),
        ]
        is_interactive = bool(self.is_from_button)
        return lines, lambda run: _submitted(run, settings, snapshot, is_interactive)

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return f"Submitting ‘{settings.release}’"

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many jobs were sent, and how many had no need to."""
        sent = len(result.get("posted", ())) + len(result.get("found", ()))
        parts = [f"{_count(range(sent), 'job')} submitted"] if sent else []
        requeued = len(result.get("requeued", ()))
        unchanged = len(result.get("skipped", ())) - requeued
        if requeued:
            parts.append(f"{requeued} queued again")
        if unchanged > 0:
            parts.append(f"{unchanged} unchanged")
        return ", ".join(parts) or "Nothing to submit"


def _snapshot() -> Snapshot:
    return save_snapshot(user_folders.snapshots(), counts_as_edited=bpy.app.background)


def _submitted(run: Run, settings: Settings, snapshot: Snapshot, is_interactive: bool) -> None:
    """Let the snapshot go, and follow the jobs. Where the plan was written but not all of it sent,
    unsaved edits stay: submitting the release again goes on with them."""
    if run.exit_status == 0 or run.started == 1 or not snapshot.has_unsaved_edits:
        snapshot.remove()
    if run.exit_status == 0 and is_interactive:
        watch(settings)


def _count(things: Sequence[Any], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


register, unregister = bpy.utils.register_classes_factory((FARM_OT_check, FARM_OT_submit))
