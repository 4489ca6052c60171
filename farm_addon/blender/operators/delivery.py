# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Harvest and archive the release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import bpy

from .. import capture, command_lines
from ..command_lines import Settings
from ..run import CommandLine, Run, Section
from .jobs import watch
from .verb import OnEnd, VerbOperator, do_nothing

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class FARM_OT_harvest(VerbOperator, bpy.types.Operator):
    """Check every frame of the release and deliver them."""

    bl_idname = "farm.harvest"
    bl_description = (
        "Check every frame of the release and deliver them under their names. Nothing is "
        "delivered unless all frames are whole"
    )
    bl_label = "Harvest"
    section = Section.DELIVERY

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Harvest the release, then show its jobs as they are now."""
        is_interactive = bool(self.is_from_button)

        def show_jobs(run: Run) -> None:
            if is_interactive and run.exit_status == 0:
                watch(settings)

        return [command_lines.harvest(settings)], show_jobs

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return f"Harvesting ‘{settings.release}’"

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many frames were delivered."""
        count = int(result.get("frames", 0))
        if not count:
            return "Everything is delivered already"
        return f"{count} frame{'' if count == 1 else 's'} checked and delivered"


class FARM_OT_archive(VerbOperator, bpy.types.Operator):
    """Archive the delivered release and clear it away."""

    bl_idname = "farm.archive"
    bl_description = (
        "Pack the delivered release into one verified archive, then remove its working folder and "
        "its finished jobs. The delivery stays"
    )
    bl_label = "Archive"
    section = Section.DELIVERY

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask first."""
        if bpy.app.background:
            return self.execute(context)
        self.is_from_button = True
        release = capture.capture(context).release
        assert context.window_manager is not None
        return context.window_manager.invoke_confirm(
            self,
            event,
            title=f"Archive ‘{release}’?",
            message="Its working folder and its finished jobs are removed\n"
            "once the archive is verified. The delivery stays.",
            confirm_text="Archive",
        )

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Archive the release."""
        return [command_lines.archive(settings)], do_nothing

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return f"Archiving ‘{settings.release}’"

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how large the archive is."""
        size = int(result.get("size_bytes", 0))
        return f"Archived and verified, {_size_text(size)}"


def _size_text(size_bytes: int) -> str:
    """Return a size as file browsers write it: decimal units, one digit."""
    size = float(size_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


register, unregister = bpy.utils.register_classes_factory((FARM_OT_harvest, FARM_OT_archive))
