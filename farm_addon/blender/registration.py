# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Register every part with Blender in order; undo it in reverse."""

from __future__ import annotations

import logging
from types import ModuleType

from . import cli_command, handlers, preferences, properties, pump, view_lifetime
from .operators import delivery, jobs, release, session, volume
from .panels import delivery as delivery_panel
from .panels import farm as farm_panel
from .panels import jobs as jobs_panel
from .panels import lists
from .panels import release as release_panel

log = logging.getLogger(__name__)

MODULES: tuple[ModuleType, ...] = (
    view_lifetime,
    preferences,
    properties,
    volume,
    jobs,
    release,
    delivery,
    session,
    lists,
    farm_panel,
    release_panel,
    jobs_panel,
    delivery_panel,
    handlers,
    pump,
    cli_command,
)
"""Each has ``register()`` and ``unregister()``; the order is that of need, and of panels."""


def register() -> None:
    """Register all modules; where one fails, undo those before it and raise."""
    done: list[ModuleType] = []
    try:
        for module in MODULES:
            module.register()
            done.append(module)
    except Exception:
        for module in reversed(done):
            module.unregister()
        raise


def unregister() -> None:
    """Unregister all modules in reverse."""
    for module in reversed(MODULES):
        module.unregister()
