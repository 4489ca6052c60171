# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show the contact sheet of the last harvest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import bpy

from .. import command_lines, contact_sheet, state
from ..command_lines import Settings
from ..run import CommandLine, Run, Section
from ..translations import iface
from ..view.reading import text
from .verb import OnEnd, VerbOperator, do_nothing

FILE = "farm-contact-sheet.jpg"


class FARM_OT_show_contact_sheet(VerbOperator, bpy.types.Operator):
    """Show one picture of everything that is delivered, in an Image Editor of its own."""

    bl_idname = "farm.show_contact_sheet"
    bl_label = "Show Contact Sheet"
    bl_description = (
        "Show one picture of everything that is delivered, in an Image Editor of its own. It "
        "does not become a part of the open file"
    )
    section = Section.DELIVERY

    def commands(self, settings: Settings) -> tuple[Sequence[CommandLine], OnEnd]:
        """Have a copy made for the screen, then show it."""
        picture = Path(bpy.app.tempdir) / FILE
        on_end = _show if self.is_from_button else do_nothing
        return [command_lines.contact_sheet(settings, picture)], on_end

    def title(self, settings: Settings) -> str:
        """Return what is being done."""
        return iface("Fetching the contact sheet of ‘{release}’").format(release=settings.release)

    @staticmethod
    def describe(result: Mapping[str, Any]) -> str:
        """Return where the sheet is."""
        return iface("The contact sheet is ‘{sheet}’").format(sheet=text(result, "sheet"))


def _show(run: Run) -> None:
    """Show what the child told of; called by the pump when it has ended."""
    verb = state.view().verb
    if run.exit_status != 0 or verb is None:
        return
    contact_sheet.show_soon(text(verb.result, "picture") or text(verb.result, "sheet"))


register, unregister = bpy.utils.register_classes_factory((FARM_OT_show_contact_sheet,))
