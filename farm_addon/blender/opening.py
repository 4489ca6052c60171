# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open folders and files in the programs of this computer, without waiting for their disk.

A share that hangs makes whoever asks whether a folder is there wait for minutes, and Blender's own
operator asks. So a thread asks and opens; what is not there becomes a notice.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..core.errors import FarmError
from . import alarm, state
from .aside import Aside
from .state import View
from .translations import iface
from .view import notices
from .view.notices import Notice

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

FOLDER_IS_MISSING = "There is no folder ‘{path}’ yet"
FILE_IS_MISSING = "There is no file ‘{path}’ any more"
CANNOT = "‘{path}’ cannot be opened: {reason}"


class MissingPathError(FarmError):
    """There is no such folder or file."""


class _Slot:
    """What is being opened, and what a missing path is called."""

    pending: tuple[tuple[Aside, str, str], ...] = ()


def open_for(
    operator: bpy.types.Operator, path: str, missing: str = FOLDER_IS_MISSING
) -> set[OperatorReturnItems]:
    """Open a folder or file for an operator: soon where there is a window, now for a script.

    :param missing: template of what is said where there is none.
    """
    if not bpy.app.background:
        _Slot.pending += ((Aside(lambda: open_now(path)), path, missing),)
        alarm.wake()
        return {"FINISHED"}
    try:
        open_now(path)
    except FarmError as ex:
        notice = _notice(ex, path, missing)
        operator.report({"WARNING"}, notice.sentence(iface))
        return {"CANCELLED"}
    return {"FINISHED"}


def open_now(path: str) -> None:
    """Open a folder or file; waits for the disk.

    :raises MissingPathError: there is none.
    :raises FarmError: this computer has no program for it.
    """
    if not Path(path).exists():
        raise MissingPathError(path)
    try:
        _opener()(path)
    except (OSError, subprocess.SubprocessError) as ex:
        raise FarmError(str(ex)) from ex


def attend(view: View, now_s: float) -> bool:
    """Tell of what could not be opened; called at every tick.

    :return: whether something is being opened still.
    """
    for aside, path, missing in _Slot.pending:
        if aside.wait() and aside.failure is not None:
            notices.add(view.notices, _notice(aside.failure, path, missing))
            view.has_changed = True
    _Slot.pending = tuple(one for one in _Slot.pending if not one[0].wait())
    return bool(_Slot.pending)


def _notice(error: FarmError, path: str, missing: str) -> Notice:
    words = missing if isinstance(error, MissingPathError) else CANNOT
    return Notice(words, "ERROR", f"open:{path}", {"path": path, "reason": error.message})


def _opener() -> Callable[[str], object]:
    if sys.platform == "win32":
        return os.startfile
    program = "open" if sys.platform == "darwin" else "xdg-open"
    return lambda path: subprocess.run(
        [program, path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def register() -> None:
    """Look at every tick; in the background scripts open nothing."""
    _Slot.pending = ()
    if not bpy.app.background:
        state.view().chores.append(attend)


def unregister() -> None:
    """Forget what is being opened. The view goes, and its chores with it."""
    _Slot.pending = ()
