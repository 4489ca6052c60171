# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the frames of a release, repair, harvest, and take a harvest back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import bpy

from .. import capture, command_lines, state
from ..command_lines import Settings
from ..properties.scene import file_settings
from ..run import CommandLine, Section
from ..translations import counted, iface
from ..view.gate_table import BAD, OK, WAITING, GateTable
from .asking import confirm
from .verb import OnEnd, VerbOperator, do_nothing

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

IN_THE_WAY = "in-the-way"
"""Code of a frame whose delivery name is taken by an earlier delivery."""


class GateOperator(VerbOperator):
    """A verb about the frames of the release."""

    section = Section.DELIVERY

    def _blocking(self) -> list[str]:
        """Return what is wrong with the frames, for a script."""
        gate = state.view().gate
        return [
            *super()._blocking(),
            *(f"{name}, {text}" for name in gate.lines for text in gate.problems(name)),
        ]


class FARM_OT_check_frames(GateOperator, bpy.types.Operator):
    """Decode every frame that the release should have. Nothing is moved or rendered"""

    bl_idname = "farm.check_frames"
    bl_label = "Check Frames"

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Harvest the release without doing it."""
        state.view().gate.begin(settings.release)
        return [command_lines.harvest(settings, is_dry_run=True)], do_nothing

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Checking the frames of ‘{release}’").format(release=settings.release)

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many frames pass, and how many do not."""
        gate = state.view().gate
        passed, bad = gate.passed, gate.failed  # As the list and the buttons below it count.
        if not gate.lines:
            passed, bad = _count(result, "passed"), len(result.get("problems", ()))
        text = counted(passed, "{count} frame passes", "{count} frames pass")
        if bad:
            text += ", " + counted(bad, "{count} does not", "{count} do not")
        return text

    describe_partly = describe


class _HarvestOperator(GateOperator):
    """Delivers frames."""

    is_partial = False
    is_replacing = False

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Harvest the release."""
        state.view().gate.begin(settings.release)
        line = command_lines.harvest(
            settings, is_partial=self.is_partial, is_replacing=self.is_replacing
        )
        return [line], do_nothing

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Harvesting ‘{release}’").format(release=settings.release)

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many frames were delivered."""
        count = _count(result, "frames")
        if count:
            one = "{count} frame checked and delivered"
            return counted(count, one, "{count} frames checked and delivered")
        if result.get("skipped"):
            return iface("Nothing can be delivered yet")
        return iface("Everything is delivered already")

    @staticmethod
    def describe_partly(result: Mapping[str, Any]) -> str:
        """Return what a harvest brought that left frames behind."""
        bad = len(result.get("problems", ()))
        count = _count(result, "frames")
        text = counted(count, "{count} frame delivered", "{count} frames delivered")
        if not count:
            text = iface("Nothing was delivered")
        if bad:
            text += ", " + counted(bad, "{count} does not pass", "{count} do not pass")
        return text


class FARM_OT_harvest(_HarvestOperator, bpy.types.Operator):
    """Check every frame of the release and deliver them."""

    bl_idname = "farm.harvest"
    bl_description = (
        "Check every frame of the release and deliver them under their names. Nothing is "
        "delivered unless all frames are whole"
    )
    bl_label = "Harvest"

    @classmethod
    def why_not(cls, context: bpy.types.Context) -> str:
        """Return why it cannot start, or nothing."""
        return super().why_not(context) or why_no_harvest(known_gate(context))


class FARM_OT_harvest_passed(_HarvestOperator, bpy.types.Operator):
    """Deliver the frames that pass; a later harvest adds the rest"""

    bl_idname = "farm.harvest_passed"
    bl_label = "Harvest What Passed"
    is_partial = True

    @classmethod
    def why_not(cls, context: bpy.types.Context) -> str:
        """Return why it cannot start, or nothing."""
        reason = super().why_not(context)
        gate = known_gate(context)
        if not reason and gate is not None and not gate.passed:
            reason = iface("No frame is ready to be delivered")
        return reason


