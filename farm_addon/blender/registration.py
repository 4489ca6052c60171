# SPDX-FileCopyrightText: 2026 farm_addon contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Register every part with Blender in order; undo it in reverse."""

from __future__ import annotations

import logging
from types import ModuleType

from . import (
    attending,
    cli_command,
    contact_sheet,
    gate_rows,
    handlers,
    menus,
    opening,
    pictures,
    preferences,
    properties,
    pump,
    status_bar,
    translations,
    unit_rows,
    view_lifetime,
)
from .operators import (
    archives,
    config,
    delivery,
    fixes,
    job_actions,
    job_detail,
    job_selection,
    jobs,
    manager,
    notices,
    release,
    relocate,
    rows,
    session,
    volume,
)
from .operators import contact_sheet as contact_sheet_operator
from .panels import delivery as delivery_panel
from .panels import farm as farm_panel
from .panels import gate_list, job_list, lists, plan_rows
from .panels import jobs as jobs_panel
from .panels import release as release_panel

log = logging.getLogger(__name__)

MODULES: tuple[ModuleType, ...] = (
    translations,
    view_lifetime,
    preferences,
    properties,
    volume,
    manager,
    jobs,
    job_selection,
    job_actions,
    job_detail,
    release,
    rows,
    fixes,
    relocate,
    unit_rows,
    delivery,
    archives,
    contact_sheet_operator,
    session,
    notices,
    config,
    lists,
    gate_list,
    plan_rows,
    job_list,
    farm_panel,
    release_panel,
    jobs_panel,
    delivery_panel,
    status_bar,
    pictures,
    attending,
    opening,
    menus,
    contact_sheet,
    gate_rows,
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
