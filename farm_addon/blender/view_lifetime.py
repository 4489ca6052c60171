# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the view when the extension is enabled, and end its children when it goes."""

from __future__ import annotations

import atexit
from collections.abc import Mapping

from ..background import launcher
from . import state
from .child import Child
from .run import CommandLine
from .translations import iface


def launch(arguments: CommandLine, environment: Mapping[str, str]) -> Child:
    """Start the command line as a child, in a thread of its own; what fails is told as a message.

    :param environment: variables besides those of this process.
    """
    words = ["--events", *arguments]
    return Child(lambda: launcher.python_child("farm_addon.cli", words, environment))


def register() -> None:
    """Make the view; see to it that no child is left when Blender ends."""
    state.make(launch).jobs.translate = iface
    atexit.register(state.drop)


def unregister() -> None:
    """End what runs and drop the view."""
    atexit.unregister(state.drop)
    state.drop()