class FARM_OT_harvest_replacing(_HarvestOperator, bpy.types.Operator):
    """Check every frame and put new ones in the place of those that were delivered earlier."""

    bl_idname = "farm.harvest_replacing"
    bl_description = (
        "Check every frame and put new ones in the place of those that were delivered earlier, "
        "which are kept in the release's folder"
    )
    bl_label = "Replace Delivered Frames"
    is_replacing = True

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask before anything that was delivered is replaced."""
        if bpy.app.background:
            return self.execute(context)
        self.is_from_button = True
        gate = known_gate(context)
        count = gate.codes[IN_THE_WAY] if gate is not None else 0
        line = iface("Delivered frames leave dist/{release} and are kept in")
        if count:
            one = "{count} delivered frame leaves dist/{release} and is kept in"
            many = "{count} delivered frames leave dist/{release} and are kept in"
            line = iface(one if count == 1 else many)
        release = capture.release(context)
        return confirm(
            self,
            context,
            event,
            title=iface("Replace delivered frames of ‘{release}’?").format(release=release),
            lines=(
                line.format(count=count, release=release),
                iface("releases/{release}/superseded/dist.").format(release=release),
            ),
            confirm_text=iface("Replace"),
        )


class FARM_OT_repair(GateOperator, bpy.types.Operator):
    """Render again exactly the frames that do not pass."""

    bl_idname = "farm.repair"
    bl_label = "Repair"
    bl_description = (
        "Render again exactly the frames that do not pass. Bad files are kept aside; jobs "
        "that still render are left alone"
    )

    @classmethod
    def why_not(cls, context: bpy.types.Context) -> str:
        """Return why it cannot start, or nothing."""
        reason = super().why_not(context)
        gate = known_gate(context)
        return reason if reason or gate is None else why_no_repair(gate)

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Repair the release."""
        return [command_lines.repair(settings)], do_nothing

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Repairing ‘{release}’").format(release=settings.release)

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many jobs are being repaired, and how many were left alone."""
        posted, skipped = len(result.get("posted", ())), len(result.get("skipped", ()))
        text = counted(posted, "{count} job is repaired", "{count} jobs are repaired")
        if not posted:
            text = iface("Nothing is to be rendered again")
        if skipped:
            text += ", " + counted(skipped, "{count} left alone", "{count} left alone")
        return text


class FARM_OT_undo_harvest(GateOperator, bpy.types.Operator):
    """Take the last delivery back"""

    bl_idname = "farm.undo_harvest"
    bl_description = (
        "Take the last delivery back: its files become frames of the release again, and what it "
        "had replaced is delivered again"
    )
    bl_label = "Undo Harvest"

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask first."""
        if bpy.app.background:
            return self.execute(context)
        self.is_from_button = True
        release = capture.release(context)
        return confirm(
            self,
            context,
            event,
            title=iface("Take back the last delivery of ‘{release}’?").format(release=release),
            lines=(
                iface("Its files leave dist/{release} and are frames in").format(release=release),
                iface("releases/{release}/out again. Nothing is lost.").format(release=release),
            ),
            confirm_text=iface("Take Back"),
        )

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Undo the last harvest; where this session made it, no other one."""
        gate = state.view().gate
        delivery = gate.delivery if gate.release == settings.release else ""
        return [command_lines.undo_harvest(settings, delivery)], do_nothing

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Taking back the last delivery of ‘{release}’").format(
            release=settings.release
        )

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many files are back."""
        if not result.get("undone"):
            return iface("Nothing is delivered")
        files = _count(result, "files")
        one, many = "{count} file is a frame again", "{count} files are frames again"
        return counted(files, one, many)


def known_gate(context: bpy.types.Context) -> GateTable | None:
    """Return what the last check said about the chosen release; None where nobody looks at it, or
    it was not checked."""
    gate = state.view().gate
    is_known = gate.is_checked and bool(gate.lines) and not bpy.app.background
    return gate if is_known and gate.release == file_settings(context).release.strip() else None


def why_no_harvest(gate: GateTable | None) -> str:
    """Return why a harvest of the whole release would deliver nothing, or nothing."""
    if gate is None:
        return ""
    if gate.count(BAD):
        return iface("Some frames do not pass. Repair them, or harvest what passed")
    if not gate.count(OK) + gate.count(WAITING):
        return iface("Everything is delivered already")
    return ""


def why_no_repair(gate: GateTable) -> str:
    """Return why there is nothing to repair, or nothing where there is."""
    if gate.count(BAD):
        return ""
    if gate.count(WAITING):
        return iface("Jobs that still render are left alone")
    return iface("Every frame passes") if gate.count(OK) else iface("Everything is delivered")


def _count(result: Mapping[str, Any], name: str) -> int:
    value = result.get(name, 0)
    return value if isinstance(value, int) else 0


register, unregister = bpy.utils.register_classes_factory(
    (
        FARM_OT_check_frames,
        FARM_OT_repair,
        FARM_OT_harvest,
        FARM_OT_harvest_passed,
        FARM_OT_harvest_replacing,
        FARM_OT_undo_harvest,
    )
)
