# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The update callback of every choice that says what is followed.

It only wakes the app timer, which compares what is chosen with what runs. In the background nothing
is followed, and nothing is woken.
"""

from __future__ import annotations

import bpy

from . import alarm


def wake(owner: object, context: bpy.types.Context) -> None:
    """Wake the app timer; called by Blender when a property was set."""
    alarm.wake()
