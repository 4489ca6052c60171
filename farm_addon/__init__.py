# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render releases on top of Flamenco.

Importing this package imports nothing of Blender, so that :mod:`farm_addon.core` and the command
line run in plain Python. Blender calls :func:`register` and :func:`unregister`.
"""

__version__ = "0.3.0"

ADDON_ID = __package__
"""The package's name where it runs: ``farm_addon``, or ``bl_ext.<repository>.farm_addon`` when it
is installed as an extension. Preferences and user folders are found by it."""


def register() -> None:
    """Register classes, properties and the command with Blender."""
    from .blender import registration

    registration.register()


def unregister() -> None:
    """Undo :func:`register`; stop what the extension started."""
    from .blender import registration

    registration.unregister()
