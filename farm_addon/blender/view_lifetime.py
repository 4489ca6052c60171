# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the view when the extension is enabled, and end its children when it goes."""

from __future__ import annotations

import atexit

from ..background import launcher
from . import state
from .child import Child
from .run import CommandLine


def launch(arguments: CommandLine) -> Child:
    """Start the command line as a child.

    :raises OSError, FarmError: if it cannot be started.
    """
    return Child(launcher.python_child("farm_addon.cli", ["--events", *arguments]))


def register() -> None:
    """Make the view; see to it that no child is left when Blender ends."""
    state.make(launch)
    atexit.register(state.drop)


def unregister() -> None:
    """End what runs and drop the view."""
    atexit.unregister(state.drop)
    state.drop()
