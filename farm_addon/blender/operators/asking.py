# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask in Blender's way before something goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import bpy

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


def confirm(
    operator: bpy.types.Operator,
    context: bpy.types.Context,
    event: bpy.types.Event,
    *,
    title: str,
    lines: Sequence[str],
    confirm_text: str,
    icon: str = "WARNING",
) -> set[OperatorReturnItems]:
    """Ask; where the artist agrees, Blender calls the operator's ``execute``.

    :param title: a question that names the thing.
    :param lines: what will happen and where things go; sentences, each line short enough for a
        dialog.
    :param confirm_text: the verb on the button.
    """
    assert context.window_manager is not None
    name: Any = icon
    return context.window_manager.invoke_confirm(
        operator,
        event,
        title=title,
        message="\n".join(lines),
        confirm_text=confirm_text,
        icon=name,
    )
