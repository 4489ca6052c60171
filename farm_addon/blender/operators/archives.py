# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archive a release, verify an archive, bring a release back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import StringProperty

from ...core.errors import UsageError
from .. import capture, command_lines, state
from ..command_lines import Settings
from ..run import CommandLine, Run, Section
from ..translations import counted, iface
from ..view.sizes import size_text
from .asking import confirm
from .jobs import watch
from .verb import OnEnd, VerbOperator, do_nothing

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


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
        release = capture.release(context)
        return confirm(
            self,
            context,
            event,
            title=iface("Archive ‘{release}’?").format(release=release),
            lines=_what_goes(release),
            confirm_text=iface("Archive"),
        )

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Archive the release."""
        return [command_lines.archive(settings)], _tell("archived", settings.release)

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Archiving ‘{release}’").format(release=settings.release)

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how large the archive is."""
        return iface("Archived and verified, {size}").format(size=_size(result))


class _ArchiveOperator(VerbOperator):
    """A verb about an archive, which is named by the button or chosen from a menu."""

    section = Section.DELIVERY
    needs_release = False
    menu = ""

    @classmethod
    def why_not(cls, context: bpy.types.Context) -> str:
        """Return why it cannot start, or nothing."""
        reason = super().why_not(context)
        if not reason and not bpy.app.background and not state.view().farm.archived:
            reason = iface("No release is archived on this volume")
        return reason

    def choose(self) -> set[OperatorReturnItems]:
        """Let the artist choose an archive."""
        bpy.ops.wm.call_menu(name=self.menu)
        return {"FINISHED"}

    def named(self) -> str:
        """Return which archive it is about.

        :raises UsageError: if nobody said.
        """
        name = str(getattr(self, "archive", "")).strip()
        if not name:
            raise UsageError("no archive is named", hint="say which release: archive='ep01'")
        return name


class FARM_OT_verify_archive(_ArchiveOperator, bpy.types.Operator):
    """Read an archive from beginning to end and compare every file in it with its checksum"""

    bl_idname = "farm.verify_archive"
    bl_label = "Verify Archive"
    menu = "FARM_MT_verify_archive"

    archive: StringProperty(  # type: ignore[valid-type]
        name="Archive", description="Name of the archived release", options={"SKIP_SAVE"}
    )

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Verify what the button names; without a name, let the artist choose."""
        if not self.archive and not bpy.app.background:
            return self.choose()
        return super().invoke(context, event)

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Verify the archive."""
        return [command_lines.verify_archive(settings, self.named())], do_nothing

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Verifying ‘{archive}’").format(archive=self.archive)

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return that it is whole."""
        files = int(result.get("files", 0))
        one, many = "The archive is whole: {count} file", "The archive is whole: {count} files"
        return f"{counted(files, one, many)}, {_size(result)}"


class FARM_OT_restore(_ArchiveOperator, bpy.types.Operator):
    """Make an archive a working release again. The archive stays"""

    bl_idname = "farm.restore"
    bl_label = "Restore"
    menu = "FARM_MT_restore"

    archive: StringProperty(  # type: ignore[valid-type]
        name="Archive", description="Name of the archived release", options={"SKIP_SAVE"}
    )

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask, after a choice where none was made."""
        if bpy.app.background:
            return self.execute(context)
        if not self.archive:
            return self.choose()
        self.is_from_button = True
        return confirm(
            self,
            context,
            event,
            title=iface("Restore ‘{archive}’?").format(archive=self.archive),
            lines=(
                iface("The release is unpacked to releases/{archive}.").format(
                    archive=self.archive
                ),
                iface("Files missing in dist/{archive} come back. The archive stays.").format(
                    archive=self.archive
                ),
            ),
            confirm_text=iface("Restore"),
            icon="QUESTION",
        )

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Restore the release."""
        name, is_interactive = self.named(), bool(self.is_from_button)
        tell = _tell("open", name)

        def follow(run: Run) -> None:
            tell(run)
            if run.exit_status == 0 and is_interactive and name == settings.release:
                watch(settings)

        return [command_lines.restore(settings, name)], follow

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Restoring ‘{archive}’").format(archive=self.archive)

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return how many jobs are back."""
        jobs = int(result.get("jobs", 0))
        one, many = "The release is back: {count} job", "The release is back: {count} jobs"
        return f"{counted(jobs, one, many)}, {_size(result)}"


def _tell(release_state: str, release: str) -> OnEnd:
    """Return what lets the tab know at once; the follower looks at all releases now and then."""

    def tell(run: Run) -> None:
        if run.exit_status == 0:
            view = state.view()
            view.farm.take_row("releases", release, {"state": release_state})
            view.plan.is_outdated = True

    return tell


def _what_goes(release: str) -> tuple[str, ...]:
    jobs = state.view().jobs
    count = len(jobs.lines) if jobs.release == release else 0
    line = iface("releases/{release} is removed, and its finished jobs on the farm.")
    if count:
        one = "releases/{release} with {count} job is removed, also from the farm."
        many = "releases/{release} with {count} jobs is removed, also from the farm."
        line = iface(one if count == 1 else many)
    return (
        iface("It becomes archives/{release}.tar.gz, which is verified.").format(release=release),
        line.format(release=release, count=count),
        iface("dist/{release} stays.").format(release=release),
    )


def _size(result: Mapping[str, Any]) -> str:
    return size_text(int(result.get("size_bytes", 0)))


register, unregister = bpy.utils.register_classes_factory(
    (FARM_OT_archive, FARM_OT_verify_archive, FARM_OT_restore)
)
